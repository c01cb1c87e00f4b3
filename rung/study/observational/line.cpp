#include "rung/study/observational/line.hpp"

#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/statistics.hpp"

namespace rung::observational {

std::optional<double> Line::band(double x, double level) const {
  if (n < 3) return std::nullopt;
  const double t = student_t_quantile(0.5 + level / 2, static_cast<double>(n) - 2);
  const double away = x - mean_x;
  return t * std::sqrt(residual_variance * (1 / static_cast<double>(n) + away * away / squares_x));
}

std::optional<Line> fit_line(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> xs, ys;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    xs.push_back(x[i]);
    ys.push_back(y[i]);
  }
  if (xs.size() < 2) return std::nullopt;
  Line line{.n = xs.size(), .r2 = {}, .pearson = {}, .spearman = {}};
  line.mean_x = mean(xs);
  line.squares_x = squared_deviations(xs);
  if (!(line.squares_x > 0)) return std::nullopt;
  const double mean_y = mean(ys);
  double products = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) products += (xs[i] - line.mean_x) * (ys[i] - mean_y);
  line.slope = products / line.squares_x;
  line.intercept = mean_y - line.slope * line.mean_x;
  double residuals = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const double residual = ys[i] - line.at(xs[i]);
    residuals += residual * residual;
  }
  if (xs.size() > 2) line.residual_variance = residuals / (static_cast<double>(xs.size()) - 2);
  if (const double total = squared_deviations(ys); total > 0) line.r2 = 1 - residuals / total;
  line.pearson = correlation(xs, ys);
  line.spearman = correlation(ranks(xs), ranks(ys));
  return line;
}

ScaleLines scale_lines(const Models& models, const std::string& value,
                       const std::vector<double>& values, const std::string& scale) {
  constexpr double kOffset = 1e-9;  // as published; below what any scale is known to
  std::vector<double> x;
  for (const double number : models.values(scale)) x.push_back(std::log10(number + kOffset));

  ScaleLines result{.value = value, .scale = scale, .families = {}, .pooled = {}, .mean_r2 = {}};
  RunningMean r2;
  for (const std::string& family : models.distinct_families()) {
    std::vector<double> xs, ys;
    for (const std::size_t i : models.of_family(family)) {
      if (std::isnan(x[i]) || std::isnan(values[i])) continue;
      xs.push_back(x[i]);
      ys.push_back(values[i]);
    }
    FamilyLine line{.family = family, .n = xs.size(), .line = fit_line(xs, ys)};
    if (line.line && line.n > 2) r2.add(line.line->r2);
    result.families.push_back(std::move(line));
  }
  result.pooled = fit_line(x, values);
  result.mean_r2 = r2.value();
  result.n_in_mean = r2.n();
  return result;
}

}  // namespace rung::observational
