// Huber with a scale by proposal 2, against reweighted least squares that moves line and scale at
// once.
#include "rung/fit/huber_scale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/fitted.hpp"
#include "tests/support/test_laws.hpp"

namespace rung {
namespace {

constexpr double kScales = 1.345, kBeta = 0.7101645;  // E min(Z, 1.345)^2, by numeric integration

struct NoisyLine {
  std::vector<double> x, y;
  Points points() const { return Points::from_columns({x}, y); }
};

/// 1 + 2 x with normal noise of 0.1; every tenth point is far off.
NoisyLine contaminated(std::size_t n, double unit = 1) {
  Rng rng(12);
  NoisyLine line;
  for (std::size_t i = 0; i < n; ++i) {
    line.x.push_back(static_cast<double>(i) / 10);
    const double far = i % 10 == 3 ? 5 + rng.normal() : 0;
    line.y.push_back(unit * (1 + 2 * line.x.back() + 0.1 * rng.normal() + far));
  }
  return line;
}

struct Robust {
  double a = 0, b = 0, scale = 0;
};

Robust reweighted(const NoisyLine& line) {
  const auto n = static_cast<double>(line.x.size());
  Robust fit{0, 0, 1e6};
  for (int round = 0; round < 20'000; ++round) {
    double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0, squares = 0;
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      const double r = std::abs(line.y[i] - fit.a - fit.b * line.x[i]);
      const double w = r <= kScales * fit.scale ? 1 : kScales * fit.scale / r;
      s0 += w, s1 += w * line.x[i], s2 += w * line.x[i] * line.x[i];
      t0 += w * line.y[i], t1 += w * line.x[i] * line.y[i];
      squares += std::pow(std::min(r, kScales * fit.scale), 2);
    }
    const double determinant = s0 * s2 - s1 * s1;
    fit = {(s2 * t0 - s1 * t1) / determinant, (s0 * t1 - s1 * t0) / determinant,
           std::sqrt(squares / ((n - 2) * kBeta))};
  }
  return fit;
}

TEST(HuberScale, IsTheJointFitOfParametersAndScale) {
  const NoisyLine line = contaminated(40);
  const Robust expected = reweighted(line);
  const Fitted found(rung::line(), line.points(), {.loss = parse_loss("huber:auto")});
  EXPECT_EQ(found.options.loss.kind, LossKind::huber);
  EXPECT_NEAR(found.options.loss.parameter, kScales * expected.scale, 1e-6 * expected.scale);
  EXPECT_NEAR(found.fit.theta[0], expected.a, 1e-6);
  EXPECT_NEAR(found.fit.theta[1], expected.b, 1e-6);
  EXPECT_THAT(found.fit.notes, testing::Contains(testing::HasSubstr("Huber's proposal 2")));
}

TEST(HuberScale, TakesTheUnitOfTheData) {
  const Points small = contaminated(40).points(), large = contaminated(40, 1e6).points();
  const FitOptions how{.loss = parse_loss("huber:auto")};
  const double delta = with_estimated_scale(line(), small, how).loss.parameter;
  EXPECT_NEAR(with_estimated_scale(line(), large, how).loss.parameter / 1e6, delta, 1e-7 * delta);
}

TEST(HuberScale, IsTheStandardDeviationOfNormalNoise) {
  Rng rng(4);
  std::vector<double> residuals, weights(20'000, 3.0);
  for (std::size_t i = 0; i < weights.size(); ++i) residuals.push_back(0.7 * rng.normal());
  EXPECT_NEAR(proposal_2_scale(residuals, weights, 0), 0.7, 0.01);
}

TEST(HuberScale, OfLogResiduals) {
  // The law's own residuals are measured, not those of y.
  Rng rng(9);
  std::vector<double> x, y;
  for (int i = 0; i < 60; ++i) {
    x.push_back(std::exp(0.2 * i));
    y.push_back((i % 12 == 5 ? 3 : 1) * 4 * std::pow(x.back(), -0.3) *
                std::exp(0.02 * rng.normal()));
  }
  const Fit found = fit(find_law("m1"), Points::from_columns({x}, y),
                        {.loss = parse_loss("huber:auto"), .residual = Residual::log});
  EXPECT_NEAR(found.value("c"), 0.3, 0.005);
}

TEST(HuberScale, RefusesWhereResidualsSayNothing) {
  const FitOptions how{.loss = parse_loss("huber:auto")};
  EXPECT_THROW(fit(line(), Points::from_columns({{1, 2}}, std::vector{1.0, 2.0}), how), InputError);
  EXPECT_THROW(
      fit(line(), Points::from_columns({{1, 2, 3, 4}}, std::vector{1.0, 2.0, 3.0, 4.0}), how),
      InputError);
}

}  // namespace
}  // namespace rung
