#include "rung/study/plan/allocate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rung::plan {
namespace {

constexpr double kHuge = 1e300;

struct Bottom {
  double at = 0, value = 0;
  bool at_edge = false;
};

constexpr int kScan = 400;

/// The lowest of f(0) to f(kScan).
int lowest_of_all(const std::function<double(int)>& f) {
  int best = 0;
  double lowest = f(0);
  for (int i = 1; i <= kScan; ++i) {
    const double value = f(i);
    if (value < lowest) lowest = value, best = i;
  }
  return best;
}

/// The same downhill from one of them, which is it where f falls and then rises. Absent where that
/// tells nothing, on the plateau of what can't be, or ends at an edge.
std::optional<int> lowest_downhill(const std::function<double(int)>& f, int from) {
  int best = from;
  double lowest = f(best);
  if (lowest >= kHuge) return std::nullopt;
  for (const int step : {-1, 1}) {
    while (best > 0 && best < kScan) {
      const double value = f(best + step);
      if (!(value < lowest)) break;
      lowest = value, best += step;
    }
  }
  return best > 0 && best < kScan ? std::optional(best) : std::nullopt;
}

/// Minimum of f over [low, high], of a grid's lowest point, or the one downhill from `near`, and
/// golden section around it; values that are not finite count as very high.
Bottom minimise(const std::function<double(double)>& f, double low, double high,
                std::optional<double> near) {
  const auto safe = [&](double x) {
    const double value = f(x);
    return std::isfinite(value) ? value : kHuge;
  };
  const auto place = [&](int i) { return low + (high - low) * i / kScan; };
  const auto at_place = [&](int i) { return safe(place(i)); };
  std::optional<int> found;
  if (near && low < *near && *near < high)
    found = lowest_downhill(at_place, static_cast<int>((*near - low) / (high - low) * kScan));
  const int best = found ? *found : lowest_of_all(at_place);
  const bool at_edge = best == 0 || best == kScan;
  double left = place(std::max(0, best - 1)), right = place(std::min(kScan, best + 1));
  const double ratio = std::numbers::phi - 1;
  double a = right - ratio * (right - left), b = left + ratio * (right - left);
  double fa = safe(a), fb = safe(b);
  // The value is flat to rounding within the root of the machine's precision.
  constexpr double kFine = 1e-9;
  while (right - left > kFine) {
    if (fa <= fb) {
      right = b, b = a, fb = fa;
      a = right - ratio * (right - left), fa = safe(a);
    } else {
      left = a, a = b, fa = fb;
      b = left + ratio * (right - left), fb = safe(b);
    }
  }
  const double middle = (left + right) / 2;
  return {middle, safe(middle), at_edge};
}

std::optional<double> log_of(std::optional<double> near_params) {
  if (!near_params) return std::nullopt;
  return std::log(*near_params);
}

/// ln D that reaches the target with `n` parameters, to rounding; absent where even `most_tokens`
/// do not. Regula falsi with the Illinois rule; now and then a halving, for a loss of any shape.
std::optional<double> log_tokens_for(const LossOf& loss, double n, double target,
                                     double most_tokens) {
  if (!(loss(n, most_tokens) <= target)) return std::nullopt;
  const auto above = [&](double log_d) {
    const double value = loss(n, std::exp(log_d)) - target;
    return std::isfinite(value) ? value : kHuge;
  };
  double low = std::log(kLeastTokens), high = std::log(most_tokens);
  double over_low = above(low), over_high = above(high);
  if (over_low <= 0) return low;
  if (over_high >= 0) return high;
  constexpr int kMostSteps = 200, kHalving = 5;
  for (int step = 1, last_side = 0; step <= kMostSteps; ++step) {
    const bool halve = over_low >= kHuge || step % kHalving == 0;
    const double middle =
        halve ? (low + high) / 2 : low + (high - low) * (over_low / (over_low - over_high));
    if (!(low < middle && middle < high)) return middle;  // the root is there, to rounding
    const double over = above(middle);
    if (over == 0) return middle;
    const int side = over < 0 ? 1 : -1;
    (side > 0 ? high : low) = middle;
    (side > 0 ? over_high : over_low) = over;
    if (side == last_side) (side > 0 ? over_low : over_high) /= 2;
    last_side = side;
  }
  return high;
}

Allocation allocation_at(const LossOf& loss, double n, double d, const AllocateOptions& options) {
  const double training = options.training_flops_per_nd * n * d;
  return {.n_params = n,
          .n_tokens = d,
          .training_flops = training,
          .lifetime_flops = training + kInferenceFlops * n * options.inference_tokens,
          .loss = loss(n, d)};
}

}  // namespace

double tokens_for_budget(double n_params, double lifetime_flops, const AllocateOptions& options) {
  const double d = (lifetime_flops - kInferenceFlops * n_params * options.inference_tokens) /
                   (options.training_flops_per_nd * n_params);
  return options.most_tokens ? std::min(d, *options.most_tokens) : d;
}

Allocation best_for_budget(const LossOf& loss, double lifetime_flops,
                           const AllocateOptions& options, std::optional<double> near_params) {
  // Above `most`, inference alone eats the budget.
  double most = options.most_params;
  if (options.inference_tokens > 0)
    most =
        std::min(most, lifetime_flops / (kInferenceFlops * options.inference_tokens) * (1 - 1e-9));
  const auto tokens = [&](double n) { return tokens_for_budget(n, lifetime_flops, options); };
  const Bottom bottom =
      minimise([&](double log_n) { return loss(std::exp(log_n), tokens(std::exp(log_n))); },
               std::log(options.least_params), std::log(most), log_of(near_params));
  const double n = std::exp(bottom.at);
  Allocation result = allocation_at(loss, n, tokens(n), options);
  result.at_edge = bottom.at_edge;
  return result;
}

std::optional<Allocation> cheapest_for_loss(const LossOf& loss, double target_loss,
                                            const AllocateOptions& options,
                                            std::optional<double> near_params) {
  const auto log_tokens = [&](double n) {
    return log_tokens_for(loss, n, target_loss, options.most_tokens.value_or(kMostTokens));
  };
  const auto cost = [&](double log_n) {
    const std::optional<double> log_d = log_tokens(std::exp(log_n));
    if (!log_d) return kHuge;
    return log_n + std::log(options.training_flops_per_nd * std::exp(*log_d) +
                            kInferenceFlops * options.inference_tokens);
  };
  const Bottom bottom = minimise(cost, std::log(options.least_params),
                                 std::log(options.most_params), log_of(near_params));
  const double n = std::exp(bottom.at);
  const std::optional<double> log_d = log_tokens(n);
  if (!log_d) return std::nullopt;
  Allocation result = allocation_at(loss, n, std::exp(*log_d), options);
  result.at_edge = bottom.at_edge;
  return result;
}

Allocation chinchilla_optimum(const Chinchilla& law, double compute_flops, double flops_per_nd) {
  const auto [A, B, E, alpha, beta] = law;
  const double g = std::pow(alpha * A / (beta * B), 1 / (alpha + beta));
  const double product = compute_flops / flops_per_nd;
  const double n = g * std::pow(product, beta / (alpha + beta));
  const double d = product / n;
  return {.n_params = n,
          .n_tokens = d,
          .training_flops = compute_flops,
          .lifetime_flops = compute_flops,
          .loss = E + A * std::pow(n, -alpha) + B * std::pow(d, -beta)};
}

std::optional<Allocation> chinchilla_cheapest(const Chinchilla& law, double target_loss,
                                              double flops_per_nd) {
  const auto [A, B, E, alpha, beta] = law;
  if (!(target_loss > E)) return std::nullopt;
  const double above = target_loss - E;
  const double n = std::pow(A * (1 + alpha / beta) / above, 1 / alpha);
  const double d = std::pow(B * (1 + beta / alpha) / above, 1 / beta);
  const double flops = flops_per_nd * n * d;
  return Allocation{.n_params = n,
                    .n_tokens = d,
                    .training_flops = flops,
                    .lifetime_flops = flops,
                    .loss = target_loss};
}

}  // namespace rung::plan
