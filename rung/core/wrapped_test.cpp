#include "rung/core/wrapped.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

TEST(Wrapped, BreaksAtBlanks) {
  EXPECT_EQ(wrapped_text("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(wrapped_text("one two three", 9, 2), "  one two\n  three\n");
  EXPECT_EQ(wrapped_text("", 9), "\n");
}

TEST(Wrapped, LongWordStandsAlone) {
  EXPECT_EQ(wrapped_text("a published:olmo-ladder b", 5), "a\npublished:olmo-ladder\nb\n");
}

TEST(Wrapped, CountsCharactersAndNotBytes) { EXPECT_EQ(wrapped_text("é é é", 5), "é é é\n"); }

}  // namespace
}  // namespace rung
