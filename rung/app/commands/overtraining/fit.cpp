#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/parallel.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/overtraining.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

// With more laws than this the text shows those of the averages only.
constexpr std::size_t kMostRows = 60;

Json predicted_json(const Predicted& predicted) {
  return {{"actual", json_number(predicted.actual)},
          {"predicted", json_number(predicted.predicted)},
          {"relative_error", json_number(predicted.relative_error())},
          {"interval", json_interval_of(predicted.interval)}};
}

Json target_json(const TestbedModel& model, const Prediction& row) {
  Json error = predicted_json(row.error);
  error["from_true_loss"] = {
      {"predicted", json_number(row.error_from_true_loss.predicted)},
      {"relative_error", json_number(row.error_from_true_loss.relative_error())},
      {"interval", json_interval_of(row.error_from_true_loss.interval)}};
  return {{"name", model.name},
          {"n", model.n_params},
          {"d", model.n_tokens},
          {"tokens_per_parameter", model.tokens_per_parameter()},
          {"in_loss_fit", row.in_loss_fit},
          {"in_error_fit", row.in_error_fit},
          {"loss", predicted_json(row.loss)},
          {"error", std::move(error)}};
}

Json combination_json(const Testbed& testbed, const Fits& fits, std::size_t index) {
  const ErrorLaw& error_law = fits.error_laws[index];
  const LossLaw& loss_law = fits.loss_laws[index / fits.error_sets.size()];
  const ErrorSet& set = fits.error_sets[index % fits.error_sets.size()];
  Json doubts_json = Json::array(), targets = Json::array();
  for (const Doubt doubt : doubts(testbed, error_law, set))
    doubts_json.push_back(std::string(doubt_name(doubt)));
  for (const Prediction& row : predictions(testbed, loss_law, error_law, set))
    targets.push_back(target_json(testbed.models[row.model], row));
  return {{"train_set", error_law.train_set},     {"loss_set", error_law.loss_set},
          {"error_set", error_law.error_set},     {"loss_fit", json_fit(loss_law.fit)},
          {"error_fit", json_fit(error_law.fit)}, {"predictable", doubts_json.empty()},
          {"doubts", std::move(doubts_json)},     {"targets", std::move(targets)}};
}

Json results_json(const Testbed& testbed, const Fits& fits, int n_threads) {
  std::vector<Json> parts(fits.error_laws.size());
  parallel_for(parts.size(), n_threads,
               [&](std::size_t i) { parts[i] = combination_json(testbed, fits, i); });
  return Json(std::move(parts));
}

/// The error sets for the text: all, or the averages where all are too many.
std::vector<std::string> shown_sets(const Study& study, const Fits& fits) {
  std::vector<std::string> shown;
  if (fits.error_laws.size() <= kMostRows) return shown;
  for (const TaskSet& set : study.task_sets) shown.push_back(set.name);
  return shown;
}

std::string text(const Testbed& testbed, const Study& study, const Fits& fits) {
  const std::vector<std::string> shown = shown_sets(study, fits);
  std::string text =
      "Loss law: L = E + (a M^eta + b M^-eta) C^-eta\n\n" + loss_law_table(fits, {}).text() +
      "\nError law: Err = epsilon - k exp(-gamma L)\n\n" +
      error_law_table(testbed, fits, {}, shown).text() +
      "\nLarger and longer runs, predicted with 95% intervals for one run\n\n" +
      loss_prediction_table(testbed, fits, {}, PredictionRows::targets).text() +
      "\nTheir errors, through the predicted loss and through the true one\n\n" +
      error_prediction_table(testbed, fits, {}, PredictionRows::targets, shown).text();
  if (!shown.empty()) {
    text += "\n" + std::to_string(fits.error_laws.size()) +
            " error laws were fitted; shown are those of the averages. All are in --json and "
            "--csv, some with --error-set.\n";
  }
  return text;
}

int run_fit(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  const Fits fits = fit_laws(testbed, study, options.choice, context.common.n_threads);
  Output output;
  output.text = text(testbed, study, fits);
  if (!context.common.csv_path.empty())
    output.csv = prediction_table(testbed, fits, {}, PredictionRows::all).csv();
  if (!context.common.json_path.empty())
    output.results = results_json(testbed, fits, context.common.n_threads);
  context.emit(output);
  const bool usable =
      std::any_of(fits.loss_laws.begin(), fits.loss_laws.end(), [](const LossLaw& law) {
        return law.fit.status == Status::certified || law.fit.status == Status::local;
      });
  return usable ? kUsable : kNoUsableResult;
}

Action overtraining_fit(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, true);
  command.footer(
      "Without sets, every combination of training set, loss set and error set is fitted.\n"
      "Results: train_set, loss_set, error_set, loss_fit, error_fit, predictable, doubts, "
      "targets.");
  return [options](CommandContext& context) { return run_fit(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_fit_commands() {
  return {{.name = "overtraining fit",
           .summary = "both laws, and what they say of every model",
           .group = "overtraining",
           .place = 10,
           .declare = overtraining_fit}};
}

}  // namespace rung::app
