#pragma once
/// What a prediction is worth before and after more runs.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"

namespace rung::plan {

/// What a target's prediction is worth now, and what it is expected to be worth with the new runs.
struct Forecast {
  std::vector<double> inputs;
  double predicted = 0;
  double stderr_before = 0, stderr_after = 0;  // of the law, in residual space
  std::optional<Interval> before{};            // as `rung fit` and `rung predict` have it
  /// Of the law linearized at today's fit, around today's prediction: what runs that are not there
  /// yet would leave can't be profiled. The first is what `before` comes to in the same way.
  Interval before_linearized{}, after{};
  std::string note{};  // on a prediction that cannot be, of which intervals say nothing

  /// Whether `before` is no more than the linearized law's.
  bool is_linear() const;
  /// Whether the new runs narrow the linearized law's interval by less than 5% of itself.
  bool hardly_sharpens() const;
};

/// Of a target's prediction, in residual space; degrees of freedom with it.
struct Spread {
  double variance, dof;
};

/// At the fit's level and for what its intervals are for: the law, or one more run.
Forecast forecast_at(const Fitted& fitted, const std::vector<double>& inputs, const Spread& before,
                     const Spread& after);

}  // namespace rung::plan
