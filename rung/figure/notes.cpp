#include "rung/figure/notes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace rung {
namespace {

constexpr double kNoteSizePx = 10.5;
constexpr double kMarkPx = 14;  // about the size of what a note is about

struct Obstacle {
  Box box;
  double weight;  // how much worse a pixel of it is than a pixel of distance
};

double overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.top, b.top) - std::max(a.bottom, b.bottom);
  return width > 0 && height > 0 ? width * height : 0;
}

double area(const Box& box) { return (box.right - box.left) * (box.top - box.bottom); }

Box around(Pixel centre, double width, double height) {
  return {centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2};
}

void add_points(const Scatter& points, const Frame& frame, std::vector<Obstacle>& obstacles) {
  const double reach = points.marker == Marker::star ? 1.5 * points.size_px : points.size_px + 2;
  // What stands alone, as targets do, is not to be hidden; checkpoints stand in crowds.
  const bool alone = points.size_px >= 8 && points.x.size() < 4;
  const double weight = points.marker == Marker::star || alone ? 4 : 1;
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    if (!frame.can_show(points.x[i], points.y[i])) continue;
    obstacles.push_back({around(frame.pixel(points.x[i], points.y[i]), reach, reach), weight});
  }
}

/// Error bars, which a note would cut in two.
void add_whiskers(const Scatter& points, const Frame& frame, std::vector<Obstacle>& obstacles) {
  constexpr double kWidthPx = 4;
  for (std::size_t i = 0; i < points.y_lower.size(); ++i) {
    if (!frame.can_show(points.x[i], points.y_lower[i]) ||
        !frame.can_show(points.x[i], points.y_upper[i]))
      continue;
    const Pixel low = frame.pixel(points.x[i], points.y_lower[i]);
    const Pixel high = frame.pixel(points.x[i], points.y_upper[i]);
    obstacles.push_back({{low.x - kWidthPx / 2, low.y, low.x + kWidthPx / 2, high.y}, 1.5});
  }
  for (std::size_t i = 0; i < points.x_lower.size(); ++i) {
    if (!frame.can_show(points.x_lower[i], points.y[i]) ||
        !frame.can_show(points.x_upper[i], points.y[i]))
      continue;
    const Pixel low = frame.pixel(points.x_lower[i], points.y[i]);
    const Pixel high = frame.pixel(points.x_upper[i], points.y[i]);
    obstacles.push_back({{low.x, low.y - kWidthPx / 2, high.x, low.y + kWidthPx / 2}, 1.5});
  }
}

/// A box every few pixels along the line.
void add_line(const std::vector<Pixel>& line, const Box& frame, std::vector<Obstacle>& obstacles) {
  constexpr double kStepPx = 4;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Pixel a = line[i - 1], b = line[i];
    const int n = 1 + static_cast<int>(std::hypot(b.x - a.x, b.y - a.y) / kStepPx);
    for (int k = 0; k < n; ++k) {
      const double t = static_cast<double>(k) / n;
      const Pixel p{std::lerp(a.x, b.x, t), std::lerp(a.y, b.y, t)};
      if (frame.contains(p)) obstacles.push_back({around(p, kStepPx, kStepPx), 0.5});
    }
  }
}

std::vector<Obstacle> obstacles_of(const Panel& panel, const Frame& frame) {
  std::vector<Obstacle> obstacles;
  std::vector<Shape> shapes;
  std::vector<Words> words;
  for (const Layer& layer : panel.layers) {
    if (const Scatter* points = std::get_if<Scatter>(&layer)) {
      add_points(*points, frame, obstacles);
      add_whiskers(*points, frame, obstacles);
    }
    if (std::holds_alternative<Curve>(layer) || std::holds_alternative<Rule>(layer)) {
      draw(layer, frame, {}, shapes, words);
    }
  }
  for (const Shape& shape : shapes) {
    for (const auto& piece : shape.pieces) add_line(piece, frame.box(), obstacles);
  }
  return obstacles;
}

struct Place {
  Box box;
  double distance_px;
};

/// Rings of boxes around the point, from right beside it outwards.
std::vector<Place> places_around(Pixel p, double width, double height) {
  std::vector<Place> places;
  constexpr int kDirections = 16;
  for (const double distance : {8.0, 12.0, 18.0, 26.0, 36.0, 48.0, 62.0}) {
    for (int i = 0; i < kDirections; ++i) {
      const double angle = 2 * std::numbers::pi * i / kDirections;
      const Pixel centre{p.x + std::cos(angle) * (distance + width / 2),
                         p.y + std::sin(angle) * (distance + height / 2)};
      places.push_back({around(centre, width, height), distance});
    }
  }
  return places;
}

/// From the point to the box, leaving the mark at the point free.
std::vector<Pixel> leader(Pixel from, const Place& place) {
  if (place.distance_px <= 14) return {};  // beside its point: nothing to explain
  const Box& to = place.box;
  const Pixel end{std::clamp(from.x, to.left, to.right), std::clamp(from.y, to.bottom, to.top)};
  // Short of the words too, where it would read as a minus sign; and none that is no more than one.
  const double length = std::hypot(end.x - from.x, end.y - from.y);
  const double begin = std::min(1.0, 8 / length), stop = std::max(begin, 1 - 4 / length);
  constexpr double kShortest = 9;
  if ((stop - begin) * length < kShortest) return {};
  return {{std::lerp(from.x, end.x, begin), std::lerp(from.y, end.y, begin)},
          {std::lerp(from.x, end.x, stop), std::lerp(from.y, end.y, stop)}};
}

struct Placed {
  const Note* note = nullptr;
  Pixel point{};
  Place place{};
};

double distance_to(const Box& box, Pixel p) {
  return std::hypot(p.x - std::clamp(p.x, box.left, box.right),
                    p.y - std::clamp(p.y, box.bottom, box.top));
}

/// In pixels of distance.
double cost(const Placed& candidate, const Box& frame, const std::vector<Obstacle>& obstacles,
            const std::vector<Placed>& others) {
  const Box& box = candidate.place.box;
  double sum = 1.5 * candidate.place.distance_px + 20 * (area(box) - overlap(box, frame));
  for (const Obstacle& obstacle : obstacles) sum += obstacle.weight * overlap(box, obstacle.box);
  std::vector<Obstacle> line;
  add_line(leader(candidate.point, candidate.place), frame, line);
  for (const Placed& other : others) {
    if (other.note == candidate.note) continue;
    sum += 10 * overlap(box, other.place.box);
    sum += 20 * overlap(box, around(other.point, kMarkPx, kMarkPx));
    // Nearer to another's point than to its own it would be read as that one's.
    constexpr double kClearlyNearerPx = 8, kMisread = 1500;
    if (distance_to(box, other.point) < distance_to(box, candidate.point) + kClearlyNearerPx)
      sum += kMisread;
    for (const Obstacle& piece : line) {
      sum += 10 * overlap(piece.box, other.place.box);
      sum += 2 * overlap(piece.box, around(other.point, kMarkPx, kMarkPx));
    }
  }
  return sum;
}

/// Right of the point, and of each mark that would be in the way there.
Box box_beside(Pixel point, double width, double height, std::vector<Obstacle> obstacles) {
  constexpr double kGapPx = 6;
  std::ranges::sort(obstacles, {}, [](const Obstacle& obstacle) { return obstacle.box.left; });
  Box box = around({point.x + kGapPx + width / 2, point.y}, width, height);
  for (const Obstacle& obstacle : obstacles) {
    if (overlap(box, obstacle.box) == 0) continue;
    box.left = obstacle.box.right + kGapPx / 2;
    box.right = box.left + width;
  }
  return box;
}

void find_place(Placed& placed, const Box& frame, const std::vector<Obstacle>& obstacles,
                const std::vector<Placed>& others) {
  const double width = text_width_px(placed.note->text, kNoteSizePx, true) + 2;
  if (placed.note->upon) {
    placed.place = {around(placed.point, width, kNoteSizePx + 3), 0};
    return;
  }
  if (placed.note->beside) {
    placed.place = {box_beside(placed.point, width, kNoteSizePx + 3, obstacles), 0};
    return;
  }
  Placed candidate = placed;
  double least = std::numeric_limits<double>::infinity();
  for (const Place& place : places_around(placed.point, width, kNoteSizePx + 3)) {
    candidate.place = place;
    const double here = cost(candidate, frame, obstacles, others);
    if (here < least) {
      least = here;
      placed.place = place;
    }
  }
}

void write(const std::string& text, Pixel at, Anchor align, Colour colour,
           std::vector<Words>& words) {
  words.push_back({.at = at,
                   .text = with_minus_sign(text),
                   .size_px = kNoteSizePx,
                   .bold = true,
                   .align = align,
                   .colour = colour});
}

/// The corner of the frame in which a box of this size covers least.
Box emptiest_corner(const Box& frame, double width, double height,
                    const std::vector<Obstacle>& obstacles) {
  constexpr double kInset = 6;
  const double left = frame.left + kInset, right = frame.right - kInset - width;
  const double bottom = frame.bottom + kInset, top = frame.top - kInset - height;
  Box best{};
  double least = std::numeric_limits<double>::infinity();
  for (const Pixel corner : {Pixel{right, top}, {left, top}, {right, bottom}, {left, bottom}}) {
    const Box box{corner.x, corner.y, corner.x + width, corner.y + height};
    double covered = 0;
    for (const Obstacle& obstacle : obstacles)
      covered += obstacle.weight * overlap(box, obstacle.box);
    if (covered < least) least = covered, best = box;
  }
  return best;
}

constexpr double kCover = 0.75;  // how much of what lies there a box behind words hides

/// The part of a band that lies in a box, as strong as what the box hides of it.
Shape part_within(const Band& band, const Frame& frame, const Box& box, double cover) {
  Shape part{.fill = Fill{band.colour, cover * band.opacity}};
  for (std::size_t i = 1; i < band.x.size(); ++i) {
    if (!frame.can_show(band.x[i - 1], band.lower[i - 1]) ||
        !frame.can_show(band.x[i], band.lower[i]))
      continue;
    const Pixel low[] = {frame.pixel(band.x[i - 1], band.lower[i - 1]),
                         frame.pixel(band.x[i], band.lower[i])};
    const Pixel high[] = {frame.pixel(band.x[i - 1], band.upper[i - 1]),
                          frame.pixel(band.x[i], band.upper[i])};
    const double left = std::max(low[0].x, box.left), right = std::min(low[1].x, box.right);
    if (!(left < right)) continue;
    const auto at = [&](const Pixel* ends, double x) {
      const double y = std::lerp(ends[0].y, ends[1].y, (x - ends[0].x) / (ends[1].x - ends[0].x));
      return Pixel{x, std::clamp(y, box.bottom, box.top)};
    };
    if (at(low, left).y == at(high, left).y && at(low, right).y == at(high, right).y) continue;
    part.pieces.push_back({at(low, left), at(low, right), at(high, right), at(high, left)});
  }
  return part;
}

/// White behind words, so that they can be read over lines; bands stay as they are.
void add_box(const Box& box, double cover, const Panel& panel, const Frame& frame,
             std::vector<Shape>& shapes) {
  shapes.push_back({.pieces = {box.corners()}, .fill = Fill{kWhite, cover}});
  for (const Layer& layer : panel.layers) {
    const Band* band = std::get_if<Band>(&layer);
    if (!band) continue;
    Shape part = part_within(*band, frame, box, cover);
    if (!part.pieces.empty()) shapes.push_back(std::move(part));
  }
}

void place_key(const Key& key, const Panel& panel, const Frame& frame, std::vector<Shape>& shapes,
               std::vector<Words>& words) {
  constexpr double kLinePx = kNoteSizePx + 4;
  double width = 0;
  for (const Key::Line& line : key.lines)
    width = std::max(width, text_width_px(line.text, kNoteSizePx, true));
  const double height = kLinePx * static_cast<double>(key.lines.size());
  const Box box = emptiest_corner(frame.box(), width, height, obstacles_of(panel, frame));
  add_box(box, kCover, panel, frame, shapes);
  const bool at_right = box.left - frame.box().left > frame.box().right - box.right;
  double y = box.top - kLinePx / 2;
  for (const Key::Line& line : key.lines) {
    write(line.text, {at_right ? box.right : box.left, y}, at_right ? Anchor::right : Anchor::left,
          line.colour, words);
    y -= kLinePx;
  }
}

}  // namespace

void place_notes(const Panel& panel, const Frame& frame, std::vector<Shape>& shapes,
                 std::vector<Words>& words) {
  for (const Layer& layer : panel.layers) {
    if (const Key* key = std::get_if<Key>(&layer); key && !key->lines.empty())
      place_key(*key, panel, frame, shapes, words);
  }
  std::vector<Placed> all;
  for (const Layer& layer : panel.layers) {
    const Note* note = std::get_if<Note>(&layer);
    if (!note || !frame.can_show(note->x, note->y)) continue;
    all.push_back({note, frame.pixel(note->x, note->y)});
  }
  if (all.empty()) return;
  const std::vector<Obstacle> obstacles = obstacles_of(panel, frame);
  // Each in turn gives way to the others; after three rounds next to nothing moves.
  for (int round = 0; round < 3; ++round) {
    for (Placed& placed : all) find_place(placed, frame.box(), obstacles, all);
  }
  for (const Placed& placed : all) {
    const Colour colour = placed.note->colour;
    const std::vector<Pixel> line =
        placed.note->upon ? std::vector<Pixel>{} : leader(placed.point, placed.place);
    // In no layer's colour, in which it would read as an error bar.
    if (!line.empty()) shapes.push_back({.pieces = {line}, .stroke = Stroke{kGrey, 0.8}});
    const Box& box = placed.place.box;
    add_box(box, placed.note->upon ? 1 : kCover, panel, frame, shapes);
    write(placed.note->text, {(box.left + box.right) / 2, (box.bottom + box.top) / 2},
          Anchor::centre, colour, words);
  }
}

}  // namespace rung
