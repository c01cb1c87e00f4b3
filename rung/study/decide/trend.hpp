#pragma once
/// How the distances between recipes change with size, carried on to the target.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "rung/study/decide/scores.hpp"

namespace rung::decide {

/// One form that the change with size may have: a straight line over a power of compute, or over
/// its logarithm, there with a bend (bend.hpp), too.
struct TrendForm {
  double weight = 0;        // how likely the form is; all add up to 1
  std::vector<Lead> leads;  // at the target, one a recipe that was asked for
};

/// Each recipe's lead at every size where all recipes asked for were run, fitted by each form,
/// weighted by the runs' noise.
struct Trend {
  std::vector<double> compute_flops;  // of those sizes, ascending
  double target_flops = 0;
  /// Tokens of some size are not known: compute is that of 20 a parameter at every size. A trend
  /// over its logarithm or a power of it is the same for any other ratio.
  bool is_proportional = false;
  std::vector<TrendForm> forms;
  std::vector<Lead> slopes;             // of a lead, for each ten times the compute
  std::vector<std::vector<Lead>> seen;  // [recipe][size]
};

/// Absent where fewer than three small sizes have all the recipes, and where nothing says how noisy
/// a run is. `metric`: what is ranked by; `recipes`: which to compare, at least two.
std::optional<Trend> trend_of(const Comparison& comparison, std::size_t task, std::size_t metric,
                              std::span<const std::size_t> recipes);

}  // namespace rung::decide
