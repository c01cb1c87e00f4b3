#include "rung/figure/table/backtest.hpp"

#include <cmath>
#include <map>

#include "rung/core/statistics.hpp"

namespace rung {

Figure backtest_figure(const std::vector<table::Backtest>& laws, const std::string& over) {
  Panel panel{.x = {.label = over + " over the largest " + over + " fitted", .log = true},
              .y = {.label = "absolute relative error", .log = true, .ticks = TickStyle::percent}};
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const Colour colour = category_colour(i);
    Scatter scatter{.colour = colour, .size_px = 5, .opacity = 0.35};
    Curve curve{.colour = colour, .width_px = 2, .label = laws[i].law};
    struct Bin {
      std::vector<double> errors;
      RunningMean log_factor;
    };
    std::map<int, Bin> by_factor;
    for (const table::Rollout& rollout : laws[i].rollouts) {
      const double factor = rollout.extrapolation();
      const double error = std::abs(rollout.prediction.relative_error().value_or(kInfinity));
      scatter.x.push_back(factor);
      scatter.y.push_back(error);
      Bin& bin = by_factor[static_cast<int>(std::floor(std::log2(factor)))];
      bin.errors.push_back(error);
      bin.log_factor.add(std::log(factor));
    }
    for (auto& [power, bin] : by_factor) {
      curve.x.push_back(std::exp(*bin.log_factor.value()));
      curve.y.push_back(median(std::move(bin.errors)));
    }
    panel.layers.push_back(std::move(scatter));
    panel.layers.push_back(std::move(curve));
  }
  return {.title = "Error against extrapolation",
          .panels = {std::move(panel)},
          .panel_width_px = 440,
          .panel_height_px = 300};
}

}  // namespace rung
