#include "rung/figure/notes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/statistics.hpp"
#include "rung/figure/obstacles.hpp"

namespace rung {
namespace {

constexpr double kNoteSizePx = 10.5, kHeightPx = kNoteSizePx + 2;
constexpr double kMarkPx = 14;    // about the size of what a note is about
constexpr double kBesidePx = 14;  // words that far from their point are seen to belong to it

double area(const Box& box) { return (box.right - box.left) * (box.top - box.bottom); }

double distance_to(const Box& box, Pixel p) { return gap(box, {p.x, p.y, p.x, p.y}); }

/// The box moved along an axis, as little as brings it between the ends.
Box moved_within(Box box, const Box& frame, bool across) {
  const double low = across ? frame.left - box.left : frame.bottom - box.bottom;
  const double high = across ? frame.right - box.right : frame.top - box.top;
  const double by = low > 0 ? low : std::min(high, 0.0);
  (across ? box.left : box.bottom) += by;
  (across ? box.right : box.top) += by;
  return box;
}

struct Place {
  Box box{};
  double shift = 0;  // 0: straight beside, above or below the point; 1: at a corner
};

/// Boxes around the point, nearest first; of those equally far, upper ones before lower ones.
std::vector<Place> places_around(Pixel p, double width, double height, const Box& frame) {
  std::vector<Place> places;
  constexpr double kStepPx = 6, kInsetPx = 3;
  const Box inside{frame.left + kInsetPx, frame.bottom + kInsetPx, frame.right - kInsetPx,
                   frame.top - kInsetPx};
  const auto add = [&](double x, double y, bool over, double shift) {
    const Box box = around({p.x + x, p.y + y}, width, height);
    places.push_back({moved_within(box, inside, over), shift});
  };
  // Either close, or far enough for a line that leads there.
  for (const double distance : {7.0, 9.0, 12.0, 24.0, 32.0, 40.0, 50.0, 62.0, 76.0, 92.0, 110.0}) {
    const double aside = distance + width / 2, above = distance + height / 2;
    for (const double side : {1.0, -1.0}) {
      for (const double shift : linear_grid(0, 1, 2 + static_cast<std::size_t>(above / kStepPx))) {
        add(aside, side * shift * above, false, shift);
        add(-aside, side * shift * above, false, shift);
      }
      for (const double shift : linear_grid(0, 1, 2 + static_cast<std::size_t>(aside / kStepPx))) {
        add(shift * aside, side * above, true, shift);
        add(-shift * aside, side * above, true, shift);
      }
    }
  }
  return places;
}

/// From the point to the box, leaving the mark at the point free; nothing where the words stand
/// beside their point.
std::vector<Pixel> leader(Pixel from, const Box& to) {
  constexpr double kShortestPx = 9, kMarkGapPx = 8, kWordsGapPx = 3;
  const Pixel end{std::clamp(from.x, to.left, to.right), std::clamp(from.y, to.bottom, to.top)};
  const double length = std::hypot(end.x - from.x, end.y - from.y);
  if (length < kMarkGapPx + kShortestPx + kWordsGapPx) return {};
  // Short of the words too, where it would read as a minus sign.
  const double begin = kMarkGapPx / length, stop = 1 - kWordsGapPx / length;
  return {{std::lerp(from.x, end.x, begin), std::lerp(from.y, end.y, begin)},
          {std::lerp(from.x, end.x, stop), std::lerp(from.y, end.y, stop)}};
}

struct Placed {
  const Note* note = nullptr;
  Pixel point{};
  Box box{};
  std::vector<Pixel> leader{};
  std::vector<std::size_t> curves{};  // that lead through the point

  bool owns(std::size_t curve) const { return std::ranges::find(curves, curve) != curves.end(); }
};

/// What words have to get along with.
struct Surroundings {
  Box frame;
  const std::vector<Obstacle>& obstacles;
  const std::vector<Placed>& notes;
  std::vector<Box> own_curves{}, others_curves{};  // pieces of those that lead through points

  void find_curves(const Placed& placed) {
    for (const Obstacle& piece : obstacles) {
      if (piece.curve == 0) continue;
      if (placed.owns(piece.curve)) {
        own_curves.push_back(piece.box);
      } else if (std::ranges::any_of(
                     notes, [&](const Placed& other) { return other.owns(piece.curve); })) {
        others_curves.push_back(piece.box);
      }
    }
  }
};

void find_curves(Placed& placed, const std::vector<Obstacle>& obstacles) {
  constexpr double kThroughPx = 0.5;
  for (const Obstacle& obstacle : obstacles) {
    if (obstacle.curve > 0 && !placed.owns(obstacle.curve) &&
        distance_to(obstacle.box, placed.point) < kThroughPx)
      placed.curves.push_back(obstacle.curve);
  }
}

/// Whether the words stand nearer to another's point than to their own, or hardly farther.
bool stands_by_another(const Placed& candidate, const Placed& other) {
  constexpr double kClearlyNearerPx = 8;
  const Box own{candidate.point.x, candidate.point.y, candidate.point.x, candidate.point.y};
  const double margin = std::min(kClearlyNearerPx, distance_to(own, other.point) / 2);
  return distance_to(candidate.box, other.point) <
         distance_to(candidate.box, candidate.point) + margin;
}

/// Whether a curve that leads through another's point only is nearer to the words than their own
/// point and its curves.
bool stands_by_anothers_curve(const Placed& candidate, const Surroundings& near) {
  double another = std::numeric_limits<double>::infinity();
  for (const Box& piece : near.others_curves)
    another = std::min(another, gap(candidate.box, piece));
  if (another >= distance_to(candidate.box, candidate.point)) return false;
  return std::ranges::none_of(
      near.own_curves, [&](const Box& piece) { return gap(candidate.box, piece) <= another; });
}

/// How much of the box a line takes, as wide as `add_line` makes it.
double covered_by(const std::vector<Obstacle>& line, const Box& box) {
  double sum = 0;
  for (const Obstacle& piece : line) sum += overlap(piece.box, box);
  return sum;
}

std::vector<Obstacle> pieces_of(const std::vector<Pixel>& line, const Box& frame) {
  std::vector<Obstacle> pieces;
  add_line(line, 0, frame, pieces);
  return pieces;
}

bool cross(const std::vector<Pixel>& a, const std::vector<Pixel>& b) {
  if (a.empty() || b.empty()) return false;
  const auto apart = [](const std::vector<Pixel>& line, const std::vector<Pixel>& ends) {
    const auto side = [&](Pixel p) {
      return (line[1].x - line[0].x) * (p.y - line[0].y) -
             (line[1].y - line[0].y) * (p.x - line[0].x);
    };
    return side(ends[0]) * side(ends[1]) < 0;
  };
  return apart(a, b) && apart(b, a);
}

/// What the other words say to a place.
double cost_of_others(const Placed& candidate, const Box& frame,
                      const std::vector<Placed>& others) {
  constexpr double kMisread = 1500, kMisreadWithLeader = 100;
  constexpr double kCrossed = 30, kLeadersCross = 300, kRoomPx = 3;
  const Box& box = candidate.box;
  const Box with_room{box.left - kRoomPx, box.bottom - kRoomPx, box.right + kRoomPx,
                      box.top + kRoomPx};
  const std::vector<Obstacle> line = pieces_of(candidate.leader, frame);
  double sum = 0;
  for (const Placed& other : others) {
    if (other.note == candidate.note) continue;
    sum += 10 * overlap(with_room, other.box);
    sum += 20 * overlap(box, around(other.point, kMarkPx, kMarkPx));
    if (stands_by_another(candidate, other))
      sum += candidate.leader.empty() ? kMisread : kMisreadWithLeader;
    sum += kCrossed * covered_by(line, other.box);
    sum += kCrossed * covered_by(pieces_of(other.leader, frame), box);
    sum += kCrossed * covered_by(line, around(other.point, kMarkPx, kMarkPx));
    if (cross(candidate.leader, other.leader)) sum += kLeadersCross;
  }
  return sum;
}

/// What a line to the words crosses.
double cost_of_leader(const std::vector<Pixel>& line, const Box& frame,
                      const std::vector<Obstacle>& obstacles) {
  if (line.empty()) return 0;
  constexpr double kLeader = 20;  // better beside the point
  double sum = kLeader;
  const std::vector<Obstacle> pieces = pieces_of(line, frame);
  const Box bounds{std::min(line[0].x, line[1].x) - 2, std::min(line[0].y, line[1].y) - 2,
                   std::max(line[0].x, line[1].x) + 2, std::max(line[0].y, line[1].y) + 2};
  for (const Obstacle& obstacle : obstacles) {
    if (overlap(bounds, obstacle.box) > 0)
      sum += obstacle.weight / 2 * covered_by(pieces, obstacle.box);
  }
  return sum;
}

/// In pixels of distance; where it is certain to be more than `most`, any number above that.
double cost(const Placed& candidate, double shift, const Surroundings& near, double most) {
  constexpr double kShift = 8, kBelow = 4, kAdrift = 300, kNearCurve = 600,
                   kNearCurveWithLeader = 40;
  const Box& box = candidate.box;
  double sum = 1.5 * distance_to(box, candidate.point) + kShift * shift +
               (box.top < candidate.point.y ? kBelow : 0) +
               20 * (area(box) - overlap(box, near.frame));
  for (const Obstacle& obstacle : near.obstacles) {
    if (sum > most) return sum;
    sum += obstacle.weight * overlap(box, obstacle.box);
  }
  sum += cost_of_others(candidate, near.frame, near.notes);
  if (sum > most) return sum;
  if (candidate.leader.empty() && distance_to(box, candidate.point) > kBesidePx) sum += kAdrift;
  if (stands_by_anothers_curve(candidate, near))
    sum += candidate.leader.empty() ? kNearCurve : kNearCurveWithLeader;
  return sum + cost_of_leader(candidate.leader, near.frame, near.obstacles);
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

void find_place(Placed& placed, Surroundings near) {
  const double width = text_width_px(placed.note->text, kNoteSizePx, true) + 2;
  if (placed.note->upon) {
    placed.box = around(placed.point, width, kHeightPx);
    return;
  }
  if (placed.note->beside) {
    placed.box = box_beside(placed.point, width, kHeightPx, near.obstacles);
    return;
  }
  near.find_curves(placed);
  Placed candidate = placed;
  double least = std::numeric_limits<double>::infinity();
  for (const Place& place : places_around(placed.point, width, kHeightPx, near.frame)) {
    candidate.box = place.box;
    candidate.leader = leader(placed.point, place.box);
    const double here = cost(candidate, place.shift, near, least);
    if (here < least) {
      least = here;
      placed.box = candidate.box;
      placed.leader = candidate.leader;
    }
  }
}

/// Lines' own labels stay upon their lines: one that would lie over another or beyond the frame is
/// left out. Other notes have no place yet.
void drop_labels_without_room(const Box& frame, const std::vector<Obstacle>& obstacles,
                              std::vector<Placed>& notes) {
  std::vector<Placed> kept;
  for (Placed& placed : notes) {
    if (placed.note->upon) find_place(placed, {frame, obstacles, notes});
    const auto over = [&](const Placed& other) { return overlap(placed.box, other.box) > 0; };
    if (overlap(placed.box, frame) < area(placed.box) || std::ranges::any_of(kept, over)) continue;
    kept.push_back(placed);
  }
  notes = std::move(kept);
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

/// Writes the key and returns where.
Box place_key(const Key& key, const Panel& panel, const Frame& frame, std::vector<Shape>& shapes,
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
  return box;
}

}  // namespace

void place_notes(const Panel& panel, const Frame& frame, std::vector<Shape>& shapes,
                 std::vector<Words>& words) {
  std::vector<Obstacle> obstacles = obstacles_of(panel, frame);
  for (const Layer& layer : panel.layers) {
    constexpr double kWeight = 10;
    if (const Key* key = std::get_if<Key>(&layer); key && !key->lines.empty())
      obstacles.push_back({place_key(*key, panel, frame, shapes, words), kWeight});
  }
  std::vector<Placed> all;
  for (const Layer& layer : panel.layers) {
    const Note* note = std::get_if<Note>(&layer);
    if (!note || !frame.can_show(note->x, note->y)) continue;
    all.push_back({note, frame.pixel(note->x, note->y)});
  }
  drop_labels_without_room(frame.box(), obstacles, all);
  if (all.empty()) return;
  for (Placed& placed : all) find_curves(placed, obstacles);
  // Each in turn gives way to the others; after three rounds next to nothing moves.
  bool moved = true;
  for (int round = 0; round < 3 && moved; ++round) {
    moved = false;
    for (Placed& placed : all) {
      const Box before = placed.box;
      find_place(placed, {frame.box(), obstacles, all});
      moved = moved || before.left != placed.box.left || before.bottom != placed.box.bottom;
    }
  }
  for (const Placed& placed : all) {
    const Colour colour = placed.note->colour;
    // In no layer's colour, in which it would read as an error bar.
    if (!placed.leader.empty())
      shapes.push_back({.pieces = {placed.leader}, .stroke = Stroke{kGrey, 0.8}});
    const Box& box = placed.box;
    add_box(box, placed.note->upon ? 1 : kCover, panel, frame, shapes);
    write(placed.note->text, {(box.left + box.right) / 2, (box.bottom + box.top) / 2},
          Anchor::centre, colour, words);
  }
}

}  // namespace rung
