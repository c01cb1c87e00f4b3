#include "rung/study/decide/decisions.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/parallel.hpp"
#include "rung/study/decide/metric_names.hpp"
#include "rung/study/decide/trend.hpp"

namespace rung::decide {
namespace {

/// Noise of the task's values after a run of each small size.
using SizeNoise = std::vector<TaskValues>;

double noise_or_none(const Comparison& comparison, std::size_t task, std::size_t size,
                     const std::optional<std::size_t>& metric) {
  if (!metric) return 0;
  return noise_of(*comparison.evaluations, task, size, *metric, comparison.n_last)
      .of_run()
      .value_or(0);
}

SizeNoise size_noise(const Comparison& comparison, std::size_t task) {
  SizeNoise noise(comparison.evaluations->sizes.size());
  for (const std::size_t size : comparison.small_sizes) {
    noise[size] = {noise_or_none(comparison, task, size, comparison.metrics.gold),
                   noise_or_none(comparison, task, size, comparison.metrics.loss),
                   noise_or_none(comparison, task, size, comparison.metrics.through)};
  }
  return noise;
}

void shift(double TaskValues::*value, double by, SmallRun& run) {
  run.end.*value += by;
  for (TaskValues& checkpoint : run.checkpoints) checkpoint.*value += by;
}

/// How far the prediction moves as each run's values move by their noise, one at a time, taken
/// together as independent: to first order its standard deviation.
std::optional<double> moved(const Comparison& comparison, const Setup& setup,
                            const std::vector<SmallRun>& runs, const FitsOfAll& of_all,
                            const SizeNoise& noise) {
  const auto predicted = [&](const std::vector<SmallRun>& with) {
    RecipeExtrapolation extrapolation(with, comparison.small_sizes, of_all);
    return extrapolation.at(setup, comparison.target, {}).chained;
  };
  const std::optional<double> as_it_is = predicted(runs);
  if (!as_it_is) return std::nullopt;
  double variance = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (double TaskValues::*value : {&TaskValues::gold, &TaskValues::loss, &TaskValues::through}) {
      // Where the metric on the way is the task's own it moves with it, once.
      if (value == &TaskValues::through && setup.through_itself) continue;
      const double by = noise[runs[i].size].*value;
      if (!(by > 0)) continue;
      std::vector<SmallRun> with = runs;
      shift(value, by, with[i]);
      if (value == &TaskValues::gold && setup.through_itself)
        shift(&TaskValues::through, by, with[i]);
      const std::optional<double> then = predicted(with);
      if (then) variance += (*then - *as_it_is) * (*then - *as_it_is);
    }
  }
  return variance > 0 ? std::optional(std::sqrt(variance)) : std::nullopt;
}

std::vector<std::optional<double>> setup_errors(const Comparison& comparison, std::size_t task,
                                                const Setup& setup) {
  const std::size_t n_recipes = comparison.evaluations->recipes.size();
  std::vector<std::vector<SmallRun>> runs(n_recipes);
  for (std::size_t recipe = 0; recipe < n_recipes; ++recipe)
    runs[recipe] = small_runs(comparison, task, recipe);
  const FitsOfAll of_all = fits_of_all(comparison, runs);
  const SizeNoise noise = size_noise(comparison, task);
  std::vector<std::optional<double>> errors(n_recipes);
  parallel_for(n_recipes, comparison.n_threads, [&](std::size_t recipe) {
    if (!runs[recipe].empty())
      errors[recipe] = moved(comparison, setup, runs[recipe], of_all, noise);
  });
  return errors;
}

std::vector<std::optional<double>> single_scale_errors(const Comparison& comparison,
                                                       std::size_t task, const Method& method) {
  const Evaluations& evaluations = *comparison.evaluations;
  std::vector<std::optional<double>> errors(evaluations.recipes.size());
  const std::optional<std::size_t> metric = evaluations.metric(method.metric);
  if (!metric) return errors;
  const std::optional<double> noise =
      noise_of(evaluations, task, method.size, *metric, comparison.n_last).of_run();
  for (std::size_t recipe = 0; recipe < errors.size(); ++recipe) {
    const auto n_runs = static_cast<double>(evaluations.runs(recipe, method.size, task).size());
    if (noise && n_runs > 0) errors[recipe] = *noise / std::sqrt(n_runs);
  }
  return errors;
}

/// Sets what the recipes' leads come to at the target. Extrapolations say that by themselves.
std::optional<Trend> follow_leads(const Comparison& comparison, std::size_t task,
                                  const Method& method, Decision& decision) {
  const std::optional<std::size_t> metric = comparison.evaluations->metric(method.metric);
  if (method.setup || !metric) return std::nullopt;
  std::erase_if(decision.recipes, [](const Estimate& each) { return !std::isfinite(each.value); });
  std::vector<std::size_t> compared;
  for (const Estimate& estimate : decision.recipes) compared.push_back(estimate.recipe);
  std::optional<Trend> trend = trend_of(comparison, task, *metric, compared);
  if (!trend) return std::nullopt;
  for (std::size_t i = 0; i < decision.recipes.size(); ++i) {
    for (const TrendForm& form : trend->forms)
      decision.recipes[i].at_target.push_back(form.leads[i]);
    decision.recipes[i].slope = trend->slopes[i];
    decision.recipes[i].seen = trend->seen[i];
  }
  return trend;
}

}  // namespace

Decision decide_task(const Comparison& comparison, std::size_t task, const Score& score,
                     double level) {
  const Method& method = comparison.methods[score.method];
  const std::vector<std::optional<double>> errors =
      method.setup ? setup_errors(comparison, task, *method.setup)
                   : single_scale_errors(comparison, task, method);
  Decision decision{.task = score.task, .method = score.method};
  for (std::size_t recipe = 0; recipe < score.predicted.size(); ++recipe) {
    Estimate estimate{recipe, score.predicted[recipe], errors[recipe]};
    if (!score.actual.empty() && std::isfinite(score.actual[recipe]))
      estimate.actual = score.actual[recipe];
    decision.recipes.push_back(estimate);
  }
  GapOptions options{
      .direction = direction_of(method.metric),
      .gold_direction = direction_of(comparison.evaluations->metrics[comparison.metrics.gold]),
      .level = level,
      .run_flops = method.compute_flops};
  const std::optional<Trend> trend = follow_leads(comparison, task, method, decision);
  if (trend) {
    decision.trend_flops = trend->compute_flops;
    decision.target_flops = trend->target_flops;
    decision.assumes_proportional_tokens = trend->is_proportional;
    for (const TrendForm& form : trend->forms) options.form_weights.push_back(form.weight);
  }
  rank(decision.recipes, options);
  decision.gaps = gaps_of(decision.recipes, options);
  return decision;
}

}  // namespace rung::decide
