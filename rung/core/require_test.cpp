#include "rung/core/require.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/error_of.hpp"

namespace rung {
namespace {

TEST(Require, NamesOptionValueAndWhatItMustBe) {
  EXPECT_EQ(error_of([] { require_within("--skip_perc", 1.5, 0, 1); }),
            "error: --skip_perc: '1.5' is not a number of 0 to 1");
  EXPECT_EQ(error_of([] { require_at_least("--moving_avg", 0, 1); }),
            "error: --moving_avg: '0' is not a number of 1 or more");
  EXPECT_EQ(error_of([] { require_positive("--compute", 0); }),
            "error: --compute: '0' is not a number above 0");
  EXPECT_EQ(error_of([] { require_level(1); }),
            "error: --level: '1' is not a number between 0 and 1");
}

TEST(Require, LetsRightValuesPassAndNoNan) {
  require_within("--skip_perc", 1, 0, 1);
  require_at_least("--moving_avg", 1, 1);
  require_positive("--compute", 1e21);
  require_level(0.5);
  for (const double wrong : {std::nan(""), -1.0}) {
    EXPECT_NE(error_of([&] { require_within("--x", wrong, 0, 1); }), "no error");
    EXPECT_NE(error_of([&] { require_at_least("--x", wrong, 0); }), "no error");
    EXPECT_NE(error_of([&] { require_positive("--x", wrong); }), "no error");
    EXPECT_NE(error_of([&] { require_level(wrong); }), "no error");
  }
}

}  // namespace
}  // namespace rung
