#include "rung/study/table/fit_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"

namespace rung::table {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A line with a scatter that is no line.
Table line(std::size_t n, double scatter = 0.1) {
  Table table("line.csv");
  std::vector<double> x, y, w;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(static_cast<double>(i + 1));
    y.push_back(2 + 3 * x.back() + scatter * std::sin(7.0 * static_cast<double>(i * i)));
    w.push_back(i % 3 == 0 ? 0 : 1);
  }
  table.add({"x", x});
  table.add({"y", y});
  table.add({"w", w});
  return table;
}

Request straight() {
  Request request;
  request.formula = "a + b*x";
  request.x = "x=x";
  request.y = "y";
  return request;
}

FittedGroup fitted(const Table& table, const Request& request, const UncertaintyOptions& options) {
  const Prepared prepared = prepare(table, request);
  return fit_group(prepared, prepared.samples.front(), request, options);
}

UncertaintyOptions replicates(bool kind_by_rows) {
  UncertaintyOptions options;
  options.resample.n_replicates = 100;
  options.kind_by_rows = kind_by_rows;
  return options;
}

const std::vector<double> kFar = {100};

/// Tokens go with sizes: the loss falls without end along the parameters.
TEST(FitGroup, SaysWhyAFitWasNotResampledThoughItWasAskedFor) {
  Table table("ratio.csv");
  table.add({"N", std::vector<double>{1e7, 2e7, 4e7, 8e7, 1.6e8, 3.2e8, 6.4e8, 1.3e9}});
  table.add({"loss", std::vector<double>{5.4078948, 4.7071277, 4.1603648, 3.7025645, 3.3498387,
                                         3.0570267, 2.8144835, 2.6184052}});
  Request request;
  request.law = "chinchilla";
  request.x = "D=20*N";
  request.loss = Loss::huber(1e-3);
  const FittedGroup asked = fitted(table, request, replicates(false));
  ASSERT_EQ(asked.fitted.fit.status, Status::unbounded);
  EXPECT_EQ(asked.fitted.replicates.n, 0u);
  EXPECT_THAT(asked.notes, Contains(HasSubstr("no bootstrap: the loss falls without end")));
  EXPECT_THAT(fitted(table, request, replicates(true)).notes,
              Not(Contains(HasSubstr("no bootstrap"))));
  Request sure = straight();
  sure.constraints.prior = {"b ~ normal(3, 0.1)"};
  EXPECT_THAT(fitted(line(19), sure, replicates(false)).notes,
              Contains(HasSubstr("no bootstrap: with priors")));
}

/// Of a law that is linear in its parameters the posterior is normal: its profile is Laplace's.
TEST(FitGroup, ProfilesWithPriorsAreThePosteriors) {
  Request prior = straight();
  prior.constraints.prior = {"b ~ normal(3, 0.01)"};
  UncertaintyOptions options;
  options.profiles = true;
  for (const std::optional<double> noise_sd : {std::optional<double>{}, std::optional(0.3)}) {
    options.noise_sd = noise_sd;
    const FittedGroup group = fitted(line(19), prior, options);
    ASSERT_EQ(group.profiles.size(), 2u);
    for (const Profile& profile : group.profiles) {
      const auto p = static_cast<std::size_t>(profile.parameter);
      const ParameterEstimate& laplace = group.fitted.fit.parameters[p];
      EXPECT_NEAR(*profile.lower, *laplace.lower, 1e-3 * *laplace.stderror);
      EXPECT_NEAR(*profile.upper, *laplace.upper, 1e-3 * *laplace.stderror);
    }
  }
}

TEST(FitGroup, TheKindOfIntervalFollowsWhatHoldsUnlessOneWasAskedFor) {
  EXPECT_EQ(fitted(line(40), straight(), replicates(true)).fitted.interval_kind(), "delta");
  EXPECT_EQ(fitted(line(19), straight(), replicates(false)).fitted.interval_kind(), "bootstrap");
  Request robust = straight();
  robust.loss = Loss::huber(1e-3);
  EXPECT_EQ(fitted(line(19), robust, replicates(true)).fitted.interval_kind(), "delta");
  EXPECT_EQ(fitted(line(20), robust, replicates(true)).fitted.interval_kind(), "bootstrap");
}

TEST(FitGroup, PointsOfWeightZeroAreNoneOfThePoints) {
  Request weighted = straight();
  weighted.weights = "w";
  const Fitted with = fitted(line(12), weighted, {}).fitted;
  EXPECT_EQ(with.fit.n_points, 8u);
  EXPECT_EQ(with.lowest.front(), 2);
}

TEST(FitGroup, AsManyParametersAsRowsHaveNoInterval) {
  for (const bool kind_by_rows : {false, true}) {
    const FittedGroup group = fitted(line(2), straight(), replicates(kind_by_rows));
    EXPECT_FALSE(group.fitted.interval(kFar));
    EXPECT_THAT(group.notes, Contains(HasSubstr("nothing is left to tell the noise by")));
  }
}

TEST(FitGroup, TheParametersHaveTheBootstrapThatWasAskedFor) {
  const Fitted bootstrapped = fitted(line(12), straight(), replicates(false)).fitted;
  const auto interval = bootstrapped.bootstrap_interval(1);
  ASSERT_TRUE(interval);
  EXPECT_EQ(bootstrapped.fit.parameters[1].lower, interval->lower);
  EXPECT_EQ(bootstrapped.fit.parameters[1].upper, interval->upper);
}

TEST(FitGroup, ARowOfWeightZeroCountsNowhere) {
  Request weighted = straight(), without = straight();
  weighted.weights = "w";
  without.where = "w > 0";
  const Fitted with = fitted(line(12), weighted, {}).fitted;
  const Fitted left_out = fitted(line(12), without, {}).fitted;
  EXPECT_EQ(with.fit.covariance->dof, left_out.fit.covariance->dof);
  EXPECT_NEAR(*with.fit.parameters[0].stderror, *left_out.fit.parameters[0].stderror, 1e-12);
  EXPECT_NEAR(with.interval(kFar)->upper, left_out.interval(kFar)->upper, 1e-9);
}

TEST(FitGroup, AKnownNoiseIsWhatStandardErrorsRestOn) {
  UncertaintyOptions known;
  known.noise_sd = 0.5;
  EXPECT_THAT(fitted(line(12), straight(), known).notes,
              Contains(HasSubstr("--noise-sd: the refits")));
  known.resample.n_replicates = 0;
  const Fitted found = fitted(line(12), straight(), known).fitted;
  const double sxx = (12.0 * 12 * 12 - 12) / 12;  // of 1 to 12
  EXPECT_NEAR(*found.fit.parameters[1].stderror, 0.5 / std::sqrt(sxx), 1e-9);
}

/// A line of so many runs of six rows each, whose noise a run shares.
FittedGroup by_runs(int n_runs, bool sandwich = false) {
  Table table("runs.csv");
  std::vector<double> x, y;
  std::vector<std::string> runs;
  for (int i = 0; i < 6 * n_runs; ++i) {
    runs.push_back("run " + std::to_string(i / 6));
    x.push_back(i % 6 + 1);
    y.push_back(2 + 3 * x.back() + std::sin(5 * (i / 6)) + 0.1 * std::sin(7 * i * i));
  }
  table.add({"x", x});
  table.add({"y", y});
  table.add({"run", runs});
  UncertaintyOptions options = replicates(false);
  options.resample.kind = ResampleKind::clusters;
  options.cluster_column = "run";
  options.sandwich = sandwich;
  return fitted(table, straight(), options);
}

/// Over many tables the estimates scatter by as much as their standard errors say, and rows of one
/// run are not taken for independent: those would say a third of it.
TEST(FitGroup, StandardErrorsByClustersAreTheScatterOfEstimates) {
  UncertaintyOptions options = replicates(false);
  options.resample.kind = ResampleKind::clusters;
  options.cluster_column = "run";
  constexpr int kRuns = 40, kRows = 10, kTables = 150;
  std::vector<double> slopes, errors;
  for (int t = 0; t < kTables; ++t) {
    Rng rng(7, static_cast<std::uint64_t>(t));
    Table table("runs.csv");
    std::vector<double> x, y, run;
    for (int i = 0; i < kRuns; ++i) {
      const double size = 10 * rng.uniform(), off = rng.normal();
      for (int k = 0; k < kRows; ++k) {
        run.push_back(i), x.push_back(size + 0.1 * k);
        y.push_back(2 + 3 * x.back() + off + 0.1 * rng.normal());
      }
    }
    table.add({"x", x});
    table.add({"y", y});
    table.add({"run", run});
    const Fitted found = fitted(table, straight(), options).fitted;
    slopes.push_back(found.value("b"));
    errors.push_back(found.fit.parameters[1].stderror.value_or(0));
  }
  EXPECT_NEAR(mean(errors) / sample_sd(slopes), 1, 0.12);
}

TEST(FitGroup, TooFewRefitsSayNoStandardErrors) {
  UncertaintyOptions few;
  few.resample.n_replicates = 10;
  const FittedGroup group = fitted(line(12), straight(), few);
  EXPECT_FALSE(group.fitted.fit.parameters[1].stderror || group.fitted.fit.parameters[1].lower);
  EXPECT_THAT(group.notes, Contains(HasSubstr("10 bootstrap refits are too few")));
}

TEST(FitGroup, RepeatedRowsAreSaidAndDoubtedWhereTheyAreMany) {
  Table once = line(200), copied("line.csv"), doubled("line.csv");
  for (const Column& column : once.columns()) {
    const auto& values = std::get<std::vector<double>>(column.values);
    std::vector<double> one = values, all = values;
    one.push_back(values[3]);
    all.insert(all.end(), values.begin(), values.end());
    copied.add({column.name, one});
    doubled.add({column.name, all});
  }
  const std::string said = "another in every column";
  const FittedGroup one = fitted(copied, straight(), {}), all = fitted(doubled, straight(), {});
  EXPECT_THAT(fitted(once, straight(), {}).notes, Not(Contains(HasSubstr(said))));
  EXPECT_THAT(one.notes, Contains(HasSubstr("1 row repeats " + said)));
  EXPECT_THAT(one.fitted.doubts, Not(Contains(HasSubstr(said))));
  EXPECT_THAT(all.fitted.doubts, Contains(HasSubstr("200 rows repeat " + said)));
}

TEST(FitGroup, TooFewClustersHaveNoIntervalsByDrawingThem) {
  for (const int n : {2, 4}) {
    const FittedGroup group = by_runs(n);
    EXPECT_FALSE(group.fitted.interval(kFar)) << n;
    EXPECT_FALSE(group.fitted.fit.parameters[1].stderror || group.fitted.fit.parameters[1].lower);
    EXPECT_THAT(group.no_intervals, HasSubstr("only " + std::to_string(n) + " clusters by 'run'"));
    EXPECT_THAT(group.no_intervals, HasSubstr("--covariance cluster:run"));
  }
  const FittedGroup asked = by_runs(4, true);
  EXPECT_EQ(asked.fitted.interval_kind(), "sandwich");
  EXPECT_TRUE(asked.fitted.interval(kFar));
  EXPECT_THAT(asked.notes, Contains(HasSubstr("only 4 clusters")));
  EXPECT_EQ(asked.no_intervals, "");
}

TEST(FitGroup, FewClustersAreDoubted) {
  EXPECT_EQ(by_runs(5).fitted.interval(kFar)->method, "bootstrap-mean");
  EXPECT_THAT(by_runs(5).fitted.doubts, Contains(HasSubstr("only 5 clusters by 'run'")));
  EXPECT_THAT(by_runs(12).fitted.doubts, Contains(HasSubstr("only 12 clusters by 'run'")));
  EXPECT_THAT(by_runs(13).fitted.doubts, Not(Contains(HasSubstr("clusters"))));
}

/// The line's rows scatter by 0.07.
TEST(FitGroup, ANoiseThatTheRowsContradictIsDoubted) {
  const auto found = [](double noise_sd, const std::string& prior = "") {
    UncertaintyOptions known;
    known.noise_sd = noise_sd;
    known.resample.n_replicates = 0;
    Request request = straight();
    if (!prior.empty()) request.constraints.prior = {prior};
    return fitted(line(30), request, known);
  };
  const auto says = [](const std::string& what) { return Contains(HasSubstr(what)); };
  for (const char* prior : {"", "b ~ normal(3, 0.1)"}) {
    EXPECT_THAT(found(0.01, prior).fitted.doubts, says("times as much as --noise-sd 0.01 says"));
    EXPECT_THAT(found(0.07, prior).notes, Not(says("--noise-sd")));
    EXPECT_THAT(found(1, prior).notes, says("errors are too large"));
    EXPECT_THAT(found(1, prior).fitted.doubts, Not(says("--noise-sd")));
  }
}

TEST(FitGroup, ExactDataDrawNoNotesOnSingleRows) {
  EXPECT_THAT(fitted(line(30, 0), straight(), {}).diagnosis.notes,
              Not(Contains(HasSubstr("not belong"))));
}

/// A line of shares, also in percent and under other names.
std::optional<ValueRange> possible_of(const std::string& y, const std::string& column,
                                      double factor = 1) {
  Table table("shares.csv");
  std::vector<double> sizes, shares;
  for (int i = 1; i < 9; ++i) {
    sizes.push_back(i);
    shares.push_back(factor * (0.3 + 0.05 * i + 0.01 * std::sin(7 * i)));
  }
  table.add({"x", sizes});
  table.add({column, shares});
  table.add({"other", shares});
  Request request = straight();
  request.y = y;
  return fitted(table, request, {}).fitted.possible;
}

void expect_ends(const std::optional<ValueRange>& found, double least, double most) {
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->least, least, 1e-12);
  EXPECT_NEAR(found->most, most, 1e-12);
}

TEST(FitGroup, SharesAndWhatIsLinearInThemEndWhereTheyDo) {
  for (const char* name :
       {"acc", "mmlu_Accuracy", "error_rate", "err", "test error", "exact_match"})
    expect_ends(possible_of("`" + std::string(name) + "`", name), 0, 1);
  expect_ends(possible_of("`acc norm`", "acc norm"), 0, 1);
  expect_ends(possible_of("1 - accuracy", "accuracy"), 0, 1);
  expect_ends(possible_of("accuracy*1", "accuracy"), 0, 1);
  expect_ends(possible_of("accuracy - 0.25", "accuracy"), -0.25, 0.75);
  expect_ends(possible_of("accuracy*100", "accuracy"), 0, 100);
  expect_ends(possible_of("accuracy/100", "accuracy", 100), 0, 1);
  expect_ends(possible_of("(acc_a + acc_a)/2", "acc_a"), 0, 1);
}

TEST(FitGroup, WhatIsNoShareHasNoEnds) {
  for (const char* name :
       {"loss", "acc_loss", "accuracy_std", "relative_error", "mean_error", "score", "laccuracy"})
    EXPECT_FALSE(possible_of(name, name)) << name;
  for (const char* y : {"log(accuracy)", "accuracy^2", "sqrt(accuracy)", "accuracy/other",
                        "min(accuracy, 0.9)", "abs(accuracy - 0.4)"})
    EXPECT_FALSE(possible_of(y, "accuracy")) << y;
  EXPECT_FALSE(possible_of("accuracy", "accuracy", 100));
  EXPECT_FALSE(possible_of("accuracy/100", "accuracy", 1000));
}

}  // namespace
}  // namespace rung::table
