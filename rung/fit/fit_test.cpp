#include "rung/fit/fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/interval/delta.hpp"
#include "tests/support/test_laws.hpp"

namespace rung {
namespace {

// Lines, whose best fits are known.

TEST(FitLine, LeastAbsoluteDeviationsOfAConstantIsTheMedian) {
  const Points points =
      Points::from_columns({{1, 2, 3, 4, 5}}, std::vector{1.0, 2.0, 7.0, 100.0, -50.0});
  const Fit found = fit(
      line(), points, {.loss = parse_loss("lad"), .constraints = {{.parameter = "b", .fixed = 0}}});
  EXPECT_NEAR(found.theta[0], 2, 1e-8);
  EXPECT_NEAR(found.objective, 1 + 0 + 5 + 98 + 52, 1e-7);
}

TEST(FitLine, LeastAbsoluteDeviationsGoesThroughTheMajority) {
  // Five of seven points on y = 1 + 2 x; the others do not matter, however far.
  const Points points = Points::from_columns({{0, 1, 2, 3, 4, 5, 6}},
                                             std::vector{1.0, 3.0, 500.0, 7.0, 9.0, -80.0, 13.0});
  const Fit found = fit(line(), points, {.loss = parse_loss("lad")});
  EXPECT_NEAR(found.theta[0], 1, 1e-7);
  EXPECT_NEAR(found.theta[1], 2, 1e-7);
}

TEST(FitLine, QuantileOfAConstantIsTheQuantile) {
  std::vector<double> x, y;
  for (int i = 0; i < 21; ++i) x.push_back(i), y.push_back((i * 8) % 21);  // 0 … 20, mixed
  const Points points = Points::from_columns({x}, y);
  for (const auto& [level, expected] : {std::pair{0.9, 18.0}, {0.5, 10.0}, {0.12, 2.0}}) {
    const Fit found =
        fit(line(), points,
            {.loss = {LossKind::quantile, level}, .constraints = {{.parameter = "b", .fixed = 0}}});
    EXPECT_NEAR(found.theta[0], expected, 1e-7) << level;
  }
}

TEST(FitLine, HuberWithAWideDeltaIsLeastSquares) {
  const Points points = Points::from_columns({{1, 2, 3, 4}}, std::vector{1.0, 2.5, 2.0, 5.0});
  const Fit squared = fit(line(), points), huber = fit(line(), points, {.loss = Loss::huber(100)});
  EXPECT_NEAR(huber.theta[0], squared.theta[0], 1e-12);
  EXPECT_NEAR(huber.theta[1], squared.theta[1], 1e-12);
  EXPECT_NEAR(huber.objective, squared.objective / 2, 1e-12);
}

TEST(FitLine, PriorsPullByTheirPrecision) {
  // Two unit observations of a at 4 against a prior 0 +- 0.5: r^2 / 2 with precision 1 each, so the
  // mean is 8 / (2 + 4).
  const Points points = Points::from_columns({{1, 2}}, std::vector{4.0, 4.0});
  const Fit found = fit(line(), points,
                        {.loss = Loss::huber(100),
                         .constraints = {{.parameter = "a", .prior_mean = 0, .prior_sd = 0.5},
                                         {.parameter = "b", .fixed = 0}}});
  EXPECT_NEAR(found.theta[0], 8.0 / 6, 1e-12);
}

TEST(FitLine, BoundsHold) {
  const Points points = Points::from_columns({{1, 2, 3}}, std::vector{2.0, 4.0, 6.0});
  const Fit found = fit(line(), points, {.constraints = {{.parameter = "a", .lower = 1}}});
  EXPECT_EQ(found.theta[0], 1);
  EXPECT_NEAR(found.theta[1], (1 * 1 + 2 * 3 + 3 * 5) / 14.0, 1e-12);
  EXPECT_EQ(found.status, Status::certified);
  EXPECT_FALSE(found.notes.empty());
}

TEST(FitLine, TiesShareAValue) {
  const Points points = Points::from_columns({{1, 2, 3}}, std::vector{2.0, 3.0, 5.0});
  const Fit found = fit(line(), points, {.constraints = {{.parameter = "b", .tied_to = "a"}}});
  EXPECT_NEAR(found.theta[0], (2 * 2 + 3 * 3 + 5 * 4) / (4.0 + 9 + 16), 1e-12);
  EXPECT_EQ(found.theta[0], found.theta[1]);
}

TEST(FitLine, ATieMayHaveAnOffset) {
  // b = a + 1: y = a (1 + x) + x.
  const Points points = Points::from_columns({{1, 2, 3}}, std::vector{2.0, 3.0, 5.0});
  const Fit found =
      fit(line(), points, {.constraints = {{.parameter = "b", .tied_to = "a", .offset = 1}}});
  EXPECT_NEAR(found.theta[0], (2 * 1 + 3 * 1 + 4 * 2) / (4.0 + 9 + 16), 1e-12);
  EXPECT_NEAR(found.theta[1], found.theta[0] + 1, 1e-12);
  EXPECT_NEAR(*found.parameters[0].stderror, *found.parameters[1].stderror, 1e-12);
  const Fit fixed = fit(line(), points,
                        {.constraints = {{.parameter = "a", .fixed = 0.5},
                                         {.parameter = "b", .tied_to = "a", .offset = -2}}});
  EXPECT_EQ(fixed.theta[1], -1.5);
}

TEST(FitTies, AnOffsetBetweenExponentsIsTheFormulaThatSaysSo) {
  Rng rng(6);
  std::vector<double> n, d, loss;
  for (const double size : {1e7, 3e7, 1e8, 3e8, 1e9}) {
    for (const double ratio : {5.0, 20.0, 80.0}) {
      n.push_back(size), d.push_back(size * ratio);
      loss.push_back((1.7 + 400 * std::pow(size, -0.34) + 3e4 * std::pow(d.back(), -0.44)) *
                     std::exp(0.002 * rng.normal()));
    }
  }
  const Points points = Points::from_columns({n, d}, loss);
  const Fit tied = fit(find_law("chinchilla"), points,
                       {.residual = Residual::log,
                        .constraints = {{.parameter = "beta", .tied_to = "alpha", .offset = 0.1}}});
  const Law written = formula_law("E + A/N^alpha + B/D^(alpha + 0.1)", {"N", "D"}, {});
  const Fit expected = fit(written, points, {.residual = Residual::log});
  EXPECT_NEAR(tied.objective, expected.objective, 1e-9 * expected.objective);
  EXPECT_NEAR(tied.value("alpha"), expected.value("alpha"), 1e-6);
  EXPECT_NEAR(tied.value("beta"), expected.value("alpha") + 0.1, 1e-6);
  EXPECT_EQ(tied.status, Status::certified);
  const auto error = [](const Fit& fit, const char* name) {
    return *fit.parameters[static_cast<std::size_t>(fit.law->parameter_index(name))].stderror;
  };
  EXPECT_NEAR(error(tied, "beta"), error(expected, "alpha"), 1e-4 * error(tied, "beta"));
}

TEST(FitTies, BoundsOfBothHold) {
  // Sizes are positive: with b = a - 3 the other one is 3 at least.
  const Points points = Points::from_columns({{1, 2, 3}}, std::vector{2.0, 3.0, 5.0});
  const Fit found =
      fit(line(), points,
          {.constraints = {{.parameter = "b", .lower = 0, .tied_to = "a", .offset = -3}}});
  EXPECT_GE(found.value("a"), 3);
  EXPECT_NEAR(found.value("b"), 0, 1e-12);
  EXPECT_THROW(fit(line(), points,
                   {.constraints = {{.parameter = "a", .upper = 1},
                                    {.parameter = "b", .lower = 0, .tied_to = "a", .offset = -3}}}),
               InputError);
}

TEST(FitRefuses, FewerPointsThanParameters) {
  const Points points = Points::from_columns({{1e8, 1e9}, {1e9, 1e10}}, std::vector{3.0, 2.5});
  EXPECT_THROW(fit(find_law("chinchilla"), points), InputError);
  const Fit forced = fit(find_law("chinchilla"), points, {.allow_underdetermined = true});
  EXPECT_FALSE(forced.identified);
  EXPECT_FALSE(forced.notes.empty());
}

TEST(FitRefuses, PointsThatAreAllAlike) {
  const Points points = Points::from_columns({{2, 2, 2}}, std::vector{1.0, 2.0, 3.0});
  EXPECT_THROW(fit(line(), points), InputError);
}

TEST(FitUnbounded, AHingeHasNoFiniteSharpness) {
  // Accuracy flat at 1 up to x0 and then straight down: the log-sigmoid bends ever more sharply.
  std::vector<double> loss, accuracy;
  Rng rng(5);
  for (int i = 0; i < 12; ++i) {
    loss.push_back(0.4 + 0.1 * i);
    accuracy.push_back(1 - std::max(0.0, 0.5 * (loss.back() - 0.85)) + 1e-4 * rng.normal());
  }
  const Fit found = fit(find_law("log-sigmoid"), Points::from_columns({loss}, accuracy));
  EXPECT_EQ(found.status, Status::unbounded);
  EXPECT_FALSE(found.identified);
  EXPECT_LT(found.objective, 12 * 4e-8);
}

// Every law of the catalogue.

class FitALaw : public testing::TestWithParam<std::string> {
 protected:
  FitALaw() : law_(find_law(GetParam())) {
    for (const ParameterInfo& parameter : law_.info.parameters) theta_.push_back(parameter.typical);
  }

  /// Points spread over the law's typical inputs, observed with relative noise of size `noise`.
  Points simulated(std::size_t n, double noise, double unit = 1) const {
    Rng rng(21);
    Points points(law_.info.inputs.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> inputs;
      for (const InputInfo& input : law_.info.inputs) {
        const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
        inputs.push_back(input.positive ? low * std::pow(high / low, share)
                                        : low + (high - low) * share);
      }
      const double y = predict(law_, theta_, inputs) * (1 + noise * rng.normal());
      for (double& input : inputs) input *= unit;
      points.set(i, inputs, y);
    }
    return points;
  }

  const Law& law_;
  std::vector<double> theta_;
};

TEST_P(FitALaw, RecoversWhatItSimulates) {
  for (const Residual residual : {Residual::raw, law_.info.residual}) {
    const Fit found = fit(law_, simulated(60, 0), {.residual = residual});
    EXPECT_TRUE(found.status == Status::certified || found.status == Status::local)
        << status_name(found.status);
    EXPECT_TRUE(found.identified);
    for (std::size_t p = 0; p < theta_.size(); ++p) {
      EXPECT_NEAR(found.theta[p], theta_[p], 1e-6 * std::abs(theta_[p]))
          << law_.info.parameters[p].name;
    }
  }
}

TEST_P(FitALaw, CoversTheTruthUnderNoise) {
  const Fit found =
      fit(law_, simulated(300, 0.005), {.residual = law_.info.residual, .level = 0.9999});
  ASSERT_TRUE(found.covariance);
  for (std::size_t p = 0; p < theta_.size(); ++p) {
    const ParameterEstimate& estimate = found.parameters[p];
    ASSERT_TRUE(estimate.lower && estimate.upper) << estimate.name;
    EXPECT_LE(*estimate.lower, theta_[p]) << estimate.name;
    EXPECT_GE(*estimate.upper, theta_[p]) << estimate.name;
  }
}

TEST_P(FitALaw, IsTheSameTwice) {
  const Points points = simulated(40, 0.01);
  const Fit once = fit(law_, points), again = fit(law_, points);
  EXPECT_EQ(once.theta, again.theta);
  EXPECT_EQ(once.objective, again.objective);
}

TEST_P(FitALaw, DoesNotMindTheOrderOfThePoints) {
  const Points points = simulated(40, 0.01);
  Points reversed(points.n_inputs(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> inputs;
    for (std::size_t k = 0; k < points.n_inputs(); ++k) inputs.push_back(points.input(k, i));
    reversed.set(points.size() - 1 - i, inputs, points.y(i));
  }
  const Fit once = fit(law_, points), again = fit(law_, reversed);
  EXPECT_NEAR(once.objective, again.objective, 1e-11 * once.objective);
  for (std::size_t p = 0; p < theta_.size(); ++p) {
    EXPECT_NEAR(once.theta[p], again.theta[p], 1e-7 * std::abs(once.theta[p]));
  }
}

TEST_P(FitALaw, DoesNotMindTheUnitOfItsInputs) {
  const Fit once = fit(law_, simulated(40, 0.01)),
            thousandth = fit(law_, simulated(40, 0.01, 1e-3));
  EXPECT_NEAR(once.objective, thousandth.objective, 1e-9 * once.objective);
  std::vector<double> inputs;
  for (const InputInfo& input : law_.info.inputs) inputs.push_back(1.5 * input.typical_high);
  const double expected = predict(law_, once.theta, inputs);
  for (double& input : inputs) input *= 1e-3;
  EXPECT_NEAR(predict(law_, thousandth.theta, inputs), expected, 1e-6 * std::abs(expected));
}

/// One of each kind, all of whose parameters 40 points determine; tests/property recovers every
/// law.
const std::vector<std::string> kLaws = {
    "chinchilla",        "chinchilla-negated", "compute-power", "compute-power-negated",
    "exponential-decay", "log-sigmoid",        "over-training", "sigmoid"};

INSTANTIATE_TEST_SUITE_P(Catalogue, FitALaw, testing::ValuesIn(kLaws), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace rung
