#include "rung/fit/interval/contradiction.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

void withdraw_contradicted_intervals(Fit& fit) {
  for (std::size_t p = 0; p < fit.parameters.size(); ++p) {
    ParameterEstimate& estimate = fit.parameters[p];
    const bool contradicted = std::any_of(
        fit.alternatives.begin(), fit.alternatives.end(), [&](const Alternative& other) {
          return (estimate.lower && other.theta[p] < *estimate.lower) ||
                 (estimate.upper && other.theta[p] > *estimate.upper);
        });
    if (contradicted) estimate.stderror = estimate.lower = estimate.upper = std::nullopt;
  }
}

std::vector<double> other_predictions(const Law& law, const Fit& fit,
                                      std::span<const double> inputs) {
  constexpr double kSame = 1e-4;  // relative
  const auto is_like = [](double a, double b) { return std::abs(a - b) <= kSame * std::abs(b); };
  std::vector<double> others;
  const double best = predict(law, fit.theta, inputs);
  for (const Alternative& alternative : fit.alternatives) {
    const double other = predict(law, alternative.theta, inputs);
    const bool known =
        is_like(other, best) || std::any_of(others.begin(), others.end(),
                                            [&](double value) { return is_like(other, value); });
    if (std::isfinite(other) && !known) others.push_back(other);
  }
  std::sort(others.begin(), others.end());
  return others;
}

bool holds_alternatives(const Law& law, const Fit& fit, std::span<const double> inputs,
                        const Interval& interval) {
  const std::vector<double> others = other_predictions(law, fit, inputs);
  return others.empty() || (interval.lower <= others.front() && others.back() <= interval.upper);
}

}  // namespace rung
