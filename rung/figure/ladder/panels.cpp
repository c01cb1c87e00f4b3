#include "rung/figure/ladder/panels.hpp"

#include <algorithm>

#include "rung/figure/extents.hpp"

namespace rung::ladder {
namespace {

bool has_end_beyond(const Panel& panel, double height_px) {
  const rung::Scale scale = make_scale(panel.y, extents_of(panel).y, height_px, false);
  return std::any_of(panel.layers.begin(), panel.layers.end(), [&](const Layer& layer) {
    const auto* points = std::get_if<Scatter>(&layer);
    return points &&
           (std::ranges::any_of(points->y_lower, [&](double end) { return end < scale.lower; }) ||
            std::ranges::any_of(points->y_upper, [&](double end) { return end > scale.upper; }));
  });
}

}  // namespace

void size_panels(Figure& figure, std::size_t most_columns) {
  figure.n_columns = std::min(most_columns, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() > 1) return;
  figure.panel_width_px = 460;
  figure.panel_height_px = 320;
}

std::string arrow_words(const Figure& figure) {
  const bool any = std::any_of(figure.panels.begin(), figure.panels.end(), [&](const Panel& panel) {
    return has_end_beyond(panel, figure.panel_height_px);
  });
  return any ? "Arrow: the interval goes on" : "";
}

}  // namespace rung::ladder
