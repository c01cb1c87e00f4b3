#include "rung/report/overtraining/explore.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "rung/core/counted.hpp"

namespace rung {
namespace {

using namespace overtraining;

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

/// "FILE", or "FILE:LINE" where a line holds a model.
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

Json row_json(const Table& table, std::size_t row) {
  Json json = Json::object();
  for (const Column& column : table.columns()) {
    if (column.is_number()) {
      json[column.name] = json_number(std::get<std::vector<double>>(column.values)[row]);
    } else {
      json[column.name] = std::get<std::vector<std::string>>(column.values)[row];
    }
  }
  return json;
}

Json sensitivity_json(const std::vector<Sensitivity>& sensitivities) {
  Json results = Json::array();
  for (const Sensitivity& row : sensitivities) {
    Json effects = Json::array();
    for (const SettingEffect& effect : row.effects) {
      effects.push_back({{"value", effect.value},
                         {"n_runs", effect.n_runs},
                         {"n_best", effect.n_best},
                         {"mean_excess_loss", effect.mean_excess_nats}});
    }
    const bool told = row.n_groups > 0;
    results.push_back({{"hyperparameter", row.hyperparameter},
                       {"n_values", row.n_values},
                       {"n_groups", row.n_groups},
                       {"mean_range", told ? Json(row.mean_range_nats) : Json(nullptr)},
                       {"largest_range", told ? Json(row.largest_range_nats) : Json(nullptr)},
                       {"effects", std::move(effects)}});
  }
  return results;
}

Json contradictions_json(const Testbed& testbed) {
  Json results = Json::array();
  for (const Problem& problem : testbed.warnings)
    results.push_back({{"file", contradicting_place(problem)}, {"contradiction", problem.message}});
  return results;
}

Json tasks_json(const Testbed& testbed) {
  Json results = Json::array();
  for (const std::string& task : testbed.tasks) {
    const TaskInfo& info = testbed.task_info(task);
    results.push_back({{"task", task},
                       {"category", info.category},
                       {"type", info.type},
                       {"n_shots", json_number(info.n_shots)},
                       {"n_examples", info.n_examples},
                       {"chance_accuracy", info.chance_accuracy},
                       {"description", info.description}});
  }
  return results;
}

}  // namespace

TextTable correlation_table(const CorrelationResult& result, const SetNames& names) {
  const std::vector<std::string>& train_sets = result.choice.train_sets;
  TextTable table;
  const auto two = [](double x) { return fixed(x, 2); };
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
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
    for (const TaskCorrelation& row : result.by_train_set[t]) {
      table.add_row({names(train_sets[t]), names(result.loss_set()), names(row.error_set),
                     static_cast<double>(row.n_models), number_cell(row.pearson),
                     number_cell(row.spearman), row.chance_error, row.best_error,
                     number_cell(row.best_over_chance_sigmas)});
    }
  }
  return table;
}

TextTable token_curve_table(const TokensResult& result, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("model");
  table.add_column("parameters", "n", short_value);
  table.add_column("tokens/parameter", "tokens_per_parameter");
  add_estimate_columns(table, "loss", "loss", four_decimals);
  const std::string loss_set = names(result.fits.choice.loss_sets.front());
  for (const TokenCurve& curve : result.curves) {
    if (table.n_rows() > 0) table.add_rule();
    for (std::size_t i = 0; i < curve.loss_nats.size(); ++i) {
      table.add_row({names(curve.train_set), loss_set, curve.architecture, curve.n_params,
                     curve.tokens_per_parameter[i], curve.loss_nats[i], curve.lower[i],
                     curve.upper[i]});
    }
  }
  return table;
}

std::string token_curve_note(const std::vector<TokenCurve>& curves) {
  const bool some_bounds = std::ranges::any_of(curves, [](const TokenCurve& curve) {
    return std::ranges::any_of(curve.lower, [](double bound) { return !std::isnan(bound); });
  });
  return some_bounds ? "note: from and to are 95% intervals over the held-out sequences\n" : "";
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
    table.add_row({task, info.category, info.type, number_cell(info.n_shots), info.n_examples,
                   info.chance_accuracy});
  }
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

TextTable table_of(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::size_t> rows(table.n_rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return table_of(table, columns, rows);
}

Document describe(const Listing& listing) {
  const Table& table = listing.table;
  const std::size_t n = listing.rows.size();
  Json results = Json::array();
  for (const std::size_t row : listing.rows) results.push_back(row_json(table, row));
  Document document =
      table_document(table_of(table, listing.columns, listing.rows), std::move(results),
                     listing.none_fits ? "No row fits --where." : kNoSearch);
  if (n > 0) document.add(Paragraph{counted(n, "row")});
  document.rows = table_of(table, listing.csv_columns, listing.rows);
  return document;
}

Document describe_tasks(const Testbed& testbed) {
  return table_document(task_info_table(testbed), tasks_json(testbed));
}

Document describe_contradictions(const Testbed& testbed) {
  Document document = table_document(contradiction_table(testbed), contradictions_json(testbed),
                                     "The metadata contradicts itself nowhere.");
  document.usable = true;  // to have none is an answer
  return document;
}

Document describe(const std::vector<Sensitivity>& sensitivities, bool effects) {
  Document document = table_document(
      effects ? setting_effect_table(sensitivities) : sensitivity_table(sensitivities),
      sensitivity_json(sensitivities), sensitivities.empty() ? kNoSearch : kNoComparison);
  document.usable = std::any_of(sensitivities.begin(), sensitivities.end(),
                                [](const Sensitivity& row) { return row.n_groups > 0; });
  return document;
}

Document describe(const TokensResult& result) {
  Json results = Json::array();
  for (const TokenCurve& curve : result.curves) {
    results.push_back({{"train_set", curve.train_set},
                       {"loss_set", result.fits.choice.loss_sets.front()},
                       {"model", curve.architecture},
                       {"n", curve.n_params},
                       {"tokens_per_parameter", curve.tokens_per_parameter},
                       {"loss", curve.loss_nats},
                       {"lower", curve.lower},
                       {"upper", curve.upper}});
  }
  Document document = table_document(token_curve_table(result, {}), std::move(results), kNoCurve);
  if (std::string note = token_curve_note(result.curves); !note.empty())
    document.add(Paragraph{std::move(note)});
  return document;
}

Document describe(const CorrelationResult& result) {
  const std::vector<std::string>& train_sets = result.choice.train_sets;
  Json results = Json::array();
  for (std::size_t t = 0; t < train_sets.size(); ++t) {
    for (const TaskCorrelation& row : result.by_train_set[t]) {
      results.push_back({{"train_set", train_sets[t]},
                         {"loss_set", result.loss_set()},
                         {"error_set", row.error_set},
                         {"n_models", row.n_models},
                         {"pearson", json_number(row.pearson)},
                         {"spearman", json_number(row.spearman)},
                         {"chance_error", row.chance_error},
                         {"best_error", json_number(row.best_error)},
                         {"best_over_chance_sigmas", json_number(row.best_over_chance_sigmas)}});
    }
  }
  return table_document(correlation_table(result, {}), std::move(results));
}

}  // namespace rung
