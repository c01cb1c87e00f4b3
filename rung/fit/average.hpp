#pragma once
/// A prediction averaged over laws, with the spread between them in its interval.

#include <optional>
#include <span>
#include <vector>

#include "rung/fit/interval/delta.hpp"

namespace rung {

/// What one law predicts, and what it counts.
struct LawPrediction {
  double value = 0;
  std::optional<Interval> interval;
  double weight = 0;
};

/// Of the sum of weights: a law of less moves no end of the average's interval.
inline constexpr double kLeastCounted = 0.005;

struct AveragedPrediction {
  double value = 0;                      // weighted mean
  std::optional<Interval> interval;      // of `level`; absent where a law that counts has none
  double between_laws_sd = 0;            // weighted standard deviation of the laws' values
  std::optional<double> within_laws_sd;  // root of the weighted mean of their variances
};

/// The mixture of the laws: each is normal in residual space with the spread of its interval, and
/// the interval's ends are the mixture's quantiles (Hoeting et al. 1999, Statistical Science 14(4),
/// eq. 1). Weights are normalised. Standard deviations are those in residual space. Predictions
/// must lie where `residual` has values.
AveragedPrediction average(std::span<const LawPrediction> laws, Residual residual, double level);

/// Weights as the inverse of mean squared errors, normalised: from how far each law erred when
/// rolled forward. An absent error (nothing could be rolled) counts nothing; equal weights where
/// all are absent.
std::vector<double> error_weights(const std::vector<std::optional<double>>& mean_squared_errors);

}  // namespace rung
