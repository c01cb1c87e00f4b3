#include "rung/report/overtraining/fits.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"

namespace rung {
namespace {

using namespace overtraining;

// With more laws than this the text shows those of the averages only.
constexpr std::size_t kMostRows = 60;

Json predicted_json(const Prediction& predicted) {
  return {{"actual", json_number(predicted.actual)},
          {"predicted", json_number(predicted.predicted)},
          {"relative_error", json_number(predicted.relative_error())},
          {"interval", json_interval(predicted.interval)}};
}

Json target_json(const TestbedModel& model, const ModelPrediction& row) {
  Json error = predicted_json(row.error);
  error["doubt"] = json_label(error_doubt(row.error));
  error["from_true_loss"] = {
      {"predicted", json_number(row.error_from_true_loss.predicted)},
      {"relative_error", json_number(row.error_from_true_loss.relative_error())},
      {"interval", json_interval(row.error_from_true_loss.interval)},
      {"doubt", json_label(error_doubt(row.error_from_true_loss))}};
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
  for (const Doubt doubt : doubts(testbed, loss_law, error_law, set))
    doubts_json.push_back(std::string(doubt_name(doubt)));
  for (const ModelPrediction& row : predictions(testbed, loss_law, error_law, set))
    targets.push_back(target_json(testbed.models[row.model], row));
  return {{"train_set", error_law.train_set},
          {"loss_set", error_law.loss_set},
          {"error_set", error_law.error_set},
          {"loss_fit", json_fit(loss_law.fitted.fit)},
          {"loss_doubt", json_label(doubt_words(loss_law))},
          {"error_fit", json_fit(error_law.fitted.fit)},
          {"predictable", doubts_json.empty()},
          {"doubts", std::move(doubts_json)},
          {"targets", std::move(targets)}};
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

/// What both laws say of the runs that they are for, beside what came.
void add_targets(Document& document, const Testbed& testbed, const Fits& fits,
                 const std::vector<std::string>& error_sets) {
  TextTable losses = loss_prediction_table(testbed, fits, {}, {PredictionRows::targets});
  if (losses.n_rows() == 0) {
    document.add(Paragraph{kNoTargets});
    return;
  }
  document.add(
      Paragraph{"Larger and longer runs, predicted with 95% intervals for one run (off by: "
                "relative to the value)"});
  document.add(CaptionedTable{"", std::move(losses), "", true});
  const HeldSentences held = held_by_intervals(testbed, fits, error_sets);
  document.add(Paragraph{held.losses});
  document.add(Paragraph{"Their errors, through the predicted loss and through the true one"});
  TextTable errors =
      error_prediction_table(testbed, fits, {}, {PredictionRows::targets, error_sets});
  const bool some_is_none = some_is_no_error(errors);
  document.add(CaptionedTable{"", std::move(errors), "", true});
  document.add(Paragraph{held.errors});
  if (some_is_none) document.add(Paragraph{std::string("(!) ") + kWhyNoError});
  if (some_loss_law_in_doubt(fits)) document.add(Paragraph{kLossLawInDoubt});
}

}  // namespace

Document describe_fits(const Testbed& testbed, const Study& study, const Fits& fits,
                       int n_threads) {
  const std::vector<std::string> shown = shown_sets(study, fits);
  Document document;
  document.add(Paragraph{"Loss law: L = E + (a M^eta + b M^-eta) C^-eta"});
  document.add(loss_law_table(fits, {}));
  document.add(Paragraph{"Error law: Err = epsilon - k exp(-gamma L)"});
  document.add(error_law_table(testbed, fits, {}, shown));
  add_targets(document, testbed, fits, shown);
  if (!shown.empty()) {
    document.add(Paragraph{std::to_string(fits.error_laws.size()) +
                           " error laws were fitted; shown are those of the averages. All are in "
                           "--json and --csv, some with --error-set."});
  }
  document.rows = prediction_table(testbed, fits, {}, {.for_programs = true});
  document.set_results(results_json(testbed, fits, n_threads));
  document.usable =
      std::any_of(fits.loss_laws.begin(), fits.loss_laws.end(), [](const LossLaw& law) {
        return law.fitted.fit.status == Status::certified || law.fitted.fit.status == Status::local;
      });
  return document;
}

std::string predictability_words(const Testbed& testbed, const Fits& fits) {
  std::size_t n_undoubted = 0, n_checked = 0, n_held = 0;
  const std::size_t n = fits.choice.train_sets.size() * fits.error_sets.size();
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
      const LossLaw& loss_law = fits.loss_law(t, 0);
      const ErrorLaw& law = fits.error_law(t, 0, e);
      if (!doubts(testbed, loss_law, law, fits.error_sets[e]).empty()) continue;
      const auto miss = worst_miss(predictions(testbed, loss_law, law, fits.error_sets[e]));
      ++n_undoubted;
      n_checked += miss.has_value();
      n_held += miss && miss->holds();
    }
  }
  std::string words = std::to_string(n_undoubted) + " of " + counted(n, "error") +
                      (n_undoubted == 1 ? " bears" : " bear") + " no doubt";
  if (n_checked > 0)
    words += "; of " + std::to_string(n_checked) + " whose larger runs are measured, " +
             std::to_string(n_held) + " came within " + percent(Miss::kMost, 0) + " of the error";
  if (n_held < n_checked)
    words += "\n(!): no doubt was to be seen, and a larger run is further off";
  return words;
}

Document describe_predictability(const Testbed& testbed, const Fits& fits) {
  Json results = Json::array();
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
      const ErrorLaw& law = fits.error_law(t, 0, e);
      Json found = Json::array(), targets = Json::array();
      for (const Doubt doubt : doubts(testbed, fits.loss_law(t, 0), law, fits.error_sets[e]))
        found.push_back(std::string(doubt_name(doubt)));
      const std::vector<ModelPrediction> rows =
          predictions(testbed, fits.loss_law(t, 0), law, fits.error_sets[e]);
      const std::optional<Miss> miss = worst_miss(rows);
      for (const ModelPrediction& row : rows) {
        if (!row.is_target) continue;
        const TestbedModel& model = testbed.models[row.model];
        targets.push_back({{"name", model.name},
                           {"n", model.n_params},
                           {"tokens_per_parameter", model.tokens_per_parameter()},
                           {"relative_error", json_number(row.error.relative_error())}});
      }
      results.push_back({{"error_set", law.error_set},
                         {"train_set", law.train_set},
                         {"loss_set", law.loss_set},
                         {"chance_error", fits.error_sets[e].chance_error},
                         {"predictable", found.empty()},
                         {"doubts", std::move(found)},
                         {"holds", miss ? Json(miss->holds()) : Json(nullptr)},
                         {"targets", std::move(targets)}});
    }
  }
  Document document = table_document(predictability_table(testbed, fits, {}), std::move(results));
  document.rows = predictability_table(testbed, fits, {}, true);
  return document.add(Paragraph{predictability_words(testbed, fits)});
}

}  // namespace rung
