#include "rung/figure/observe/placement.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/figure/observe/families.hpp"
#include "rung/figure/scale.hpp"

namespace rung::observational {
namespace {

constexpr std::size_t kMostFamilies = 12;

Panel panel_of(const Placement& placement) {
  Panel panel{
      .title = short_model_name(placement.model),
      .x = {.label = "compute that it is worth (FLOPs)", .log = true, .ticks = TickStyle::power}};
  Scatter points{.colour = kVermilion,
                 .size_px = 9,
                 .label = "worth, " + significant(100 * placement.level, 3) + "% interval"};
  const std::size_t n = std::min(kMostFamilies, placement.families.size());
  for (std::size_t i = 0; i < n; ++i) {
    const FamilyPlace& place = placement.families[i];
    panel.y.categories.push_back(place.family + " (" + fixed(place.distance, 1) + ")");
    const double at = std::pow(10, place.log10_flops + 21);
    points.x.push_back(at);
    points.y.push_back(static_cast<double>(i));
    points.x_lower.push_back(place.lower ? std::pow(10, *place.lower + 21) : NAN);
    points.x_upper.push_back(place.upper ? std::pow(10, *place.upper + 21) : NAN);
  }
  if (placement.flops_1e21)
    panel.layers.push_back(Rule{.direction = Rule::Direction::vertical,
                                .at = *placement.flops_1e21 * 1e21,
                                .colour = kBlue,
                                .label = "its own compute"});
  panel.layers.push_back(std::move(points));
  return panel;
}

/// "Llama-2-13b is worth 0.7 to 2.1 times its compute in Llama, the family most like it"
std::string message(const std::vector<Placement>& placements) {
  const Placement& one = placements.front();
  if (placements.size() > 1 || one.families.empty())
    return "What a model is worth in each family's compute";
  const FamilyPlace& likest = one.families.front();
  const auto words = [&](double log10_flops) {
    const double flops_1e21 = std::pow(10, log10_flops);
    return one.flops_1e21 ? significant(flops_1e21 / *one.flops_1e21, 2)
                          : power_of_ten(flops_1e21 * 1e21);
  };
  const bool is_bounded = likest.lower && likest.upper;
  return short_model_name(one.model) + " is worth " +
         (is_bounded ? words(*likest.lower) + " to " + words(*likest.upper)
                     : words(likest.log10_flops)) +
         (one.flops_1e21 ? " times its compute in " : " FLOPs in ") + likest.family +
         ", the family most like it";
}

}  // namespace

Figure placement_figure(const std::vector<Placement>& placements) {
  Figure figure{.title = message(placements),
                .subtitle =
                    "The families most like it, the likest on top; in brackets how unlike "
                    "they are; no bar: its models tell no interval"};
  for (const Placement& placement : placements) figure.panels.push_back(panel_of(placement));
  figure.n_columns = std::min<std::size_t>(2, figure.panels.size());
  figure.panel_width_px = 420;
  figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung::observational
