#include "rung/fit/interval/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/optimum/batch.hpp"
#include "rung/fit/optimum/minimize.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {
namespace {

/// A small noisy ladder: four sizes, four lengths.
class Ladder16 : public testing::Test {
 protected:
  Ladder16() : law_(find_law("chinchilla")), points_(2, 16) {
    Rng rng(5);
    for (std::size_t i = 0; i < 16; ++i) {
      const double n = 1.9e8 * std::pow(2, static_cast<double>(i / 4));
      const double d = 20 * n * std::pow(2, static_cast<double>(i % 4));
      const std::vector<double> row = {n, d};
      const double f = predict(law_, {2.3, 3.1, 0.4, 0.11, 0.09}, row);
      points_.set(i, row, f * std::exp(0.004 * rng.normal()));
    }
  }

  FitProblem problem(const Points& points) const {
    return {law_,
            points,
            Loss::huber(),
            Residual::log,
            {{.parameter = "A", .lower = 1}, {.parameter = "B", .lower = 1}}};
  }
  std::vector<double> optimum() const {
    FitOptions options{.loss = Loss::huber(), .residual = Residual::log};
    options.constraints = {{.parameter = "A", .lower = 1}, {.parameter = "B", .lower = 1}};
    return fit(law_, points_, options).theta;
  }
  static DrawWeights draw_cases() {
    std::vector<int> cluster_of;
    for (int i = 0; i < 16; ++i) cluster_of.push_back(i);
    return draw_clusters(cluster_of, 16, std::vector<double>(16, 1.0), 3);
  }
  Points resampled(std::size_t replicate) const {
    std::vector<double> weights(16);
    draw_cases()(replicate, weights.data());
    Points points = points_;
    for (std::size_t i = 0; i < 16; ++i) {
      const std::vector<double> row = {points_.input(0, i), points_.input(1, i)};
      points.set(i, row, points_.y(i), weights[i]);
    }
    return points;
  }

  const Law& law_;
  Points points_;
};

TEST_F(Ladder16, DescentsTogetherAreDescentsAlone) {
  const FitProblem whole = problem(points_);
  const std::vector<double> z = whole.coordinates_of(optimum());
  std::vector<std::vector<double>> weights(100, std::vector<double>(16));
  std::vector<BatchDescent> together;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    draw_cases()(i, weights[i].data());
    together.push_back({.weights = weights[i].data()});
    std::copy(z.begin(), z.end(), together.back().z);
  }
  std::vector<BatchDescent> alone = together;
  descend(whole, together);
  int n_converged = 0, n_left = 0;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    descend(whole, {&alone[i], 1});
    EXPECT_EQ(together[i].objective, alone[i].objective);
    for (std::size_t k = 0; k < z.size(); ++k) EXPECT_EQ(together[i].z[k], alone[i].z[k]);
    if (!together[i].converged) continue;
    // Stationary: the careful Newton finds nothing left to do, but for the odd saddle on a bound.
    ++n_converged;
    const Points points = resampled(i);
    const Minimum refined =
        minimize(problem(points), {together[i].z, together[i].z + z.size()}, {});
    EXPECT_LE(refined.objective, together[i].objective * (1 + 1e-9));
    n_left += refined.objective < together[i].objective * (1 - 1e-9) ? 1 : 0;
  }
  EXPECT_GE(n_converged, 80);
  EXPECT_LE(n_left, 2);
}

TEST_F(Ladder16, FixedParametersAreDescendedToo) {
  FitOptions options{.loss = Loss::huber(), .residual = Residual::log};
  options.constraints = {{.parameter = "alpha", .fixed = 0.11}};
  const Fit fitted = fit(law_, points_, options);
  const FitProblem fixed(law_, points_, options.loss, options.residual, options.constraints);
  const Bootstrap found = bootstrap(fixed, fitted.theta, draw_cases(), {.n_replicates = 50});
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found.theta_of(i)[3], 0.11);
    const Points points = resampled(i);
    const SearchResult best = global_search(fixed.with_points(points));
    EXPECT_LE(found.objective[i], best.minima.front().objective * 1.02);
  }
}

TEST_F(Ladder16, RefitsFindTheBestOptimumAndDoNotDependOnThreads) {
  constexpr std::size_t kReplicates = 600, kChecked = 150;
  const FitProblem whole = problem(points_);
  const std::vector<double> theta = optimum();
  const Bootstrap found =
      bootstrap(whole, theta, draw_cases(), {.n_replicates = kReplicates, .n_threads = 1});
  const Bootstrap again =
      bootstrap(whole, theta, draw_cases(), {.n_replicates = kReplicates, .n_threads = 3});
  EXPECT_EQ(found.theta, again.theta);
  EXPECT_EQ(found.objective, again.objective);
  EXPECT_LE(found.n_not_converged, kReplicates / 100);
  int n_missed = 0;
  for (std::size_t i = 0; i < kChecked; ++i) {
    const Points points = resampled(4 * i);
    const SearchResult best = global_search(problem(points), {theta, found.theta_of(4 * i)});
    if (found.objective[4 * i] > best.minima.front().objective * (1 + 1e-6)) ++n_missed;
  }
  EXPECT_LE(n_missed, 3);
}

}  // namespace
}  // namespace rung
