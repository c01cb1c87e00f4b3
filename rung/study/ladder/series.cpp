#include "rung/study/ladder/series.hpp"

namespace rung::ladder {

std::vector<double> series(const Run& run, const Task& task, Metric metric) {
  std::vector<double> mean(run.n_rows(), 0);
  double total_weight = 0;
  for (const WeightedColumn& column : task.columns(metric)) {
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
