#include "rung/study/observational/placement.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"

namespace rung::observational {
namespace {

struct Family {
  std::string name;
  std::vector<Line> lines;  // by component, against log10 FLOPs
};

/// Fieller's interval: the x for which y0 is within the prediction band of the line at x.
void bound(const Line& line, double y0, double level, FamilyPlace& place) {
  if (line.n < 3) return;
  const double n = static_cast<double>(line.n);
  const double t = student_t_quantile(0.5 + level / 2, n - 2);
  const double v = t * t * line.residual_variance;
  // slope^2 d^2 - 2 slope e d + e^2 <= v (1 + 1/n + d^2 / Sxx), with d = x - mean_x, e = y0 -
  // mean_y.
  const double e = y0 - line.at(line.mean_x);
  const double a = line.slope * line.slope - v / line.squares_x;
  const double b = -2 * line.slope * e;
  const double c = e * e - v * (1 + 1 / n);
  const double root = b * b - 4 * a * c;
  if (!(a > 0) || root < 0) return;  // a slope that may be 0 bounds nothing
  place.lower = line.mean_x + (-b - std::sqrt(root)) / (2 * a);
  place.upper = line.mean_x + (-b + std::sqrt(root)) / (2 * a);
}

std::vector<Family> families_of(const Models& models, const Matrix& x,
                                const std::vector<std::size_t>& others) {
  std::vector<Family> families;
  const Models rest = models.rows(others);
  for (const std::string& name : rest.distinct_families()) {
    std::vector<double> log10_flops;
    std::vector<std::size_t> rows;
    for (const std::size_t i : others) {
      if (models.families[i] != name || !(models.flops_1e21[i] > 0)) continue;
      rows.push_back(i);
      log10_flops.push_back(std::log10(models.flops_1e21[i]));
    }
    Family family{.name = name, .lines = {}};
    for (std::size_t k = 0; k < x.n_columns; ++k) {
      const auto line = fit_line(log10_flops, x.rows(rows).column(k));
      if (!line || (k == 0 && line->slope == 0)) break;
      family.lines.push_back(*line);
    }
    if (family.lines.size() == x.n_columns) families.push_back(std::move(family));
  }
  return families;
}

/// Of models about their families' lines, by component; 1 where no family has three models.
std::vector<double> spread_about_lines(const std::vector<Family>& families, std::size_t k) {
  std::vector<double> sds;
  for (std::size_t component = 0; component < k; ++component) {
    double squares = 0, dof = 0;
    for (const Family& family : families) {
      const Line& line = family.lines[component];
      if (line.n < 3) continue;
      squares += line.residual_variance * (static_cast<double>(line.n) - 2);
      dof += static_cast<double>(line.n) - 2;
    }
    sds.push_back(squares > 0 ? std::sqrt(squares / dof) : 1);
  }
  return sds;
}

std::vector<NearModel> nearest_models(const Models& models, const Matrix& x, std::size_t row,
                                      const std::vector<std::size_t>& others) {
  constexpr std::size_t kMost = 10;
  std::vector<double> sds;
  for (std::size_t k = 0; k < x.n_columns; ++k) {
    const double sd = population_sd(x.rows(others).column(k));
    sds.push_back(sd > 0 ? sd : 1);
  }
  std::vector<NearModel> near;
  for (const std::size_t i : others) {
    double squares = 0;
    for (std::size_t k = 0; k < x.n_columns; ++k)
      squares += std::pow((x(i, k) - x(row, k)) / sds[k], 2);
    near.push_back({models.names[i], models.families[i], std::sqrt(squares)});
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const NearModel& a, const NearModel& b) { return a.distance < b.distance; });
  near.resize(std::min(kMost, near.size()));
  return near;
}

}  // namespace

Placement place_model(const Models& models, std::size_t row, const PlacementOptions& options) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < std::min(options.n_public, models.size()); ++i) {
    if (i != row && models.families[i] != models.families[row]) others.push_back(i);
  }
  const Matrix x = learn_predictors(models, others, options.predictor).of(models);
  const std::vector<Family> families = families_of(models, x, others);
  if (families.empty())
    throw InputError("no family has two models whose training compute is known and differs");
  Placement result{.model = models.names[row],
                   .family = models.has_family(row) ? models.families[row] : "",
                   .flops_1e21 = {},
                   .level = options.level};
  if (models.flops_1e21[row] > 0) result.flops_1e21 = models.flops_1e21[row];
  for (std::size_t k = 0; k < x.n_columns; ++k) result.components.push_back(x(row, k));
  const std::vector<double> sds = spread_about_lines(families, x.n_columns);
  for (const Family& family : families) {
    const Line& line = family.lines[0];
    FamilyPlace place{.family = family.name, .n_models = line.n};
    place.log10_flops = (x(row, 0) - line.intercept) / line.slope;
    bound(line, x(row, 0), options.level, place);
    double squares = 0;
    for (std::size_t k = 1; k < x.n_columns; ++k)
      squares += std::pow((x(row, k) - family.lines[k].at(place.log10_flops)) / sds[k], 2);
    const double n_others = static_cast<double>(std::max<std::size_t>(1, x.n_columns - 1));
    place.distance = std::sqrt(squares / n_others);
    result.families.push_back(std::move(place));
  }
  std::stable_sort(
      result.families.begin(), result.families.end(),
      [](const FamilyPlace& a, const FamilyPlace& b) { return a.distance < b.distance; });
  result.nearest = nearest_models(models, x, row, others);
  return result;
}

}  // namespace rung::observational
