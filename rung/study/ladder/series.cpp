#include "rung/study/ladder/series.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

/// Percentages would be fitted and predicted as nonsense. Missing values are for others to judge.
void check_shares(const Run& run, const std::string& column) {
  const std::vector<double>& values = run.metrics.at(column);
  const auto wrong = std::find_if(values.begin(), values.end(),
                                  [](double value) { return value < 0 || value > 1; });
  if (wrong != values.end())
    throw InputError(Location{run.file},
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
