#include "rung/figure/notes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "rung/figure/obstacles.hpp"
#include "rung/figure/scale.hpp"

namespace rung {
namespace {

/// A panel's notes by their words, and the lines that lead to them.
struct PlacedNotes {
  std::map<std::string, Box> boxes;
  std::vector<std::vector<Pixel>> leaders;

  PlacedNotes(const Panel& panel, const Frame& frame) {
    std::vector<Shape> shapes;
    std::vector<Words> words;
    place_notes(panel, frame, shapes, words);
    for (const Words& one : words)
      boxes[one.text] = around(one.at, text_width_px(one.text, one.size_px, one.bold), one.size_px);
    for (const Shape& shape : shapes) {
      if (shape.stroke) leaders.push_back(shape.pieces.front());
    }
  }
};

/// Curves of loss over tokens with three points each, and two targets at the ends of their own
/// curves, whose words have little room between all these.
struct Losses {
  Frame frame{make_scale({.log = true, .lower = 5e7, .upper = 2.5e12}, {}, 440, true),
              make_scale({.lower = 1.7, .upper = 5.65}, {}, 300, false)};
  Panel panel{};
  std::vector<Pixel> points{};
  Pixel first = at(7e9, 1.4e11), second = at(7e10, 1.4e12);

  static double loss(double n, double d) {
    return 1.73 + 484 / std::pow(n, 0.352) + 455 / std::pow(d, 0.286);
  }
  Pixel at(double n, double d) const { return frame.pixel(d, loss(n, d)); }

  void add_curve(double n, double until) {
    Curve curve;
    for (double d = 1e8; d < until; d *= 1.1) curve.x.push_back(d), curve.y.push_back(loss(n, d));
    curve.x.push_back(until), curve.y.push_back(loss(n, until));
    panel.layers.push_back(curve);
  }

  Losses(const std::string& words_of_first, const std::string& words_of_second) {
    for (const double n : {2e7, 6e7, 2e8, 6e8, 1.5e9}) {
      add_curve(n, 1.4e12);
      Scatter scatter{.size_px = 6};
      for (const double ratio : {5, 20, 80}) {
        scatter.x.push_back(ratio * n), scatter.y.push_back(loss(n, ratio * n));
        points.push_back(at(n, ratio * n));
      }
      panel.layers.push_back(scatter);
    }
    add_curve(7e9, 1.4e11), add_curve(7e10, 1.4e12);
    panel.layers.push_back(Scatter{.x = {1.4e11}, .y = {loss(7e9, 1.4e11)}, .size_px = 9});
    panel.layers.push_back(Scatter{.x = {1.4e12}, .y = {loss(7e10, 1.4e12)}, .size_px = 9});
    panel.layers.push_back(Note{1.4e11, loss(7e9, 1.4e11), words_of_first});
    panel.layers.push_back(Note{1.4e12, loss(7e10, 1.4e12), words_of_second});
  }
};

TEST(Notes, NoPointIsCoveredWhereWordsHaveAnotherPlace) {
  for (std::size_t length = 8; length <= 34; length += 2) {
    const Losses losses(std::string(length, '7'), std::string(length, '1'));
    const PlacedNotes notes(losses.panel, losses.frame);
    ASSERT_EQ(notes.boxes.size(), 2u);
    for (const auto& [text, box] : notes.boxes) {
      for (const Pixel p : losses.points) EXPECT_EQ(overlap(box, around(p, 6, 6)), 0) << text;
    }
  }
}

TEST(Notes, WordsThatStandByAnothersCurveHaveALineToTheirOwnPoint) {
  const Losses losses("N = 7B", "N = 70B");
  const PlacedNotes notes(losses.panel, losses.frame);
  const Box &first = notes.boxes.at("N = 7B"), &second = notes.boxes.at("N = 70B");
  EXPECT_LT(gap(first, around(losses.first, 0, 0)), gap(first, around(losses.second, 0, 0)));
  EXPECT_LT(gap(second, around(losses.second, 0, 0)), gap(second, around(losses.first, 0, 0)));
  // There is no room right beside the first point.
  ASSERT_GE(notes.leaders.size(), 1u);
  const std::vector<Pixel>& line = notes.leaders.front();
  EXPECT_LT(std::hypot(line[0].x - losses.first.x, line[0].y - losses.first.y), 9);
  EXPECT_LT(gap(first, around(line[1], 0, 0)), 5);
}

const Frame kFrame{make_scale({.lower = 0.0, .upper = 400.0}, {}, 400, true),
                   make_scale({.lower = 0.0, .upper = 300.0}, {}, 300, false)};

/// Outliers that lie upon each other: the words of each, and no line through another's words.
TEST(Notes, WordsOfPointsUponEachOtherPart) {
  const Panel panel{.layers = {Scatter{.x = {60, 62}, .y = {280, 285}, .size_px = 9},
                               Note{60, 280, "N = 457.8M, D = 43.2B"},
                               Note{62, 285, "N = 553M, D = 29.4B"}}};
  const PlacedNotes notes(panel, kFrame);
  ASSERT_EQ(notes.boxes.size(), 2u);
  const Box &one = notes.boxes.begin()->second, &other = notes.boxes.rbegin()->second;
  EXPECT_EQ(overlap(one, other), 0);
  for (const std::vector<Pixel>& line : notes.leaders) {
    for (double t = 0; t <= 1; t += 0.02) {
      const Pixel p{std::lerp(line[0].x, line[1].x, t), std::lerp(line[0].y, line[1].y, t)};
      EXPECT_FALSE(one.contains(p) || other.contains(p));
    }
  }
}

/// A line's own label stays upon its line, or there is none.
TEST(Notes, WordsLieOverNoEndOfAnInterval) {
  const Frame frame{make_scale({.log = true, .lower = 1.5e8, .upper = 3.5e12}, {}, 260, true),
                    make_scale({.lower = 0.23, .upper = 0.96}, {}, 190, false)};
  Panel panel;
  const auto add = [&](double x, double y, double lower, double upper, const char* words) {
    Curve way;
    for (double at = 2.5e8; at < x; at *= 1.1)
      way.x.push_back(at), way.y.push_back(y - 0.45 * std::exp(-at / 1.5e9));
    panel.layers.push_back(way);
    panel.layers.push_back(
        Scatter{.x = {x}, .y = {y}, .y_lower = {lower}, .y_upper = {upper}, .size_px = 9});
    panel.layers.push_back(Note{x, y, words, kBlue});
  };
  add(2e12, 0.724, 0.626, 0.921, "0.724 (0.626 to 0.921)");
  add(4e10, 0.694, 0.618, 0.822, "0.694 (0.618 to 0.822)");
  const PlacedNotes placed(panel, frame);
  ASSERT_EQ(placed.boxes.size(), 2u);
  for (const auto& [words, box] : placed.boxes) {
    for (const Pixel& end : {frame.pixel(2e12, 0.626), frame.pixel(2e12, 0.921),
                             frame.pixel(4e10, 0.618), frame.pixel(4e10, 0.822)})
      EXPECT_EQ(overlap(box, around(end, 13, 2)), 0) << words;
  }
}

TEST(Notes, LabelsUponLinesLieOverNoOthersMark) {
  const Panel panel{.layers = {Note{.x = 100, .y = 150, .text = "2.2", .upon = true},
                               Note{.x = 206, .y = 153, .text = "2.0", .upon = true},
                               Scatter{.x = {200}, .y = {150}, .size_px = 9, .filled = false},
                               Note{200, 150, "2.01 (1.98 to 2.03)"}}};
  const PlacedNotes notes(panel, kFrame);
  EXPECT_TRUE(notes.boxes.contains("2.2"));
  EXPECT_FALSE(notes.boxes.contains("2.0"));
}

TEST(Notes, LabelsUponLinesLieNeitherOverEachOtherNorBeyondTheFrame) {
  Panel panel;
  panel.layers.push_back(Note{.x = 100, .y = 150, .text = "5.8", .upon = true});
  panel.layers.push_back(Note{.x = 110, .y = 150, .text = "5.6", .upon = true});
  panel.layers.push_back(Note{.x = 130, .y = 150, .text = "5.4", .upon = true});
  panel.layers.push_back(Note{.x = 300, .y = 150, .text = "within", .upon = true});
  panel.layers.push_back(Note{.x = 2, .y = 150, .text = "at the left", .upon = true});
  panel.layers.push_back(Note{.x = 300, .y = 299, .text = "at the top", .upon = true});
  const PlacedNotes notes(panel, kFrame);
  std::vector<std::string> shown;
  for (const auto& [text, box] : notes.boxes) shown.push_back(text);
  EXPECT_EQ(shown, (std::vector<std::string>{"5.4", "5.8", "within"}));
}

/// 900 points close together, and one a little above.
Panel crowd_and_one_above() {
  Panel panel;
  Scatter crowd{.size_px = 4};
  for (int i = 0; i < 60; ++i) {
    for (int k = 0; k < 15; ++k) crowd.x.push_back(10 + 6.4 * i), crowd.y.push_back(20 + 12 * k);
  }
  panel.layers = {crowd, Scatter{.x = {200}, .y = {206}, .size_px = 9}};
  return panel;
}

/// Words stand by no other point than their own, or there are none.
TEST(Notes, WordsThatCouldBeAnothersAreLeftOut) {
  Panel panel = crowd_and_one_above();
  const auto add = [&](double x, double y, const std::string& text) {
    panel.layers.push_back(Note{.x = x, .y = y, .text = text, .or_none = true});
  };
  add(200, 206, "N = 40.8M, D = 884.2M");
  add(202, 104, "N = 192.1M, D = 27.1B");  // amid the others
  const PlacedNotes notes(panel, kFrame);
  ASSERT_EQ(notes.boxes.size(), 1u);
  const auto& [text, box] = *notes.boxes.begin();
  EXPECT_EQ(text, "N = 40.8M, D = 884.2M");
  const Scatter& crowd = std::get<Scatter>(panel.layers[0]);
  for (std::size_t i = 0; i < crowd.x.size(); ++i) {
    const Pixel other = kFrame.pixel(crowd.x[i], crowd.y[i]);
    EXPECT_GT(gap(box, around(other, 4, 4)), 1);
    for (const std::vector<Pixel>& line : notes.leaders) {
      for (double t = 0; t <= 1; t += 0.02) {
        const Pixel p{std::lerp(line[0].x, line[1].x, t), std::lerp(line[0].y, line[1].y, t)};
        EXPECT_FALSE(around(other, 4, 4).contains(p));
      }
    }
  }
}

/// A line that leads from elsewhere doesn't say enough: right of another point stand its words.
TEST(Notes, WordsAtALineStandBesideNoOtherPoint) {
  Panel panel;
  const Scatter points{.x = {46, 33, 87, 98}, .y = {290, 260, 273, 233}, .size_px = 7};
  panel.layers = {Rule{.at = 290}, points,
                  Note{.x = 46, .y = 290, .text = "N = 1.2B, D = 12B", .or_none = true}};
  const PlacedNotes notes(panel, kFrame);
  ASSERT_EQ(notes.boxes.size(), 1u);
  const Box& box = notes.boxes.begin()->second;
  const Pixel own = kFrame.pixel(points.x[0], points.y[0]);
  for (std::size_t i = 1; i < points.x.size(); ++i) {
    const Pixel other = kFrame.pixel(points.x[i], points.y[i]);
    EXPECT_GT(gap(box, around(other, 1, 1)), std::min(gap(box, around(own, 1, 1)), 10.0));
  }
}

TEST(Notes, NoLineLeadsToWhereNothingIsDrawn) {
  Panel panel;
  // The points leave room only some way off.
  panel.layers = {Scatter{.x = {260, 300, 340, 260, 300, 340, 260, 340},
                          .y = {120, 120, 120, 180, 180, 180, 150, 150},
                          .size_px = 30},
                  Note{300, 150, "below 0, where the law does not hold"}};
  EXPECT_TRUE(PlacedNotes(panel, kFrame).leaders.empty());
  panel.layers.push_back(Scatter{.x = {300}, .y = {150}});
  EXPECT_FALSE(PlacedNotes(panel, kFrame).leaders.empty());
}

}  // namespace
}  // namespace rung
