#include "rung/core/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

TEST(Pattern, IsFoundAnywhere) {
  const Pattern pattern("^190M|\\d+xC$", "--runs");
  EXPECT_TRUE(pattern.is_found_in("190M"));
  EXPECT_TRUE(pattern.is_found_in("1B-10xC"));
  EXPECT_FALSE(pattern.is_found_in("OLMo-190M"));
  EXPECT_FALSE(pattern.is_found_in(""));
  EXPECT_TRUE(Pattern("", "--runs").is_found_in(""));
  EXPECT_THROW(Pattern("(", "--runs"), InputError);
}

TEST(Pattern, LongNamesEnd) {
  const std::string long_name(200'000, 'a');
  EXPECT_FALSE(Pattern(".*b", "--runs").is_found_in(long_name));
  EXPECT_TRUE(Pattern("^(a|b)*", "--runs").is_found_in(long_name));
}

TEST(Pattern, WhatWouldTakeForeverIsTold) {
  try {
    Pattern("(a+)+$", "--runs").is_found_in(std::string(40, 'a') + "b");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("--runs: '(a+)+$' takes too long"));
  }
}

}  // namespace
}  // namespace rung
