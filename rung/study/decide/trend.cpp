#include "rung/study/decide/trend.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/numbers.hpp"

namespace rung::decide {
namespace {

/// Losses fall with compute to a power of 0.05 to 0.3; a logarithm is the power 0.
constexpr std::array kPowers = {0.0, 0.1, 0.2, 0.4};
constexpr std::size_t kFewestSizes = 3;  // with which a line can fail to fit

/// Values of recipes at sizes, and the noise that each has: [recipe][size].
struct Observed {
  std::vector<double> compute_flops;  // of the sizes, ascending
  std::vector<std::vector<double>> values, noise_sds;
};

Observed observed(const Comparison& comparison, std::size_t task, std::size_t metric,
                  std::span<const std::size_t> recipes) {
  const Evaluations& evaluations = *comparison.evaluations;
  Observed seen{{}, std::vector<std::vector<double>>(recipes.size()), {}};
  seen.noise_sds = seen.values;
  for (const std::size_t size : comparison.small_sizes) {
    const double flops = evaluations.sizes[size].compute_flops;
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

/// 0 at `from` flops, and by one more with each ten times as many there.
double form_value(double power, double flops, double from) {
  const double decades = std::log10(flops / from);
  if (power == 0) return decades;
  return (1 - std::pow(10, -power * decades)) / (power * std::log(10));
}

struct Line {
  Lead slope, at_target;
  double misfit = 0;  // sum of squares over the noise's variance
};

/// By least squares, weighted by the noise.
Line fitted_line(const std::vector<double>& x, double target, const std::vector<double>& y,
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
  const double away = target - mean_x;
  line.at_target = {mean_y + line.slope.value * away, std::sqrt(1 / w + away * away / xx)};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = (y[i] - mean_y - line.slope.value * (x[i] - mean_x)) / noise_sds[i];
    line.misfit += off * off;
  }
  return line;
}

/// A form's lines, one a recipe.
struct FittedForm {
  std::vector<Line> lines;
  double misfit = 0;
};

FittedForm fitted_form(double power, const Observed& seen, double target_flops) {
  std::vector<double> x;
  const double from = seen.compute_flops.back();
  for (const double flops : seen.compute_flops) x.push_back(form_value(power, flops, from));
  FittedForm form;
  for (std::size_t i = 0; i < seen.values.size(); ++i) {
    form.lines.push_back(
        fitted_line(x, form_value(power, target_flops, from), seen.values[i], seen.noise_sds[i]));
    form.misfit += form.lines.back().misfit;
  }
  return form;
}

Lead widened(Lead lead, double factor) { return {lead.value, factor * lead.standard_error}; }

}  // namespace

std::optional<Trend> trend_of(const Comparison& comparison, std::size_t task, std::size_t metric,
                              std::span<const std::size_t> recipes) {
  Observed seen = observed(comparison, task, metric, recipes);
  const std::size_t n_sizes = seen.compute_flops.size();
  if (n_sizes < kFewestSizes || recipes.size() < 2 || !(comparison.target.compute_flops > 0) ||
      !(seen.compute_flops.back() > seen.compute_flops.front()))
    return std::nullopt;
  subtract_means(seen.values);
  std::vector<FittedForm> fitted;
  double least = kInfinity;
  for (const double power : kPowers) {
    fitted.push_back(fitted_form(power, seen, comparison.target.compute_flops));
    least = std::min(least, fitted.back().misfit);
  }
  // Leads that scatter about their lines by more than the runs' noise are less sure by so much.
  const auto dof = static_cast<double>((recipes.size() - 1) * (n_sizes - 2));
  const double variance = std::max(1.0, least / dof);
  Trend trend{.compute_flops = seen.compute_flops};
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    std::vector<Lead>& leads = trend.seen.emplace_back();
    for (std::size_t size = 0; size < n_sizes; ++size)
      leads.push_back({seen.values[i][size], seen.noise_sds[i][size]});
  }
  double total = 0;
  for (const FittedForm& form : fitted) {
    TrendForm& added = trend.forms.emplace_back();
    added.weight = std::exp(-(form.misfit - least) / (2 * variance));
    total += added.weight;
    for (const Line& line : form.lines)
      added.leads.push_back(widened(line.at_target, std::sqrt(variance)));
  }
  for (TrendForm& form : trend.forms) form.weight /= total;
  for (const Line& line : fitted.front().lines)
    trend.slopes.push_back(widened(line.slope, std::sqrt(variance)));
  return trend;
}

}  // namespace rung::decide
