#include "rung/study/plan/forecast.hpp"

#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/fit/possible.hpp"

namespace rung::plan {

bool Forecast::is_linear() const {
  constexpr double kRounding = 1e-6;  // of the interval
  const double width = before_linearized.upper - before_linearized.lower;
  return before && std::abs(before->lower - before_linearized.lower) < kRounding * width &&
         std::abs(before->upper - before_linearized.upper) < kRounding * width;
}

bool Forecast::hardly_sharpens() const {
  constexpr double kHardly = 0.95;  // of the standard error of before is left
  return note.empty() && stderr_after > kHardly * stderr_before;
}

Forecast forecast_at(const Fitted& fitted, const std::vector<double>& inputs, const Spread& before,
                     const Spread& after) {
  const Residual residual = fitted.options.residual;
  const double level = fitted.options.level;
  const bool is_of_a_run = fitted.interval_for == IntervalFor::observation;
  const double predicted = fitted.predict(inputs);
  const double at = transformed(residual, predicted);
  const auto interval = [&](const Spread& spread) {
    const double one_more = is_of_a_run ? fitted.fit.covariance->residual_variance : 0;
    const double reach =
        student_t_quantile(0.5 + level / 2, spread.dof) * std::sqrt(spread.variance + one_more);
    const Interval all{level, back_transformed(residual, at - reach),
                       back_transformed(residual, at + reach),
                       is_of_a_run ? "delta-observation" : "delta-mean"};
    return possible_part(all, fitted.possible).value_or(all);
  };
  return {.inputs = inputs,
          .predicted = predicted,
          .stderr_before = std::sqrt(before.variance),
          .stderr_after = std::sqrt(after.variance),
          .before = fitted.interval(inputs),
          .before_linearized = interval(before),
          .after = interval(after),
          .note = impossible_words(predicted, fitted.possible)};
}

}  // namespace rung::plan
