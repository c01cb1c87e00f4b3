#include "rung/fit/deletion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Losses of sizes by lengths on a known law, with noise in the logarithm.
Points made_up_ladder(std::size_t n_sizes, std::size_t n_lengths, double noise,
                      std::uint64_t seed) {
  constexpr double kSizes[] = {190e6, 370e6, 760e6, 1.3e9}, kLengths[] = {1, 2, 5, 10};
  Points points(2, n_sizes * n_lengths);
  Rng rng(seed, 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double n = kSizes[4 - n_sizes + i / n_lengths], d = 20 * n * kLengths[i % n_lengths];
    const double loss = 1.7 + 406 / std::pow(n, 0.34) + 410 / std::pow(d, 0.28);
    points.set(i, std::vector{n, d}, loss * std::exp(noise * rng.normal()));
  }
  return points;
}

/// The same with one observation times a factor.
Points with_error(Points points, std::size_t i, double factor) {
  points.set(i, points.inputs(i), points.y(i) * factor);
  return points;
}

Deletions deletions_of(const Points& points) {
  return test_deletions(
      FitProblem(find_law("chinchilla"), points, Loss{}, Residual::log,
                 {{.parameter = "A", .lower = 1}, {.parameter = "B", .lower = 1}}));
}

std::vector<std::size_t> off(const Deletions& found) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    if (found.points[i].off) places.push_back(i);
  }
  return places;
}

constexpr double kNoise = 0.01;
constexpr std::size_t kLast = 11, kMiddle = 5;

Points twelve_runs(std::uint64_t seed) { return made_up_ladder(4, 3, kNoise, seed); }

TEST(Deletion, CallsNothingOffInCleanLadders) {
  int n_alarms = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    n_alarms += off(deletions_of(twelve_runs(seed))).empty() ? 0 : 1;
  EXPECT_LE(n_alarms, 1);  // 0.3% of them
}

/// The fit of all runs follows the largest, whose leverage is high.
TEST(Deletion, FindsTheLargestRunWithoutBlamingOthers) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Deletions found = deletions_of(with_error(twelve_runs(seed), kLast, 3.9 / 2.35));
    EXPECT_THAT(off(found), ElementsAre(kLast)) << seed;
    EXPECT_GT(*found.points[kLast].t, found.threshold);
    EXPECT_NEAR(*found.points[kLast].predicted, twelve_runs(seed).y(kLast), 0.1);
  }
}

TEST(Deletion, FindsTwoThatHideEachOther) {
  const Points two = with_error(with_error(twelve_runs(1), kLast, 1.3), kMiddle, 0.75);
  const Deletions found = deletions_of(two);
  EXPECT_THAT(off(found), ElementsAre(kMiddle, kLast));
  EXPECT_LT(*found.points[kMiddle].t, 0);
  EXPECT_GT(*found.points[kLast].t, 0);
}

/// For a straight line the deletion residuals are the externally studentized ones, in closed form.
TEST(Deletion, IsTheStudentizedResidualOfALine) {
  const std::vector<double> x = {1, 2, 3, 4, 5, 6, 7, 8},
                            y = {1.1, 1.9, 3.2, 3.9, 5.3, 5.8, 7.1, 7.9};
  const Points points = Points::from_columns({x}, y);
  const Law line = formula_law("a + b*x", {"x"}, {});
  const Deletions found = test_deletions(FitProblem(line, points, Loss{}, Residual::raw));
  double mx = 0, my = 0, sxx = 0, sxy = 0, rss = 0;
  const double n = 8;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i)
    sxx += (x[i] - mx) * (x[i] - mx), sxy += (x[i] - mx) * (y[i] - my);
  const auto residual = [&](std::size_t i) { return y[i] - my - sxy / sxx * (x[i] - mx); };
  for (std::size_t i = 0; i < x.size(); ++i) rss += residual(i) * residual(i);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double left = 1 - 1 / n - (x[i] - mx) * (x[i] - mx) / sxx, r = residual(i);
    const double variance = (rss - r * r / left) / (n - 3);
    EXPECT_NEAR(*found.points[i].t, r / std::sqrt(variance * left), 1e-6) << i;
  }
}

TEST(Deletion, SaysNothingOfExactDataAndOfTooFew) {
  const Deletions exact = deletions_of(made_up_ladder(4, 3, 0, 0));
  EXPECT_THAT(off(exact), IsEmpty());
  const Deletions few = deletions_of(made_up_ladder(3, 2, kNoise, 0));
  EXPECT_THAT(off(few), IsEmpty());
  EXPECT_TRUE(std::isinf(few.threshold));
}

}  // namespace
}  // namespace rung
