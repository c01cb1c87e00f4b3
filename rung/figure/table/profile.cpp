#include "rung/figure/table/profile.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung {
namespace {

/// Between the profile's points, smooth: the root of the height, with a sign left of the lowest, is
/// nearly straight over the parameter, or over its logarithm.
Curve profile_curve(const Profile& profile, bool by_log) {
  const auto lowest = static_cast<std::size_t>(
      std::min_element(profile.heights.begin(), profile.heights.end()) - profile.heights.begin());
  const auto root = [&](std::size_t i) {
    return std::sqrt(std::max(0.0, profile.heights[i])) * (i < lowest ? -1 : 1);
  };
  Curve curve{.colour = kBlue};
  constexpr int kBetween = 12;
  for (std::size_t i = 1; i < profile.values.size(); ++i) {
    for (int k = 0; k <= kBetween; ++k) {
      const double t = static_cast<double>(k) / kBetween;
      const double r = root(i - 1) + t * (root(i) - root(i - 1));
      constexpr double kShown = 2.2;
      if (r * r > kShown) continue;
      const double from = profile.values[i - 1], to = profile.values[i];
      curve.x.push_back(by_log && from > 0 ? from * std::pow(to / from, t)
                                           : std::lerp(from, to, t));
      curve.y.push_back(r * r);
    }
  }
  return curve;
}

/// The interval's ends where the data determine them, and the best value.
void add_ends(const Profile& profile, double best, Panel& panel) {
  Scatter at_best{.x = {best}, .y = {0}, .colour = kInk, .size_px = 8, .label = "best"};
  Scatter ends{
      .colour = kVermilion, .size_px = 8, .label = percent(profile.level, 0) + " interval"};
  std::vector<Layer> notes;
  notes.emplace_back(Note{best, 0, all_digits(best, 3), kInk});
  for (const auto& end : {profile.lower, profile.upper}) {
    if (!end) continue;
    ends.x.push_back(*end);
    ends.y.push_back(1);
    notes.emplace_back(Note{*end, 1, all_digits(*end, 3), kVermilion});
  }
  panel.layers.emplace_back(std::move(ends));
  panel.layers.emplace_back(std::move(at_best));
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
}

Panel profile_panel(const table::FittedGroup& group, const Profile& profile) {
  const auto p = static_cast<std::size_t>(profile.parameter);
  const ParameterInfo& parameter = group.fitted.law->info.parameters[p];
  Panel panel{.title = group.fitted.label,
              .x = {.label = parameter.name, .log = parameter.of_log},
              .y = {.label = "How much worse the fit gets", .lower = -0.15, .upper = 2}};
  if (!profile.lower || !profile.upper)
    panel.title += std::string(group.fitted.label.empty() ? "" : ": ") + "open " +
                   (profile.lower   ? "above"
                    : profile.upper ? "below"
                                    : "on both sides");
  panel.layers = {Rule{.at = 1, .label = "limit"}, profile_curve(profile, parameter.of_log)};
  add_ends(profile, group.fitted.fit.theta[p], panel);
  return panel;
}

}  // namespace

Figure profile_figure(const std::vector<table::FittedGroup>& groups) {
  Figure figure{.title = "How well the data determine each parameter",
                .subtitle =
                    "Each fixed elsewhere, the others fitted anew; where the fit is as much "
                    "worse as the limit, the interval ends"};
  for (const table::FittedGroup& group : groups) {
    for (const Profile& profile : group.profiles)
      figure.panels.push_back(profile_panel(group, profile));
  }
  if (figure.panels.empty())
    throw InputError("no parameter has a profile to show",
                     "a kinked loss (lad, quantile) or a singular fit has none");
  figure.n_columns = std::min<std::size_t>(3, figure.panels.size());
  return figure;
}

}  // namespace rung
