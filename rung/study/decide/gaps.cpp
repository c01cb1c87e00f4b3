#include "rung/study/decide/gaps.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"

namespace rung::decide {
namespace {

/// P(this one is the greatest) for independent normals: the integral of its density times the
/// others' distribution functions, by Simpson's rule.
double chance_of_best(const std::vector<Lead>& all, std::size_t which, double direction) {
  constexpr std::size_t kSteps = 200;  // over 8 standard errors either side; an even number
  const double centre = direction * all[which].value, sd = all[which].standard_error;
  double sum = 0;
  for (std::size_t k = 0; k <= kSteps; ++k) {
    const double z = -8 + 16 * static_cast<double>(k) / kSteps;
    double product = std::exp(-z * z / 2);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i != which)
        product *= normal_cdf((centre + z * sd - direction * all[i].value) / all[i].standard_error);
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

/// Means over the forms that a trend may have; with one form, that of the values as they are.
class Forms {
 public:
  explicit Forms(const GapOptions& options) : options_(options) {}

  template <class Value>
  double mean(Value value) const {
    if (options_.form_weights.empty()) return value(std::size_t{0});
    double sum = 0;
    for (std::size_t form = 0; form < options_.form_weights.size(); ++form)
      sum += options_.form_weights[form] * value(form);
    return sum;
  }

  Lead lead(const Estimate& estimate, std::size_t form) const {
    return options_.form_weights.empty() ? Lead{estimate.value, *estimate.standard_error}
                                         : estimate.at_target[form];
  }

 private:
  const GapOptions& options_;
};

/// What is expected at the target, up to what all recipes have in common.
double expected(const Estimate& estimate, const GapOptions& options) {
  if (options.form_weights.empty()) return estimate.value;
  return Forms(options).mean([&](std::size_t form) { return estimate.at_target[form].value; });
}

/// How sure `gap` is, by the leads of both. Runs sharpen what each form says, and can't tell
/// which form holds at the target, nor where it bends on the way.
void set_certainty(const Estimate& a, const Estimate& b, const GapOptions& options, Gap& gap) {
  const Forms forms(options);
  const auto gap_by = [&](std::size_t form) {
    return options.direction * (forms.lead(a, form).value - forms.lead(b, form).value);
  };
  const auto sd_by = [&](std::size_t form) {
    return std::hypot(forms.lead(a, form).standard_error, forms.lead(b, form).standard_error);
  };
  const auto of_form = [&](std::size_t form) {
    return std::hypot(forms.lead(a, form).of_form, forms.lead(b, form).of_form);
  };
  const double all = forms.mean([&](std::size_t form) { return sd_by(form) * sd_by(form); });
  const double bends = forms.mean([&](std::size_t form) { return of_form(form) * of_form(form); });
  const double noise = all - bends;
  if (!(noise > 0)) return;
  const double between = bends + forms.mean([&](std::size_t form) {
    return (gap_by(form) - gap.gap) * (gap_by(form) - gap.gap);
  });
  const double z = normal_quantile((1 + options.level) / 2), sd = std::sqrt(noise + between);
  gap.interval = Interval{options.level, gap.gap - z * sd, gap.gap + z * sd, "normal"};
  gap.chance = forms.mean([&](std::size_t form) { return normal_cdf(gap_by(form) / sd_by(form)); });
  const double settled = gap.gap * gap.gap - z * z * between;
  if (!(gap.gap > 0) || !(settled > 0)) return;
  gap.runs_factor = std::max(1.0, z * z * noise / settled);
  if (std::isfinite(options.run_flops))
    gap.further_flops = 2 * (*gap.runs_factor - 1) * options.run_flops;
}

/// Over all forms, with what these differ by.
Lead lead_at_target(const Estimate& estimate, const GapOptions& options) {
  const Forms forms(options);
  const double value = expected(estimate, options);
  const double variance = forms.mean([&](std::size_t form) {
    const Lead& lead = estimate.at_target[form];
    return lead.standard_error * lead.standard_error + (lead.value - value) * (lead.value - value);
  });
  return {value, std::sqrt(variance)};
}

double chance_of_no_trend(const Lead& slope, const Lead& other) {
  const double sd = std::hypot(slope.standard_error, other.standard_error);
  return 2 * normal_cdf(-std::abs(slope.value - other.value) / sd);
}

}  // namespace

void rank(std::vector<Estimate>& estimates, const GapOptions& options) {
  std::erase_if(estimates, [](const Estimate& each) { return !std::isfinite(each.value); });
  for (Estimate& estimate : estimates) {
    if (!options.form_weights.empty()) estimate.expected_lead = lead_at_target(estimate, options);
  }
  std::stable_sort(estimates.begin(), estimates.end(), [&](const Estimate& a, const Estimate& b) {
    return options.direction * expected(a, options) > options.direction * expected(b, options);
  });
  if (estimates.size() < 2 || !have_errors(estimates)) return;
  const Forms forms(options);
  for (std::size_t i = 0; i < estimates.size(); ++i)
    estimates[i].chance_of_best = forms.mean([&](std::size_t form) {
      std::vector<Lead> leads;
      for (const Estimate& estimate : estimates) leads.push_back(forms.lead(estimate, form));
      return chance_of_best(leads, i, options.direction);
    });
}

std::vector<Gap> gaps_of(const std::vector<Estimate>& estimates, const GapOptions& options) {
  std::vector<Gap> gaps;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    for (std::size_t j = i + 1; j < estimates.size(); ++j) {
      const Estimate &a = estimates[i], &b = estimates[j];
      Gap gap{.better = a.recipe,
              .worse = b.recipe,
              .gap = options.direction * (expected(a, options) - expected(b, options))};
      if (a.standard_error && b.standard_error) set_certainty(a, b, options, gap);
      if (a.slope && b.slope) gap.chance_of_no_trend = chance_of_no_trend(*a.slope, *b.slope);
      if (a.actual && b.actual) gap.actual = options.gold_direction * (*a.actual - *b.actual);
      gaps.push_back(std::move(gap));
    }
  }
  return gaps;
}

}  // namespace rung::decide
