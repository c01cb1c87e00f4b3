// Shares of questions: deviance, standard errors and criteria against a generalized linear model
// fitted here, and against sums written out.
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/fitted.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/law/catalogue.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

constexpr LossKind kBinomial = LossKind::binomial;

struct Shares {
  std::vector<double> x, y, n;

  Points points() const { return Points::from_columns({x}, y, n); }
};

/// Right answers are drawn question by question.
template <class Chance>
Shares drawn(std::size_t rows, Chance chance) {
  Rng rng(3);
  Shares shares;
  for (std::size_t i = 0; i < rows; ++i) {
    shares.x.push_back(-2 + 4 * static_cast<double>(i) / static_cast<double>(rows - 1));
    const int n = 20 + static_cast<int>(i * 37 % 300);
    int right = 0;
    for (int k = 0; k < n; ++k) right += rng.uniform() < chance(shares.x.back()) ? 1 : 0;
    shares.n.push_back(n);
    shares.y.push_back(static_cast<double>(right) / n);
  }
  return shares;
}

double logistic(double eta) { return 1 / (1 + std::exp(-eta)); }

double deviance_by_hand(const Shares& data, const std::vector<double>& f) {
  double sum = 0;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const double y = data.y[i];
    if (y > 0) sum += 2 * data.n[i] * y * std::log(y / f[i]);
    if (y < 1) sum += 2 * data.n[i] * (1 - y) * std::log((1 - y) / (1 - f[i]));
  }
  return sum;
}

/// Logistic regression by iteratively reweighted least squares of the working response.
struct Logistic {
  double a = 0, b = 0, a_error = 0, b_error = 0;
};

Logistic logistic_regression(const Shares& data) {
  Logistic fit;
  for (int round = 0; round < 50; ++round) {
    double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0;
    for (std::size_t i = 0; i < data.x.size(); ++i) {
      const double eta = fit.a + fit.b * data.x[i], p = logistic(eta);
      const double w = data.n[i] * p * (1 - p), z = eta + (data.y[i] - p) / (p * (1 - p));
      s0 += w, s1 += w * data.x[i], s2 += w * data.x[i] * data.x[i];
      t0 += w * z, t1 += w * z * data.x[i];
    }
    const double determinant = s0 * s2 - s1 * s1;
    fit = {(s2 * t0 - s1 * t1) / determinant, (s0 * t1 - s1 * t0) / determinant,
           std::sqrt(s2 / determinant), std::sqrt(s0 / determinant)};
  }
  return fit;
}

TEST(Binomial, IsALogisticRegressionWhereTheLawIsOne) {
  const Shares data = drawn(24, [](double x) { return logistic(0.4 + 1.3 * x); });
  const Law law = formula_law("1 / (1 + exp(-(a + b*x)))", {"x"}, {});
  const Points points = data.points();
  const Fit found = fit(law, points, {.loss = {kBinomial}});
  const Logistic expected = logistic_regression(data);
  EXPECT_NE(found.status, Status::failed);
  EXPECT_NEAR(found.value("a"), expected.a, 1e-7);
  EXPECT_NEAR(found.value("b"), expected.b, 1e-7);
  EXPECT_NEAR(*found.parameters[0].stderror, expected.a_error, 1e-6);
  EXPECT_NEAR(*found.parameters[1].stderror, expected.b_error, 1e-6);
  // Wald's interval, with the normal's quantile.
  EXPECT_NEAR(*found.parameters[1].upper, expected.b + 1.959963985 * expected.b_error, 1e-5);
  EXPECT_NEAR(found.objective, deviance_by_hand(data, predict(law, found.theta, points)), 1e-8);
}

TEST(Binomial, TheIntervalOfAShareIsOneOfItsLogit) {
  const Shares data = drawn(24, [](double x) { return logistic(0.4 + 1.3 * x); });
  const Law law = formula_law("1 / (1 + exp(-(a + b*x)))", {"x"}, {});
  const Fitted fitted(law, data.points(), {.loss = {kBinomial}, .level = 0.9});
  // Far out: by the logit's own standard error, from the regression's covariance.
  double s0 = 0, s1 = 0, s2 = 0;
  const Logistic expected = logistic_regression(data);
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    const double p = logistic(expected.a + expected.b * data.x[i]);
    const double w = data.n[i] * p * (1 - p);
    s0 += w, s1 += w * data.x[i], s2 += w * data.x[i] * data.x[i];
  }
  const double x = 6, eta = expected.a + expected.b * x;
  const double error = std::sqrt((s2 - 2 * x * s1 + x * x * s0) / (s0 * s2 - s1 * s1));
  const auto interval = fitted.interval(std::vector<double>{x});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->lower, logistic(eta - 1.644853627 * error), 1e-7);
  EXPECT_NEAR(interval->upper, logistic(eta + 1.644853627 * error), 1e-7);
  EXPECT_LT(interval->upper, 1);
}

/// The top of the sigmoid, far beyond the data, written as a parameter p = f(4): its profile is
/// that of the prediction there, whose interval is no parabola's.
TEST(Binomial, TheIntervalOfAPredictionIsItsProfile) {
  const Shares data = drawn(14, [](double x) { return 0.25 + 0.5 * logistic(2 * (x - 1)); });
  const Law law = formula_law("0.25 + h / (1 + exp(-k*(x - m)))", {"x"}, {});
  const Law by_prediction =
      formula_law("0.25 + (p - 0.25) * (1 + exp(-k*(4 - m))) / (1 + exp(-k*(x - m)))", {"x"}, {});
  const double level = 0.9;
  const Fitted fitted(law, data.points(), {.loss = {kBinomial}, .level = level});
  const auto found = fitted.interval(std::vector<double>{4});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->method, "profile-mean");
  const Fitted other(by_prediction, data.points(), {.loss = {kBinomial}, .level = level});
  ASSERT_NEAR(other.fit.objective, fitted.fit.objective, 1e-7);
  const auto expected =
      profile(*other.problem, other.fit, by_prediction.parameter_index("p"), level);
  ASSERT_TRUE(expected && expected->lower && expected->upper);
  EXPECT_NEAR(found->lower, *expected->lower, 1e-4);
  EXPECT_NEAR(found->upper, *expected->upper, 1e-4);
  EXPECT_GT(found->upper - fitted.predict(std::vector<double>{4}),
            1.3 * (fitted.predict(std::vector<double>{4}) - found->lower));
}

/// A law that is no generalized linear model: the gradient of the deviance written out vanishes,
/// moves along each axis and at random only raise it, and errors are those of Fisher's information.
TEST(Binomial, FitsALawBetweenChanceAndACeiling) {
  const auto truth = [](double x) { return 0.25 + 0.6 * logistic(2 * x); };
  const Shares data = drawn(40, truth);
  const Law law = formula_law("g + h / (1 + exp(-k*(x - m)))", {"x"}, {});
  const Points points = data.points();
  const Fit found = fit(law, points, {.loss = {kBinomial}});
  const auto deviance = [&](const std::vector<double>& theta) {
    return deviance_by_hand(data, predict(law, theta, points));
  };
  EXPECT_NEAR(found.objective, deviance(found.theta), 1e-8);
  Rng rng(8);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> moved = found.theta;
    const double size = std::exp(-10 * rng.uniform());
    for (double& value : moved) value += size * rng.normal();
    const double there = deviance(moved);
    if (!std::isfinite(there)) continue;
    EXPECT_GE(there, found.objective - 1e-8);
  }
  // Fisher's information by differences of the predictions.
  const std::size_t p = found.theta.size();
  std::vector<std::vector<double>> slopes;
  for (std::size_t k = 0; k < p; ++k) {
    std::vector<double> up = found.theta, down = found.theta;
    up[k] += 1e-5, down[k] -= 1e-5;
    slopes.push_back(predict(law, up, points));
    const std::vector<double> below = predict(law, down, points);
    for (std::size_t i = 0; i < below.size(); ++i) slopes[k][i] = (slopes[k][i] - below[i]) / 2e-5;
  }
  const std::vector<double> f = predict(law, found.theta, points);
  Matrix information(p, p);
  for (std::size_t i = 0; i < f.size(); ++i) {
    for (std::size_t a = 0; a < p; ++a) {
      for (std::size_t b = 0; b < p; ++b)
        information(a, b) += data.n[i] / (f[i] * (1 - f[i])) * slopes[a][i] * slopes[b][i];
    }
  }
  const auto inverse = symmetric_inverse(information);
  ASSERT_TRUE(inverse);
  for (std::size_t k = 0; k < p; ++k) {
    EXPECT_NEAR(*found.parameters[k].stderror, std::sqrt((*inverse)(k, k)),
                1e-5 * *found.parameters[k].stderror);
  }
}

TEST(Binomial, SharesOfNoneAndAllAreTakenAsTheyAre) {
  Shares data;
  data.x = {-3, -2, -1, 0, 1, 2, 3, 4};
  data.y = {0, 0, 0.1, 0.5, 0.8, 1, 1, 1};
  data.n.assign(8, 10);
  const Law law = formula_law("1 / (1 + exp(-(a + b*x)))", {"x"}, {});
  const Points points = data.points();
  const Fit found = fit(law, points, {.loss = {kBinomial}});
  const Logistic expected = logistic_regression(data);
  EXPECT_NEAR(found.value("a"), expected.a, 1e-6);
  EXPECT_NEAR(found.value("b"), expected.b, 1e-6);
  EXPECT_NEAR(found.objective, deviance_by_hand(data, predict(law, found.theta, points)), 1e-8);
}

TEST(Binomial, CriteriaAreThoseOfTheCounts) {
  Shares data;
  data.x = {-1, 0, 1};
  data.y = {0.25, 0.5, 1};
  data.n = {4, 4, 2};
  const Law law = formula_law("a + 0*x", {"x"}, {});
  const Points points = data.points();
  const Fit found = fit(law, points, {.loss = {kBinomial}});
  const double f = (1 + 2 + 2) / 10.0;  // right of all
  EXPECT_NEAR(found.value("a"), f, 1e-9);
  EXPECT_NEAR(*found.parameters[0].stderror, std::sqrt(f * (1 - f) / 10), 1e-9);
  const FitProblem problem(law, points, {kBinomial}, Residual::raw);
  // 4, 6 and 1 ways, five right and five wrong.
  EXPECT_NEAR(criteria_of(problem, found).log_likelihood, std::log(4 * 6) + 10 * std::log(0.5),
              1e-9);
  EXPECT_NEAR(criteria_of(problem, found).aic, 2 - 2 * (std::log(24) + 10 * std::log(0.5)), 1e-9);
}

TEST(Binomial, WeightsAndTheSandwichAgreeWithRepeatedRows) {
  const Shares once = drawn(12, [](double x) { return logistic(x); });
  Shares twice = once;
  for (double& n : twice.n) n *= 2;
  const Law law = formula_law("1 / (1 + exp(-(a + b*x)))", {"x"}, {});
  const Fit single = fit(law, once.points(), {.loss = {kBinomial}});
  const Fit doubled = fit(law, twice.points(), {.loss = {kBinomial}});
  EXPECT_NEAR(doubled.value("b"), single.value("b"), 1e-7);
  EXPECT_NEAR(*doubled.parameters[1].stderror * std::sqrt(2), *single.parameters[1].stderror, 1e-7);
  // Where questions alone scatter, both covariances are of one size.
  const Shares many = drawn(400, [](double x) { return logistic(x); });
  Fitted fitted(law, many.points(), {.loss = {kBinomial}});
  const double by_model = *fitted.fit.parameters[1].stderror;
  ASSERT_TRUE(fitted.use_sandwich());
  EXPECT_NEAR(*fitted.fit.parameters[1].stderror / by_model, 1, 0.15);
}

TEST(Binomial, RefusesWhatIsNoShare) {
  const Law law = formula_law("a + b*x", {"x"}, {});
  const Points percent = Points::from_columns({{1, 2, 3}}, std::vector{25.0, 40.0, 60.0});
  EXPECT_THROW(fit(law, percent, {.loss = {kBinomial}}), InputError);
  const Points shares = Points::from_columns({{1, 2, 3}}, std::vector{0.2, 0.4, 0.6});
  EXPECT_THROW(fit(law, shares, {.loss = {kBinomial}, .residual = Residual::log}), InputError);
}

/// A table at chance, where the law's scale is held at its bound, 0: from there the search for
/// other parameters has to keep to the scales that the law allows.
TEST(Binomial, OtherParametersFitAsWellAsTheBest) {
  Shares data;
  data.y = {0.23625, 0.24125, 0.26875, 0.26,    0.24125, 0.25375,
            0.2525,  0.2575,  0.245,   0.25875, 0.2775,  0.25875};
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    data.x.push_back(2.4 + 2.6 / 11 * static_cast<double>(i));
    data.n.push_back(800);
  }
  const Law& law = find_law("sigmoid");
  const Points points = data.points();
  const Fit found = fit(law, points, {.loss = {kBinomial}});
  EXPECT_NEAR(found.objective, deviance_by_hand(data, predict(law, found.theta, points)), 1e-8);
  for (const Alternative& other : found.alternatives) {
    const double deviance = deviance_by_hand(data, predict(law, other.theta, points));
    EXPECT_LT(deviance, found.objective * (1 + 1e-5));
    EXPECT_NEAR(deviance, other.objective, 1e-5);
  }
}

}  // namespace
}  // namespace rung
