#include "rung/fit/optimum/structure.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"

namespace rung {
namespace {

/// Which second derivatives d2 f / dp dq are exactly zero, at every point and several random
/// parameters. Nothing is known of a parameter that has no effect at any of them, such as all those
/// of a law that is clamped there.
class VanishingPairs {
 public:
  explicit VanishingPairs(const FitProblem& problem)
      : n_(problem.n_free()), zero_(at(n_ * n_), true), has_effect_(at(n_), false) {
    constexpr int kDraws = 3, kMostDraws = 12;
    for (int draw = 0; draw < kMostDraws && (draw < kDraws || !all_have_effect()); ++draw)
      look(problem, draw, draw >= kDraws);
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < n_ && !has_effect_[at(i)]; ++j)
        zero_[at(i * n_ + j)] = zero_[at(j * n_ + i)] = false;
    }
  }

  bool vanishes(int i, int j) const { return zero_[at(i * n_ + j)]; }

 private:
  bool all_have_effect() const {
    return std::find(has_effect_.begin(), has_effect_.end(), false) == has_effect_.end();
  }

  /// At typical parameters, or at such of any sign and size.
  void look(const FitProblem& problem, int draw, bool far) {
    Rng rng(20, static_cast<std::uint64_t>(draw));
    const Law& law = problem.law();
    const int P = law.n_parameters();
    std::vector<double> theta;
    for (const ParameterInfo& parameter : law.info.parameters) {
      const double jitter = 0.7 + 0.6 * rng.uniform();
      theta.push_back(parameter.typical == 0 ? jitter : parameter.typical * jitter);
      if (far)
        theta.back() =
            std::clamp(theta.back() * std::exp(3 * rng.normal()) * (rng.uniform() < 0.5 ? -1 : 1),
                       parameter.lower, parameter.upper);
    }
    // With every observation far below, |r| has slope 1 and no curvature: its Hessian is the sum of
    // the law's own.
    const Points& points = problem.points();
    AlignedArray target(points.n_padded(), -1e300), weight(points.n_padded());
    for (std::size_t i = 0; i < points.size(); ++i) weight[i] = 0.5 + rng.uniform();
    KernelCall call{theta.data(),
                    nullptr,
                    points.view(target),
                    Residual::raw,
                    {.delta = 1e-300, .scale = 1e300}};
    call.points.weight = weight.data();
    std::vector<double> gradient(at(P)), hessian(at(P * (P + 1) / 2)), metric(hessian);
    const double value = law.kernel.derivatives(law.kernel.self.get(), call, gradient.data(),
                                                hessian.data(), metric.data());
    if (!(value < kInfinity)) return;
    for (int i = 0; i < n_; ++i) {
      if (gradient[at(problem.parameter_of(i))] != 0) has_effect_[at(i)] = true;
      for (int j = 0; j <= i; ++j) {
        const int p = problem.parameter_of(i), q = problem.parameter_of(j);
        const double second =
            hessian[at(std::max(p, q) * (std::max(p, q) + 1) / 2 + std::min(p, q))];
        if (second != 0) zero_[at(i * n_ + j)] = zero_[at(j * n_ + i)] = false;
      }
    }
  }

  int n_;
  std::vector<bool> zero_, has_effect_;
};

bool shared_coordinate(const FitProblem& problem, int coordinate) {
  int users = 0;
  for (int p = 0; p < problem.n_parameters(); ++p)
    users += problem.coordinate_of(p) == coordinate ? 1 : 0;
  return users > 1;
}

SearchSpan span_of(const FitProblem& problem, int coordinate) {
  const ParameterInfo& parameter =
      problem.law().info.parameters[at(problem.parameter_of(coordinate))];
  const SearchRange& range = parameter.search;
  double low = range.low, high = range.high;
  using Over = SearchRange::Over;
  if (range.over == Over::numbers && !std::isfinite(low)) return {.known = false};
  const bool inverse = range.over == Over::inverse_span || range.over == Over::inverse_log_span;
  if (range.over != Over::numbers) {
    const bool by_log = range.over != Over::input && range.over != Over::inverse_span &&
                        range.over != Over::largest_input;
    double least = kInfinity, most = -kInfinity;
    for (std::size_t i = 0; i < problem.points().size(); ++i) {
      const double x = problem.points().input(at(range.input), i);
      const double place = range.unit * (by_log ? std::log(x) : x);
      least = std::min(least, place);
      most = std::max(most, place);
    }
    const double width = std::max(most - least, 1e-12 * std::max(1.0, std::abs(most)));
    if (range.over == Over::largest_input) {
      low *= most;
      high *= most;
    } else if (inverse) {
      low /= width;
      high /= width;
    } else {
      low = least + range.low * width;
      high = least + range.high * width;
      if (range.over == Over::input_by_log) low = std::exp(low), high = std::exp(high);
    }
  }
  const auto [lower, upper] = natural_bounds(problem, coordinate);
  low = std::clamp(low, lower, upper);
  high = std::clamp(high, lower, upper);
  const bool both_signs = low < 0 && high > 0 && inverse;
  // Of the sign that bounds leave, sizes down to where a curve is a line.
  constexpr double kLeastShare = 1e-3;
  if (inverse && high == 0) high = kLeastShare * low;
  if (inverse && low == 0) low = kLeastShare * high;
  const bool one_sign = low > 0 || (inverse && high < 0);
  const double ratio = low > 0 ? high / low : low / high;
  return {.low = low, .high = high, .by_log = both_signs || (one_sign && ratio > 5)};
}

}  // namespace

double SearchSpan::at(double share) const {
  if (by_log && low < 0 && high > 0) {
    // sinh is linear within the middle and exponential further out.
    const double middle = inner > 0 ? inner : 1e-3 * std::max(-low, high);
    const double from = std::asinh(low / middle), to = std::asinh(high / middle);
    return middle * std::sinh(from + (to - from) * share);
  }
  return by_log ? low * std::pow(high / low, share) : low + (high - low) * share;
}

double SearchSpan::greatest_size(double value) const {
  return std::max(value < 0 ? -low : high, 0.0);
}

double SearchSpan::least_size(double value) const {
  if (low < 0 && high > 0) return inner > 0 ? inner : 1e-3 * std::max(-low, high);
  return std::max(value < 0 ? -high : low, 0.0);
}

bool Structure::is_covered() const {
  constexpr std::size_t kMostAxes = 2;
  return nonlinear.size() <= kMostAxes &&
         std::all_of(spans.begin(), spans.end(), [](const SearchSpan& span) { return span.known; });
}

NaturalBounds natural_bounds(const FitProblem& problem, int coordinate) {
  const double lower = problem.lower(coordinate), upper = problem.upper(coordinate);
  const bool of_log = problem.of_log(problem.parameter_of(coordinate));
  return of_log ? NaturalBounds{std::exp(lower), std::exp(upper)} : NaturalBounds{lower, upper};
}

std::vector<double> values_around(const SearchSpan& span, const NaturalBounds& bounds,
                                  int n_inside) {
  constexpr double kBeyond[] = {1.5, 3, 10, 30, 100, 1000};
  std::vector<double> values;
  for (int i = 0; i < n_inside; ++i)
    values.push_back(span.at(static_cast<double>(i) / (n_inside - 1)));
  for (const double factor : kBeyond) {
    for (const double sign : {-1.0, 1.0}) {
      const double far = std::max({span.greatest_size(sign), span.greatest_size(-sign)});
      const double near = std::max(span.least_size(sign), span.least_size(-sign));
      values.push_back(sign * far * factor);
      values.push_back(sign * (near > 0 ? near : far) / factor);
    }
  }
  std::erase_if(values, [&](double value) {
    return !(value >= bounds.lower && value <= bounds.upper && std::isfinite(value));
  });
  return values;
}

Structure structure_of(const FitProblem& problem) {
  constexpr int kMostCandidates = 12;
  const VanishingPairs pairs(problem);
  std::vector<int> candidates;
  for (int i = 0; i < problem.n_free() && candidates.size() < kMostCandidates; ++i) {
    const bool kinked = problem.law().info.parameters[at(problem.parameter_of(i))].kinked;
    if (pairs.vanishes(i, i) && !kinked && !shared_coordinate(problem, i)) candidates.push_back(i);
  }
  // The largest set of candidates whose pairs all vanish; the first of that size, so it is
  // deterministic.
  const unsigned n_sets = 1u << candidates.size();
  unsigned best = 0;
  for (unsigned set = 0; set < n_sets; ++set) {
    if (std::popcount(set) <= std::popcount(best)) continue;
    bool all = true;
    for (std::size_t a = 0; a < candidates.size() && all; ++a) {
      for (std::size_t b = 0; b < a && all; ++b) {
        if ((set >> a & 1) && (set >> b & 1)) all = pairs.vanishes(candidates[a], candidates[b]);
      }
    }
    if (all) best = set;
  }
  Structure structure;
  for (int i = 0; i < problem.n_free(); ++i) {
    const auto found = std::find(candidates.begin(), candidates.end(), i);
    const bool linear = found != candidates.end() && (best >> (found - candidates.begin()) & 1);
    (linear ? structure.linear : structure.nonlinear).push_back(i);
    if (!linear) structure.spans.push_back(span_of(problem, i));
  }
  return structure;
}

}  // namespace rung
