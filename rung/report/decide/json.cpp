#include "rung/report/decide/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/report/interval.hpp"

namespace rung::decide {
namespace {

Json json_signal(const std::optional<SignalToNoise>& signal, std::optional<bool> is_worth) {
  if (!signal) return nullptr;
  return {{"signal", json_number(signal->signal)},
          {"noise_checkpoints", json_number(signal->noise.checkpoints)},
          {"noise_seeds", json_number(signal->noise.seeds)},
          {"noise", json_number(signal->noise.of_run())},
          {"signal_to_noise", json_number(signal->ratio)},
          {"expected_order", json_number(signal->expected_order)},
          {"worth_running", is_worth ? Json(*is_worth) : Json(nullptr)}};
}

Json json_recipes(const Result& result, const Decision& decision) {
  Json recipes = Json::array();
  for (const Estimate& estimate : decision.recipes)
    recipes.push_back(
        {{"recipe", result.recipes[estimate.recipe]},
         {"predicted", json_number(estimate.value)},
         {"stderr", json_number(estimate.standard_error)},
         {"actual", json_number(estimate.actual)},
         {"chance_of_best", json_number(estimate.chance_of_best)},
         {"lead_per_decade",
          json_number(estimate.slope ? std::optional(estimate.slope->value) : std::nullopt)}});
  return recipes;
}

Json json_gaps(const Result& result, const Decision& decision) {
  Json gaps = Json::array();
  for (const Gap& gap : decision.gaps)
    gaps.push_back({{"better", result.recipes[gap.better]},
                    {"worse", result.recipes[gap.worse]},
                    {"predicted", json_number(gap.gap)},
                    {"interval", json_interval(gap.interval)},
                    {"chance", json_number(gap.chance)},
                    {"runs_factor", json_number(gap.runs_factor)},
                    {"further_flops", json_number(gap.further_flops)},
                    {"actual", json_number(gap.actual)},
                    {"chance_of_no_trend", json_number(gap.chance_of_no_trend)}});
  return gaps;
}

const Decision* decision_of(const Result& result, const Score& score) {
  for (const Decision& decision : result.decisions) {
    if (decision.method == score.method && decision.task == score.task) return &decision;
  }
  return nullptr;
}

Json json_score(const Result& result, const Score& score) {
  const Method& method = result.methods[score.method];
  const Agreement& agreement = score.agreement;
  Json json = {{"task", score.task},
               {"method", method.name},
               {"decision_accuracy", json_number(agreement.decision_accuracy)},
               {"mean_relative_error", json_number(score.relative_error)},
               {"n_pairs", agreement.n_pairs},
               {"metric", method.metric},
               {"target", result.target},
               {"compute_flops", json_number(method.compute_flops)},
               {"compute_share", json_number(method.compute_share)},
               {"mean_absolute_error", json_number(score.absolute_error)},
               {"step1_relative_error", json_number(score.first_error)},
               {"step2_relative_error", json_number(score.second_error)},
               {"seed_decision_accuracies", score.seed_accuracies},
               {"spearman", json_number(agreement.spearman)},
               {"pearson", json_number(agreement.pearson)},
               {"weighted_pearson", json_number(agreement.weighted_pearson)},
               {"ndcg", json_number(agreement.ndcg)},
               {"rehearsal_decision_accuracy", json_number(score.rehearsal)},
               {"signal_to_noise", json_signal(score.signal, score.is_worth_running)},
               {"decides", score.method == result.decided_by}};
  if (const Decision* decision = decision_of(result, score)) {
    json["recipes"] = json_recipes(result, *decision);
    json["gaps"] = json_gaps(result, *decision);
    json["n_trend_sizes"] = decision->trend_flops.size();
  } else if (!score.predicted.empty()) {
    Json predicted = Json::object();
    for (std::size_t i = 0; i < result.recipes.size(); ++i)
      predicted[result.recipes[i]] = json_number(score.predicted[i]);
    json["predicted"] = std::move(predicted);
  }
  return json;
}

}  // namespace

Json json_scores(const Result& result) {
  Json scores = Json::array();
  for (const Score& score : result.scores) scores.push_back(json_score(result, score));
  return scores;
}

}  // namespace rung::decide
