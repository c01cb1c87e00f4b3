#include "rung/report/overtraining.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"

namespace rung {
namespace {

using namespace overtraining;

std::string four_decimals(double value) { return fixed(value, 4); }
std::string short_value(double value) { return short_count(value); }
std::string flops(double value) { return significant(value, 3); }

/// A relative error; what is off by more than ten times says nothing more.
std::string off_by(double ratio) { return ratio > 10 ? "> 1000%" : percent(ratio); }

TextCell lower(const std::optional<Interval>& interval) {
  return interval ? TextCell(interval->lower) : TextCell();
}
TextCell upper(const std::optional<Interval>& interval) {
  return interval ? TextCell(interval->upper) : TextCell();
}

void add_estimate_columns(TextTable& table, const std::string& header, const std::string& csv_name,
                          const NumberFormat& format) {
  table.add_column(header, csv_name, format);
  table.add_column("from", csv_name + "_lower", format);
  table.add_column("to", csv_name + "_upper", format);
}

void add_estimate(std::vector<TextCell>& row, const Estimate& estimate) {
  row.insert(row.end(), {estimate.value, lower(estimate.interval), upper(estimate.interval)});
}

std::string doubt_text(const std::vector<Doubt>& doubts) {
  std::vector<std::string> names;
  for (const Doubt doubt : doubts) names.emplace_back(doubt_name(doubt));
  return join(names, ", ");
}

/// Which of the fits' error sets to show, by index.
std::vector<std::size_t> shown_error_sets(const Fits& fits, const std::vector<std::string>& names) {
  std::vector<std::size_t> shown;
  for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
    const std::string& name = fits.error_sets[e].name;
    if (names.empty() || std::find(names.begin(), names.end(), name) != names.end())
      shown.push_back(e);
  }
  return shown;
}

}  // namespace

TextTable loss_law_table(const Fits& fits, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  for (const char* parameter : {"a", "b"}) table.add_column(parameter);
  for (const char* parameter : {"eta", "E"}) table.add_column(parameter, "", four_decimals);
  table.add_column("best tokens/parameter", "optimal_tokens_per_parameter",
                   [](double x) { return significant(x, 3); });
  table.add_column("sum of squares", "objective", [](double x) { return significant(x, 3); });
  table.add_column("runs", "n_points");
  table.add_column("status");
  for (const LossLaw& law : fits.loss_laws) {
    const auto optimal = optimal_tokens_per_parameter(law.fit);
    table.add_row({names(law.train_set), names(law.loss_set), law.fit.value("a"),
                   law.fit.value("b"), law.fit.value("eta"), law.fit.value("E"),
                   optimal ? TextCell(optimal->value) : TextCell(), law.fit.objective,
                   static_cast<double>(law.fit.n_points),
                   std::string(status_name(law.fit.status))});
  }
  return table;
}

TextTable error_law_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                          const std::vector<std::string>& error_sets) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("error set", "error_set");
  for (const char* parameter : {"k", "gamma", "epsilon"}) table.add_column(parameter);
  table.add_column("sum of squares", "objective", [](double x) { return significant(x, 3); });
  table.add_column("status");
  table.add_column("doubts");
  const std::vector<std::size_t> shown = shown_error_sets(fits, error_sets);
  for (std::size_t pair = 0; pair < fits.loss_laws.size(); ++pair) {
    for (const std::size_t e : shown) {
      const ErrorLaw& law = fits.error_laws[pair * fits.error_sets.size() + e];
      table.add_row({names(law.train_set), names(law.loss_set), names(law.error_set),
                     law.fit.value("k"), law.fit.value("gamma"), law.fit.value("epsilon"),
                     law.fit.objective, std::string(status_name(law.fit.status)),
                     doubt_text(doubts(testbed, law, fits.error_sets[e]))});
    }
  }
  return table;
}

namespace {

void add_predicted_columns(TextTable& table, const std::string& what) {
  table.add_column(what, what + "_actual", four_decimals);
  add_estimate_columns(table, "predicted", what + "_predicted", four_decimals);
  table.add_column("off by", what + "_relative_error", off_by);
}

void add_predicted(std::vector<TextCell>& cells, const Predicted& predicted) {
  cells.insert(cells.end(), {predicted.actual, predicted.predicted, lower(predicted.interval),
                             upper(predicted.interval), predicted.relative_error()});
}

void add_model_columns(TextTable& table) {
  table.add_column("model");
  table.add_column("parameters", "n", short_value);
  table.add_column("tokens/parameter", "tokens_per_parameter");
}

std::vector<TextCell> model_cells(const TestbedModel& model) {
  return {model.name, model.n_params, model.tokens_per_parameter()};
}

/// Calls body(loss law, error law, prediction) for every row of every pair of laws.
template <class Body>
void for_each_prediction(const Testbed& testbed, const Fits& fits, PredictionRows rows,
                         const std::vector<std::string>& error_sets, const Body& body) {
  for (std::size_t pair = 0; pair < fits.loss_laws.size(); ++pair) {
    for (const std::size_t e : shown_error_sets(fits, error_sets)) {
      const LossLaw& loss_law = fits.loss_laws[pair];
      const ErrorLaw& error_law = fits.error_laws[pair * fits.error_sets.size() + e];
      for (const Prediction& row : predictions(testbed, loss_law, error_law, fits.error_sets[e])) {
        if (rows == PredictionRows::all || row.is_target) body(loss_law, error_law, row);
      }
    }
  }
}

}  // namespace

TextTable prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                           PredictionRows rows, const std::vector<std::string>& error_sets) {
  TextTable table;
  add_model_columns(table);
  table.add_column("loss set", "loss_set");
  add_predicted_columns(table, "loss");
  table.add_column("error set", "error_set");
  add_predicted_columns(table, "error");
  table.add_column("from true loss", "error_from_true_loss", four_decimals);
  table.add_column("off by", "error_from_true_loss_relative_error", off_by);
  for_each_prediction(
      testbed, fits, rows, error_sets,
      [&](const LossLaw& loss_law, const ErrorLaw& error_law, const Prediction& row) {
        std::vector<TextCell> cells = model_cells(testbed.models[row.model]);
        cells.emplace_back(names(loss_law.loss_set));
        add_predicted(cells, row.loss);
        cells.emplace_back(names(error_law.error_set));
        add_predicted(cells, row.error);
        cells.emplace_back(row.error_from_true_loss.predicted);
        cells.emplace_back(row.error_from_true_loss.relative_error());
        table.add_row(std::move(cells));
      });
  return table;
}

TextTable loss_prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                                PredictionRows rows) {
  TextTable table;
  add_model_columns(table);
  table.add_column("loss set", "loss_set");
  add_predicted_columns(table, "loss");
  const std::vector<std::string> one_error_set{fits.error_sets.front().name};
  for_each_prediction(testbed, fits, rows, one_error_set,
                      [&](const LossLaw& loss_law, const ErrorLaw&, const Prediction& row) {
                        std::vector<TextCell> cells = model_cells(testbed.models[row.model]);
                        cells.emplace_back(names(loss_law.loss_set));
                        add_predicted(cells, row.loss);
                        table.add_row(std::move(cells));
                      });
  return table;
}

TextTable error_prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                                 PredictionRows rows, const std::vector<std::string>& error_sets) {
  TextTable table;
  table.add_column("model");
  table.add_column("through", "loss_set");
  table.add_column("error set", "error_set");
  add_predicted_columns(table, "error");
  table.add_column("from true loss", "error_from_true_loss", four_decimals);
  table.add_column("off by", "error_from_true_loss_relative_error", off_by);
  for_each_prediction(
      testbed, fits, rows, error_sets,
      [&](const LossLaw& loss_law, const ErrorLaw& error_law, const Prediction& row) {
        std::vector<TextCell> cells{testbed.models[row.model].name, names(loss_law.loss_set),
                                    names(error_law.error_set)};
        add_predicted(cells, row.error);
        cells.emplace_back(row.error_from_true_loss.predicted);
        cells.emplace_back(row.error_from_true_loss.relative_error());
        table.add_row(std::move(cells));
      });
  return table;
}

TextTable predictability_table(const Testbed& testbed, const Fits& fits, const SetNames& names) {
  TextTable table;
  table.add_column("error set", "error_set");
  table.add_column("training set", "train_set");
  table.add_column("guessing", "chance_error", four_decimals);
  table.add_column("best fitted run", "best_fitted_error", four_decimals);
  // As many targets as the training set with the most has.
  std::size_t n_targets = 0;
  std::vector<std::vector<TextCell>> rows;
  for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
    const ErrorSet& set = fits.error_sets[e];
    for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
      const ErrorLaw& law = fits.error_law(t, 0, e);
      double best = 1;
      for (const std::size_t model : law.models) best = std::min(best, set.errors[model]);
      std::vector<TextCell> row{names(set.name), names(law.train_set), set.chance_error, best,
                                doubt_text(doubts(testbed, law, set))};
      for (const Prediction& prediction : predictions(testbed, fits.loss_law(t, 0), law, set)) {
        if (prediction.is_target) row.push_back(prediction.error.relative_error());
      }
      n_targets = std::max(n_targets, row.size() - 5);
      rows.push_back(std::move(row));
    }
  }
  for (std::size_t i = 0; i < n_targets; ++i) {
    table.add_column("target " + std::to_string(i + 1),
                     "target_" + std::to_string(i + 1) + "_relative_error", off_by);
  }
  table.add_column("doubts");
  for (std::vector<TextCell>& row : rows) {
    row.resize(5 + n_targets);
    std::rotate(row.begin() + 4, row.begin() + 5, row.end());
    table.add_row(std::move(row));
  }
  return table;
}

TextTable correlation_table(const std::vector<std::string>& train_sets,
                            const std::vector<std::vector<TaskCorrelation>>& correlations,
                            const SetNames& names) {
  TextTable table;
  const auto two = [](double x) { return fixed(x, 2); };
  table.add_column("training set", "train_set");
  table.add_column("error set", "error_set");
  table.add_column("runs", "n_models");
  table.add_column("Pearson", "pearson", two);
  table.add_column("Spearman", "spearman", two);
  table.add_column("guessing", "chance_error", four_decimals);
  table.add_column("best", "best_error", four_decimals);
  table.add_column("best over guessing (sd)", "best_over_chance_sigmas",
                   [](double x) { return fixed(x, 1); });
  for (std::size_t t = 0; t < train_sets.size(); ++t) {
    if (t > 0) table.add_rule();
    for (const TaskCorrelation& row : correlations[t]) {
      table.add_row({names(train_sets[t]), names(row.error_set), static_cast<double>(row.n_models),
                     number_cell(row.pearson), number_cell(row.spearman), row.chance_error,
                     row.best_error, number_cell(row.best_over_chance_sigmas)});
    }
  }
  return table;
}

TextTable token_curve_table(const std::vector<TokenCurve>& curves, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("model");
  table.add_column("parameters", "n", short_value);
  table.add_column("tokens/parameter", "tokens_per_parameter");
  add_estimate_columns(table, "loss", "loss", four_decimals);
  for (const TokenCurve& curve : curves) {
    if (table.n_rows() > 0) table.add_rule();
    for (std::size_t i = 0; i < curve.loss_nats.size(); ++i) {
      table.add_row({names(curve.train_set), curve.architecture, curve.n_params,
                     curve.tokens_per_parameter[i], curve.loss_nats[i], curve.lower[i],
                     curve.upper[i]});
    }
  }
  return table;
}

TextTable cost_table(const std::vector<CostRows>& rows, const SetNames& names) {
  TextTable table;
  const auto three = [](double x) { return significant(x, 3); };
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("compute", "compute_flops", flops);
  add_estimate_columns(table, "best tokens/parameter", "optimal_tokens_per_parameter", three);
  table.add_column("tokens/parameter", "tokens_per_parameter");
  add_estimate_columns(table, "extra loss", "extra_loss", four_decimals);
  add_estimate_columns(table, "x compute", "compute_ratio", three);
  add_estimate_columns(table, "x parameters", "n_params_ratio", three);
  for (const CostRows& row : rows) {
    if (table.n_rows() > 0) table.add_rule();
    for (const OverTrainingCost& cost : row.costs) {
      std::vector<TextCell> cells{names(row.train_set), names(row.loss_set), row.compute_flops};
      add_estimate(cells, row.optimal_ratio);
      cells.push_back(cost.tokens_per_parameter);
      add_estimate(cells, cost.extra_loss_nats);
      add_estimate(cells, cost.compute_ratio);
      add_estimate(cells, cost.n_params_ratio);
      table.add_row(std::move(cells));
    }
  }
  return table;
}

TextTable budget_table(const std::vector<BudgetRow>& rows, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("budget", "budget_flops", flops);
  table.add_column("inference tokens", "n_inference_tokens", short_value);
  add_estimate_columns(table, "parameters", "n", short_value);
  add_estimate_columns(table, "tokens", "d", short_value);
  add_estimate_columns(table, "tokens/parameter", "tokens_per_parameter",
                       [](double x) { return significant(x, 3); });
  add_estimate_columns(table, "loss", "loss", four_decimals);
  table.add_column("training share", "training_share", [](double x) { return percent(x, 1); });
  table.add_column("loss, size for free inference", "loss_of_free_inference_size", four_decimals);
  for (const BudgetRow& row : rows) {
    std::vector<TextCell> cells{names(row.train_set), names(row.loss_set), row.budget_flops,
                                row.n_inference_tokens};
    for (const Estimate* estimate : {&row.plan.n_params, &row.plan.n_tokens,
                                     &row.plan.tokens_per_parameter, &row.plan.loss_nats}) {
      add_estimate(cells, *estimate);
    }
    cells.push_back(row.plan.training_flops / row.budget_flops);
    cells.push_back(number_cell(row.plan.loss_of_free_inference_size));
    table.add_row(std::move(cells));
  }
  return table;
}

TextTable sensitivity_table(const std::vector<Sensitivity>& sensitivities) {
  TextTable table;
  table.add_column("hyperparameter");
  table.add_column("values", "n_values");
  table.add_column("comparisons", "n_groups");
  table.add_column("mean range", "mean_range_nats", four_decimals);
  table.add_column("largest range", "largest_range_nats", four_decimals);
  table.add_column("best value", "best_value");
  table.add_column("best in", "best_share", [](double x) { return percent(x, 0); });
  for (const Sensitivity& row : sensitivities) {
    const auto best = std::max_element(
        row.effects.begin(), row.effects.end(),
        [](const SettingEffect& a, const SettingEffect& b) { return a.n_best < b.n_best; });
    const bool told = row.n_groups > 0 && best != row.effects.end();
    const double n = static_cast<double>(row.n_groups);
    table.add_row({row.hyperparameter, static_cast<double>(row.n_values), n,
                   told ? TextCell(row.mean_range_nats) : TextCell(),
                   told ? TextCell(row.largest_range_nats) : TextCell(),
                   told ? TextCell(best->value) : TextCell(),
                   told ? TextCell(static_cast<double>(best->n_best) / n) : TextCell()});
  }
  return table;
}

TextTable setting_effect_table(const std::vector<Sensitivity>& sensitivities) {
  TextTable table;
  table.add_column("hyperparameter");
  table.add_column("value");
  table.add_column("runs", "n_runs");
  table.add_column("best of its group", "n_best");
  table.add_column("mean loss above the best", "mean_excess_nats", four_decimals);
  for (const Sensitivity& row : sensitivities) {
    if (row.effects.empty()) continue;
    if (table.n_rows() > 0) table.add_rule();
    for (const SettingEffect& effect : row.effects) {
      table.add_row({row.hyperparameter, effect.value, static_cast<double>(effect.n_runs),
                     static_cast<double>(effect.n_best), effect.mean_excess_nats});
    }
  }
  return table;
}

TextTable task_info_table(const Testbed& testbed) {
  TextTable table;
  table.add_column("task");
  table.add_column("category");
  table.add_column("type");
  table.add_column("shots", "n_shots");
  table.add_column("examples", "n_examples");
  table.add_column("guessing", "chance_accuracy", [](double x) { return percent(x, 1); });
  for (const std::string& task : testbed.tasks) {
    const TaskInfo& info = testbed.task_info(task);
    table.add_row(
        {task, info.category, info.type, info.n_shots, info.n_examples, info.chance_accuracy});
  }
  return table;
}

std::string contradicting_place(const Problem& contradiction) {
  const Location& where = contradiction.location;
  return where.line == 0 ? where.file : where.file + ":" + std::to_string(where.line);
}

TextTable contradiction_table(const Testbed& testbed) {
  TextTable table;
  table.add_column("file");
  table.add_column("contradiction");
  for (const Problem& problem : testbed.warnings)
    table.add_row({contradicting_place(problem), problem.message});
  return table;
}

TextTable table_of(const Table& table, const std::vector<std::string>& columns,
                   const std::vector<std::size_t>& rows) {
  TextTable text;
  std::vector<const Column*> chosen;
  for (const std::string& name : columns) {
    chosen.push_back(&table.column(name));
    const bool count = name == "n_params" || name == "n_params_non_embedding" || name == "n_tokens";
    text.add_column(name, name, count ? NumberFormat(short_value) : NumberFormat());
  }
  for (const std::size_t row : rows) {
    std::vector<TextCell> cells;
    for (const Column* column : chosen) {
      if (column->is_number()) {
        cells.emplace_back(std::get<std::vector<double>>(column->values)[row]);
      } else {
        cells.emplace_back(std::get<std::vector<std::string>>(column->values)[row]);
      }
    }
    text.add_row(std::move(cells));
  }
  return text;
}

}  // namespace rung
