// Checks that every law of the catalogue must pass, by the law's own description of itself.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"
#include "rung/study/laws/check.hpp"
#include "rung/study/laws/finite_difference.hpp"
#include "rung/study/laws/simulated.hpp"
#include "tests/support/law_names.hpp"

namespace rung {
namespace {

class EveryLaw : public testing::TestWithParam<std::string> {
 protected:
  EveryLaw() : law_(find_law(GetParam())), theta_(laws::typical_parameters(law_)) {}

  std::size_t n_theta() const { return theta_.size(); }

  std::vector<double> random_inputs(Rng& rng) const { return laws::random_inputs(law_, rng); }

  double value_at(const std::vector<double>& inputs) const {
    Points one(inputs.size(), 1);
    one.set(0, inputs, 1);
    const AlignedArray target(one.n_padded());
    AlignedArray f(one.n_padded());
    law_.kernel.predict(law_.kernel.self.get(), {theta_.data(), nullptr, one.view(target)},
                        f.data());
    return f[0];
  }

  const Law& law_;
  std::vector<double> theta_;
};

TEST_P(EveryLaw, DescribesItself) {
  EXPECT_EQ(&find_law(law_.info.name), &law_);
  EXPECT_FALSE(law_.info.title.empty());
  EXPECT_FALSE(law_.info.formula.empty());
  EXPECT_FALSE(law_.info.output.empty());
  EXPECT_FALSE(law_.info.source.empty());
  std::set<std::string> names;
  for (const InputInfo& input : law_.info.inputs) {
    EXPECT_FALSE(input.meaning.empty()) << input.name;
    EXPECT_LT(input.typical_low, input.typical_high) << input.name;
    EXPECT_TRUE(!input.positive || input.typical_low > 0) << input.name;
    EXPECT_NE(law_.info.formula.find(input.name), std::string::npos) << input.name;
    EXPECT_TRUE(names.insert(input.name).second) << input.name;
  }
  for (const ParameterInfo& parameter : law_.info.parameters) {
    EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
    EXPECT_GE(parameter.typical, parameter.lower) << parameter.name;
    EXPECT_LE(parameter.typical, parameter.upper) << parameter.name;
    EXPECT_TRUE(!parameter.of_log || parameter.typical > 0) << parameter.name;
    EXPECT_LT(parameter.search.low, parameter.search.high) << parameter.name;
    EXPECT_NE(law_.info.formula.find(parameter.name), std::string::npos) << parameter.name;
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
  }
}

TEST_P(EveryLaw, HasItsDerivativesByEitherCoordinate) {
  const laws::Check check = laws::check_derivatives(law_);
  EXPECT_EQ(check.verdict, laws::Verdict::passed) << check.finding;
}

TEST_P(EveryLaw, PredictsTheSameWhereverAPointStands) {
  Rng rng(13);
  constexpr std::size_t kPoints = 21;
  Points points(law_.info.inputs.size(), kPoints);
  std::vector<std::vector<double>> inputs;
  for (std::size_t i = 0; i < kPoints; ++i) {
    inputs.push_back(random_inputs(rng));
    points.set(i, inputs.back(), 1);
  }
  const AlignedArray target(points.n_padded());
  AlignedArray f(points.n_padded());
  law_.kernel.predict(law_.kernel.self.get(), {theta_.data(), nullptr, points.view(target)},
                      f.data());
  for (std::size_t i = 0; i < kPoints; ++i) {
    EXPECT_EQ(f[i], value_at(inputs[i]));
  }
}

/// The objective's own derivatives, through each loss and residual.
TEST_P(EveryLaw, ObjectiveHasItsDerivatives) {
  Rng rng(14);
  Points points(law_.info.inputs.size(), 13);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::vector<double> inputs = random_inputs(rng);
    const double f = value_at(inputs);
    points.set(i, inputs, f * (0.95 + 0.04 * rng.uniform()), 0.5 + rng.uniform());
  }
  const LossShape shapes[] = {{.delta = kInfinity, .scale = 2},
                              {.delta = 0.02},
                              {.delta = 0.02, .weight_over = 0.1, .weight_under = 0.9}};
  for (const Residual residual : {Residual::raw, Residual::log, Residual::logit}) {
    const AlignedArray target = points.transformed(residual);
    for (const LossShape& shape : shapes) {
      std::vector<double> moved_theta = theta_;
      const KernelCall call{moved_theta.data(), nullptr, points.view(target), residual, shape};
      std::vector<double> gradient(n_theta()), hessian(n_theta() * (n_theta() + 1) / 2),
          metric(hessian.size());
      if (law_.kernel.objective(law_.kernel.self.get(), call) == kInfinity) {
        // A law may predict below zero, where there is no logarithm, and only a share has a logit.
        EXPECT_NE(residual, Residual::raw);
        continue;
      }
      const auto moved = [&](std::size_t p, double value) {
        moved_theta = theta_;
        moved_theta[p] = value;
        return law_.kernel.derivatives(law_.kernel.self.get(), call, gradient.data(),
                                       hessian.data(), metric.data());
      };
      for (std::size_t p = 0, k = 0; p < n_theta(); ++p) {
        const double size = std::max(1e-3, std::abs(theta_[p])), step = 1e-5 * size;
        const double value = moved(p, theta_[p]), slope = gradient[p];
        const std::vector<double> curve = hessian;
        EXPECT_NEAR(law_.kernel.objective(law_.kernel.self.get(), call), value, 1e-13 * value);
        const auto objective = [&](double at) { return moved(p, at); };
        EXPECT_NEAR(slope, laws::finite_difference(objective, theta_[p], step),
                    1e-5 * std::abs(slope) + 1e-8 * value / step);
        for (std::size_t q = 0; q <= p; ++q, ++k) {
          const auto slope_q = [&](double at) { return moved(p, at), gradient[q]; };
          const double expected = laws::finite_difference(slope_q, theta_[p], step);
          const double scale = std::sqrt(std::abs(curve[p * (p + 3) / 2] * curve[q * (q + 3) / 2]));
          EXPECT_NEAR(curve[k], expected, 1e-4 * (std::abs(curve[k]) + scale));
        }
      }
    }
  }
}

/// For least squares the metric is twice the Gauss-Newton matrix.
TEST_P(EveryLaw, MetricIsGaussNewtons) {
  Rng rng(15);
  Points points(law_.info.inputs.size(), 11);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points.set(i, random_inputs(rng), rng.uniform(), 0.5 + rng.uniform());
  }
  const AlignedArray target = points.transformed(Residual::raw);
  const KernelCall call{
      theta_.data(), nullptr, points.view(target), Residual::raw, {.delta = kInfinity, .scale = 2}};
  std::vector<double> gradient(n_theta()), hessian(n_theta() * (n_theta() + 1) / 2),
      metric(hessian.size());
  law_.kernel.derivatives(law_.kernel.self.get(), call, gradient.data(), hessian.data(),
                          metric.data());
  AlignedArray f(points.n_padded()), jacobian(points.n_padded() * n_theta());
  law_.kernel.jacobian(law_.kernel.self.get(), call, f.data(), jacobian.data());
  for (std::size_t p = 0, k = 0; p < n_theta(); ++p) {
    double slope = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      slope += 2 * points.weight(i) * (f[i] - points.y(i)) * jacobian[p * points.n_padded() + i];
    }
    EXPECT_NEAR(gradient[p], slope, 1e-11 * std::abs(slope));
    for (std::size_t q = 0; q <= p; ++q, ++k) {
      double expected = 0;
      for (std::size_t i = 0; i < points.size(); ++i) {
        expected += 2 * points.weight(i) * jacobian[p * points.n_padded() + i] *
                    jacobian[q * points.n_padded() + i];
      }
      EXPECT_NEAR(metric[k], expected, 1e-12 * std::abs(expected));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryLaw, testing::ValuesIn(names_of_laws()), test_name_of_law);

}  // namespace
}  // namespace rung
