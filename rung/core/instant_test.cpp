#include "rung/core/instant.hpp"

#include <gtest/gtest.h>

namespace rung {
namespace {

TEST(Instant, DatesAndTimesWithTheirZones) {
  EXPECT_EQ(parse_instant("1970-01-02")->seconds(), 86400);
  EXPECT_EQ(parse_instant("1970-01-01T00:01:30.5Z")->seconds(), 90.5);
  EXPECT_EQ(parse_instant("2026-01-05 10:00")->local_seconds, 1767607200);
  EXPECT_EQ(parse_instant("2026-01-05T10:00:00+02:00")->seconds(),
            parse_instant("2026-01-05T08:00:00Z")->seconds());
  EXPECT_EQ(parse_instant("2026-01-05T10:00-0530")->seconds(),
            parse_instant("2026-01-05T15:30Z")->seconds());
  EXPECT_EQ(parse_instant("2024-02-29T23:59:60+02")->zone_seconds, 7200);
  EXPECT_EQ(parse_instant("2026-01-05")->zone_seconds, std::nullopt);
  EXPECT_EQ(parse_instant("2026-01-05")->seconds(3600), 1767571200 - 3600);
}

TEST(Instant, WhatIsNone) {
  for (const char* text :
       {"", "2026", "2026-01", "2026-13-01", "2026-02-30", "2026-1-5", "2026-01-05T", "2026-01-05x",
        "2026-01-05T10", "2026-01-05T25:00", "2026-01-05T10:60", "2026-01-05T10:00:00+2",
        "2026-01-05T10:00:00Zulu", "2026-01-05T10:00:00.", "run-2026-01-05"}) {
    EXPECT_FALSE(parse_instant(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace rung
