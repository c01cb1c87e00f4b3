#include "rung/core/text.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <clocale>
#include <cmath>

#include "rung/core/rng.hpp"

namespace rung {
namespace {

using testing::ElementsAre;

TEST(ParseDouble, TakesAWholeNumberOnly) {
  EXPECT_EQ(parse_double("3812622336.0"), 3812622336.0);
  EXPECT_EQ(parse_double(" -1e-3\t"), -1e-3);
  EXPECT_EQ(parse_double("+2.5"), 2.5);
  EXPECT_EQ(parse_double(".5"), 0.5);
  for (const char* text : {"", " ", "-", "1.5x", "1 2", "0x10", "1,5", "1e", "one"}) {
    EXPECT_FALSE(parse_double(text)) << "'" << text << "'";
  }
  EXPECT_TRUE(std::isnan(parse_double("NaN").value()));
  EXPECT_EQ(parse_double("-inf"), -INFINITY);
  EXPECT_EQ(parse_double("1e400"), std::nullopt);
  EXPECT_EQ(parse_double("1e-400"), 0);
}

TEST(ParseDouble, KnowsNoLocale) {
  // Where the machine lacks this locale the test still holds, and says less.
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(shortest(1.5), "1.5");
  std::setlocale(LC_ALL, "C");
}

TEST(Shortest, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(3812622336.0), "3812622336");
  EXPECT_EQ(shortest(1e22), "1e+22");
  Rng rng(7);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::bit_cast<double>(rng.bits());
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(parse_double(shortest(value)), value);
  }
}

TEST(NumberText, RoundsForPeople) {
  EXPECT_EQ(significant(0.82515), "0.8252");
  EXPECT_EQ(fixed(5.849, 2), "5.85");
  EXPECT_EQ(percent(0.0585), "5.85%");
  EXPECT_EQ(percent(0.0585, 1, true), "+5.9%");
  EXPECT_EQ(percent(-0.02, 1, true), "-2.0%");
  EXPECT_EQ(percent(-0.0004, 1), "0.0%");
  EXPECT_EQ(percent(0.0004, 1, true), "0.0%");
  EXPECT_EQ(fixed(-0.004, 2), "0.00");
  EXPECT_EQ(short_count(6887575552), "6.9B");
  EXPECT_EQ(short_count(3945065873408), "3.9T");
  EXPECT_EQ(short_count(190354176), "190.4M");
  EXPECT_EQ(short_count(12), "12");
}

TEST(NumberText, ChangesOfAShareAreInPoints) {
  EXPECT_EQ(signed_points(0.0213), "+2.1");
  EXPECT_EQ(signed_points(-0.02), "-2.0");
  EXPECT_EQ(signed_points(0.0004), "0.0");
  EXPECT_EQ(signed_points(-0.0004), "0.0");
}

TEST(Words, SplitJoinTrim) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(trimmed(" \ta b\r\n"), "a b");
  EXPECT_EQ(trimmed(" "), "");
}

}  // namespace
}  // namespace rung
