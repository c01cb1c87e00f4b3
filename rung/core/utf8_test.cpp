#include "rung/core/utf8.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

TEST(Shown, WhatWouldActIsWrittenOut) {
  EXPECT_EQ(shown("plain text, naïve 日本\nand more"), "plain text, naïve 日本\nand more");
  EXPECT_EQ(shown("a\x1b[31mred\x07"), "a\\x1b[31mred\\x07");
  EXPECT_EQ(shown("rtl\u202Eabc\u200B"), "rtl\\u202eabc\\u200b");
  EXPECT_EQ(shown("\u009b31m"), "\\x9b31m");
}

TEST(Shown, BytesThatAreNoTextAreWrittenOut) {
  EXPECT_EQ(shown("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // half of a surrogate pair
  EXPECT_EQ(shown("\xef\xbf\xbd"), "\xef\xbf\xbd");     // U+FFFD itself
}

TEST(Shown, LinesStayOnlyWhereAskedFor) {
  EXPECT_EQ(shown("a\nb\tc\r", false), "a\\nb\\tc\\r");
  EXPECT_EQ(shown("a\nb\tc\r"), "a\nb\tc\\r");
}

TEST(DisplayWidth, WidthIsWhatATerminalShows) {
  EXPECT_EQ(display_width("log A"), 5u);
  EXPECT_EQ(display_width("α ± β"), 5u);
  EXPECT_EQ(display_width("e\u0301"), 1u);  // e and a combining accent
  EXPECT_EQ(display_width("損失"), 4u);
  EXPECT_EQ(display_width("\xff\xc3"), 2u);  // not UTF-8, yet no reason to fail
}

}  // namespace
}  // namespace rung
