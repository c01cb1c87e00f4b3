#include "rung/figure/ladder/panels.hpp"

#include <algorithm>

namespace rung::ladder {

void size_panels(Figure& figure, std::size_t most_columns) {
  figure.n_columns = std::min(most_columns, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() > 1) return;
  figure.panel_width_px = 460;
  figure.panel_height_px = 320;
}

}  // namespace rung::ladder
