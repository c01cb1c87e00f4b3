#include "rung/figure/table/profile.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

/// Between the profile's points, smooth: the root of the height, with a sign left of the lowest, is
/// nearly straight.
Curve profile_curve(const Profile& profile) {
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
      curve.x.push_back(profile.values[i - 1] + t * (profile.values[i] - profile.values[i - 1]));
      curve.y.push_back(r * r);
    }
  }
  return curve;
}

}  // namespace

Figure profile_figure(const std::vector<table::FittedGroup>& groups) {
  Figure figure{.title = "Profiles"};
  for (const table::FittedGroup& group : groups) {
    for (const Profile& profile : group.profiles) {
      const ParameterInfo& parameter =
          group.fitted.law->info.parameters[static_cast<std::size_t>(profile.parameter)];
      Panel panel{.title = group.fitted.label,
                  .x = {.label = parameter.name, .log = parameter.of_log},
                  .y = {.label = "objective above the best (1: limit)", .lower = 0, .upper = 2}};
      panel.layers = {Rule{.at = 1, .label = percent(profile.level, 0) + " interval"},
                      profile_curve(profile)};
      figure.panels.push_back(std::move(panel));
    }
  }
  if (figure.panels.empty())
    throw InputError("no parameter has a profile to show",
                     "a kinked loss (lad, quantile) or a singular fit has none");
  figure.n_columns = std::min<std::size_t>(3, figure.panels.size());
  return figure;
}

}  // namespace rung
