#include "rung/fit/problem.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "tests/support/test_laws.hpp"

namespace rung {
namespace {

const Law& chinchilla() { return find_law("chinchilla"); }

Points four_runs() {
  return Points::from_columns({{1e8, 2e8, 4e8, 1e9}, {2e9, 8e9, 5e9, 4e10}},
                              std::vector{3.6, 3.2, 3.1, 2.7});
}

FitProblem problem_with(const Points& points, const std::vector<Constraint>& constraints) {
  return FitProblem(chinchilla(), points, {}, Residual::log, constraints);
}

std::string refusal(const std::vector<Constraint>& constraints) {
  const Points points = four_runs();
  try {
    problem_with(points, constraints);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(FitProblem, FixedParametersLeaveAndTiedOnesShare) {
  const Points points = four_runs();
  const FitProblem problem = problem_with(
      points, {{.parameter = "E", .fixed = 1.7}, {.parameter = "beta", .tied_to = "alpha"}});
  EXPECT_EQ(problem.n_free(), 3);
  EXPECT_EQ(problem.coordinate_of(chinchilla().parameter_index("E")), -1);
  EXPECT_EQ(problem.coordinate_of(3), problem.coordinate_of(4));
  const std::vector<double> theta = problem.theta_at({std::log(400), std::log(500), 0.3});
  EXPECT_NEAR(theta[0], 400, 1e-10);
  EXPECT_NEAR(theta[1], 500, 1e-10);
  EXPECT_EQ(theta[2], 1.7);
  EXPECT_EQ(theta[3], 0.3);
  EXPECT_EQ(theta[4], 0.3);
}

TEST(FitProblem, ATieToAFixedParameterFixes) {
  const Points points = four_runs();
  const FitProblem problem = problem_with(
      points, {{.parameter = "alpha", .fixed = 0.4}, {.parameter = "beta", .tied_to = "alpha"}});
  EXPECT_EQ(problem.n_free(), 3);
  EXPECT_EQ(problem.theta_at({1, 1, 1})[4], 0.4);
}

TEST(FitProblem, DerivativesFollowTiesAndPriors) {
  const Points points = four_runs();
  const FitProblem problem =
      problem_with(points, {{.parameter = "beta", .tied_to = "alpha"},
                            {.parameter = "A", .prior_mean = 300, .prior_sd = 50},
                            {.parameter = "alpha", .prior_mean = 0.5, .prior_sd = 0.1}});
  const std::vector<double> z = {6.1, 5.9, 1.6, 0.33};
  const int n = problem.n_free();
  ASSERT_EQ(n, 4);
  std::vector<double> gradient(4), hessian(10), metric(10), g(4), h(10), m(10);
  const double value =
      problem.derivatives(z.data(), {gradient.data(), hessian.data(), metric.data()});
  EXPECT_NEAR(problem.objective(z.data()), value, 1e-12 * value);
  for (std::size_t i = 0; i < 4; ++i) {
    constexpr double kStep = 1e-5;
    std::vector<double> up = z, down = z;
    up[i] += kStep;
    down[i] -= kStep;
    EXPECT_NEAR(gradient[i],
                (problem.objective(up.data()) - problem.objective(down.data())) / (2 * kStep),
                1e-6 * (1 + std::abs(gradient[i])));
    problem.derivatives(up.data(), {g.data(), h.data(), m.data()});
    std::vector<double> g_up = g;
    problem.derivatives(down.data(), {g.data(), h.data(), m.data()});
    for (std::size_t j = 0; j <= i; ++j) {
      const double expected = (g_up[j] - g[j]) / (2 * kStep);
      EXPECT_NEAR(hessian[i * (i + 1) / 2 + j], expected, 1e-6 * (1 + std::abs(expected)));
    }
  }
}

TEST(FitProblem, CoordinatesAndParametersAreInverse) {
  const Points points = four_runs();
  const FitProblem problem = problem_with(points, {});
  const std::vector<double> theta = {406.4, 410.7, 1.69, 0.34, 0.28};
  const std::vector<double> back = problem.theta_at(problem.coordinates_of(theta));
  for (std::size_t p = 0; p < theta.size(); ++p) EXPECT_NEAR(back[p], theta[p], 1e-13 * theta[p]);
  EXPECT_EQ(problem.coordinates_of({1, 1, -3, 1, 1})[2], 0) << "moved inside the bounds";
}

TEST(FitProblem, RefusesWhatCantBe) {
  EXPECT_NE(refusal({{.parameter = "gamma", .fixed = 1}}).find("no parameter 'gamma'"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "E", .lower = 2, .upper = 1}}).find("impossible bounds"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "A", .upper = -1}}).find("impossible bounds"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "E", .prior_mean = 1}}).find("standard deviation"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "alpha", .tied_to = "alpha"}}).find("itself"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "alpha", .tied_to = "beta"},
                     {.parameter = "beta", .tied_to = "alpha"}})
                .find("circle"),
            std::string::npos);
  EXPECT_NE(refusal({{.parameter = "E", .tied_to = "A"}}).find("logarithm"), std::string::npos);
}

TEST(FitProblem, RefusesPointsWithoutAResidualOrAnInput) {
  const auto refuses = [](const std::vector<double>& n, const std::vector<double>& y,
                          Residual residual) {
    const Points points = Points::from_columns({n, {1e9, 1e9}}, y);
    EXPECT_THROW(FitProblem(chinchilla(), points, {}, residual), InputError);
  };
  refuses({1e8, 1e9}, {3, 0}, Residual::log);
  refuses({1e8, 1e9}, {3, -1}, Residual::log);
  refuses({1e8, 1e9}, {0.5, 1}, Residual::logit);
  refuses({1e8, 0}, {3, 2}, Residual::raw);
  refuses({1e8, std::nan("")}, {3, 2}, Residual::raw);
  refuses({1e8, 1e9}, {3, std::nan("")}, Residual::raw);
  const Points none(2, 0), one_input = Points::from_columns({{1e8}}, std::vector{3.0});
  EXPECT_THROW(FitProblem(chinchilla(), none, {}, Residual::raw), InputError);
  EXPECT_THROW(FitProblem(chinchilla(), one_input, {}, Residual::raw), InputError);
}

TEST(FitProblem, KinkedLossesAreReportedExactly) {
  const Points points = Points::from_columns({{0, 1, 2}}, std::vector{0.0, 3.0, -1.0});
  const FitProblem lad(line(), points, parse_loss("lad"), Residual::raw);
  EXPECT_NEAR(lad.exact_objective({1, 0}), 1 + 2 + 2, 1e-15);
  const FitProblem quantile(line(), points, parse_loss("quantile:0.9"), Residual::raw);
  EXPECT_NEAR(quantile.exact_objective({1, 0}), 0.1 * 1 + 0.9 * 2 + 0.1 * 2, 1e-15);
}

TEST(FitProblem, RoundingBoundsWhatRoundingDoes) {
  // Observations of a million with residuals of a millionth: the squares know few digits.
  const Points points =
      Points::from_columns({{0, 1, 2, 3}}, std::vector{1e6, 1e6 + 1e-6, 1e6, 1e6});
  const FitProblem problem(line(), points, {}, Residual::raw);
  const double value = problem.objective(std::vector<double>{1e6, 0}.data());
  EXPECT_GT(problem.rounding(value), std::abs(value - 1e-12));
  EXPECT_LT(problem.rounding(value), 0.01 * value);
}

}  // namespace
}  // namespace rung
