#include "rung/study/observational/split.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/study/observational/transform.hpp"

namespace rung::observational {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const double kNone = std::nan("");

TEST(Split, ACutoffIsInclusiveAndUnknownValuesAreTried) {
  const SplitRows rows = split_rows(5, {84, 10, kNone, 100, 3}, {.threshold = 84});
  EXPECT_THAT(rows.train, ElementsAre(0, 1, 4));
  EXPECT_THAT(rows.test, ElementsAre(2, 3));
}

TEST(Split, ACutoffMayBeAShareOfTheLargest) {
  const SplitRows rows =
      split_rows(4, {10, 50, 100, kNone}, {.threshold = 0.5, .threshold_is_share = true});
  EXPECT_THAT(rows.train, ElementsAre(0, 1));
}

TEST(Split, RankTriesTheTopAndUnknownOnesBeforeThem) {
  const Split split{.method = Split::Method::rank, .test = 2};
  EXPECT_THAT(split_rows(5, {1, 5, 3, 4, 2}, split).test, ElementsAre(1, 3));
  EXPECT_THAT(split_rows(5, {1, 5, kNone, 4, 2}, split).test, ElementsAre(1, 2));
}

TEST(Split, AShareIsRoundedDown) {
  const Split split{.method = Split::Method::rank, .test = 0.3};
  EXPECT_THAT(split_rows(7, {1, 2, 3, 4, 5, 6, 7}, split).test, ElementsAre(5, 6));
}

TEST(Split, RandomIsReproducibleAndUsesTheSeed) {
  Split split{.method = Split::Method::random, .test = 0.2, .seed = 4};
  const SplitRows first = split_rows(50, {}, split), again = split_rows(50, {}, split);
  EXPECT_EQ(first.test, again.test);
  EXPECT_THAT(first.test, SizeIs(10));
  EXPECT_THAT(first.train, SizeIs(40));
  split.seed = 5;
  EXPECT_NE(split_rows(50, {}, split).test, first.test);
}

TEST(Split, NoneLearnsFromAll) {
  const SplitRows rows = split_rows(3, {}, {.method = Split::Method::none});
  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(rows.test, IsEmpty());
}

TEST(Split, RefusesEmptySets) {
  EXPECT_THROW(split_rows(3, {5, 6, 7}, {.threshold = 1}), InputError);
  for (const double test : {0.0, 0.01, 3.0, -1.0})
    EXPECT_THROW(split_rows(3, {1, 2, 3}, {.method = Split::Method::rank, .test = test}),
                 InputError);
  EXPECT_THROW(parse_split_method("foo"), InputError);
}

TEST(Transform, StepsAreTakenInOrder) {
  EXPECT_NEAR(parse_transform("minmax", 0.25, 1).apply(0.5), 1.0 / 3, 1e-15);
  EXPECT_NEAR(parse_transform("minmax,logit", 0.25, 1).apply(0.5), -0.6931471790599454, 1e-12);
  EXPECT_NEAR(parse_transform("log").apply(0), -20.72326583694641, 1e-12);
  EXPECT_NEAR(parse_transform("logit").apply(1), 20.72326583794641, 1e-12);
  EXPECT_TRUE(std::isnan(parse_transform("logit").apply(1.2)));
  EXPECT_TRUE(std::isnan(parse_transform("log").apply(-0.1)));
  EXPECT_EQ(parse_transform("").apply(1.2), 1.2);
}

TEST(Transform, NamesSayWhatWasDone) {
  EXPECT_EQ(parse_transform("").name("acc"), "acc");
  EXPECT_EQ(parse_transform("minmax,logit", 0.25, 1).name("acc"), "logit((acc - 0.25) / 0.75)");
  EXPECT_EQ(parse_transform("minmax", 0, 1).name("acc"), "acc");
  EXPECT_THROW(parse_transform("sqrt"), InputError);
  EXPECT_THROW(parse_transform("minmax", 1, 1), InputError);
}

}  // namespace
}  // namespace rung::observational
