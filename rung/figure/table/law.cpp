#include "rung/figure/table/law.hpp"

#include "rung/figure/palette.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

std::string curve_name(const Law& law, double second) {
  return law.info.inputs[1].name + " = " + number_words(second);
}

}  // namespace

Figure law_figure(const Law& law, const table::LawShape& shape) {
  const InputInfo& x = law.info.inputs[0];
  Panel panel;
  panel.x = {.label = x.name + ": " + x.meaning,
             .log = x.positive && x.typical_high >= 5 * x.typical_low,
             .ticks = x.positive && x.typical_high >= 1e5 ? TickStyle::power : TickStyle::plain};
  panel.y.label = law.info.output;
  const std::vector<Colour> colours = ordered_colours(shape.curves.size());
  for (std::size_t c = 0; c < shape.curves.size(); ++c) {
    panel.layers.push_back(
        Curve{.x = shape.x,
              .y = shape.curves[c],
              .colour = colours[c],
              .width_px = 2,
              .label = shape.second.empty() ? "" : curve_name(law, shape.second[c])});
  }
  Figure figure;
  figure.title = law.info.name + ": " + law.info.title;
  figure.subtitle = "at typical parameters";
  figure.panels.push_back(std::move(panel));
  figure.panel_width_px = 420;
  figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung
