#include "rung/fit/interval/conformal.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/optimum/descend.hpp"

namespace rung {

std::optional<Conformal> split_conformal(const FitProblem& problem,
                                         const std::vector<double>& theta, double level,
                                         std::uint64_t seed) {
  const Points& points = problem.points();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) > 0) order.push_back(i);
  }
  const std::size_t n = order.size(), n_held_out = n / 2;
  const auto rank =
      static_cast<std::size_t>(std::ceil(level * static_cast<double>(n_held_out + 1) - 1e-9));
  if (rank > n_held_out || rank == 0 ||
      n - n_held_out <= static_cast<std::size_t>(problem.n_free()))
    return std::nullopt;

  Rng rng(seed);
  for (std::size_t i = n - 1; i > 0; --i)
    std::swap(order[i], order[rng.below(static_cast<std::uint32_t>(i + 1))]);

  AlignedArray weights = points.weights();
  for (std::size_t i = 0; i < n_held_out; ++i) weights[order[i]] = 0;
  const Minimum half = descend(problem, problem.coordinates_of(theta), {.weights = weights.data()});
  Conformal result{problem.theta_at(half.z), 0, level};
  const std::vector<double> fitted = problem.predict(result.theta, points);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < n_held_out; ++i) {
    sizes.push_back(std::abs(transformed(problem.residual(), points.y(order[i])) -
                             transformed(problem.residual(), fitted[order[i]])));
  }
  std::sort(sizes.begin(), sizes.end());
  result.radius = sizes[rank - 1];
  if (!std::isfinite(result.radius)) return std::nullopt;
  return result;
}

Interval Conformal::interval(const Law& law, Residual residual,
                             std::span<const double> inputs) const {
  const double centre = transformed(residual, predict(law, theta, inputs));
  return {level, back_transformed(residual, centre - radius),
          back_transformed(residual, centre + radius), "split-conformal"};
}

}  // namespace rung
