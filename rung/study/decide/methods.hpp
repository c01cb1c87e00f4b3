#pragma once
/// What decides: a value at one small size, or an extrapolation from several.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/decide/evaluations.hpp"
#include "rung/study/decide/setups.hpp"

namespace rung::decide {

struct Method {
  std::string name;                     // "correct_prob@150M", or a setup's
  std::string metric;                   // that is ranked by, or predicted
  std::size_t size = 0;                 // of a single scale
  std::optional<Setup> setup;           // none: a single scale
  double compute_flops = kNaN;          // of one recipe's small runs
  std::optional<double> compute_share;  // that over the target's
  /// Names the same method whatever the target is: sizes are counted down from it.
  std::string kind;
};

/// Which sizes are small, and what is compared.
struct MethodChoice {
  std::vector<std::size_t> small_sizes;  // ascending
  std::vector<std::string> proxies;
  std::string gold, through;
  bool has_loss = false, has_places = false;  // tokens of every small size are known
  std::size_t most_dropped = 2;
  double target_flops = kNaN;
};

/// Single scales, the largest first, the metric itself before its proxies; then the setups that the
/// choice has the numbers for.
std::vector<Method> methods_of(const Evaluations& evaluations, const MethodChoice& choice);

}  // namespace rung::decide
