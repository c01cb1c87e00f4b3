#include "rung/fit/average.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/distributions.hpp"

namespace rung {
namespace {

struct Component {
  double weight = 0, mean = 0, sd = 0;
};

double mixture_cdf(const std::vector<Component>& mixture, double x) {
  double p = 0;
  for (const Component& part : mixture) {
    const double below =
        part.sd > 0 ? normal_cdf((x - part.mean) / part.sd) : static_cast<double>(part.mean <= x);
    p += part.weight * below;
  }
  return p;
}

/// By bisection, between bounds so many standard deviations beyond the outermost parts that no
/// probability is left there.
double mixture_quantile(const std::vector<Component>& mixture, double p) {
  constexpr double kFar = 40;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Component& part : mixture) {
    low = std::min(low, part.mean - kFar * part.sd);
    high = std::max(high, part.mean + kFar * part.sd);
  }
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (mixture_cdf(mixture, middle) < p ? low : high) = middle;
  }
}

}  // namespace

AveragedPrediction average(std::span<const LawPrediction> laws, Residual residual, double level) {
  AveragedPrediction result;
  double sum = 0;
  for (const LawPrediction& law : laws) sum += law.weight;
  std::vector<Component> mixture;
  bool has_intervals = true;
  double mean = 0, within = 0, between = 0;
  for (const LawPrediction& law : laws) {
    if (!(law.weight > 0)) continue;
    Component part{law.weight / sum, transformed(residual, law.value), 0};
    has_intervals = has_intervals && (law.interval || law.weight < kLeastCounted * sum);
    if (law.interval) {
      const double z = normal_quantile((1 + law.interval->level) / 2);
      part.sd = (transformed(residual, law.interval->upper) -
                 transformed(residual, law.interval->lower)) /
                (2 * z);
    }
    result.value += part.weight * law.value;
    mean += part.weight * part.mean;
    within += part.weight * part.sd * part.sd;
    mixture.push_back(part);
  }
  for (const Component& part : mixture)
    between += part.weight * (part.mean - mean) * (part.mean - mean);
  result.between_laws_sd = std::sqrt(between);
  if (!has_intervals || mixture.empty()) return result;
  result.within_laws_sd = std::sqrt(within);
  const double tail = (1 - level) / 2;
  result.interval = {level, back_transformed(residual, mixture_quantile(mixture, tail)),
                     back_transformed(residual, mixture_quantile(mixture, 1 - tail)),
                     "law average"};
  return result;
}

std::vector<double> error_weights(const std::vector<std::optional<double>>& mean_squared_errors) {
  // A law that never errs must not make the others' weights infinitely small.
  constexpr double kSmallest = 1e-12;
  std::vector<double> weights;
  double sum = 0;
  for (const std::optional<double>& error : mean_squared_errors)
    sum += weights.emplace_back(error ? 1 / std::max(*error, kSmallest) : 0);
  const double equal = 1 / static_cast<double>(std::max<std::size_t>(weights.size(), 1));
  for (double& weight : weights) weight = sum > 0 ? weight / sum : equal;
  return weights;
}

}  // namespace rung
