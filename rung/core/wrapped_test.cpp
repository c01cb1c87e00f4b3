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

TEST(Wrapped, ErrorsKeepTheirPlaceInOnePiece) {
  EXPECT_EQ(wrapped_errors("a.csv:3: error: one two three\nerror: four", 24),
            "a.csv:3: error: one two\n  three\nerror: four\n");
  EXPECT_EQ(wrapped_errors("my  own file.csv:3: error: one", 10),
            "my  own file.csv:3: error:\n  one\n");
  EXPECT_EQ(wrapped_errors("no place, and a line as long as it is", 10),
            "no place, and a line as long as it is\n");
  EXPECT_EQ(wrapped_errors("error: one two three four", 0), "error: one two three four\n");
}

TEST(Wrapped, AHintThatIsTooLongStandsUnderItsCaret) {
  EXPECT_EQ(wrapped_errors("error: no\n  a b\n    ^~ (one two three)", 18),
            "error: no\n  a b\n    ^~\n  (one two three)\n");
  EXPECT_EQ(wrapped_errors("  a b\n    ^ (one)", 18), "  a b\n    ^ (one)\n");
}

TEST(Wrapped, CountsCharactersAndNotBytes) { EXPECT_EQ(wrapped_text("é é é", 5), "é é é\n"); }

}  // namespace
}  // namespace rung
