#include "rung/figure/layout.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "rung/figure/marks.hpp"
#include "rung/figure/notes.hpp"

namespace rung {
namespace {

constexpr double kMarginPx = 14;
constexpr double kColumnGapPx = 22, kRowGapPx = 12;
constexpr double kTitleSizePx = 16, kSubtitleSizePx = 12, kPanelTitleSizePx = 12.5;
constexpr double kLabelSizePx = 11.5, kLegendSizePx = 11.5;
constexpr double kLineHeight = 1.35;  // in text sizes
constexpr double kTickLengthPx = 5, kTickGapPx = 4;
constexpr double kLegendRowPx = 20;
constexpr double kCategoryAngleDegrees = 35;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

double widest_tick(const Scale& scale) {
  double widest = 0;
  for (const Tick& tick : scale.ticks) {
    widest = std::max(widest, text_width_px(tick.text, kTickSizePx));
  }
  return widest;
}

// ---- Measuring

struct Measured {
  Frame frame{};
  std::vector<std::string> title_lines{};
  bool shows_x_label = false, shows_y_label = false;
  bool has_map = false;
  bool has_points = false;  // among categories: lines lead from their names to them
  bool slants_x = false;    // category names too long to stand side by side

  double left_px() const {
    return widest_tick(frame.y) + kTickLengthPx + kTickGapPx +
           (shows_y_label ? kLabelSizePx * 1.9 : 0);
  }
  double tick_depth_px() const {
    const double text = slants_x
                            ? std::sin(radians(kCategoryAngleDegrees)) * widest_tick(frame.x) + 6
                            : kTickSizePx * kLineHeight;
    return kTickLengthPx + kTickGapPx + text;
  }
  double bottom_px() const { return tick_depth_px() + (shows_x_label ? kLabelSizePx * 1.7 : 0); }
  double top_px() const {
    return title_lines.empty()
               ? 4
               : static_cast<double>(title_lines.size()) * kPanelTitleSizePx * kLineHeight + 6;
  }
};

Measured measured(const Figure& figure, std::size_t i) {
  const Panel& panel = figure.panels[i];
  const Extents extents = extents_of(panel);
  Measured m;
  m.frame.x = make_scale(panel.x, extents.x, figure.panel_width_px, true);
  m.frame.y = make_scale(panel.y, extents.y, figure.panel_height_px, false);
  m.title_lines = wrapped(panel.title, kPanelTitleSizePx, true, figure.panel_width_px);
  const std::size_t n_columns = std::max<std::size_t>(1, figure.n_columns);
  const std::size_t below = i + n_columns;
  m.shows_x_label = !panel.x.label.empty() && (below >= figure.panels.size() ||
                                               figure.panels[below].x.label != panel.x.label);
  m.shows_y_label = !panel.y.label.empty() &&
                    (i % n_columns == 0 || figure.panels[i - 1].y.label != panel.y.label);
  m.has_map = std::any_of(panel.layers.begin(), panel.layers.end(), [](const Layer& layer) {
    return std::holds_alternative<Heatmap>(layer);
  });
  m.has_points = std::any_of(panel.layers.begin(), panel.layers.end(), [](const Layer& layer) {
    return std::holds_alternative<Scatter>(layer);
  });
  m.slants_x = !panel.x.categories.empty() &&
               widest_tick(m.frame.x) + 6 >
                   figure.panel_width_px / static_cast<double>(panel.x.categories.size());
  return m;
}

// ---- Legend

struct Entry {
  std::string text{};
  const Layer* sample = nullptr;  // none: the group's title
  double width_px() const { return sample_px() + text_width_px(text, kLegendSizePx, !sample); }
  double sample_px() const {
    if (!sample) return 0;
    return std::holds_alternative<Scatter>(*sample) ? 20 : 30;
  }
};

using Row = std::vector<Entry>;

double row_width_px(const Row& row) {
  double width = 0;
  for (const Entry& entry : row) width += entry.width_px() + 16;
  return width - 16;
}

std::string entry_text(const Layer& sample) {
  constexpr double kLongestPx = 320;
  return shortened(label_of(sample), kLegendSizePx, false, kLongestPx);
}

std::vector<Row> legend_groups(const Figure& figure) {
  std::vector<Row> groups;
  for (const LegendGroup& group : figure.legend) {
    Row& row = groups.emplace_back();
    if (!group.title.empty()) row.push_back({group.title});
    for (const Layer& sample : group.samples) row.push_back({entry_text(sample), &sample});
  }
  if (!groups.empty()) return groups;
  Row row;
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      const std::string label = entry_text(layer);
      const bool known = std::any_of(row.begin(), row.end(),
                                     [&](const Entry& entry) { return entry.text == label; });
      if (!label.empty() && !known) row.push_back({label, &layer});
    }
  }
  if (!row.empty()) groups.push_back(std::move(row));
  return groups;
}

/// One group after the other; a group that no longer fits begins a new row, and one that fits
/// nowhere is broken.
std::vector<Row> legend_rows(const Figure& figure, double width_px) {
  std::vector<Row> rows;
  for (const Row& group : legend_groups(figure)) {
    if (!rows.empty() && row_width_px(rows.back()) + 32 + row_width_px(group) <= width_px) {
      rows.back().push_back({});  // an empty entry: wider room between groups
      rows.back().insert(rows.back().end(), group.begin(), group.end());
      continue;
    }
    rows.emplace_back();
    for (const Entry& entry : group) {
      if (!rows.back().empty() && row_width_px(rows.back()) + 16 + entry.width_px() > width_px) {
        rows.emplace_back();
      }
      rows.back().push_back(entry);
    }
  }
  return rows;
}

// ---- Placing

class Placing {
 public:
  explicit Placing(const Figure& figure) : figure_(figure) {
    for (std::size_t i = 0; i < figure.panels.size(); ++i) panels_.push_back(measured(figure, i));
  }

  Scene scene() {
    measure_grid();
    place_titles();
    for (std::size_t i = 0; i < panels_.size(); ++i) place_panel(i);
    place_legend();
    const Box whole{0, 0, scene_.width_px, scene_.height_px};
    scene_.clips.insert(scene_.clips.begin(), {whole, std::move(under_)});
    scene_.clips.push_back({whole, std::move(over_)});
    return std::move(scene_);
  }

 private:
  std::size_t n_columns() const { return std::max<std::size_t>(1, figure_.n_columns); }

  void measure_grid() {
    const std::size_t columns = std::min(n_columns(), std::max<std::size_t>(1, panels_.size()));
    const std::size_t rows = (panels_.size() + n_columns() - 1) / n_columns();
    left_px_.assign(columns, 0);
    top_px_.assign(rows, 0);
    bottom_px_.assign(rows, 0);
    double overhang = 0;  // the last x tick's text may stand out to the right
    for (std::size_t i = 0; i < panels_.size(); ++i) {
      const std::size_t column = i % n_columns(), row = i / n_columns();
      left_px_[column] = std::max(left_px_[column], panels_[i].left_px());
      top_px_[row] = std::max(top_px_[row], panels_[i].top_px());
      bottom_px_[row] = std::max(bottom_px_[row], panels_[i].bottom_px());
      if (!panels_[i].slants_x && !panels_[i].frame.x.ticks.empty()) {
        const Tick& last = panels_[i].frame.x.ticks.back();
        overhang = std::max(overhang, panels_[i].frame.x.pixel(last.at) +
                                          text_width_px(last.text, kTickSizePx) / 2 -
                                          figure_.panel_width_px);
      }
    }
    double width = 2 * kMarginPx + overhang + kColumnGapPx * static_cast<double>(columns - 1);
    for (const double left : left_px_) width += left + figure_.panel_width_px;
    scene_.width_px = std::ceil(width);

    const double inner = scene_.width_px - 2 * kMarginPx;
    title_ = wrapped(figure_.title, kTitleSizePx, true, inner);
    subtitle_ = wrapped(figure_.subtitle, kSubtitleSizePx, false, inner);
    legend_ = legend_rows(figure_, inner);
    double height = 2 * kMarginPx + head_px() +
                    kRowGapPx * static_cast<double>(rows > 0 ? rows - 1 : 0) +
                    (legend_.empty() ? 0 : 8 + kLegendRowPx * static_cast<double>(legend_.size()));
    for (std::size_t row = 0; row < rows; ++row) {
      height += top_px_[row] + figure_.panel_height_px + bottom_px_[row];
    }
    scene_.height_px = std::ceil(height);
  }

  double head_px() const {
    const double lines = kTitleSizePx * kLineHeight * static_cast<double>(title_.size()) +
                         kSubtitleSizePx * kLineHeight * static_cast<double>(subtitle_.size());
    return lines > 0 ? lines + 8 : 0;
  }

  void place_titles() {
    double y = scene_.height_px - kMarginPx;
    const auto add = [&](const std::vector<std::string>& lines, double size_px, bool bold,
                         Colour colour) {
      for (const std::string& line : lines) {
        scene_.words.push_back({.at = {kMarginPx, y - size_px * kLineHeight / 2},
                                .text = line,
                                .size_px = size_px,
                                .bold = bold,
                                .colour = colour});
        y -= size_px * kLineHeight;
      }
    };
    add(title_, kTitleSizePx, true, kInk);
    add(subtitle_, kSubtitleSizePx, false, kGrey);
  }

  Pixel corner_of(std::size_t i) const {
    const std::size_t column = i % n_columns(), row = i / n_columns();
    double x = kMarginPx, y = scene_.height_px - kMarginPx - head_px();
    for (std::size_t c = 0; c <= column; ++c) {
      x += left_px_[c] + (c > 0 ? figure_.panel_width_px + kColumnGapPx : 0);
    }
    for (std::size_t r = 0; r <= row; ++r) {
      y -= top_px_[r] + figure_.panel_height_px + (r > 0 ? bottom_px_[r - 1] + kRowGapPx : 0);
    }
    return {std::round(x), std::round(y)};
  }

  void place_panel(std::size_t i) {
    const Panel& panel = figure_.panels[i];
    Measured& m = panels_[i];
    const Pixel corner = corner_of(i);
    m.frame.x.begin_px = corner.x;
    m.frame.y.begin_px = corner.y;
    const Box box = m.frame.box();

    double y = box.top + m.top_px();
    for (const std::string& line : m.title_lines) {
      y -= kPanelTitleSizePx * kLineHeight;
      scene_.words.push_back({.at = {box.left, y + kPanelTitleSizePx * kLineHeight / 2},
                              .text = line,
                              .size_px = kPanelTitleSizePx,
                              .bold = true});
    }
    draw_axes(panel, m, box);
    draw_layers(panel, m);
  }

  void draw_layers(const Panel& panel, const Measured& m) {
    Clip clip{m.frame.box()};
    BarPlace place{0, 0};
    for (const Layer& layer : panel.layers) place.count += std::holds_alternative<Bars>(layer);
    for (const Layer& layer : panel.layers) {
      draw(layer, m.frame, place, clip.shapes, scene_.words);
      place.index += std::holds_alternative<Bars>(layer);
    }
    scene_.clips.push_back(std::move(clip));
    place_notes(panel, m.frame, over_, scene_.words);
  }

  void draw_axes(const Panel& panel, const Measured& m, const Box& box) {
    Shape grid{.stroke = Stroke{kFaint, 0.8}};
    Shape lines{.stroke = Stroke{kGrey, 1}};
    if (!m.has_map) {
      lines.pieces = {{{box.left, box.top}, {box.left, box.bottom}, {box.right, box.bottom}}};
    }
    draw_x_ticks(panel, m, box, grid, lines);
    draw_y_ticks(panel, m, box, grid, lines);
    if (!grid.pieces.empty()) under_.push_back(std::move(grid));
    if (!lines.pieces.empty()) over_.push_back(std::move(lines));
    if (m.shows_x_label) {
      scene_.words.push_back(
          {.at = {(box.left + box.right) / 2, box.bottom - m.bottom_px() + kLabelSizePx * 0.75},
           .text = shortened(panel.x.label, kLabelSizePx, false, figure_.panel_width_px + 40),
           .size_px = kLabelSizePx,
           .align = Anchor::centre});
    }
    if (m.shows_y_label) {
      scene_.words.push_back(
          {.at = {box.left - m.left_px() + kLabelSizePx * 0.75, (box.bottom + box.top) / 2},
           .text = shortened(panel.y.label, kLabelSizePx, false, figure_.panel_height_px + 30),
           .size_px = kLabelSizePx,
           .align = Anchor::centre,
           .angle_degrees = 90});
    }
  }

  void draw_x_ticks(const Panel& panel, const Measured& m, const Box& box, Shape& grid,
                    Shape& lines) {
    const bool named = !panel.x.categories.empty();
    for (const Tick& tick : m.frame.x.ticks) {
      const double x = m.frame.x.pixel(tick.at);
      if (!named) {
        grid.pieces.push_back({{x, box.bottom}, {x, box.top}});
        lines.pieces.push_back({{x, box.bottom}, {x, box.bottom - kTickLengthPx}});
      }
      const double y = box.bottom - kTickGapPx - (m.slants_x ? 3 : kTickSizePx / 2) -
                       (named ? 2 : kTickLengthPx);
      scene_.words.push_back({.at = {m.slants_x ? x + 6 : x, y},
                              .text = tick.text,
                              .size_px = kTickSizePx,
                              .align = m.slants_x ? Anchor::right : Anchor::centre,
                              .angle_degrees = m.slants_x ? kCategoryAngleDegrees : 0});
    }
    for (const double at : m.frame.x.minor_ticks) {
      const double x = m.frame.x.pixel(at);
      lines.pieces.push_back({{x, box.bottom}, {x, box.bottom - kTickLengthPx / 2}});
    }
  }

  void draw_y_ticks(const Panel& panel, const Measured& m, const Box& box, Shape& grid,
                    Shape& lines) {
    for (const Tick& tick : m.frame.y.ticks) {
      const double y = m.frame.y.pixel(tick.at);
      if (panel.y.categories.empty() || m.has_points)
        grid.pieces.push_back({{box.left, y}, {box.right, y}});
      if (panel.y.categories.empty()) {
        lines.pieces.push_back({{box.left - kTickLengthPx, y}, {box.left, y}});
      }
      scene_.words.push_back({.at = {box.left - kTickLengthPx - kTickGapPx, y},
                              .text = tick.text,
                              .size_px = kTickSizePx,
                              .align = Anchor::right});
    }
    for (const double at : m.frame.y.minor_ticks) {
      const double y = m.frame.y.pixel(at);
      lines.pieces.push_back({{box.left - kTickLengthPx / 2, y}, {box.left, y}});
    }
  }

  void place_legend() {
    double y = kMarginPx + kLegendRowPx * (static_cast<double>(legend_.size()) - 0.5);
    for (const Row& row : legend_) {
      double x = (scene_.width_px - row_width_px(row)) / 2;
      for (const Entry& entry : row) {
        const double text_x = x + entry.sample_px();
        if (entry.sample) draw_sample(*entry.sample, {x, y - 8, text_x - 6, y + 8}, over_);
        scene_.words.push_back({.at = {text_x, y},
                                .text = entry.text,
                                .size_px = kLegendSizePx,
                                .bold = !entry.sample});
        x += entry.width_px() + 16;
      }
      y -= kLegendRowPx;
    }
  }

  const Figure& figure_;
  Scene scene_{};
  std::vector<Measured> panels_{};
  std::vector<double> left_px_{}, top_px_{}, bottom_px_{};
  std::vector<std::string> title_{}, subtitle_{};
  std::vector<Row> legend_{};
  std::vector<Shape> under_{}, over_{};  // grid; axes, legend and what lies under the notes
};

}  // namespace

Scene lay_out(const Figure& figure) { return Placing(figure).scene(); }

}  // namespace rung
