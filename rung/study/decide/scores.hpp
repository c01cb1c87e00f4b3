#pragma once
/// Every method on every task: what it predicts of each recipe, and how well.

#include <cstddef>
#include <optional>
#include <vector>

#include "rung/study/decide/decide.hpp"
#include "rung/study/decide/extrapolate.hpp"

namespace rung::decide {

/// What methods are compared on.
struct Comparison {
  const Evaluations* evaluations = nullptr;
  std::vector<Method> methods;
  TaskMetrics metrics;
  std::vector<std::size_t> small_sizes;  // ascending
  Place target;
  std::optional<std::size_t> target_size;  // in the evaluations
  std::size_t n_last = 5;
  double worth = 0.8;
  int n_threads = 0;
};

/// By method, then task.
std::vector<Score> score_methods(const Comparison& comparison);

/// A recipe's small runs on a task, of all small sizes and seeds.
std::vector<SmallRun> small_runs(const Comparison& comparison, std::size_t task,
                                 std::size_t recipe);

/// The fits of all recipes that the methods' setups need on a task.
FitsOfAll fits_of_all(const Comparison& comparison,
                      const std::vector<std::vector<SmallRun>>& runs_by_recipe);

}  // namespace rung::decide
