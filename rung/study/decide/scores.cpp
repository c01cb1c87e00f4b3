#include "rung/study/decide/scores.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/decide/metric_names.hpp"

namespace rung::decide {
namespace {

using Values = std::vector<double>;

/// What the target showed of a recipe on a task.
TaskValues target_values(const Comparison& comparison, std::size_t task, std::size_t recipe) {
  TaskValues values;
  if (!comparison.target_size) return values;
  const Evaluations& evaluations = *comparison.evaluations;
  values.gold =
      evaluations.final_mean(recipe, *comparison.target_size, task, comparison.metrics.gold);
  RunningMean loss, through;
  for (const std::size_t run : evaluations.runs(recipe, *comparison.target_size, task)) {
    const SmallRun end = small_run(evaluations, evaluations.series[run], comparison.metrics);
    if (std::isfinite(end.end.loss)) loss.add(end.end.loss);
    if (std::isfinite(end.end.through)) through.add(end.end.through);
  }
  values.loss = loss.value().value_or(kNaN);
  values.through = through.value().value_or(kNaN);
  return values;
}

/// A task's extrapolations: [method][recipe], empty for single scales.
using TaskExtrapolations = std::vector<std::vector<Extrapolated>>;

TaskExtrapolations extrapolate_task(const Comparison& comparison, std::size_t task) {
  const std::size_t n_recipes = comparison.evaluations->recipes.size();
  TaskExtrapolations result(comparison.methods.size());
  std::vector<std::vector<SmallRun>> runs(n_recipes);
  for (std::size_t recipe = 0; recipe < n_recipes; ++recipe)
    runs[recipe] = small_runs(comparison, task, recipe);
  const FitsOfAll of_all = fits_of_all(comparison, runs);
  for (std::size_t m = 0; m < comparison.methods.size(); ++m) {
    if (comparison.methods[m].setup) result[m].resize(n_recipes);
  }
  parallel_for(n_recipes, comparison.n_threads, [&](std::size_t recipe) {
    if (runs[recipe].empty()) return;
    RecipeExtrapolation extrapolation(runs[recipe], comparison.small_sizes, of_all);
    const TaskValues actual = target_values(comparison, task, recipe);
    for (std::size_t m = 0; m < comparison.methods.size(); ++m) {
      if (const std::optional<Setup>& setup = comparison.methods[m].setup)
        result[m][recipe] = extrapolation.at(*setup, comparison.target, actual);
    }
  });
  return result;
}

/// Mean |predicted / actual - 1|, over what has both.
std::optional<double> mean_relative(const Values& predicted, const Values& actual) {
  RunningMean mean;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(predicted[i] / actual[i] - 1);
    if (std::isfinite(error)) mean.add(error);
  }
  return mean.value();
}

std::optional<double> mean_absolute(const Values& predicted, const Values& actual) {
  RunningMean mean;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(predicted[i] - actual[i]);
    if (std::isfinite(error)) mean.add(error);
  }
  return mean.value();
}

Values times(Values values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

class TaskScorer {
 public:
  TaskScorer(const Comparison& comparison, std::size_t task)
      : comparison_(comparison),
        evaluations_(*comparison.evaluations),
        task_(task),
        extrapolations_(extrapolate_task(comparison, task)) {
    for (std::size_t recipe = 0; recipe < evaluations_.recipes.size(); ++recipe)
      actual_.push_back(target_values(comparison, task, recipe));
    for (const TaskValues& values : actual_) golds_.push_back(values.gold);
    gold_direction_ = direction_of(evaluations_.metrics[comparison.metrics.gold]);
  }

  Score score(std::size_t method) const {
    Score score{.method = method, .task = evaluations_.tasks[task_]};
    if (comparison_.target_size) score.actual = golds_;
    if (comparison_.methods[method].setup) {
      score_setup(method, score);
    } else {
      score_single_scale(comparison_.methods[method], score);
    }
    return score;
  }

 private:
  Agreement agreement_with(const Values& predicted, double direction) const {
    return agreement(times(predicted, direction), times(golds_, gold_direction_));
  }

  void score_setup(std::size_t method, Score& score) const {
    const Setup& setup = *comparison_.methods[method].setup;
    Values first, second, first_actual;
    for (std::size_t recipe = 0; recipe < golds_.size(); ++recipe) {
      const Extrapolated& at = extrapolations_[method][recipe];
      score.predicted.push_back(at.chained.value_or(kNaN));
      first.push_back(at.first.value_or(kNaN));
      second.push_back(at.second.value_or(kNaN));
      const TaskValues& actual = actual_[recipe];
      first_actual.push_back(setup.has_loss         ? actual.loss
                             : setup.through_metric ? actual.through
                                                    : actual.gold);
    }
    if (!comparison_.target_size) return;
    score.agreement = agreement_with(score.predicted, gold_direction_);
    score.relative_error = mean_relative(score.predicted, golds_);
    score.absolute_error = mean_absolute(score.predicted, golds_);
    score.first_error = mean_relative(first, first_actual);
    score.second_error = mean_relative(second, golds_);
  }

  /// The k-th run of each recipe; NaN where it has fewer.
  Values finals_of(const Method& method, std::size_t metric, std::size_t k) const {
    Values values;
    for (std::size_t recipe = 0; recipe < evaluations_.recipes.size(); ++recipe) {
      const auto& runs = evaluations_.runs(recipe, method.size, task_);
      values.push_back(k < runs.size() ? evaluations_.series[runs[k]].final_value(metric) : kNaN);
    }
    return values;
  }

  void score_single_scale(const Method& method, Score& score) const {
    const std::optional<std::size_t> metric = evaluations_.metric(method.metric);
    if (!metric) return;
    std::size_t n_seeds = 0;
    for (std::size_t recipe = 0; recipe < evaluations_.recipes.size(); ++recipe) {
      score.predicted.push_back(evaluations_.final_mean(recipe, method.size, task_, *metric));
      n_seeds = std::max(n_seeds, evaluations_.runs(recipe, method.size, task_).size());
    }
    score.signal = signal_to_noise(evaluations_, task_, method.size, *metric, comparison_.n_last);
    if (score.signal->expected_order)
      score.is_worth_running = *score.signal->expected_order >= comparison_.worth;
    if (!comparison_.target_size) return;
    const double direction = direction_of(method.metric);
    score.agreement = agreement_with(score.predicted, direction);
    RunningMean accuracy;
    for (std::size_t k = 0; k < n_seeds; ++k) {
      const Agreement one = agreement_with(finals_of(method, *metric, k), direction);
      if (!one.decision_accuracy) continue;
      score.seed_accuracies.push_back(*one.decision_accuracy);
      accuracy.add(*one.decision_accuracy);
    }
    if (accuracy.n() > 0) score.agreement.decision_accuracy = accuracy.value();
    if (*metric != comparison_.metrics.gold) return;
    score.relative_error = mean_relative(score.predicted, golds_);
    score.absolute_error = mean_absolute(score.predicted, golds_);
  }

  const Comparison& comparison_;
  const Evaluations& evaluations_;
  std::size_t task_;
  TaskExtrapolations extrapolations_;
  std::vector<TaskValues> actual_;
  Values golds_;
  double gold_direction_ = 1;
};

}  // namespace

std::vector<SmallRun> small_runs(const Comparison& comparison, std::size_t task,
                                 std::size_t recipe) {
  std::vector<SmallRun> runs;
  for (const std::size_t size : comparison.small_sizes) {
    for (const std::size_t run : comparison.evaluations->runs(recipe, size, task))
      runs.push_back(small_run(*comparison.evaluations, comparison.evaluations->series[run],
                               comparison.metrics));
  }
  return runs;
}

FitsOfAll fits_of_all(const Comparison& comparison,
                      const std::vector<std::vector<SmallRun>>& runs_by_recipe) {
  std::vector<const Setup*> setups;
  FitsOfAll fits;
  for (const Method& method : comparison.methods) {
    if (!method.setup || fits.count(first_step_key(*method.setup))) continue;
    const Setup& setup = *method.setup;
    const bool needed = std::any_of(
        runs_by_recipe.begin(), runs_by_recipe.end(), [&](const std::vector<SmallRun>& runs) {
          return borrows(setup, used_runs(setup, runs, comparison.small_sizes));
        });
    if (!needed) continue;
    fits[first_step_key(setup)] = std::nullopt;
    setups.push_back(&setup);
  }
  std::vector<std::optional<Fitted>*> places;
  for (const Setup* setup : setups) places.push_back(&fits[first_step_key(*setup)]);
  parallel_for(setups.size(), comparison.n_threads, [&](std::size_t i) {
    std::vector<SmallRun> all;
    for (const std::vector<SmallRun>& runs : runs_by_recipe) {
      const std::vector<SmallRun> used = used_runs(*setups[i], runs, comparison.small_sizes);
      all.insert(all.end(), used.begin(), used.end());
    }
    *places[i] = fit_first_step(*setups[i], all, nullptr);
  });
  return fits;
}

std::vector<Score> score_methods(const Comparison& comparison) {
  const std::size_t n_tasks = comparison.evaluations->tasks.size();
  const std::size_t n_methods = comparison.methods.size();
  std::vector<Score> scores(n_methods * n_tasks);
  parallel_for(
      n_tasks, comparison.n_threads,
      [&](std::size_t task) {
        const TaskScorer scorer(comparison, task);
        for (std::size_t method = 0; method < n_methods; ++method)
          scores[method * n_tasks + task] = scorer.score(method);
      },
      "tasks");
  return scores;
}

}  // namespace rung::decide
