#pragma once
/// Runs that are not where the others say that they should be.

#include <optional>
#include <vector>

namespace rung::runs {

struct LadderPlace {
  double n_params = 0, n_tokens = 0, loss = 0;
};

struct Expected {
  double loss = 0;  // by the law of the others
  /// ln(loss / expected) in robust standard deviations (1.4826 median size) of all runs.
  double z = 0;
  bool falls_off = false;  // above 3.5 of them and 1%
};

/// Each run against E + A / N^alpha + B / D^beta fitted to the others, without those that fall off
/// as long as eight are left: one that is off puts its neighbours off. Absent for all where fewer
/// than eight runs are there, of fewer than three sizes, and for a run whose others can't be
/// fitted.
std::vector<std::optional<Expected>> off_ladder(const std::vector<LadderPlace>& runs,
                                                int n_threads);

}  // namespace rung::runs
