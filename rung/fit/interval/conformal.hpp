#pragma once
/// Split-conformal prediction intervals: no assumption on the noise but that points are
/// exchangeable, which extrapolation breaks: outside the data they are a lower limit of the doubt.

#include <cstdint>
#include <optional>
#include <span>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung {

/// A fit to half of the points and how far off the other half was.
struct Conformal {
  std::vector<double> theta;
  double radius = 0;  // in residual space
  double level = 0.95;

  Interval interval(const Law& law, Residual residual, std::span<const double> inputs) const;
};

/// Halves drawn by `seed`. Absent where the held-out half is too small for the level (19 points for
/// 95%), or the other half for the parameters. Lei et al. 2018, algorithm 2.
std::optional<Conformal> split_conformal(const FitProblem& problem,
                                         const std::vector<double>& theta, double level,
                                         std::uint64_t seed);

}  // namespace rung
