#include "rung/study/observational/regression.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/study/observational/formula_text.hpp"

namespace rung::observational {
namespace {

Matrix predictors(std::size_t rows, std::size_t columns) {
  Rng rng(3);
  Matrix x(rows, columns);
  for (double& value : x.values) value = rng.normal();
  return x;
}

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

class Links : public testing::TestWithParam<Link> {};

TEST_P(Links, RecoverWhatTheDataWereMadeFrom) {
  const Matrix x = predictors(40, 2);
  Regression truth;
  std::vector<double> y;
  for (std::size_t i = 0; i < x.n_rows; ++i) {
    const double z = -0.7 + 1.3 * x(i, 0) - 0.4 * x(i, 1);
    const double value = GetParam() == Link::identity      ? z
                         : GetParam() == Link::exponential ? std::exp(z)
                         : GetParam() == Link::sigmoid     ? sigmoid(z)
                                                           : 0.1 + 0.9 * sigmoid(z);
    y.push_back(value);
  }
  const Regression found = regress(x, y, {.link = GetParam()});
  EXPECT_EQ(found.fit.status, Status::certified);
  EXPECT_NEAR(found.intercept(), -0.7, 1e-6);
  EXPECT_NEAR(found.weights()[0], 1.3, 1e-6);
  EXPECT_NEAR(found.weights()[1], -0.4, 1e-6);
  for (std::size_t i = 0; i < x.n_rows; ++i) {
    EXPECT_NEAR(found.predict(x.row(i)), y[i], 1e-8);
    ASSERT_TRUE(found.index_at(y[i]).has_value());
    EXPECT_NEAR(*found.index_at(y[i]), found.index(x.row(i)), 1e-5);
  }
}
INSTANTIATE_TEST_SUITE_P(All, Links,
                         testing::Values(Link::identity, Link::exponential, Link::sigmoid,
                                         Link::parametric_sigmoid));

TEST(Regression, AFreeHeightIsFoundInsideItsRange) {
  const Matrix x = predictors(60, 1);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.n_rows; ++i) y.push_back(0.05 + 0.8 * sigmoid(2 * x(i, 0) + 0.3));
  const Regression found = regress(x, y, {.fixed_height = false});
  EXPECT_NEAR(found.floor(), 0.05, 1e-6);
  EXPECT_NEAR(found.height(), 0.8, 1e-6);
}

TEST(Regression, NothingDependsOnThePredictorsSigns) {
  Rng rng(8);
  Matrix x = predictors(30, 3);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.n_rows; ++i)
    y.push_back(sigmoid(2 * x(i, 0) - x(i, 1)) + 0.1 * rng.normal());
  for (const Loss loss : {Loss{}, Loss::huber(0.1)}) {
    const Regression plain = regress(x, y, {.loss = loss});
    Matrix flipped = x;
    for (std::size_t i = 0; i < x.n_rows; ++i) flipped(i, 0) = -x(i, 0);
    const Regression other = regress(flipped, y, {.loss = loss});
    EXPECT_NEAR(other.fit.objective, plain.fit.objective, 1e-10 * plain.fit.objective);
    for (std::size_t i = 0; i < x.n_rows; ++i)
      EXPECT_NEAR(other.predict(flipped.row(i)), plain.predict(x.row(i)), 1e-6);
  }
}

// Under noise the objective has several minima; the few starts end in the lowest all the same.
TEST(Regression, FromFewStartsItIsTheOptimumThatTheSearchFinds) {
  for (int seed = 0; seed < 12; ++seed) {
    Rng rng(100 + static_cast<std::uint64_t>(seed));
    const std::size_t n_predictors = 1 + static_cast<std::size_t>(seed) % 4;
    const Matrix x = predictors(45, n_predictors);
    std::vector<double> y;
    for (std::size_t i = 0; i < x.n_rows; ++i) {
      double z = -1;
      for (std::size_t k = 0; k < n_predictors; ++k) z += x(i, k) * (k % 2 == 0 ? 2.0 : -0.7);
      y.push_back(sigmoid(z) + 0.15 * rng.normal());
    }
    const double searched = regress(x, y).fit.objective;
    const Regression few = regress(x, y, {.certify = false});
    EXPECT_LE(few.fit.objective, searched * (1 + 1e-9)) << seed;
    EXPECT_EQ(few.fit.status, Status::local);
  }
}

TEST(Regression, SlopeIsTheDerivative) {
  const Matrix x = predictors(20, 1);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.n_rows; ++i) y.push_back(0.1 + 0.9 * sigmoid(x(i, 0)));
  const Regression found = regress(x, y);
  const double h = 1e-5;
  EXPECT_NEAR(found.slope_at(0.3), (found.at(0.3 + h) - found.at(0.3 - h)) / (2 * h), 1e-9);
}

TEST(Regression, RefusesTooFewRows) {
  EXPECT_THROW(regress(predictors(3, 3), std::vector{0.1, 0.2, 0.3}), InputError);
  EXPECT_THROW(parse_link("tanh"), InputError);
}

// Texts of the published program, for the same coefficients.
TEST(FormulaText, WritesLinearPartsAsPublished) {
  EXPECT_EQ(linear_text({1.0, -1.0, 0.5, 0.004}, {"a", "b", "c", "d"}, 0.1),
            "a - b + 0.50c + 0.10");
  EXPECT_EQ(linear_text({-2.345, 1.004}, {"a", "b"}, -0.1), "- 2.35a + b - 0.10");
  EXPECT_EQ(linear_text({0.0}, {"a"}, 0.5), " + 0.50");
  EXPECT_EQ(linear_text({-1.0}, {"a"}, {}), "- a");
  EXPECT_EQ(linear_text({0.0}, {"a"}, 0.004), "");
  EXPECT_EQ(linear_text({2.005, 1.005, 0.9949}, {"a", "b", "c"}, 0.005), "2.00a + b + 0.99c");
  EXPECT_EQ(linear_text({0.005, 0.0051}, {"a", "b"}, 0.0051), "0.01b + 0.01");
}

TEST(FormulaText, AnExponentialKeepsItsName) {
  // The published text replaces every x in "exp(x)", that of "exp", too.
  const Matrix x = predictors(10, 1);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.n_rows; ++i) y.push_back(std::exp(2 * x(i, 0) + 1));
  EXPECT_EQ(formula_text(regress(x, y, {.link = Link::exponential}), {"PC-1"}),
            "y = exp(2.00PC-1 + 1.00)");
}

}  // namespace
}  // namespace rung::observational
