#include "rung/study/table/coefficients.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/support/error_of.hpp"

namespace rung::table {
namespace {

using ::testing::HasSubstr;

Request chinchilla() {
  Request request;
  request.law = "chinchilla";
  return request;
}

TEST(Coefficients, StandInThePlaceOfAFit) {
  const Fitted fitted =
      with_coefficients(chinchilla(), "A=406.4, beta=0.28, B=410.7, E=1.69, alpha=0.34");
  const double expected = 1.69 + 406.4 / std::pow(7e9, 0.34) + 410.7 / std::pow(1.4e11, 0.28);
  EXPECT_NEAR(fitted.predict(std::array{7e9, 1.4e11}), expected, 1e-12);
  EXPECT_FALSE(fitted.interval(std::array{7e9, 1.4e11}));
  EXPECT_EQ(fitted.extrapolation(std::array{7e9, 1.4e11}), 1);
}

TEST(Coefficients, EveryOneIsGivenAndNoOther) {
  const auto error = [](const std::string& text) {
    return error_of([&] { with_coefficients(chinchilla(), text); });
  };
  EXPECT_THAT(error("A=1, B=2, E=1, alpha=0.3"), HasSubstr("--coefficients: error: beta is not"));
  EXPECT_THAT(error("A=1, B=2, E=1, alpha=0.3, beta=0.3, k=2"), HasSubstr("no parameter 'k'"));
  EXPECT_THAT(error("A=1, A=2"), HasSubstr("--coefficients:"));
  EXPECT_THAT(error("A=406.4, B=410.7, E=-1.69, alpha=0.34, beta=0.28"),
              HasSubstr("E = -1.69 is below 0"));
  EXPECT_THAT(error("A=much"), HasSubstr("a number goes here"));
}

}  // namespace
}  // namespace rung::table
