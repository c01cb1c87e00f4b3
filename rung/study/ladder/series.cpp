#include "rung/study/ladder/series.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"

namespace rung::ladder {
namespace {

/// Percentages would be fitted and predicted as nonsense. Missing values are for others to judge.
void check_shares(const Run& run, const std::string& column) {
  const std::vector<double>& values = run.metrics.at(column);
  const auto wrong = std::find_if(values.begin(), values.end(),
                                  [](double value) { return value < 0 || value > 1; });
  if (wrong != values.end())
    throw InputError(run.location(static_cast<std::size_t>(wrong - values.begin())),
                     column + " is " + significant(*wrong) + ", which is no share of questions",
                     "accuracies lie between 0 and 1: divide percentages by 100");
}

}  // namespace

std::vector<double> series(const Run& run, const Task& task, Metric metric) {
  std::vector<double> mean(run.n_rows(), 0);
  double total_weight = 0;
  for (const WeightedColumn& column : task.columns(metric)) {
    if (is_accuracy(metric)) check_shares(run, column.name);
    const std::vector<double>& values = run.metrics.at(column.name);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += column.weight * values[i];
    total_weight += column.weight;
  }
  for (double& m : mean) m *= stored_sign(metric) / total_weight;
  return mean;
}

bool has(const Run& run, const std::string& column, std::size_t row) {
  const auto found = run.metrics.find(column);
  return found != run.metrics.end() && row < found->second.size() &&
         std::isfinite(found->second[row]);
}

std::string checkpoint_name(const Run& run, std::size_t checkpoint) {
  const auto steps = run.metrics.find(kStep);
  if (steps != run.metrics.end() && std::isfinite(steps->second[checkpoint]))
    return "step " + shortest(steps->second[checkpoint]);
  return short_count(run.n_tokens[checkpoint]) + " tokens";
}

std::string measured_name(const Task& task, Metric metric) {
  const std::vector<WeightedColumn>& columns = task.columns(metric);
  return columns.size() == 1 ? columns.front().name
                             : task.key + " " + std::string(metric_name(metric));
}

void check_losses(const Run& run, const Task& task, Metric metric) {
  if (is_accuracy(metric)) return;
  const std::vector<double> losses = series(run, task, metric);
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (losses[i] > 0 || !(run.n_tokens[i] > 0)) continue;
    problems.push_back({run.location(i),
                        "run '" + run.model + "' has " + measured_name(task, metric) + " " +
                            significant(stored_sign(metric) * losses[i]) + " at " +
                            checkpoint_name(run, i) + ", which is no loss",
                        stored_sign(metric) < 0 ? "such scores lie below 0: is it the right column?"
                                                : "losses lie above 0: is it the right column?"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

void check_losses(const Ladder& ladder, const Task& task, Metric metric) {
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::train) check_losses(run, task, metric);
  }
}

bool ladder_has(const Ladder& ladder, const Task& task, Metric metric) {
  if (!task.has(metric)) return false;
  for (const WeightedColumn& column : task.columns(metric)) {
    for (const Run& run : ladder.runs) {
      if (run.metrics.find(column.name) == run.metrics.end()) return false;
    }
  }
  return true;
}

}  // namespace rung::ladder
