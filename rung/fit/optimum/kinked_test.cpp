// Losses with a kink, against optima found by other means.
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/interval/bootstrap.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {
namespace {

constexpr std::size_t kPoints = 15;

/// beta x^-c + einf at places that are spread by logarithm, with noise that has long tails.
Points noisy_powers(std::uint64_t seed, double unit = 1) {
  Rng rng(3, seed);
  std::vector<double> x, y;
  for (std::size_t i = 0; i < kPoints; ++i) {
    x.push_back(1e4 * std::pow(10, 0.3 * static_cast<double>(i)));
    const double tail = std::log(rng.uniform()) - std::log(rng.uniform());
    y.push_back(unit * (20 * std::pow(x.back(), -0.3) + 0.8) * std::exp(0.02 * tail));
  }
  return Points::from_columns({x}, y);
}

/// The best of the laws beta x^-c + einf (einf >= 0) that go through as many of the points as they
/// have free parameters: at such a vertex lies an optimum of a kinked loss, as a rule (a law that
/// is not linear may have it between them).
class Vertices {
 public:
  explicit Vertices(const FitProblem& problem) : problem_(problem), points_(problem.points()) {
    for (std::size_t i = 0; i < kPoints; ++i) {
      for (std::size_t j = i + 1; j < kPoints; ++j) {
        through(i, j);
        for (std::size_t k = j + 1; k < kPoints; ++k) through(i, j, k);
      }
    }
  }
  double lowest() const { return lowest_; }

 private:
  double power(std::size_t i, double c) const { return std::pow(points_.input(0, i), -c); }

  void consider(double beta, double c, double einf) {
    if (beta < 0 || c < 0 || einf < 0) return;
    lowest_ = std::min(lowest_, problem_.exact_objective({beta, c, einf}));
  }

  void through(std::size_t i, std::size_t j) {
    const double c =
        std::log(points_.y(i) / points_.y(j)) / std::log(points_.input(0, j) / points_.input(0, i));
    consider(points_.y(i) / power(i, c), c, 0);
  }

  void through(std::size_t i, std::size_t j, std::size_t k) {
    const double wanted = (points_.y(i) - points_.y(j)) / (points_.y(j) - points_.y(k));
    const auto ratio = [&](double c) {  // grows with c
      return (power(i, c) - power(j, c)) / (power(j, c) - power(k, c));
    };
    double low = 1e-4, high = 5;
    if (!(ratio(low) < wanted && wanted < ratio(high))) return;
    for (int step = 0; step < 100; ++step) {
      const double middle = (low + high) / 2;
      (ratio(middle) < wanted ? low : high) = middle;
    }
    const double beta = (points_.y(i) - points_.y(j)) / (power(i, low) - power(j, low));
    consider(beta, low, points_.y(i) - beta * power(i, low));
  }

  const FitProblem& problem_;
  const Points& points_;
  double lowest_ = kInfinity;
};

struct Case {
  const char* loss;
  Residual residual;
};

class Kinked : public testing::TestWithParam<Case> {};

TEST_P(Kinked, FindsTheBestVertex) {
  constexpr int kSeeds = 20;
  const Law& law = find_law("m2");
  const Loss loss = parse_loss(GetParam().loss);
  int n_certified = 0, n_between = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const Points points = noisy_powers(static_cast<std::uint64_t>(seed));
    const Fit found = fit(law, points, {.loss = loss, .residual = GetParam().residual});
    const FitProblem problem(law, points, loss, GetParam().residual);
    const double vertex = Vertices(problem).lowest();
    EXPECT_LE(found.objective, vertex * (1 + 1e-8)) << seed;
    n_between += found.objective < vertex * (1 - 1e-8) ? 1 : 0;
    EXPECT_EQ(found.objective, problem.exact_objective(found.theta));
    n_certified += found.status == Status::certified ? 1 : 0;
  }
  EXPECT_GE(n_certified, kSeeds - 2);
  EXPECT_LE(n_between, 2);
}

TEST_P(Kinked, DoesNotDependOnTheUnit) {
  const FitOptions options{.loss = parse_loss(GetParam().loss), .residual = GetParam().residual};
  const Fit usual = fit(find_law("m2"), noisy_powers(1), options);
  for (const double unit : {1e-9, 1e9}) {
    const Fit other = fit(find_law("m2"), noisy_powers(1, unit), options);
    const double scale = GetParam().residual == Residual::raw ? unit : 1;
    EXPECT_NEAR(other.objective / (scale * usual.objective), 1, 1e-9);
    EXPECT_NEAR(other.theta[1] / usual.theta[1], 1, 1e-6);
    EXPECT_EQ(other.status, usual.status);
  }
}

TEST_P(Kinked, RefitsFindTheirOptima) {
  constexpr std::size_t kReplicates = 200, kChecked = 40;
  const Law& law = find_law("m2");
  const Loss loss = parse_loss(GetParam().loss);
  const Points points = noisy_powers(1);
  const Fit fitted = fit(law, points, {.loss = loss, .residual = GetParam().residual});
  const FitProblem problem(law, points, loss, GetParam().residual);
  std::vector<int> cluster_of;
  for (std::size_t i = 0; i < kPoints; ++i) cluster_of.push_back(static_cast<int>(i));
  const DrawWeights draw = draw_clusters(cluster_of, kPoints, std::vector<double>(kPoints, 1.0), 5);
  const Bootstrap refits = bootstrap(problem, fitted.theta, draw, {.n_replicates = kReplicates});
  EXPECT_LE(refits.n_not_converged, kReplicates / 20);
  int n_missed = 0;
  for (std::size_t i = 0; i < kChecked; ++i) {
    std::vector<double> weights(kPoints);
    draw(i, weights.data());
    Points drawn = points;
    for (std::size_t k = 0; k < kPoints; ++k)
      drawn.set(k, std::vector{points.input(0, k)}, points.y(k), weights[k]);
    const FitProblem redrawn = problem.with_points(drawn);
    const double best = Vertices(redrawn).lowest();
    if (redrawn.exact_objective(refits.theta_of(i)) > best * (1 + 1e-3)) ++n_missed;
  }
  EXPECT_LE(n_missed, 1);
}

INSTANTIATE_TEST_SUITE_P(Losses, Kinked,
                         testing::Values(Case{"lad", Residual::raw}, Case{"lad", Residual::log},
                                         Case{"quantile:0.3", Residual::raw},
                                         Case{"quantile:0.9", Residual::log}),
                         [](const auto& info) {
                           std::string name = std::string(info.param.loss) + "_" +
                                              std::string(residual_name(info.param.residual));
                           std::erase_if(name, [](char c) { return c == ':' || c == '.'; });
                           return name;
                         });

}  // namespace
}  // namespace rung
