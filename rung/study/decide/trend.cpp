#include "rung/study/decide/trend.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/linear_algebra.hpp"
#include "rung/core/numbers.hpp"
#include "rung/data/units.hpp"
#include "rung/study/decide/bend.hpp"

namespace rung::decide {
namespace {

/// Losses fall with compute to a power of 0.05 to 0.3; a logarithm is the power 0.
constexpr std::array kPowers = {0.0, 0.1, 0.2, 0.4};
/// The chance of straight lines, and of what bends add beside leads.
constexpr double kStraight = 0.3;
constexpr std::array kBends = {0.1, 0.3, 1.0, 3.0};
constexpr std::size_t kFewestSizes = 3;  // with which a line can fail to fit
/// How much recipes' changes beyond the runs differ, beside what all change by in common. Where
/// accuracies are sigmoids of log size with tops of their own, 93% of chances of 95% and more are
/// then right; without it, 79%.
constexpr double kOwnShare = 0.2;

/// Values of recipes at sizes, and the noise that each has: [recipe][size].
struct Observed {
  std::vector<double> compute_flops;  // of the sizes, ascending
  std::vector<std::vector<double>> values, noise_sds;
  double target_flops = 0;
  bool is_proportional = false;  // as Trend's
};

/// Whether the tokens of every size are known.
bool knows_compute(const Comparison& comparison) {
  const auto known = [&](std::size_t size) {
    return comparison.evaluations->sizes[size].compute_flops > 0;
  };
  return comparison.target.compute_flops > 0 &&
         std::all_of(comparison.small_sizes.begin(), comparison.small_sizes.end(), known);
}

/// Of as many tokens per parameter at every size.
double proportional_flops(double n_params) {
  constexpr double kTokensPerParam = 20;
  return training_flops(n_params, kTokensPerParam * n_params);
}

Observed observed(const Comparison& comparison, std::size_t task, std::size_t metric,
                  std::span<const std::size_t> recipes) {
  const Evaluations& evaluations = *comparison.evaluations;
  Observed seen{.values = std::vector<std::vector<double>>(recipes.size()),
                .is_proportional = !knows_compute(comparison)};
  seen.noise_sds = seen.values;
  const auto flops_of = [&](double n_params, double compute_flops) {
    return seen.is_proportional ? proportional_flops(n_params) : compute_flops;
  };
  seen.target_flops = flops_of(comparison.target.n_params, comparison.target.compute_flops);
  for (const std::size_t size : comparison.small_sizes) {
    const Size& known = evaluations.sizes[size];
    const double flops = flops_of(known.n_params, known.compute_flops);
    const std::optional<double> noise =
        noise_of(evaluations, task, size, metric, comparison.n_last).of_run();
    const bool has_all = std::all_of(recipes.begin(), recipes.end(), [&](std::size_t recipe) {
      return std::isfinite(evaluations.final_mean(recipe, size, task, metric));
    });
    if (!has_all || !(flops > 0) || !noise || !(*noise > 0)) continue;
    seen.compute_flops.push_back(flops);
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      const auto n_runs = static_cast<double>(evaluations.runs(recipes[i], size, task).size());
      seen.values[i].push_back(evaluations.final_mean(recipes[i], size, task, metric));
      seen.noise_sds[i].push_back(*noise / std::sqrt(n_runs));
    }
  }
  return seen;
}

/// What all recipes have in common is no lead.
void subtract_means(std::vector<std::vector<double>>& values) {
  for (std::size_t size = 0; size < values.front().size(); ++size) {
    double sum = 0;
    for (const std::vector<double>& of_recipe : values) sum += of_recipe[size];
    const double mean = sum / static_cast<double>(values.size());
    for (std::vector<double>& of_recipe : values) of_recipe[size] -= mean;
  }
}

/// What all recipes change by, on average, from the last size to the target, if they go on as they
/// did over the last step.
double common_change(const Observed& seen) {
  const std::size_t last = seen.compute_flops.size() - 1;
  std::size_t before = last - 1;
  while (before > 0 && seen.compute_flops[before] == seen.compute_flops[last]) --before;
  double step = 0;
  for (const std::vector<double>& of_recipe : seen.values)
    step += (of_recipe[last] - of_recipe[before]) / static_cast<double>(seen.values.size());
  return step * std::log(seen.target_flops / seen.compute_flops[last]) /
         std::log(seen.compute_flops[last] / seen.compute_flops[before]);
}

/// 0 at `from` flops, and by one more with each ten times as many there.
double form_value(double power, double flops, double from) {
  const double decades = std::log10(flops / from);
  if (power == 0) return decades;
  return (1 - std::pow(10, -power * decades)) / (power * std::log(10));
}

struct Line {
  Lead slope;
  double misfit = 0;  // sum of squares over the noise's variance
};

/// By least squares, weighted by the noise.
Line fitted_line(const std::vector<double>& x, const std::vector<double>& y,
                 const std::vector<double>& noise_sds) {
  double w = 0, wx = 0, wy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = 1 / (noise_sds[i] * noise_sds[i]);
    w += weight, wx += weight * x[i], wy += weight * y[i];
  }
  const double mean_x = wx / w, mean_y = wy / w;
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = 1 / (noise_sds[i] * noise_sds[i]);
    xx += weight * (x[i] - mean_x) * (x[i] - mean_x);
    xy += weight * (x[i] - mean_x) * (y[i] - mean_y);
  }
  Line line{.slope = {xy / xx, 1 / std::sqrt(xx)}};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = (y[i] - mean_y - line.slope.value * (x[i] - mean_x)) / noise_sds[i];
    line.misfit += off * off;
  }
  return line;
}

/// A form of the leads' change, and how likely it is before they are seen.
struct Form {
  double power = 0;
  Bend bend;
  double prior = 0;
};

/// Straight lines over each power; over the logarithm they may bend by little or much, beside
/// `typical`, what leads are.
std::vector<Form> forms_for(double typical) {
  std::vector<Form> forms;
  for (const double power : kPowers)
    forms.push_back({power, {}, kStraight / static_cast<double>(kPowers.size())});
  for (const double share : kBends) {
    for (const BendKind kind : {BendKind::of_value, BendKind::of_slope})
      forms.push_back({0, {kind, share * typical}, (1 - kStraight) / (2.0 * kBends.size())});
  }
  return forms;
}

/// Root mean square of leads, or of their noise where this is larger.
double typical_lead(const Observed& seen) {
  double of_leads = 0, of_noise = 0, n = 0;
  for (std::size_t i = 0; i < seen.values.size(); ++i) {
    of_leads += squared_norm(seen.values[i]), of_noise += squared_norm(seen.noise_sds[i]);
    n += static_cast<double>(seen.values[i].size());
  }
  return std::sqrt(std::max(of_leads, of_noise) / n);
}

/// What a form says of each recipe, not yet weighed against the others.
struct FittedForm {
  std::vector<Lead> leads;
  double log_weight = 0;
};

/// `own_change`: the standard deviation of what each may change by on the way, whatever the form.
FittedForm fitted_form(const Form& form, const Observed& seen, double own_change) {
  constexpr double kNoNoise = 1e-3;  // a factor that leaves it out, and variances definite
  NoisyPoints points;
  const double from = seen.compute_flops.back();
  for (const double flops : seen.compute_flops)
    points.x.push_back(form_value(form.power, flops, from));
  const double target = form_value(form.power, seen.target_flops, from);
  FittedForm fitted;
  for (std::size_t i = 0; i < seen.values.size(); ++i) {
    points.values = seen.values[i], points.noise_sds = seen.noise_sds[i];
    const CarriedOn carried = carried_on(points, form.bend, target);
    fitted.log_weight += carried.log_likelihood;
    Lead& lead = fitted.leads.emplace_back(carried.there);
    lead.standard_error = std::hypot(lead.standard_error, own_change);
    scale(kNoNoise, points.noise_sds);
    if (form.bend.kind != BendKind::none)
      lead.of_form = carried_on(points, form.bend, target).there.standard_error;
    lead.of_form = std::hypot(lead.of_form, own_change);
  }
  // Leads add up to 0: one of them follows from the others.
  const auto n = static_cast<double>(seen.values.size());
  fitted.log_weight = fitted.log_weight * (n - 1) / n + std::log(form.prior);
  return fitted;
}

/// Over the logarithm of compute; where leads scatter about their lines by more than the runs'
/// noise, they are less sure by so much.
std::vector<Lead> slopes_of(const Observed& seen) {
  std::vector<double> x;
  for (const double flops : seen.compute_flops)
    x.push_back(form_value(0, flops, seen.compute_flops.back()));
  std::vector<Lead> slopes;
  double misfit = 0;
  for (std::size_t i = 0; i < seen.values.size(); ++i) {
    const Line line = fitted_line(x, seen.values[i], seen.noise_sds[i]);
    slopes.push_back(line.slope);
    misfit += line.misfit;
  }
  const auto dof = static_cast<double>((seen.values.size() - 1) * (x.size() - 2));
  for (Lead& slope : slopes) slope.standard_error *= std::sqrt(std::max(1.0, misfit / dof));
  return slopes;
}

}  // namespace

std::optional<Trend> trend_of(const Comparison& comparison, std::size_t task, std::size_t metric,
                              std::span<const std::size_t> recipes) {
  Observed seen = observed(comparison, task, metric, recipes);
  const std::size_t n_sizes = seen.compute_flops.size();
  if (n_sizes < kFewestSizes || recipes.size() < 2 || !(seen.target_flops > 0) ||
      !(seen.compute_flops.back() > seen.compute_flops.front()))
    return std::nullopt;
  const double own_change = kOwnShare * std::abs(common_change(seen));
  subtract_means(seen.values);
  Trend trend{.compute_flops = seen.compute_flops,
              .target_flops = seen.target_flops,
              .is_proportional = seen.is_proportional,
              .slopes = slopes_of(seen)};
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    std::vector<Lead>& leads = trend.seen.emplace_back();
    for (std::size_t size = 0; size < n_sizes; ++size)
      leads.push_back({seen.values[i][size], seen.noise_sds[i][size]});
  }
  double greatest = -kInfinity, total = 0;
  for (const Form& form : forms_for(typical_lead(seen))) {
    FittedForm fitted = fitted_form(form, seen, own_change);
    greatest = std::max(greatest, fitted.log_weight);
    trend.forms.push_back({fitted.log_weight, std::move(fitted.leads)});
  }
  for (TrendForm& form : trend.forms) total += form.weight = std::exp(form.weight - greatest);
  for (TrendForm& form : trend.forms) form.weight /= total;
  return trend;
}

}  // namespace rung::decide
