#include "rung/report/text_plot.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung {
namespace {

TEST(TextPlot, DrawsAFallingLineFromTheTopLeftToTheBottomRight) {
  EXPECT_EQ(text_plot({{3, 1}}, 2, 1), "        3 ⠑⢄\n");
  EXPECT_EQ(text_plot({{4, 1}}, 2, 2), "        4 ⠱⡀\n        1 ⠀⢣\n");
}

TEST(TextPlot, DrawsCurvesOverEachOther) {
  EXPECT_EQ(text_plot({{1, 1}, {0, 0}}, 2, 1), "        1 ⣉⣉\n");
}

TEST(TextPlot, LeavesOutWhatIsNotANumber) {
  EXPECT_EQ(text_plot({{NAN, NAN}}, 2, 1), "");
  EXPECT_EQ(text_plot({{1, 1}, {NAN, 0}}, 1, 1), "        1 ⠉\n");
}

}  // namespace
}  // namespace rung
