#include "rung/study/decide/gaps.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"

namespace rung::decide {
namespace {

/// P(this one is the greatest) for independent normals: the integral of its density times the
/// others' distribution functions, by Simpson's rule.
double chance_of_best(const std::vector<Estimate>& all, std::size_t which, double direction) {
  constexpr std::size_t kSteps = 200;  // over 8 standard errors either side; an even number
  const double centre = direction * all[which].value, sd = *all[which].standard_error;
  double sum = 0;
  for (std::size_t k = 0; k <= kSteps; ++k) {
    const double z = -8 + 16 * static_cast<double>(k) / kSteps;
    double product = std::exp(-z * z / 2);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i != which)
        product *=
            normal_cdf((centre + z * sd - direction * all[i].value) / *all[i].standard_error);
    }
    sum += product * (k == 0 || k == kSteps ? 1 : k % 2 == 1 ? 4 : 2);
  }
  constexpr double kRootTwoPi = 2.5066282746310002;
  return sum * (16.0 / kSteps) / 3 / kRootTwoPi;
}

bool have_errors(const std::vector<Estimate>& estimates) {
  return std::all_of(estimates.begin(), estimates.end(), [](const Estimate& estimate) {
    return estimate.standard_error && *estimate.standard_error > 0;
  });
}

void set_certainty(double sd, const GapOptions& options, Gap& gap) {
  const double z = normal_quantile((1 + options.level) / 2);
  gap.interval = Interval{options.level, gap.gap - z * sd, gap.gap + z * sd, "normal"};
  gap.chance = normal_cdf(gap.gap / sd);
  if (!(gap.gap > 0)) return;
  gap.runs_factor = std::max(1.0, z * sd / gap.gap * (z * sd / gap.gap));
  if (std::isfinite(options.run_flops))
    gap.further_flops = 2 * (*gap.runs_factor - 1) * options.run_flops;
}

}  // namespace

void rank(std::vector<Estimate>& estimates, const GapOptions& options) {
  std::erase_if(estimates, [](const Estimate& each) { return !std::isfinite(each.value); });
  std::stable_sort(estimates.begin(), estimates.end(), [&](const Estimate& a, const Estimate& b) {
    return options.direction * a.value > options.direction * b.value;
  });
  if (estimates.size() < 2 || !have_errors(estimates)) return;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    estimates[i].chance_of_best = chance_of_best(estimates, i, options.direction);
}

std::vector<Gap> gaps_of(const std::vector<Estimate>& estimates, const GapOptions& options) {
  std::vector<Gap> gaps;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    for (std::size_t j = i + 1; j < estimates.size(); ++j) {
      const Estimate &a = estimates[i], &b = estimates[j];
      Gap gap{
          .better = a.recipe, .worse = b.recipe, .gap = options.direction * (a.value - b.value)};
      if (a.standard_error && b.standard_error) {
        const double sd = std::hypot(*a.standard_error, *b.standard_error);
        if (sd > 0) set_certainty(sd, options, gap);
      }
      if (a.actual && b.actual) gap.actual = options.gold_direction * (*a.actual - *b.actual);
      gaps.push_back(std::move(gap));
    }
  }
  return gaps;
}

}  // namespace rung::decide
