// Profile intervals in place of straight-line ones: against the closed form of a line, against the
// profile of a parameter that is the prediction, and against fits with the parameter fixed.
#include "rung/fit/interval/profile_intervals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "rung/core/rng.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/law/catalogue.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// A law fitted to points of a function with noise.
struct Fitted {
  Law law;
  Points points;
  Fit fit;
  FitProblem problem() const { return FitProblem(law, points, {}, Residual::raw); }
};

Points drawn(const std::function<double(double)>& f, double noise, std::size_t n) {
  Points points(1, n);
  Rng rng(5);
  for (std::size_t i = 0; i < n; ++i) {
    const double x = 4 * (static_cast<double>(i) + 1) / static_cast<double>(n);
    points.set(i, {&x, 1}, f(x) + noise * rng.normal());
  }
  return points;
}

Fitted fitted(const std::string& formula, const Points& points) {
  Law law = formula_law(formula, {"x"});
  Fitted result{std::move(law), points, {}};
  result.fit = fit(result.law, result.points);
  return result;
}

const ParameterEstimate& parameter(const Fit& fit, const std::string& name) {
  return fit.parameters[static_cast<std::size_t>(fit.law->parameter_index(name))];
}

TEST(FollowCurves, LeavesAStraightLineAlone) {
  Fitted line = fitted("a + b*x", drawn([](double x) { return 2 + x; }, 0.1, 20));
  const Fit before = line.fit;
  use_profile_intervals(line.problem(), 0.95, line.fit);
  EXPECT_TRUE(line.fit.notes.empty());
  EXPECT_EQ(*parameter(line.fit, "b").lower, *parameter(before, "b").lower);
  const auto interval = checked_interval(line.problem(), line.fit, std::vector{9.0}, 0.95, false);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->method, "delta-mean");
}

/// Half of a decay is seen: its limit is weakly determined, and the law is curved.
Points decay() {
  return drawn([](double x) { return 1 + 2 * std::exp(-0.4 * x); }, 0.03, 24);
}

TEST(FollowCurves, TakesTheProfileOfACurvedParameterAndSaysSo) {
  Fitted law = fitted("E + A*exp(-k*x)", decay());
  const ParameterEstimate straight = parameter(law.fit, "E");
  use_profile_intervals(law.problem(), 0.95, law.fit);
  const ParameterEstimate& followed = parameter(law.fit, "E");
  const auto expected = profile(law.problem(), law.fit, law.law.parameter_index("E"), 0.95);
  ASSERT_TRUE(expected && followed.lower && followed.upper);
  EXPECT_EQ(*followed.lower, *expected->lower);
  EXPECT_EQ(*followed.upper, *expected->upper);
  EXPECT_LT(*followed.lower, *straight.lower - 0.1 * (straight.value - *straight.lower));
  ASSERT_FALSE(law.fit.notes.empty());
  EXPECT_NE(law.fit.notes.back().find("E"), std::string::npos) << law.fit.notes.back();
}

TEST(CheckedInterval, OfAPredictionIsTheProfileOfTheParameterThatIsThatPrediction) {
  const Fitted law = fitted("E + A*exp(-k*x)", decay());
  // P is the prediction at x = 12.
  const Fitted same = fitted("P + A*(exp(-k*x) - exp(-k*12))", decay());
  ASSERT_NEAR(law.fit.objective, same.fit.objective, 1e-9 * law.fit.objective);
  const auto found = checked_interval(law.problem(), law.fit, std::vector{12.0}, 0.95, false);
  const auto expected = profile(same.problem(), same.fit, same.law.parameter_index("P"), 0.95);
  ASSERT_TRUE(found && expected && expected->lower && expected->upper);
  const double width = *expected->upper - *expected->lower;
  EXPECT_NEAR(found->lower, *expected->lower, 0.01 * width);
  EXPECT_NEAR(found->upper, *expected->upper, 0.01 * width);
  EXPECT_EQ(found->method, "profile-mean");
}

TEST(CheckedInterval, AnObservationAddsItsNoise) {
  const Fitted law = fitted("E + A*exp(-k*x)", decay());
  const auto mean = checked_interval(law.problem(), law.fit, std::vector{12.0}, 0.95, false);
  const auto one = checked_interval(law.problem(), law.fit, std::vector{12.0}, 0.95, true);
  ASSERT_TRUE(mean && one);
  EXPECT_LT(one->lower, mean->lower - 1e-3);
  EXPECT_GT(one->upper, mean->upper + 1e-3);
  EXPECT_EQ(one->method, "profile-observation");
}

/// Losses of seven models that count characters. Along the upper end A and alpha grow together, and
/// descents from there stop short of the best.
TEST(CheckedInterval, ReachesAsFarAsAnyParametersAllow) {
  const Points points = Points::from_columns(
      {{20560, 20560, 65824, 20560, 65824, 160368, 65824},
       {20480, 40960, 20480, 80896, 40960, 20480, 80896}},
      std::vector{3.7003606840818843, 3.5487598550893846, 3.647644098723048, 3.356539030514521,
                  3.4358959711807606, 3.4382010922557398, 3.2157472200247628});
  const Law& law = find_law("chinchilla");
  const Fit found = fit(law, points, {.residual = Residual::log});
  const FitProblem problem(law, points, {}, Residual::log);
  const auto interval = checked_interval(problem, found, std::vector{328768., 120832.}, 0.95, true);
  ASSERT_TRUE(interval);
  // The largest prediction under the limit by scipy's SLSQP from 150 starts.
  EXPECT_NEAR(interval->upper, 3.3003769, 1e-6);
}

/// A law whose fourth term the data hardly see, far from them: under a logarithmic residual the
/// profile goes on until terms cancel or underflow (2.2e-16 to 4.3e26), which is no end of its own.
TEST(CheckedInterval, HasNoEndWhereOnlyRoundingStopsTheSearch) {
  const std::vector<double> sizes = {6e7, 1.2e8, 2.5e8, 5e8, 1.1e9}, ratios = {20, 60, 160};
  const std::vector<double> losses = {3.28278, 3.09564, 2.97163, 2.97307, 2.80649,
                                      2.72004, 2.71455, 2.60169, 2.53083, 2.51707,
                                      2.43024, 2.36428, 2.35072, 2.28110, 2.23029};
  Points points(2, losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i)
    points.set(i, std::vector{sizes[i / 3], ratios[i % 3] * sizes[i / 3]}, losses[i]);
  const Law law = formula_law("E + A/N^a + B/D^b + F/(N*D)^c", {"N", "D"});
  const FitOptions options{.residual = Residual::log};
  const Fit found = fit(law, points, options);
  ASSERT_TRUE(found.covariance);
  const FitProblem problem(law, points, {}, Residual::log);
  EXPECT_FALSE(checked_interval(problem, found, std::vector{7e9, 4e12}, 0.95, false));
  EXPECT_TRUE(checked_interval(problem, found, std::vector{5e8, 3e10}, 0.95, false));
}

TEST(FollowCurves, WhatRunsOffIsAtLeastSoMuch) {
  // A hinge: the sharper the softplus, the better.
  const Law& law = find_law("log-sigmoid");
  const Points points = drawn([](double x) { return x < 2.2 ? 1 : 1.44 - 0.2 * x; }, 0.002, 10);
  Fit found = fit(law, points);
  ASSERT_EQ(found.status, Status::unbounded);
  const FitProblem problem(law, points, {}, Residual::raw);
  ASSERT_TRUE(found.covariance);
  use_profile_intervals(problem, 0.95, found);
  const ParameterEstimate& k = parameter(found, "k");
  ASSERT_TRUE(k.lower);
  EXPECT_FALSE(k.upper);
  const Fit fixed = fit(law, points, {.constraints = {{.parameter = "k", .fixed = *k.lower}}});
  const double limit = profile_limit(problem, found, 0.95);
  EXPECT_NEAR((fixed.objective - found.objective) / limit, 1, 0.05);
}

/// Runs of four sizes and three lengths, loss E + A / N^alpha + B / D^beta with noise of 0.4%. The
/// walk down the profile of B starts with a step to B < 0, where no refit converges.
TEST(FollowCurves, ARefitThatFailsBeyondTheEndDoesNotWidenIt) {
  constexpr double kRuns[][3] = {
      {6.000e7, 1.199570944e9, 3.76002},   {6.000e7, 2.999975936e9, 3.46995},
      {6.000e7, 7.199522816e9, 3.27338},   {1.523e8, 3.045588992e9, 3.18781},
      {1.523e8, 7.614758912e9, 2.98848},   {1.523e8, 1.8275631104e10, 2.89049},
      {3.980e8, 7.959740416e9, 2.79592},   {3.980e8, 1.9899875328e10, 2.65914},
      {3.980e8, 4.7759491072e10, 2.57423}, {1.030e9, 2.0599799808e10, 2.52903},
      {1.030e9, 5.1499761664e10, 2.42056}, {1.030e9, 1.23599847424e11, 2.36118}};
  Points points(2, std::size(kRuns));
  for (std::size_t i = 0; i < points.size(); ++i) points.set(i, {kRuns[i], 2}, kRuns[i][2]);
  Fitted runs{formula_law("E + A/N^alpha + B/D^beta", {"N", "D"}), points, {}};
  runs.fit = fit(runs.law, points);
  use_profile_intervals(runs.problem(), 0.95, runs.fit);
  // By scipy's least_squares at B on a grid, and where that rises by Student's t with 7 degrees.
  EXPECT_NEAR(*parameter(runs.fit, "B").lower, 1273, 2);
  EXPECT_NEAR(*parameter(runs.fit, "B").upper, 20175, 20);
}

/// Twelve runs of one law with 5% noise. A refit from afar goes astray where B is 45,000, and near
/// the fit where it starts from there; A / N^alpha runs out of numbers where alpha is 42. By scipy,
/// from 144 starts, the objective with B held at its upper end is the limit.
TEST(Profile, EndsLieWhereTheBestRefitsDo) {
  const double runs[][3] = {
      {2e7, 2e8, 4.47584},     {2e7, 6e8, 4.26757},     {2e7, 1.8e9, 3.79156},
      {5e7, 5e8, 3.69466},     {5e7, 1.5e9, 3.55965},   {5e7, 4.5e9, 2.96270},
      {1.2e8, 1.2e9, 3.38143}, {1.2e8, 3.6e9, 2.92315}, {1.2e8, 1.08e10, 2.90453},
      {3e8, 3e9, 2.93807},     {3e8, 9e9, 2.56970},     {3e8, 2.7e10, 2.59585}};
  Points points(2, 12);
  for (std::size_t i = 0; i < 12; ++i) points.set(i, {runs[i], 2}, runs[i][2]);
  const Law& law = find_law("chinchilla");
  const FitOptions options{.residual = Residual::log};
  const Fit best = fit(law, points, options);
  const FitProblem problem(law, points, {}, Residual::log);
  const auto of = [&](const char* name) {
    return *profile(problem, best, law.parameter_index(name), 0.95);
  };
  EXPECT_NEAR(*of("B").upper / 8.43e5, 1, 0.01);
  EXPECT_NEAR(*of("B").lower / 8.634, 1, 0.001);
  EXPECT_FALSE(of("alpha").upper);
  EXPECT_FALSE(of("A").upper);
}

/// Losses of twelve runs. A step of a standard error down from A = 572 leads to A < 0, where the
/// law is another one and fits well. By scipy the objective rises to the limit at A = 75.2.
constexpr double kTwelveRuns[][3] = {
    {6e7, 6e8, 4.4021},    {6e7, 1.2e9, 4.0988}, {6e7, 3.6e9, 3.6932}, {1.5e8, 1.5e9, 3.7432},
    {1.5e8, 3e9, 3.4738},  {1.5e8, 9e9, 3.1627}, {4e8, 4e9, 3.1954},   {4e8, 8e9, 3.0006},
    {4e8, 2.4e10, 2.8149}, {1e9, 1e10, 2.8307},  {1e9, 2e10, 2.6839},  {1e9, 6e10, 2.5032}};

/// The profile of A at a level of 90% where the losses are `y` of the measured ones.
template <class Observed>
Profile profile_of_scale(const Law& law, Residual residual, Observed y) {
  Points points(2, std::size(kTwelveRuns));
  for (std::size_t i = 0; i < points.size(); ++i)
    points.set(i, {kTwelveRuns[i], 2}, y(kTwelveRuns[i][2]));
  const Fit found = fit(law, points, {.residual = residual, .level = 0.9});
  const FitProblem problem(law, points, {}, residual);
  return *profile(problem, found, law.parameter_index("A"), 0.9);
}

TEST(Profile, AScaleIsFollowedToItsEndBeforeZero) {
  const Law law = formula_law("E + A/N^a + B/D^b", {"N", "D"});
  const auto same = [](double loss) { return loss; };
  const Profile found = profile_of_scale(law, Residual::log, same);
  const Profile by_logarithm = profile_of_scale(find_law("chinchilla"), Residual::log, same);
  ASSERT_TRUE(found.lower && found.upper && by_logarithm.lower);
  EXPECT_NEAR(*found.lower, 75.24, 0.01);
  EXPECT_NEAR(*found.lower / *by_logarithm.lower, 1, 1e-4);
  EXPECT_NEAR(*found.upper, 5261, 1);
}

TEST(Profile, ANegativeScaleIsFollowedAlike) {
  const Law law = formula_law("E + A/N^a + B/D^b", {"N", "D"});
  const Profile positive = profile_of_scale(law, Residual::raw, [](double loss) { return loss; });
  const Profile negative =
      profile_of_scale(law, Residual::raw, [](double loss) { return 6 - loss; });
  ASSERT_TRUE(positive.lower && negative.upper);
  EXPECT_GT(*positive.lower, 0);
  EXPECT_NEAR(*negative.upper / -*positive.lower, 1, 1e-4);
}

/// A slope may be 0, or of the other sign: its interval is the closed form.
TEST(Profile, WhatMayBeZeroIsFollowedBeyondIt) {
  Fitted line = fitted("a + b*x", drawn([](double x) { return 2 + 0.01 * x; }, 0.1, 20));
  const ParameterEstimate& slope = parameter(line.fit, "b");
  ASSERT_LT(*slope.lower, 0);
  const auto found = profile(line.problem(), line.fit, line.law.parameter_index("b"), 0.95);
  ASSERT_TRUE(found && found->lower && found->upper);
  EXPECT_NEAR(*found->lower, *slope.lower, 1e-5);
  EXPECT_NEAR(*found->upper, *slope.upper, 1e-5);
}

/// It ends at the bound, and where another fit rises to the limit.
TEST(FollowCurves, AParameterAtItsBoundHasTheIntervalOfItsProfile) {
  const Points points = drawn([](double x) { return 2 - 0.01 * x; }, 0.1, 20);
  const Law line = formula_law("a + b*x", {"x"});
  const FitOptions options{.constraints = {{.parameter = "b", .lower = 0}}};
  Fit found = fit(line, points, options);
  const FitProblem problem(line, points, {}, Residual::raw, options.constraints);
  ASSERT_EQ(parameter(found, "b").value, 0);
  EXPECT_FALSE(parameter(found, "b").upper);
  use_profile_intervals(problem, 0.95, found);
  const ParameterEstimate& slope = parameter(found, "b");
  ASSERT_TRUE(slope.lower && slope.upper);
  EXPECT_EQ(*slope.lower, 0);
  EXPECT_FALSE(slope.stderror);
  const Fit at_end =
      fit(line, points, {.constraints = {{.parameter = "b", .fixed = *slope.upper}}});
  const double limit = profile_limit(problem, found, 0.95);
  EXPECT_NEAR((at_end.objective - found.objective) / limit, 1, 1e-4);
}

/// Scores that bend upwards in ln C, by a law that bends downwards: its exponent goes to 0, its
/// scale and level run off, and predictions are a line's.
TEST(CheckedInterval, OfALawThatRunsOffToALineIsTheLines) {
  Points points(1, 40), of_line(1, 40);
  Rng rng(8);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double c = std::pow(10, 20 + 0.125 * static_cast<double>(i)), log_c = std::log(c);
    const double t = log_c - std::log(1e20);
    const double y = 0.25 + 0.05 * t + 0.001 * t * t + 0.01 * rng.normal();
    points.set(i, {&c, 1}, y);
    of_line.set(i, {&log_c, 1}, y);
  }
  const Law &power = find_law("compute-power-negated"), line = formula_law("a + b*x", {"x"});
  const FitOptions options{.residual = Residual::log};
  const Fit found = fit(power, points, options), expected = fit(line, of_line, options);
  ASSERT_EQ(found.status, Status::unbounded);
  const FitProblem problem(power, points, {}, Residual::log);
  const FitProblem line_problem(line, of_line, {}, Residual::log);
  for (const double c : {1e22, 1e25}) {
    const auto here = checked_interval(problem, found, std::vector{c}, 0.95, false);
    const auto there =
        checked_interval(line_problem, expected, std::vector{std::log(c)}, 0.95, false);
    ASSERT_TRUE(here && there) << c;
    const double width = there->upper - there->lower;
    // An exponent above 0 may fit nearly as well, and widens an end.
    EXPECT_NEAR(here->lower, there->lower, 0.15 * width) << c;
    EXPECT_NEAR(here->upper, there->upper, 0.15 * width) << c;
  }
}

}  // namespace
}  // namespace rung
