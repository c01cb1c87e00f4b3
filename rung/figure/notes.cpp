#include "rung/figure/notes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rung/core/statistics.hpp"
#include "rung/figure/backing.hpp"
#include "rung/figure/leader.hpp"
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

struct Placed {
  const Note* note = nullptr;
  Pixel point{};
  Box box{};
  std::vector<Pixel> leader{};
  std::vector<std::size_t> curves{};  // that lead through the point
  bool is_marked = false;             // whether anything is drawn at the point, to lead to

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

void find_own(Placed& placed, const std::vector<Obstacle>& obstacles) {
  constexpr double kThroughPx = 0.5;
  for (const Obstacle& obstacle : obstacles) {
    if (distance_to(obstacle.box, placed.point) >= kThroughPx) continue;
    placed.is_marked = true;
    if (obstacle.curve > 0 && !placed.owns(obstacle.curve)) placed.curves.push_back(obstacle.curve);
  }
}

/// A point's obstacle that is not the words' own.
bool is_anothers_point(const Obstacle& obstacle, const Placed& placed) {
  constexpr double kSamePx = 0.5;
  const Pixel centre{(obstacle.box.left + obstacle.box.right) / 2,
                     (obstacle.box.bottom + obstacle.box.top) / 2};
  return obstacle.is_point &&
         std::hypot(centre.x - placed.point.x, centre.y - placed.point.y) > kSamePx;
}

/// Whether the words or the line to them could be taken for another point's than their own.
bool may_be_anothers(const Placed& placed, const Surroundings& near) {
  constexpr double kRoomPx = 2;
  const std::vector<Obstacle> line = pieces_of(placed.leader, near.frame);
  const double own = placed.leader.empty() ? distance_to(placed.box, placed.point) : kBesidePx;
  return std::ranges::any_of(near.obstacles, [&](const Obstacle& obstacle) {
    return is_anothers_point(obstacle, placed) &&
           (gap(placed.box, obstacle.box) < std::max(own, kRoomPx) ||
            covered_by(line, obstacle.box) > 0);
  });
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
                   kNearCurveWithLeader = 40, kAnothers = 2000;
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
  if (candidate.note->or_none && may_be_anothers(candidate, near)) sum += kAnothers;
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
    if (placed.is_marked) candidate.leader = leader(placed.point, place.box);
    const double here = cost(candidate, place.shift, near, least);
    if (here < least) {
      least = here;
      placed.box = candidate.box;
      placed.leader = candidate.leader;
    }
  }
}

/// Lines' own labels stay upon their lines: one that would lie over another, over the mark of
/// another note or beyond the frame is left out. Other notes have no place yet.
void drop_labels_without_room(const Box& frame, const std::vector<Obstacle>& obstacles,
                              std::vector<Placed>& notes) {
  std::vector<Placed> kept;
  for (Placed& placed : notes) {
    if (placed.note->upon) find_place(placed, {frame, obstacles, notes});
    const auto over = [&](const Placed& other) { return overlap(placed.box, other.box) > 0; };
    const auto hides = [&](const Placed& other) {
      return placed.note->upon && !other.note->upon &&
             overlap(placed.box, around(other.point, kMarkPx, kMarkPx)) > 0;
    };
    if (overlap(placed.box, frame) < area(placed.box) || std::ranges::any_of(kept, over) ||
        std::ranges::any_of(notes, hides))
      continue;
    kept.push_back(placed);
  }
  notes = std::move(kept);
}

/// Of the notes that may be left out, those for which no place of their own was found.
void drop_ambiguous(const Box& frame, const std::vector<Obstacle>& obstacles,
                    std::vector<Placed>& notes) {
  for (std::size_t i = notes.size(); i-- > 0;) {
    const Placed& placed = notes[i];
    const bool over = std::ranges::any_of(notes, [&](const Placed& other) {
      return other.note != placed.note && overlap(placed.box, other.box) > 0;
    });
    if (placed.note->or_none && (over || may_be_anothers(placed, {frame, obstacles, notes})))
      notes.erase(notes.begin() + static_cast<std::ptrdiff_t>(i));
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
  for (Placed& placed : all) find_own(placed, obstacles);
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
  drop_ambiguous(frame.box(), obstacles, all);
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
