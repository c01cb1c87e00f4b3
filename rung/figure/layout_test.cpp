#include "rung/figure/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "rung/figure/marks.hpp"
#include "rung/figure/scale.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const Scale& scale) {
  std::vector<std::string> texts;
  for (const Tick& tick : scale.ticks) texts.push_back(tick.text);
  return texts;
}

std::vector<std::string> tick_texts(const Axis& axis, double length_px = 260, bool across = true) {
  return texts(make_scale(axis, {}, length_px, across));
}

TEST(Scale, APowerOfTenIsRoundedToOneThatReadsWell) {
  EXPECT_EQ(power_of_ten(1e21), "10²¹");
  EXPECT_EQ(power_of_ten(9.997e21), "10²²");
  EXPECT_EQ(power_of_ten(-9.999e21), "-1×10²²");
  EXPECT_EQ(power_of_ten(1.0004e21), "10²¹");
  EXPECT_EQ(power_of_ten(1.1e21), "1.1×10²¹");
  EXPECT_EQ(power_of_ten(9.94e-3), "9.94×10⁻³");
}

TEST(Scale, LeavesRoomBesideValuesThatLieFarFromAGivenEnd) {
  const Scale scale = make_scale({.lower = 0}, {0.30, 0.35}, 190, false);
  EXPECT_EQ(scale.lower, 0);
  EXPECT_NEAR(scale.upper, 1.06 * 0.35, 1e-12);
}

TEST(Texts, OfOnePictureAreWrittenAlike) {
  EXPECT_EQ(all_digits(0.3, 3), "0.300");
  EXPECT_EQ(all_digits(777, 3), "777");
  EXPECT_EQ(all_digits(1240, 3), "1240");
  EXPECT_EQ(all_digits(1.24e7, 3), "1.24×10⁷");
}

TEST(Scale, TicksShareTheirDecimals) {
  EXPECT_THAT(tick_texts({.lower = 0.75, .upper = 1.05}, 190, false),
              ElementsAre("0.75", "0.80", "0.85", "0.90", "0.95", "1.00", "1.05"));
  EXPECT_THAT(tick_texts({.lower = 0.0, .upper = 1.0}),
              ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(tick_texts({.ticks = TickStyle::percent, .lower = -0.1, .upper = 0.1}),
              ElementsAre("−10%", "−5%", "0%", "5%", "10%"));
}

TEST(Scale, LogarithmicTicksReadAtAGlance) {
  EXPECT_THAT(tick_texts({.log = true, .ticks = TickStyle::count, .lower = 2e9, .upper = 8e12}),
              ElementsAre("10B", "100B", "1T"));
  EXPECT_THAT(tick_texts({.log = true, .ticks = TickStyle::power, .lower = 5e18, .upper = 5e23}),
              ElementsAre("10¹⁹", "10²⁰", "10²¹", "10²²", "10²³"));
  EXPECT_THAT(tick_texts({.log = true, .ticks = TickStyle::count, .lower = 1.5e8, .upper = 1.4e9}),
              ElementsAre("200M", "500M", "1B"));
  EXPECT_THAT(tick_texts({.log = true, .lower = 1e-30, .upper = 1e30}, 200),
              ElementsAre("10⁻³⁰", "10⁻¹⁵", "1", "10¹⁵", "10³⁰"));
}

/// A share of an axis of many decades is more than its lower end.
TEST(Scale, NoTickLiesOutsideALogarithmicAxis) {
  const Scale scale = make_scale(
      {.log = true, .ticks = TickStyle::power, .lower = 5e14, .upper = 1e24}, {}, 260, true);
  ASSERT_FALSE(scale.ticks.empty());
  EXPECT_EQ(scale.ticks.front().text, "10¹⁶");
  for (const double tick : scale.minor_ticks) EXPECT_GE(tick, scale.lower);
}

TEST(Scale, EveryRangeGetsAnAxis) {
  constexpr double kLargest = 1e300;
  for (const bool log : {false, true}) {
    for (const Extent& extent : {Extent{}, Extent{3, 3}, Extent{1e-300, 1e300},
                                 Extent{1, 1 + 1e-15}, Extent{0.5, kLargest}}) {
      const Scale scale = make_scale({.log = log}, extent, 260, true);
      EXPECT_LT(scale.lower, scale.upper);
      EXPECT_LE(scale.ticks.size(), 7u);
    }
  }
  EXPECT_FALSE(drawable(std::numeric_limits<double>::max(), false));
  const Scale zero = make_scale({}, {0, 0}, 260, true);
  EXPECT_LT(zero.lower, zero.upper);
}

TEST(Layout, LeavesOutWhatCannotBeDrawn) {
  const double nan = std::nan("");
  const Panel panel{.x = {.log = true},
                    .layers = {Scatter{.x = {0, -1, nan, 10, 100}, .y = {1, 1, 1, nan, 2}}}};
  const Extents extents = extents_of(panel);
  EXPECT_EQ(extents.x.lower, 10);
  const Frame frame{make_scale(panel.x, extents.x, 100, true),
                    make_scale(panel.y, extents.y, 100, false)};
  std::vector<Shape> shapes;
  std::vector<Words> words;
  draw(panel.layers[0], frame, {}, shapes, words);
  ASSERT_EQ(shapes.size(), 1u);
  EXPECT_EQ(shapes[0].centres.size(), 1u);

  shapes.clear();
  draw(Curve{.x = {1, 2, nan, 3, 4}, .y = {1, 1, 1, 1, 1}}, frame, {}, shapes, words);
  ASSERT_EQ(shapes.size(), 1u);
  EXPECT_EQ(shapes[0].pieces.size(), 2u);
}

TEST(Layout, AnErrorBarHasCapsWiderThanItsMarkAndAnArrowheadWhereItGoesOn) {
  const Frame frame{make_scale({.lower = 0.0, .upper = 10.0}, {}, 100, true),
                    make_scale({.log = true, .lower = 1.0, .upper = 100.0}, {}, 100, false)};
  const auto whiskers = [&](double lower, double upper) {
    std::vector<Shape> shapes;
    std::vector<Words> words;
    draw(Scatter{.x = {5}, .y = {10}, .y_lower = {lower}, .y_upper = {upper}, .size_px = 8}, frame,
         {}, shapes, words);
    return shapes.front().pieces;
  };
  const auto within = whiskers(9.5, 10.5);  // narrower than the mark
  ASSERT_EQ(within.size(), 3u);
  for (const std::size_t cap : {1, 2}) {
    ASSERT_EQ(within[cap].size(), 2u);
    EXPECT_GT(within[cap][1].x - within[cap][0].x, 8);
  }
  // No positive lower end, and no finite upper one.
  const auto beyond = whiskers(-1, std::numeric_limits<double>::infinity());
  ASSERT_EQ(beyond.size(), 3u);
  ASSERT_EQ(beyond[1].size(), 3u);
  EXPECT_LT(beyond[1][1].y, beyond[1][0].y);  // points down
  EXPECT_GT(beyond[2][1].y, beyond[2][0].y);
  EXPECT_TRUE(frame.box().contains(beyond[1][1]) && frame.box().contains(beyond[2][1]));
  EXPECT_TRUE(whiskers(200, 300).empty() && whiskers(NAN, 20).empty());  // the circle alone
  EXPECT_TRUE(whiskers(10, 10).empty());
}

TEST(Layout, RefusesListsOfDifferentLengths) {
  const Figure figure{.panels = {{.layers = {Curve{.x = {1, 2}, .y = {1}}}}}};
  EXPECT_THROW(lay_out(figure), std::invalid_argument);
}

std::size_t count_words(const Scene& scene, const std::string& text) {
  std::size_t n = 0;
  for (const Words& words : scene.words) n += words.text == text;
  return n;
}

TEST(Layout, WritesASharedLabelOnceAndALegendEntryOnce) {
  Figure figure{.n_columns = 2};
  for (int i = 0; i < 4; ++i) {
    figure.panels.push_back({.x = {.label = "tokens"},
                             .y = {.label = i < 2    ? "loss"
                                            : i == 2 ? "accuracy"
                                                     : "error"},
                             .layers = {Curve{.x = {1, 2}, .y = {1, 2}, .label = "fit"}}});
  }
  const Scene scene = lay_out(figure);
  EXPECT_EQ(count_words(scene, "fit"), 1u);
  EXPECT_EQ(count_words(scene, "tokens"), 2u);  // a column each
  EXPECT_EQ(count_words(scene, "loss"), 1u);
  EXPECT_EQ(count_words(scene, "accuracy"), 1u);
  EXPECT_EQ(count_words(scene, "error"), 1u);
}

Box box_of(const Words& words) {
  const double width = text_width_px(words.text, words.size_px, words.bold);
  const double left = words.align == Anchor::left     ? words.at.x
                      : words.align == Anchor::centre ? words.at.x - width / 2
                                                      : words.at.x - width;
  return {left, words.at.y - words.size_px / 2, left + width, words.at.y + words.size_px / 2};
}

TEST(Layout, NoWordsCoverOthersOrLeaveTheFigure) {
  Figure figure{.title = std::string(30, 'W') + " " + std::string(30, 'W'), .n_columns = 2};
  for (int i = 0; i < 4; ++i) {
    Panel panel{.title = "A panel with a title that is too long for one line above it",
                .x = {.label = "tokens", .log = true, .ticks = TickStyle::count},
                .y = {.label = "loss"}};
    // Targets in one place: their notes must part.
    for (int k = 0; k < 4; ++k) {
      panel.layers.push_back(
          Scatter{.x = {1e12}, .y = {1}, .label = "series " + std::to_string(k)});
      panel.layers.push_back(Note{1e12, 1, "+1.4%"});
    }
    panel.layers.push_back(Curve{.x = {1e9, 1e12}, .y = {2, 1}});
    figure.panels.push_back(panel);
  }
  const Scene scene = lay_out(figure);
  EXPECT_EQ(count_words(scene, "+1.4%"), 16u);
  for (std::size_t i = 0; i < scene.words.size(); ++i) {
    if (scene.words[i].angle_degrees != 0) continue;
    const Box a = box_of(scene.words[i]);
    EXPECT_GE(a.left, 0) << scene.words[i].text;
    EXPECT_GE(a.bottom, 0) << scene.words[i].text;
    EXPECT_LE(a.right, scene.width_px + 1) << scene.words[i].text;
    EXPECT_LE(a.top, scene.height_px) << scene.words[i].text;
    for (std::size_t j = 0; j < i; ++j) {
      if (scene.words[j].angle_degrees != 0) continue;
      const Box b = box_of(scene.words[j]);
      EXPECT_FALSE(a.left < b.right && b.left < a.right && a.bottom < b.top && b.bottom < a.top)
          << scene.words[i].text << " covers " << scene.words[j].text;
    }
  }
}

TEST(Layout, EndsOfAnIntervalDoNotSetTheAxis) {
  Panel panel{.layers = {Scatter{.x = {1, 2}, .y = {2, 3}},
                         Curve{.x = {3, 3}, .y = {-6e23, 2.4}, .of_interval = true}}};
  EXPECT_EQ(extents_of(panel).y.lower, 1);
  EXPECT_EQ(extents_of(panel).y.upper, 3);
  EXPECT_EQ(extents_of(panel).x.upper, 3);
  std::get<Curve>(panel.layers[1]).of_interval = false;
  EXPECT_EQ(extents_of(panel).y.lower, -6e23);
}

/// Words stand in white, through which an interval's band goes on.
TEST(Layout, WordsOnABandDoNotCutIt) {
  const Panel panel{.x = {.lower = 0, .upper = 4},
                    .y = {.lower = 0, .upper = 4},
                    .layers = {Band{.x = {0, 2, 4}, .lower = {1, 1, 1}, .upper = {3, 3, 3}},
                               Note{2, 2, "2.5", kVermilion}}};
  std::size_t n_boxes = 0, n_parts = 0;
  double left = 1e9, right = -1e9;
  for (const Clip& clip : lay_out({.panels = {panel}}).clips) {
    for (const Shape& shape : clip.shapes) {
      if (!shape.fill || shape.fill->opacity == 1) continue;
      if (shape.fill->colour == kWhite) {
        ++n_boxes;
        for (const Pixel& corner : shape.pieces[0])
          left = std::min(left, corner.x), right = std::max(right, corner.x);
      } else if (n_boxes == 1) {
        ++n_parts;
        EXPECT_EQ(shape.fill->colour, kGrey);
        EXPECT_NEAR(shape.pieces.front().front().x, left, 1e-9);
        EXPECT_NEAR(shape.pieces.back()[1].x, right, 1e-9);
      }
    }
  }
  EXPECT_EQ(n_boxes, 1u);
  EXPECT_EQ(n_parts, 1u);
}

TEST(Layout, ALineFromAPointToItsWordsIsInNoLayersColour) {
  Panel panel{.x = {.lower = 0, .upper = 2}, .y = {.lower = -1, .upper = 1}};
  Scatter crowd;  // the words have to keep away from it
  for (int i = -8; i <= 8; ++i) {
    for (int k = -8; k <= 8; ++k) crowd.x.push_back(1 + 0.03 * i), crowd.y.push_back(0.04 * k);
  }
  panel.layers = {crowd, Note{1, 0, "2.5", kVermilion}};
  std::vector<Colour> thin;
  for (const Clip& clip : lay_out({.panels = {panel}}).clips) {
    for (const Shape& shape : clip.shapes) {
      if (shape.stroke && shape.stroke->width_px == 0.8) thin.push_back(shape.stroke->colour);
    }
  }
  std::erase(thin, kFaint);  // the grid
  EXPECT_EQ(thin, std::vector<Colour>{kGrey});
}

TEST(Layout, WordsBesideAPointClearTheMarksThere) {
  const Scatter star{.x = {1}, .y = {0}, .marker = Marker::star, .size_px = 11};
  Scatter interval{.x = {0.5}, .y = {0}, .size_px = 9};
  interval.x_lower = {0}, interval.x_upper = {1.02};
  const Panel panel{.x = {.lower = 0, .upper = 2},
                    .y = {.lower = -1, .upper = 1},
                    .layers = {interval, star, Note{1, 0, "-11.4%", kInk, true}}};
  const Scene scene = lay_out({.panels = {panel}});
  double stars_end = 0;
  for (const Clip& clip : scene.clips) {
    for (const Shape& shape : clip.shapes) {
      if (shape.pieces.empty() || shape.pieces[0].size() < 10) continue;  // no star
      for (const Pixel& corner : shape.pieces[0]) stars_end = std::max(stars_end, corner.x);
    }
  }
  ASSERT_GT(stars_end, 0);
  for (const Words& words : scene.words) {
    if (words.text == "−11.4%") {
      EXPECT_GT(box_of(words).left, stars_end + 2);
    }
  }
  EXPECT_EQ(count_words(scene, "−11.4%"), 1u);
}

TEST(Layout, BarsStandOnZeroAndSideBySide) {
  const Panel panel{.x = {.categories = {"a", "b"}},
                    .layers = {Bars{.values = {1, 2}}, Bars{.values = {2, 3}}}};
  const Scene scene = lay_out({.panels = {panel}});
  const Clip& clip = scene.clips[1];
  ASSERT_EQ(clip.shapes.size(), 4u);
  const std::vector<Pixel>& first = clip.shapes[0].pieces[0];
  const std::vector<Pixel>& second = clip.shapes[2].pieces[0];
  EXPECT_DOUBLE_EQ(first[0].y, clip.box.bottom);
  EXPECT_LT(first[1].x, second[0].x);
  EXPECT_NEAR((second[2].y - second[0].y) / (first[2].y - first[0].y), 2, 1e-9);
}

TEST(Layout, AHeatmapsFirstRowIsOnTopAndItsWordsStandOut) {
  const Panel panel{.x = {.categories = {"a"}},
                    .y = {.categories = {"low", "high"}},
                    .layers = {Heatmap{.values = {{0}, {1}}, .texts = {{"-0.5"}, {"1"}}}}};
  const Scene scene = lay_out({.panels = {panel}});
  const std::vector<Shape>& cells = scene.clips[1].shapes;
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_GT(cells[0].pieces[0][0].y, cells[1].pieces[0][0].y);
  EXPECT_EQ(cells[0].fill->colour, sequential_colour(0));
  EXPECT_EQ(cells[1].fill->colour, sequential_colour(1));
  for (const Words& words : scene.words) {
    const Colour expected = words.text == "1" ? kWhite : kInk;
    EXPECT_EQ(words.colour, expected) << words.text;
  }
  EXPECT_EQ(count_words(scene, "−0.5"), 1u);
}

TEST(Palette, OrderedColoursGetLighterAndStayDarkEnoughForWhite) {
  for (const std::size_t n : {2u, 4u, 9u}) {
    const std::vector<Colour> colours = ordered_colours(n);
    ASSERT_EQ(colours.size(), n);
    for (std::size_t i = 1; i < n; ++i) {
      EXPECT_GT(colours[i].luminance(), colours[i - 1].luminance());
    }
    EXPECT_LT(colours.back().luminance(), 0.6);
  }
  EXPECT_EQ(kBlue.hex(), "#0072b2");
  EXPECT_DOUBLE_EQ(kWhite.luminance(), 1);
}

}  // namespace
}  // namespace rung
