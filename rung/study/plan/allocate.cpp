#include "rung/study/plan/allocate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"

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
  return {.n_params = n,
          .n_tokens = d,
          .training_flops = kTrainingFlops * n * d,
          .lifetime_flops = kTrainingFlops * n * d + kInferenceFlops * n * options.inference_tokens,
          .loss = loss(n, d)};
}

PowerOfCompute power_through(const std::vector<IsoflopBottom>& bottoms,
                             double IsoflopBottom::*quantity) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const IsoflopBottom& bottom : bottoms) {
    if (!bottom.inside) continue;
    const double x = std::log(bottom.compute_flops), y = std::log(bottom.*quantity);
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double exponent = (sxy - sx * sy / n) / (sxx - sx * sx / n);
  return {std::exp((sy - exponent * sx) / n), exponent};
}

IsoflopFit powers_of(std::vector<IsoflopBottom> bottoms, const std::string& what) {
  const auto n_inside = std::count_if(bottoms.begin(), bottoms.end(),
                                      [](const IsoflopBottom& bottom) { return bottom.inside; });
  if (n_inside < 2)
    throw InputError(what,
                     "where the runs' compute is not 6 N D, say it: --x \"..., C=COLUMN\"; "
                     "--approach 3 needs no budgets");
  IsoflopFit fit{.bottoms = std::move(bottoms)};
  fit.n_params = power_through(fit.bottoms, &IsoflopBottom::n_params);
  fit.n_tokens = power_through(fit.bottoms, &IsoflopBottom::n_tokens);
  return fit;
}

/// Least squares of c0 + c1 x + c2 x^2 with x centred; [c0, c1, c2].
std::optional<std::array<double, 3>> parabola(const std::vector<double>& x,
                                              const std::vector<double>& y) {
  double m[3][4] = {};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double powers[3] = {1, x[i], x[i] * x[i]};
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 3; ++c) m[r][c] += powers[r] * powers[c];
      m[r][3] += powers[r] * y[i];
    }
  }
  for (int k = 0; k < 3; ++k) {
    int pivot = k;
    for (int r = k + 1; r < 3; ++r) {
      if (std::abs(m[r][k]) > std::abs(m[pivot][k])) pivot = r;
    }
    std::swap(m[k], m[pivot]);
    if (std::abs(m[k][k]) < 1e-12) return std::nullopt;
    for (int r = 0; r < 3; ++r) {
      if (r == k) continue;
      const double factor = m[r][k] / m[k][k];
      for (int c = k; c < 4; ++c) m[r][c] -= factor * m[k][c];
    }
  }
  return std::array{m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]};
}

/// Of the parabola through a budget's losses over ln of a quantity; low and high are the data's.
struct Slice {
  double at = 0, value = 0, curvature = 0, low = 0, high = 0;
};

/// Absent for fewer than three runs, and for losses that don't bend upwards.
std::optional<Slice> slice_over(const std::vector<IsoflopPoint>& budget,
                                double IsoflopPoint::*quantity) {
  if (budget.size() < 3) return std::nullopt;
  double centre = 0;
  for (const IsoflopPoint& point : budget)
    centre += std::log(point.*quantity) / static_cast<double>(budget.size());
  std::vector<double> x, y;
  for (const IsoflopPoint& point : budget) {
    x.push_back(std::log(point.*quantity) - centre);
    y.push_back(point.loss);
  }
  const auto fitted = parabola(x, y);
  if (!fitted || (*fitted)[2] <= 0) return std::nullopt;
  const auto [c0, c1, c2] = *fitted;
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  return Slice{centre - c1 / (2 * c2), c0 - c1 * c1 / (4 * c2), 2 * c2, centre + *low,
               centre + *high};
}

/// To 1%.
bool all_six_nd(const std::vector<IsoflopPoint>& points) {
  return std::all_of(points.begin(), points.end(), [](const IsoflopPoint& point) {
    const double six_nd = kTrainingFlops * point.n_params * point.n_tokens;
    return std::abs(six_nd / point.compute_flops - 1) <= 0.01;
  });
}

}  // namespace

double PowerOfCompute::at(double compute_flops) const {
  return scale * std::pow(compute_flops, exponent);
}

double tokens_for_budget(double n_params, double lifetime_flops, const AllocateOptions& options) {
  const double d = (lifetime_flops - kInferenceFlops * n_params * options.inference_tokens) /
                   (kTrainingFlops * n_params);
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
    return log_n +
           std::log(kTrainingFlops * std::exp(*log_d) + kInferenceFlops * options.inference_tokens);
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

Allocation chinchilla_optimum(const Chinchilla& law, double compute_flops) {
  const auto [A, B, E, alpha, beta] = law;
  const double g = std::pow(alpha * A / (beta * B), 1 / (alpha + beta));
  const double product = compute_flops / kTrainingFlops;
  const double n = g * std::pow(product, beta / (alpha + beta));
  const double d = product / n;
  return {.n_params = n,
          .n_tokens = d,
          .training_flops = compute_flops,
          .lifetime_flops = compute_flops,
          .loss = E + A * std::pow(n, -alpha) + B * std::pow(d, -beta)};
}

std::optional<Allocation> chinchilla_cheapest(const Chinchilla& law, double target_loss) {
  const auto [A, B, E, alpha, beta] = law;
  if (!(target_loss > E)) return std::nullopt;
  const double above = target_loss - E;
  const double n = std::pow(A * (1 + alpha / beta) / above, 1 / alpha);
  const double d = std::pow(B * (1 + beta / alpha) / above, 1 / beta);
  const double flops = kTrainingFlops * n * d;
  return Allocation{.n_params = n,
                    .n_tokens = d,
                    .training_flops = flops,
                    .lifetime_flops = flops,
                    .loss = target_loss};
}

std::vector<std::vector<IsoflopPoint>> isoflop_budgets(std::vector<IsoflopPoint> points) {
  std::sort(points.begin(), points.end(), [](const IsoflopPoint& a, const IsoflopPoint& b) {
    return a.compute_flops < b.compute_flops;
  });
  constexpr double kSame = 1.1;
  std::vector<std::vector<IsoflopPoint>> budgets;
  for (const IsoflopPoint& point : points) {
    if (budgets.empty() || point.compute_flops > kSame * budgets.back().front().compute_flops)
      budgets.emplace_back();
    budgets.back().push_back(point);
  }
  return budgets;
}

IsoflopFit isoflop_parabolas(const std::vector<IsoflopPoint>& points) {
  std::vector<IsoflopBottom> bottoms;
  std::size_t n_skewed = 0, n_outside = 0;
  const std::vector<std::vector<IsoflopPoint>> budgets = isoflop_budgets(points);
  const bool own_compute = !all_six_nd(points);
  for (const std::vector<IsoflopPoint>& budget : budgets) {
    const auto slice = slice_over(budget, &IsoflopPoint::n_params);
    if (!slice) continue;
    double compute = 0;
    for (const IsoflopPoint& point : budget)
      compute += std::log(point.compute_flops) / static_cast<double>(budget.size());
    const double c = std::exp(compute), n = std::exp(slice->at);
    double tokens = c / (kTrainingFlops * n);
    if (own_compute) {
      const auto over_tokens = slice_over(budget, &IsoflopPoint::n_tokens);
      if (!over_tokens) continue;
      tokens = std::exp(over_tokens->at);
    }
    const bool inside = slice->at > slice->low && slice->at < slice->high;
    const double off_centre = (slice->low + slice->high) / 2 - slice->at;
    constexpr double kOffCentre = 0.25;  // of the grid's width
    n_outside += !inside;
    n_skewed += inside && std::abs(off_centre) > kOffCentre * (slice->high - slice->low);
    bottoms.push_back({c, n, tokens, slice->value, slice->curvature, inside, off_centre});
  }
  IsoflopFit fit = powers_of(std::move(bottoms),
                             "fewer than two budgets have three model sizes and a lowest loss "
                             "between them: the " +
                                 std::to_string(points.size()) + " runs' compute" +
                                 (own_compute ? "" : ", 6 N D,") + " makes " +
                                 counted(budgets.size(), "budget"));
  fit.warnings.push_back(
      "approach 2 is biased: a slice of a power law is no parabola in ln N, so its bottom moves "
      "with how wide and how centred the sizes are; approach 3 is not");
  if (n_outside > 0)
    fit.warnings.push_back("the lowest loss of " + counted(n_outside, "budget") +
                           " lies outside the sizes tried and is left out of the power law");
  if (n_skewed > 0)
    fit.warnings.push_back("the sizes of " + counted(n_skewed, "budget") +
                           " are not centred on the lowest loss, which shifts it");
  return fit;
}

IsoflopFit isoflop_envelope(const std::vector<IsoflopPoint>& points, std::size_t n_budgets) {
  if (points.empty()) throw InputError("no runs");
  if (isoflop_budgets(points).size() < 2)
    throw InputError("the " + std::to_string(points.size()) +
                     " runs' compute makes one budget: no power of compute goes through it");
  const auto [least, most] = std::minmax_element(points.begin(), points.end(),
                                                 [](const IsoflopPoint& a, const IsoflopPoint& b) {
                                                   return a.compute_flops < b.compute_flops;
                                                 });
  const double low = std::log(least->compute_flops);
  const double width = (std::log(most->compute_flops) - low) / static_cast<double>(n_budgets);
  std::map<std::size_t, IsoflopPoint> best;
  for (const IsoflopPoint& point : points) {
    // Rounded, so that budgets which divide the range evenly lie amid their bins.
    const auto bin = static_cast<std::size_t>(
        width > 0 ? std::round((std::log(point.compute_flops) - low) / width) : 0);
    const auto [place, added] = best.try_emplace(bin, point);
    if (!added && point.loss < place->second.loss) place->second = point;
  }
  std::vector<IsoflopBottom> bottoms;
  double lowest = 1e300;
  for (const auto& [bin, point] : best) {
    if (point.loss >= lowest) continue;  // beaten with less compute
    lowest = point.loss;
    bottoms.push_back({point.compute_flops, point.n_params, point.n_tokens, point.loss});
  }
  IsoflopFit fit = powers_of(std::move(bottoms), "fewer than two budgets");
  fit.warnings.push_back(
      "approach 1 takes the size of the best run near each budget: it is known no better than how "
      "far apart the sizes tried are, and the exponent no better than that; approach 3 has "
      "intervals");
  return fit;
}

}  // namespace rung::plan
