#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung {
namespace {

using namespace overtraining;

void add_predicted_columns(TextTable& table, const std::string& what, const NumberFormat& format) {
  table.add_column(what, what + "_actual", four_decimals);
  add_estimate_columns(table, "predicted", what + "_predicted", format);
  table.add_column("off by", what + "_relative_error", off_by);
}

/// A chained error, and the one from the true loss.
void add_error_columns(TextTable& table) {
  add_predicted_columns(table, "error", error_value);
  table.begin_group("from true loss");
  table.add_column("value", "error_from_true_loss", error_value);
  table.add_column("off by", "error_from_true_loss_relative_error", off_by);
  table.begin_group("");
}

void add_predicted(std::vector<TextCell>& cells, const Prediction& predicted) {
  cells.insert(cells.end(), {number_cell(predicted.actual), number_cell(predicted.predicted),
                             lower(predicted.interval), upper(predicted.interval),
                             number_cell(predicted.relative_error())});
}

void add_errors(std::vector<TextCell>& cells, const ModelPrediction& row) {
  add_predicted(cells, row.error);
  cells.push_back(number_cell(row.error_from_true_loss.predicted));
  cells.push_back(number_cell(row.error_from_true_loss.relative_error()));
}

void add_model_columns(TextTable& table) {
  table.add_column("model");
  table.begin_details();
  table.add_column("parameters", "n", short_value);
  table.begin_details(false);
  table.add_column("tokens/parameter", "tokens_per_parameter");
}

std::vector<TextCell> model_cells(const TestbedModel& model) {
  return {model.name, model.n_params, model.tokens_per_parameter()};
}

/// Why not to trust a row, for programs; for people a mark of what comes from a loss law in doubt,
/// where there is one. The last column.
void add_doubt_column(TextTable& table, const Fits& fits, const PredictionScope& scope) {
  if (scope.for_programs)
    table.add_column("doubt");
  else if (some_loss_law_in_doubt(fits))
    table.add_column("in doubt", "in_doubt");
}
void add_doubt(std::vector<TextCell>& cells, const TextTable& table, const LossLaw& law,
               const std::string& of_error = "") {
  if (table.columns().size() == cells.size()) return;
  const std::string of_loss = doubt_words(law);
  if (table.columns().back().csv_name == "in_doubt") {
    cells.emplace_back(std::string(of_loss.empty() ? "" : "(!)"));
    return;
  }
  std::vector<std::string> words;
  for (const std::string& one : {of_loss, of_error})
    if (!one.empty()) words.push_back(one);
  cells.emplace_back(join(words, "; "));
}

/// Calls body(loss law, error law, prediction, doubt of its error in words) for every row of every
/// pair of laws; the doubt is for programs.
template <class Body>
void for_each_prediction(const Testbed& testbed, const Fits& fits, const PredictionScope& scope,
                         const Body& body) {
  for (std::size_t pair = 0; pair < fits.loss_laws.size(); ++pair) {
    for (const std::size_t e : shown_error_sets(fits, scope.error_sets)) {
      const LossLaw& loss_law = fits.loss_laws[pair];
      const ErrorLaw& error_law = fits.error_laws[pair * fits.error_sets.size() + e];
      const ErrorSet& set = fits.error_sets[e];
      const std::string of_law =
          scope.for_programs ? doubt_text(doubts(testbed, loss_law, error_law, set)) : "";
      for (const ModelPrediction& row : predictions(testbed, loss_law, error_law, set)) {
        if (scope.rows == PredictionRows::all || row.is_target)
          body(loss_law, error_law, row, error_doubt(row.error, of_law));
      }
    }
  }
}

/// How often intervals held what came.
class Held {
 public:
  void count(const Prediction& prediction) {
    if (!prediction.interval || !prediction.actual) return;
    level_ = prediction.interval->level;
    ++n_;
    if (prediction.interval->lower <= *prediction.actual &&
        *prediction.actual <= prediction.interval->upper)
      ++n_held_;
  }

  bool too_few() const {
    const double n = static_cast<double>(n_), held = static_cast<double>(n_held_);
    return held < level_ * n - 2 * std::sqrt(level_ * (1 - level_) * n);
  }

  std::string sentence(const std::string& what) const {
    if (n_ == 0) return "";
    return std::to_string(n_held_) + " of " + counted(n_, "interval") + " hold" +
           (n_ == 1 ? "s" : "") + " the run's " + what +
           (too_few() ? ": too few for " + percent(level_, 0) +
                            ", so that those of models to come are too narrow as well"
                      : "");
  }

 private:
  std::size_t n_ = 0, n_held_ = 0;
  double level_ = 0;
};

}  // namespace

HeldSentences held_by_intervals(const Testbed& testbed, const Fits& fits,
                                const std::vector<std::string>& error_sets) {
  Held losses, errors;
  const std::vector<std::string> one_error_set{fits.error_sets.front().name};
  for_each_prediction(testbed, fits, {PredictionRows::targets, one_error_set},
                      [&](const LossLaw&, const ErrorLaw&, const ModelPrediction& row,
                          const std::string&) { losses.count(row.loss); });
  for_each_prediction(
      testbed, fits, {PredictionRows::targets, error_sets},
      [&](const LossLaw&, const ErrorLaw&, const ModelPrediction& row, const std::string&) {
        if (!is_no_error(row.error)) errors.count(row.error);
      });
  return {losses.sentence("loss"), errors.sentence("error"), losses.too_few(), errors.too_few()};
}

LawDoubts law_doubts(const Testbed& testbed, const Fits& fits) {
  LawDoubts found;
  const HeldSentences held = held_by_intervals(testbed, fits);
  std::vector<std::string> of_loss, of_error;
  if (held.too_few_losses) of_loss.push_back("of the study's larger runs, " + held.losses);
  if (held.too_few_errors) of_error.push_back("of the study's larger runs, " + held.errors);
  for (const LossLaw& law : fits.loss_laws) {
    std::vector<std::string>& doubts_of_law = found.of_loss_laws.emplace_back(of_loss);
    if (std::string words = doubt_words(law); !words.empty())
      doubts_of_law.push_back(std::move(words));
  }
  for (std::size_t i = 0; i < fits.error_laws.size(); ++i) {
    const LossLaw& loss_law = fits.loss_laws[i / fits.error_sets.size()];
    const ErrorLaw& law = fits.error_laws[i];
    const ErrorSet& set = fits.error_sets[i % fits.error_sets.size()];
    std::vector<std::string>& doubts_of_law = found.of_error_laws.emplace_back(of_error);
    const std::string doubt = doubt_text(doubts(testbed, loss_law, law, set));
    if (!doubt.empty()) doubts_of_law.push_back("not to be predicted from loss: " + doubt);
    const auto miss = worst_miss(predictions(testbed, loss_law, law, set));
    if (miss && !miss->holds())
      doubts_of_law.push_back("off by " + miss->text() + " (relative) at " +
                              testbed.models[miss->model].name);
  }
  return found;
}

TextTable prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                           const PredictionScope& scope) {
  TextTable table;
  add_model_columns(table);
  table.add_column("loss set", "loss_set");
  add_predicted_columns(table, "loss", four_decimals);
  table.add_column("error set", "error_set");
  add_error_columns(table);
  add_doubt_column(table, fits, scope);
  for_each_prediction(testbed, fits, scope,
                      [&](const LossLaw& loss_law, const ErrorLaw& error_law,
                          const ModelPrediction& row, const std::string& doubt) {
                        std::vector<TextCell> cells = model_cells(testbed.models[row.model]);
                        cells.emplace_back(names(loss_law.loss_set));
                        add_predicted(cells, row.loss);
                        cells.emplace_back(names(error_law.error_set));
                        add_errors(cells, row);
                        add_doubt(cells, table, loss_law, doubt);
                        table.add_row(std::move(cells));
                      });
  return table;
}

TextTable loss_prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                                const PredictionScope& scope) {
  TextTable table;
  add_model_columns(table);
  table.add_column("loss set", "loss_set");
  add_predicted_columns(table, "loss", four_decimals);
  add_doubt_column(table, fits, scope);
  const std::vector<std::string> one_error_set{fits.error_sets.front().name};
  for_each_prediction(testbed, fits, {scope.rows, one_error_set},
                      [&](const LossLaw& loss_law, const ErrorLaw&, const ModelPrediction& row,
                          const std::string&) {
                        std::vector<TextCell> cells = model_cells(testbed.models[row.model]);
                        cells.emplace_back(names(loss_law.loss_set));
                        add_predicted(cells, row.loss);
                        add_doubt(cells, table, loss_law);
                        table.add_row(std::move(cells));
                      });
  return table;
}

TextTable error_prediction_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                                 const PredictionScope& scope) {
  TextTable table;
  table.add_column("model");
  table.add_column("through", "loss_set");
  table.add_column("error set", "error_set");
  add_error_columns(table);
  add_doubt_column(table, fits, scope);
  for_each_prediction(testbed, fits, scope,
                      [&](const LossLaw& loss_law, const ErrorLaw& error_law,
                          const ModelPrediction& row, const std::string& doubt) {
                        std::vector<TextCell> cells{testbed.models[row.model].name,
                                                    names(loss_law.loss_set),
                                                    names(error_law.error_set)};
                        add_errors(cells, row);
                        add_doubt(cells, table, loss_law, doubt);
                        table.add_row(std::move(cells));
                      });
  return table;
}

}  // namespace rung
