#include "rung/study/decide/mean_task.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "rung/core/numbers.hpp"

namespace rung::decide {
namespace {

constexpr std::string_view kSubtask = "mmlu_";

using RunOfTasks = std::vector<const Series*>;  // [task]; null where it lacks one

bool has_same_checkpoints(const RunOfTasks& run) {
  return std::all_of(run.begin(), run.end(), [&](const Series* series) {
    return series->n_checkpoints() == run.front()->n_checkpoints();
  });
}

/// Missing where a task lacks the value: means of different tasks are not to be compared.
Series mean_of(const RunOfTasks& run, const std::vector<double>& weights, std::size_t task) {
  Series mean = *run.front();
  mean.task = task;
  const bool by_checkpoint = has_same_checkpoints(run);
  const std::size_t n = by_checkpoint ? mean.n_checkpoints() : 1;
  mean.n_tokens.erase(mean.n_tokens.begin(), mean.n_tokens.end() - static_cast<long>(n));
  mean.compute_flops.erase(mean.compute_flops.begin(),
                           mean.compute_flops.end() - static_cast<long>(n));
  for (std::size_t m = 0; m < mean.values.size(); ++m) {
    mean.values[m].assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t t = 0; t < run.size(); ++t) {
        const double value = by_checkpoint ? run[t]->values[m][i] : run[t]->final_value(m);
        if (weights[t] > 0) mean.values[m][i] += weights[t] * value;
      }
    }
  }
  return mean;
}

}  // namespace

std::vector<double> task_weights(const std::vector<std::string>& tasks) {
  const bool has_whole = std::find(tasks.begin(), tasks.end(), "mmlu") != tasks.end();
  const auto n_subtasks =
      static_cast<double>(std::count_if(tasks.begin(), tasks.end(), [](const std::string& task) {
        return task.starts_with(kSubtask);
      }));
  const double n_whole = static_cast<double>(tasks.size()) - n_subtasks;
  const double share = 1 / (n_whole + (n_subtasks > 0 && !has_whole ? 1 : 0));
  std::vector<double> weights;
  for (const std::string& task : tasks) {
    if (!task.starts_with(kSubtask)) {
      weights.push_back(share);
    } else {
      weights.push_back(has_whole ? 0 : share / n_subtasks);
    }
  }
  return weights;
}

Evaluations with_mean_task(Evaluations evaluations, const std::string& name) {
  const std::vector<double> weights = task_weights(evaluations.tasks);
  const std::size_t n_tasks = evaluations.tasks.size();
  std::map<std::tuple<std::size_t, std::size_t, std::string>, RunOfTasks> runs;
  for (const Series& series : evaluations.series) {
    RunOfTasks& run = runs[{series.size, series.recipe, series.seed}];
    run.resize(n_tasks);
    run[series.task] = &series;
  }
  std::vector<Series> means;
  for (const auto& [key, run] : runs) {
    if (std::find(run.begin(), run.end(), nullptr) == run.end())
      means.push_back(mean_of(run, weights, n_tasks));
  }
  evaluations.tasks.push_back(name);
  evaluations.series.insert(evaluations.series.end(), means.begin(), means.end());
  evaluations.index_runs();
  return evaluations;
}

}  // namespace rung::decide
