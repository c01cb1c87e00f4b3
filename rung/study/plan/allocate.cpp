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

/// Minimum of f over [low, high]; values that are not finite count as very high.
Bottom minimise(const std::function<double(double)>& f, double low, double high) {
  const auto safe = [&](double x) {
    const double value = f(x);
    return std::isfinite(value) ? value : kHuge;
  };
  constexpr int kScan = 400;
  int best = 0;
  double lowest = safe(low);
  for (int i = 1; i <= kScan; ++i) {
    const double value = safe(low + (high - low) * i / kScan);
    if (value < lowest) lowest = value, best = i;
  }
  const bool at_edge = best == 0 || best == kScan;
  double left = low + (high - low) * std::max(0, best - 1) / kScan;
  double right = low + (high - low) * std::min(kScan, best + 1) / kScan;
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
                           const AllocateOptions& options) {
  // Above `most`, inference alone eats the budget.
  double most = options.most_params;
  if (options.inference_tokens > 0)
    most =
        std::min(most, lifetime_flops / (kInferenceFlops * options.inference_tokens) * (1 - 1e-9));
  const auto tokens = [&](double n) { return tokens_for_budget(n, lifetime_flops, options); };
  const Bottom bottom =
      minimise([&](double log_n) { return loss(std::exp(log_n), tokens(std::exp(log_n))); },
               std::log(options.least_params), std::log(most));
  const double n = std::exp(bottom.at);
  Allocation result = allocation_at(loss, n, tokens(n), options);
  result.at_edge = bottom.at_edge;
  return result;
}

std::optional<Allocation> cheapest_for_loss(const LossOf& loss, double target_loss,
                                            const AllocateOptions& options) {
  const double most_tokens = options.most_tokens.value_or(kMostTokens);
  // ln D that reaches the target at n; absent where even most_tokens do not.
  const auto log_tokens = [&](double n) -> std::optional<double> {
    double low = std::log(kLeastTokens), high = std::log(most_tokens);
    if (!(loss(n, most_tokens) <= target_loss)) return std::nullopt;
    constexpr int kHalvings = 60;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (low + high) / 2;
      (loss(n, std::exp(middle)) <= target_loss ? high : low) = middle;
    }
    return high;
  };
  const auto cost = [&](double log_n) {
    const std::optional<double> log_d = log_tokens(std::exp(log_n));
    if (!log_d) return kHuge;
    return log_n + std::log(options.training_flops_per_nd * std::exp(*log_d) +
                            kInferenceFlops * options.inference_tokens);
  };
  const Bottom bottom =
      minimise(cost, std::log(options.least_params), std::log(options.most_params));
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
