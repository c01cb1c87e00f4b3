#include "rung/figure/observe/capabilities.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/observe/families.hpp"

namespace rung::observational {
namespace {

/// "0.00" where it would be "-0.00".
double without_zeros_sign(double x) { return std::abs(x) < 0.005 ? 0 : x; }

FamilyLook look_of(const Capabilities& found) {
  return FamilyLook(found.models.distinct_families());
}

std::vector<double> values_of(const Capabilities& found, const std::string& value) {
  for (std::size_t k = 0; k < found.scores.n_columns; ++k) {
    if (component_name(k) == value) return found.scores.column(k);
  }
  const auto& metrics = found.models.metrics;
  return found.filled.column(
      static_cast<std::size_t>(std::find(metrics.begin(), metrics.end(), value) - metrics.begin()));
}

/// A family's line over its models; of one model, none.
Curve line_curve(const Line& line, double least, double most, double unit, Curve curve) {
  for (const double x : linear_grid(least, most, 2)) {
    curve.x.push_back(std::pow(10, x) * unit);
    curve.y.push_back(line.at(x));
  }
  return curve;
}

Band pooled_band(const Line& line, double least, double most, double level, double unit) {
  Band band;
  for (const double x : linear_grid(least, most, 40)) {
    const double half = line.band(x, level).value_or(0);
    band.x.push_back(std::pow(10, x) * unit);
    band.lower.push_back(line.at(x) - half);
    band.upper.push_back(line.at(x) + half);
  }
  return band;
}

/// Families with at least one model of this scale, in order.
std::vector<std::string> families_with(const Models& models, const std::string& scale) {
  const std::vector<double> scales = models.values(scale);
  std::vector<std::string> families;
  for (const std::string& family : models.distinct_families()) {
    for (const std::size_t i : models.of_family(family)) {
      if (!(scales[i] > 0)) continue;
      families.push_back(family);
      break;
    }
  }
  return families;
}

/// How far each value is a line of the scale's logarithm.
Panel lines_panel(const Capabilities& found, const std::vector<std::string>& values,
                  const std::string& scale, LegendGroup& legend) {
  Panel panel{.title = "How far a line explains them",
              .x = {.label = "R\u00b2", .lower = 0, .upper = 1.1}};
  Bars within{.colour = kBlue}, over_all{.colour = kGrey};
  legend.samples = {Bars{.colour = kBlue, .label = "one a family"},
                    Bars{.colour = kGrey, .label = "one over all"}};
  for (const std::string& value : values) {
    const ScaleLines& lines = found.line_of(value, scale);
    if (!lines.mean_r2 || !lines.pooled) continue;
    panel.y.categories.push_back(value);
    within.values.push_back(*lines.mean_r2);
    within.texts.push_back(fixed(*lines.mean_r2, 2));
    over_all.values.push_back(lines.pooled->r2.value_or(0));
    over_all.texts.push_back(fixed(over_all.values.back(), 2));
  }
  panel.layers = {std::move(within), std::move(over_all)};
  return panel;
}

std::string growth_title(const Capabilities& found, const std::string& scale) {
  if (families_with(found.models, scale).empty())
    throw InputError("no model's '" + scale + "' is known: there is nothing to draw against it");
  const ScaleLines& first = found.line_of(component_name(0), scale);
  return "Capabilities against " + std::string(scale == "size" ? "size" : "compute") +
         ", by family" +
         (first.mean_r2 ? ": the first component is a line within each (R\u00b2 " +
                              fixed(*first.mean_r2, 2) + ")"
                        : "");
}

/// The first components, and every benchmark.
std::vector<std::string> growing_values(const Capabilities& found) {
  constexpr std::size_t kMostComponents = 3;
  std::vector<std::string> values;
  for (std::size_t k = 0; k < std::min(kMostComponents, found.scores.n_columns); ++k)
    values.push_back(component_name(k));
  values.insert(values.end(), found.models.metrics.begin(), found.models.metrics.end());
  return values;
}

}  // namespace

Panel explained_panel(const Capabilities& found) {
  Panel panel{.title = "What each component explains",
              .y = {.label = "share of variance", .ticks = TickStyle::percent, .lower = 0}};
  Bars bars{.values = found.pca.explained_variance_ratio};
  for (std::size_t k = 0; k < bars.values.size(); ++k) {
    panel.x.categories.push_back(component_name(k));
    bars.texts.push_back(percent(bars.values[k], 1));
  }
  panel.layers.push_back(std::move(bars));
  return panel;
}

Panel loadings_panel(const Capabilities& found) {
  Panel panel{.title = "Loadings of benchmarks"};
  Heatmap map{.diverging = true, .lower = -1, .upper = 1};
  for (std::size_t k = 0; k < found.scores.n_columns; ++k)
    panel.x.categories.push_back(component_name(k));
  for (std::size_t j = 0; j < found.models.metrics.size(); ++j) {
    panel.y.categories.push_back(found.models.metrics[j]);
    std::vector<double> row;
    std::vector<std::string> texts;
    for (std::size_t k = 0; k < found.scores.n_columns; ++k) {
      row.push_back(found.pca.components(k, j));
      texts.push_back(fixed(without_zeros_sign(row.back()), 2));
    }
    map.values.push_back(std::move(row));
    map.texts.push_back(std::move(texts));
  }
  panel.layers.push_back(std::move(map));
  return panel;
}

Panel growth_panel(const Capabilities& found, const std::string& value, const std::string& scale) {
  const ScaleLines& lines = found.line_of(value, scale);
  const std::vector<double> values = values_of(found, value), scales = found.models.values(scale);
  const FamilyLook look = look_of(found);
  const double unit = scale_unit(scale);
  Panel panel{.title = value, .x = scale_axis(scale), .y = {.label = value}};
  if (lines.mean_r2)
    panel.title += ": R\u00b2 " + fixed(*lines.mean_r2, 2) + " in families, " +
                   fixed(lines.pooled->r2.value_or(0), 2) + " over all";
  std::vector<double> logs;
  for (const double x : scales) {
    if (x > 0) logs.push_back(std::log10(x));
  }
  if (lines.pooled && !logs.empty()) {
    const auto [least, most] = std::minmax_element(logs.begin(), logs.end());
    panel.layers.push_back(pooled_band(*lines.pooled, *least, *most, found.request.level, unit));
  }
  for (const FamilyLine& family : lines.families) {
    Scatter points = look.mark(family.family);
    points.label.clear();
    for (const std::size_t i : found.models.of_family(family.family)) {
      if (!(scales[i] > 0)) continue;
      points.x.push_back(scales[i] * unit);
      points.y.push_back(values[i]);
    }
    if (points.x.empty()) continue;
    if (family.line) {
      const auto [least, most] = std::minmax_element(points.x.begin(), points.x.end());
      panel.layers.push_back(line_curve(*family.line, std::log10(*least / unit),
                                        std::log10(*most / unit), unit, look.line(family.family)));
    }
    panel.layers.push_back(std::move(points));
  }
  return panel;
}

LegendGroup family_legend(const Capabilities& found, const std::string& scale) {
  const FamilyLook look = look_of(found);
  LegendGroup group{.title = "Families"};
  for (const std::string& family : families_with(found.models, scale))
    group.samples.push_back(look.mark(family));
  return group;
}

Figure components_figure(const Capabilities& found) {
  Figure figure{.title = "One number explains " +
                         percent(found.pca.explained_variance_ratio.front(), 0) + " of what " +
                         counted(found.models.size(), "model") + " differ in"};
  figure.panels = {explained_panel(found), loadings_panel(found)};
  if (!found.request.scales.empty()) {
    const std::string& scale = found.request.scales.front();
    figure.panels.push_back(growth_panel(found, component_name(0), scale));
    figure.legend = {family_legend(found, scale)};
  }
  figure.n_columns = 3;
  figure.panel_width_px = 330;
  figure.panel_height_px = 300;
  return figure;
}

Figure growth_figure(const Capabilities& found, const std::string& scale) {
  Figure figure{.title = growth_title(found, scale)};
  for (const std::string& value : growing_values(found))
    figure.panels.push_back(growth_panel(found, value, scale));
  figure.n_columns = 4;
  figure.legend = {family_legend(found, scale)};
  figure.panel_width_px = 320;
  figure.panel_height_px = 210;
  return figure;
}

Figure first_growth_figure(const Capabilities& found, const std::string& scale) {
  const std::vector<std::string> values = growing_values(found);
  LegendGroup lines{.title = "Lines"};
  Figure figure{.title = growth_title(found, scale),
                .panels = {growth_panel(found, values.front(), scale),
                           lines_panel(found, values, scale, lines)},
                .n_columns = 2,
                .legend = {family_legend(found, scale), lines},
                .panel_width_px = 440,
                .panel_height_px = 360};
  return figure;
}

}  // namespace rung::observational
