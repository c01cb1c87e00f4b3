// Checks that every law of the catalogue must pass, by the law's own description of itself.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung {
namespace {

/// The derivative of g at u by Ridders' method (Richardson's extrapolation of central differences
/// over shrinking steps), with an estimate of its error.
struct Slope {
  double value, error;
};
Slope slope_of(const std::function<double(double)>& g, double u, double step) {
  constexpr int kSteps = 10;
  constexpr double kShrink = 1.6;
  double table[kSteps][kSteps];
  Slope best{0, kInfinity};
  for (int i = 0; i < kSteps; ++i, step /= kShrink) {
    table[i][0] = (g(u + step) - g(u - step)) / (2 * step);
    double factor = kShrink * kShrink;
    for (int j = 1; j <= i; ++j, factor *= kShrink * kShrink) {
      table[i][j] = (table[i][j - 1] * factor - table[i - 1][j - 1]) / (factor - 1);
      const double error = std::max(std::abs(table[i][j] - table[i][j - 1]),
                                    std::abs(table[i][j] - table[i - 1][j - 1]));
      if (error <= best.error) best = {table[i][j], error};
    }
  }
  return best;
}

class EveryLaw : public testing::TestWithParam<std::string> {
 protected:
  EveryLaw() : law_(find_law(GetParam())) {
    for (const ParameterInfo& parameter : law_.info.parameters) theta_.push_back(parameter.typical);
  }

  std::size_t n_theta() const { return theta_.size(); }

  std::vector<double> random_inputs(Rng& rng) const {
    std::vector<double> inputs;
    for (const InputInfo& input : law_.info.inputs) {
      const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
      inputs.push_back(input.positive ? low * std::pow(high / low, share)
                                      : low + (high - low) * share);
    }
    return inputs;
  }

  /// The prediction at one point, with its exact gradient and Hessian by the coordinates.
  struct Exact {
    double f;
    std::vector<double> gradient, hessian;
  };
  Exact exact_at(const std::vector<double>& inputs, const std::vector<double>& theta,
                 const std::vector<unsigned char>& of_log) const {
    Points one(inputs.size(), 1);
    one.set(0, inputs, 1);
    // With the observation far below, |r| is the prediction but for a constant.
    const AlignedArray target(one.n_padded(), -1e300);
    const KernelCall call{theta.data(),
                          of_log.data(),
                          one.view(target),
                          Residual::raw,
                          {.delta = 1e-300, .scale = 1e300}};
    Exact exact{0, std::vector<double>(n_theta()),
                std::vector<double>(n_theta() * (n_theta() + 1) / 2)};
    std::vector<double> metric(exact.hessian.size());
    law_.kernel.derivatives(law_.kernel.self.get(), call, exact.gradient.data(),
                            exact.hessian.data(), metric.data());
    AlignedArray f(one.n_padded());
    law_.kernel.predict(law_.kernel.self.get(), call, f.data());
    exact.f = f[0];
    return exact;
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
  Rng rng(12);
  for (const bool by_log : {false, true}) {
    std::vector<unsigned char> of_log;
    for (const double theta : theta_) of_log.push_back(by_log && theta > 0 ? 1 : 0);
    for (int draw = 0; draw < 8; ++draw) {
      const std::vector<double> inputs = random_inputs(rng);
      std::vector<double> theta = theta_;
      for (double& value : theta) value *= 0.9 + 0.2 * rng.uniform();
      const Exact exact = exact_at(inputs, theta, of_log);
      for (std::size_t p = 0, k = 0; p < n_theta(); ++p) {
        const double u = of_log[p] != 0 ? std::log(theta[p]) : theta[p];
        const double step = of_log[p] != 0 ? 0.1 : theta[p] == 0 ? 0.1 : 0.1 * std::abs(theta[p]);
        const auto moved = [&](double coordinate) {
          std::vector<double> there = theta;
          there[p] = of_log[p] != 0 ? std::exp(coordinate) : coordinate;
          return exact_at(inputs, there, of_log);
        };
        const Slope by_f = slope_of([&](double c) { return moved(c).f; }, u, step);
        EXPECT_NEAR(exact.gradient[p], by_f.value,
                    1e-9 * std::abs(exact.gradient[p]) + 1e-11 * std::abs(exact.f) / step)
            << law_.info.parameters[p].name;
        for (std::size_t q = 0; q <= p; ++q, ++k) {
          const Slope by_gradient =
              slope_of([&](double c) { return moved(c).gradient[q]; }, u, step);
          EXPECT_NEAR(exact.hessian[k], by_gradient.value,
                      1e-9 * std::abs(exact.hessian[k]) +
                          1e-11 * std::abs(exact.gradient[q]) / step + 3e-12 * std::abs(exact.f))
              << law_.info.parameters[p].name << ", " << law_.info.parameters[q].name;
        }
      }
    }
  }
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
    EXPECT_EQ(f[i], exact_at(inputs[i], theta_, std::vector<unsigned char>(n_theta())).f);
  }
}

/// The objective's own derivatives, through each loss and residual.
TEST_P(EveryLaw, ObjectiveHasItsDerivatives) {
  Rng rng(14);
  Points points(law_.info.inputs.size(), 13);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::vector<double> inputs = random_inputs(rng);
    const double f = exact_at(inputs, theta_, std::vector<unsigned char>(n_theta())).f;
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
        EXPECT_NEAR(slope, slope_of(objective, theta_[p], step).value,
                    1e-5 * std::abs(slope) + 1e-8 * value / step);
        for (std::size_t q = 0; q <= p; ++q, ++k) {
          const auto slope_q = [&](double at) { return moved(p, at), gradient[q]; };
          const Slope expected = slope_of(slope_q, theta_[p], step);
          const double scale = std::sqrt(std::abs(curve[p * (p + 3) / 2] * curve[q * (q + 3) / 2]));
          EXPECT_NEAR(curve[k], expected.value, 1e-4 * (std::abs(curve[k]) + scale));
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

std::vector<std::string> names_of_laws() {
  std::vector<std::string> names;
  for (const Law* law : built_in_laws()) names.push_back(law->info.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryLaw, testing::ValuesIn(names_of_laws()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace rung
