#include "rung/report/table/backtest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rung::table {
namespace {

using testing::HasSubstr;

/// The only law of the only group.
Document of_law(const Backtest& law, BacktestOptions options = {}) {
  BacktestRequest request{.laws = {law.law}, .options = options};
  request.what.level = 0.9;
  BacktestResult result{.y = "loss"};
  GroupBacktest group;
  group.laws = {law};
  group.akaike_weights = {1};
  result.groups = {group};
  return describe(request, result);
}

/// Two rollouts, of which so many have an interval that holds the value.
Document described(std::size_t n_intervals) {
  Backtest law{.law = "chinchilla", .rollouts = std::vector<Rollout>(2)};
  law.n_intervals = n_intervals;
  if (n_intervals > 0) law.coverage = 1;
  law.predictable = true;
  return of_law(law);
}

TEST(DescribeBacktest, SaysOfHowManyRolloutsTheCoverageIs) {
  EXPECT_THAT(text_of(described(0)), HasSubstr("no intervals"));
  EXPECT_THAT(text_of(described(1)), HasSubstr("100% of 1"));
  EXPECT_THAT(text_of(described(1)), HasSubstr("\"100% of 1\": of the rollouts with an interval;"));
  EXPECT_THAT(text_of(described(2)), Not(HasSubstr(" of ")));
  EXPECT_EQ(described(0).results()[0]["coverage"], nullptr);
  EXPECT_EQ(described(1).results()[0]["n_intervals"], 1);
}

TEST(DescribeBacktest, SaysThatSomeOfManyRolloutsHaveAnInterval) {
  Backtest law{.law = "chinchilla", .rollouts = std::vector<Rollout>(2)};
  law.rollouts[0].prediction.interval = Interval{0.9, 1, 2, "profile-observation"};
  law.n_intervals = 1, law.coverage = 1, law.predictable = true;
  EXPECT_THAT(text_of(of_law(law)), HasSubstr("of many from one cutoff, some"));
  EXPECT_THAT(text_of(described(1)), HasSubstr("other cutoffs' fits give none"));
}

TEST(DescribeBacktest, VerdictHasItsReservationsAndTheCoverageItsLevel) {
  Backtest law{.law = "chinchilla", .rollouts = std::vector<Rollout>(2)};
  law.predictable = true;
  const auto document = [&] { return of_law(law); };
  EXPECT_THAT(text_of(document()), HasSubstr("coverage (90%)"));
  EXPECT_THAT(text_of(document()), Not(HasSubstr("but")));
  law.reservations = {{"its intervals hold too few", "57% of them"}};
  EXPECT_THAT(text_of(document()), HasSubstr("predictable, but its intervals hold too few"));
  EXPECT_THAT(text_of(document()), HasSubstr("note: chinchilla: 57% of them"));
  EXPECT_EQ(document().results()[0]["reservations"][0], "its intervals hold too few: 57% of them");
}

/// A verdict of "not predictable" has its reason, as reservations have theirs.
TEST(DescribeBacktest, SaysWhyALawIsNotPredictable) {
  Backtest law{.law = "sigmoid", .rollouts = std::vector<Rollout>(2), .predictable = false};
  law.median_error = 0.285, law.mean_error = 0.3, law.naive_error = 0.4;
  const auto document = [&] { return of_law(law, {.tolerance = 0.05}); };
  EXPECT_THAT(text_of(document()),
              HasSubstr("note: sigmoid: median error 28.50%, above the tolerance of 5%\n"));
  EXPECT_THAT(text_of(document()), Not(HasSubstr("on average")));
  EXPECT_EQ(document().results()[0]["why_not"].size(), 1u);
  law.mean_error = 0.5;
  EXPECT_THAT(text_of(document()), HasSubstr("of 5%; off by 50.0% on average, where repeating"));
  law.median_error = 0.01;
  EXPECT_THAT(text_of(document()), HasSubstr("not predictable on average"));
  law.predictable = true;
  EXPECT_TRUE(document().results()[0]["why_not"].empty());
}

}  // namespace
}  // namespace rung::table
