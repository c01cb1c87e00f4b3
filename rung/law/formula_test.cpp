// Formulas against the same laws in C++, in every instruction set of this machine.
#include "rung/law/formula.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/fit/problem.hpp"
#include "rung/law/formula/compile.hpp"
#include "tests/support/apart.hpp"
#include "tests/support/compiled_laws.hpp"

namespace rung {
namespace {

bool runs_here(const std::string& instruction_set) {
#ifdef RUNG_HAVE_avx512
  if (instruction_set == "avx512") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  }
#endif
#ifdef RUNG_HAVE_avx2
  if (instruction_set == "avx2") {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  }
#endif
  return instruction_set == "baseline";
}

std::vector<std::string> input_names(const Law& law) {
  std::vector<std::string> names;
  for (const InputInfo& input : law.info.inputs) names.push_back(input.name);
  return names;
}

Points random_points(const Law& law, std::size_t n) {
  Rng rng(31);
  Points points(law.info.inputs.size(), n);
  std::vector<double> row(law.info.inputs.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const InputInfo& input = law.info.inputs[k];
      const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
      row[k] = input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
    }
    points.set(i, row, 0, 0.5 + rng.uniform());
  }
  return points;
}

/// All that a kernel returns at one theta.
struct Evaluation {
  double objective = 0, value = 0;
  std::vector<double> f, jacobian, gradient, hessian, metric;
};

Evaluation evaluation(const Kernel& kernel, const KernelCall& call, std::size_t n_parameters) {
  const std::size_t n = call.points.n_padded, packed = n_parameters * (n_parameters + 1) / 2;
  AlignedArray f(n), again(n), jacobian(n * n_parameters);
  Evaluation result{.gradient = std::vector<double>(n_parameters),
                    .hessian = std::vector<double>(packed),
                    .metric = std::vector<double>(packed)};
  const void* self = kernel.self.get();
  kernel.predict(self, call, f.data());
  kernel.jacobian(self, call, again.data(), jacobian.data());
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(f[i], again[i], 1e-14 * (1 + std::abs(f[i])));
  result.f.assign(f.data(), f.data() + n);
  result.jacobian.assign(jacobian.data(), jacobian.data() + n * n_parameters);
  result.objective = kernel.objective(self, call);
  result.value = kernel.derivatives(self, call, result.gradient.data(), result.hessian.data(),
                                    result.metric.data());
  return result;
}

class FormulaInEachSet : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!runs_here(GetParam())) GTEST_SKIP() << "this machine has no " << GetParam();
  }

  Kernel kernel(const Law& law) const {
    return formula::kernel_of(std::static_pointer_cast<const formula::Program>(law.kernel.self),
                              GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Isa, FormulaInEachSet, testing::Values("baseline", "avx2", "avx512"),
                         [](const auto& info) { return info.param; });

/// A compiled law and the same from its formula's text, by the compiled one's order of parameters.
struct Twin {
  const Law& compiled;
  Law formula = formula_law(compiled.info.formula, input_names(compiled));
  std::vector<std::size_t> place = {};  // of each compiled parameter among the formula's

  explicit Twin(const Law& law) : compiled(law) {
    for (const ParameterInfo& parameter : law.info.parameters) {
      place.push_back(at(formula.parameter_index(parameter.name)));
    }
  }

  template <class T>
  std::vector<T> reordered(const std::vector<T>& by_compiled) const {
    std::vector<T> by_formula(by_compiled.size());
    for (std::size_t p = 0; p < place.size(); ++p) by_formula[place[p]] = by_compiled[p];
    return by_formula;
  }
  std::size_t pair(std::size_t p, std::size_t q) const {
    const std::size_t high = std::max(place[p], place[q]), low = std::min(place[p], place[q]);
    return high * (high + 1) / 2 + low;
  }
};

/// Where and by what twins are compared.
struct TwinCase {
  std::vector<double> theta;
  std::vector<unsigned char> of_log;
  Residual residual;
  LossShape loss;
};

void expect_twins(const Twin& twin, const Kernel& kernel, const TwinCase& at_case) {
  const auto& [theta, of_log, residual, loss] = at_case;
  const std::size_t P = theta.size();
  const Points points = random_points(twin.compiled, 100);
  AlignedArray target(points.n_padded());
  KernelCall call{theta.data(), of_log.data(), points.view(target), residual, loss};
  AlignedArray f(points.n_padded());
  twin.compiled.kernel.predict(twin.compiled.kernel.self.get(), call, f.data());
  for (std::size_t i = 0; i < f.size(); ++i) target[i] = transformed(residual, 0.97 * f[i]);
  const Evaluation expected = evaluation(twin.compiled.kernel, call, P);
  const std::vector<double> there = twin.reordered(theta);
  const std::vector<unsigned char> log_there = twin.reordered(of_log);
  call.theta = there.data();
  call.of_log = log_there.data();
  const Evaluation found = evaluation(kernel, call, P);
  expect_each_lane_apart(kernel, call, twin.compiled.info.inputs.size(), P, "formula");

  if (!(expected.value < kInfinity)) {  // not all are shares: there is no logit
    EXPECT_EQ(found.value, kInfinity);
    EXPECT_EQ(found.objective, kInfinity);
    return;
  }
  constexpr double kTolerance = 1e-12;
  for (std::size_t i = 0; i < f.size(); ++i) {
    ASSERT_NEAR(found.f[i], expected.f[i], kTolerance * std::abs(expected.f[i]));
  }
  const double value = expected.value;
  EXPECT_NEAR(found.objective, value, 100 * kTolerance * value);
  EXPECT_NEAR(found.value, value, 100 * kTolerance * value);
  for (std::size_t p = 0, k = 0; p < P; ++p) {
    const std::string& name = twin.compiled.info.parameters[p].name;
    const std::size_t n = f.size();
    for (std::size_t i = 0; i < n; ++i) {
      const double slope = expected.jacobian[p * n + i];
      const double unit = of_log[p] != 0 || theta[p] == 0 ? 1 : std::abs(theta[p]);
      ASSERT_NEAR(found.jacobian[twin.place[p] * n + i], slope,
                  kTolerance * (std::abs(slope) + std::abs(f[i]) / unit))
          << name;
    }
    const double steep = std::sqrt(value * expected.metric[p * (p + 3) / 2]);
    EXPECT_NEAR(found.gradient[twin.place[p]], expected.gradient[p], 100 * kTolerance * steep)
        << name;
    for (std::size_t q = 0; q <= p; ++q, ++k) {
      const std::string both = name + ", " + twin.compiled.info.parameters[q].name;
      const double size =
          std::sqrt(expected.metric[p * (p + 3) / 2] * expected.metric[q * (q + 3) / 2]);
      EXPECT_NEAR(found.metric[twin.pair(p, q)], expected.metric[k], kTolerance * size) << both;
      EXPECT_NEAR(found.hessian[twin.pair(p, q)], expected.hessian[k],
                  kTolerance * (std::abs(expected.hessian[k]) + 100 * size))
          << both;
    }
  }
}

TEST_P(FormulaInEachSet, IsTheCompiledLaw) {
  Rng rng(32);
  for (const Law& law : test_laws::compiled_laws()) {
    SCOPED_TRACE(law.info.name + ": " + law.info.formula);
    const Twin twin(law);
    ASSERT_EQ(twin.formula.n_parameters(), law.n_parameters());
    for (const bool by_log : {false, true}) {
      std::vector<double> theta;
      std::vector<unsigned char> of_log;
      for (const ParameterInfo& parameter : law.info.parameters) {
        theta.push_back(parameter.typical * (0.95 + 0.1 * rng.uniform()));
        of_log.push_back(by_log && parameter.typical > 0 ? 1 : 0);
      }
      for (const Residual residual : {Residual::raw, Residual::log, Residual::logit}) {
        for (const LossShape& loss :
             {LossShape{.delta = kInfinity, .scale = 2},
              LossShape{.delta = 0.01, .weight_over = 0.2, .weight_under = 0.8}})
          expect_twins(twin, kernel(twin.formula), {theta, of_log, residual, loss});
      }
    }
  }
}

/// The value at one point by an instruction set.
double value_at(const Kernel& kernel, const std::vector<double>& theta,
                const std::vector<double>& inputs) {
  Points one(inputs.size(), 1);
  one.set(0, inputs, 0);
  const AlignedArray target(one.n_padded());
  AlignedArray f(one.n_padded());
  kernel.predict(kernel.self.get(), {theta.data(), nullptr, one.view(target)}, f.data());
  return f[0];
}

TEST_P(FormulaInEachSet, EveryFunctionHasItsValue) {
  const double x = 0.7, a = 1.3;
  const struct {
    const char* text;
    double expected;
  } cases[] = {
      {"a*log(x)", a * std::log(x)},
      {"a*ln(x)", a * std::log(x)},
      {"a*log2(x)", a * std::log2(x)},
      {"a*log10(x)", a * std::log10(x)},
      {"log1p(a*x)", std::log1p(a * x)},
      {"exp(-a*x)", std::exp(-a * x)},
      {"expm1(a*x)", std::expm1(a * x)},
      {"sqrt(a*x)", std::sqrt(a * x)},
      {"pow(x, a)", std::pow(x, a)},
      {"a*x^2", a * x * x},
      {"a*x^-3", a / (x * x * x)},
      {"a*x^0.5", a * std::sqrt(x)},
      {"a*x^1.25", a * std::pow(x, 1.25)},
      {"(x - a)^2", (x - a) * (x - a)},
      {"(x - a)^3", std::pow(x - a, 3)},
      {"2^(a*x)", std::exp2(a * x)},
      {"(a + x)^(a - x)", std::pow(a + x, a - x)},
      {"(a/x)^a", std::pow(a / x, a)},
      {"sigmoid(a*x)", 1 / (1 + std::exp(-a * x))},
      {"1 - sigmoid(a*x)", 1 / (1 + std::exp(a * x))},
      {"a/(1 + exp(x))", a / (1 + std::exp(x))},
      {"log(1 + exp(a*x))", std::log1p(std::exp(a * x))},
      {"softplus(a*x)", std::log1p(std::exp(a * x))},
      {"log(sigmoid(a*x))", -std::log1p(std::exp(-a * x))},
      {"tanh(a*x)", std::tanh(a * x)},
      {"sin(a*x)", std::sin(a * x)},
      {"a*cos(x)", a * std::cos(x)},
      {"atan(x/a)", std::atan(x / a)},
      {"abs(x - a)", a - x},
      {"abs(a*x)", a * x},
      {"min(a, x, 5)", x},
      {"max(a, x, 0.1)", a},
      {"-a^2 + x", x - a * a},
      {"y = a - x/4", a - x / 4},
      {"x + a*(x - x) + a", x + a},
      {"2*a*3*x/6 - a*x + a", a},
  };
  for (const auto& test : cases) {
    const double found = value_at(kernel(formula_law(test.text, {"x"})), {a}, {x});
    EXPECT_NEAR(found, test.expected, 1e-15 + 1e-15 * std::abs(test.expected)) << test.text;
  }
}

/// Small differences keep their digits far out, where the text taken literally has none left.
TEST_P(FormulaInEachSet, KeepsDigitsInTails) {
  const Law one = formula_law("1 - 1/(1 + exp(-k*x))", {"x"});
  EXPECT_NEAR(value_at(kernel(one), {2}, {50}) / std::exp(-100), 1, 1e-14);
  const Law log_one = formula_law("log(1 - 1/(1 + exp(-k*x)))", {"x"});
  EXPECT_NEAR(value_at(kernel(log_one), {20}, {50}), -1000, 1e-12);
  EXPECT_NEAR(value_at(kernel(formula_law("log(1 + exp(k*x))", {"x"})), {20}, {50}), 1000, 1e-12);
}

/// (alpha A / (beta B))^(1 / alpha) is e^-1484 here, times U^(beta / alpha), e^7150.
TEST(Formula, PowersOfWhichOneAloneOverflows) {
  const Law& law = find_law("data-constrained");
  const double A = 10274.1, B = 11422.2, E = 1.9, alpha = 0.003986, beta = 1.338, RD = 4.8,
               RN = 15.6;
  const double N = 1.1e8, D = 1.7e10, U = 1.8e9;
  const double repeats = D / U - 1;
  const double expected =
      E + A / std::pow(N, alpha) + B / std::pow(U * (1 + RD * (1 - std::exp(-repeats / RD))), beta);
  Points one(3, 1);
  one.set(0, std::vector{N, D, U}, 0);
  const std::vector<double> theta = {A, B, E, alpha, beta, RD, RN};
  EXPECT_NEAR(predict(law, theta, one)[0], expected, 1e-9 * expected);
  const AlignedArray target(one.n_padded());
  std::vector<double> gradient(7), hessian(28), metric(28);
  const KernelCall call = {
      theta.data(), nullptr, one.view(target), Residual::raw, {.delta = 1e300}};
  law.kernel.derivatives(law.kernel.self.get(), call, gradient.data(), hessian.data(),
                         metric.data());
  for (const double slope : gradient) EXPECT_TRUE(std::isfinite(slope));
  for (const double curvature : hessian) EXPECT_TRUE(std::isfinite(curvature));
}

/// By central differences of the gradient, of a formula that uses every rule.
TEST_P(FormulaInEachSet, DerivativesAreThoseOfTheValue) {
  const Law law = formula_law(
      "max(a*x^-b, c) + abs(log(x/d) - b)*tanh(c*x) + sqrt(d + x^a)*softplus(b - x) / (1 + "
      "sigmoid(a*x))^c - min(x, a)*exp(-d)*log1p(c*d) + sin(a*x + b)*atan(c*x) - d*cos(c*x)",
      {"x"});
  ASSERT_EQ(law.n_parameters(), 4);
  const Kernel own = kernel(law);
  Points points(1, 5);
  for (std::size_t i = 0; i < 5; ++i) points.set(i, {{0.4 + 0.7 * static_cast<double>(i)}}, 0);
  const AlignedArray target(points.n_padded(), -50);
  const std::vector<double> theta = {1.3, 0.4, 0.8, 0.6};
  for (const bool by_log : {false, true}) {
    const std::vector<unsigned char> of_log(4, by_log ? 1 : 0);
    const auto at_theta = [&](const std::vector<double>& there) {
      return evaluation(own,
                        {there.data(),
                         of_log.data(),
                         points.view(target),
                         Residual::raw,
                         {.delta = kInfinity, .scale = 2}},
                        4);
    };
    const Evaluation here = at_theta(theta);
    constexpr double kStep = 1e-5;
    for (std::size_t p = 0; p < 4; ++p) {
      std::vector<double> up = theta, down = theta;
      up[p] = by_log ? theta[p] * std::exp(kStep) : theta[p] + kStep;
      down[p] = by_log ? theta[p] * std::exp(-kStep) : theta[p] - kStep;
      const Evaluation above = at_theta(up), below = at_theta(down);
      EXPECT_NEAR(here.gradient[p], (above.value - below.value) / (2 * kStep),
                  1e-7 * std::abs(here.value));
      for (std::size_t q = 0; q < 4; ++q) {
        const std::size_t high = std::max(p, q), low = std::min(p, q);
        EXPECT_NEAR(here.hessian[high * (high + 1) / 2 + low],
                    (above.gradient[q] - below.gradient[q]) / (2 * kStep),
                    1e-7 * std::abs(here.value))
            << p << ", " << q;
      }
    }
  }
}

TEST_P(FormulaInEachSet, ManyPointsAndManyParameters) {
  std::string text = "a0";
  for (int p = 1; p < kMaxParameters; ++p) {
    text += " + a" + std::to_string(p) + "*x^" + std::to_string(p % 7 + 1) + "*exp(-" +
            std::to_string(p) + "*x)";
  }
  const Law law = formula_law(text, {"x"});
  ASSERT_EQ(law.n_parameters(), kMaxParameters);
  constexpr std::size_t kPoints = 1003;
  Points points(1, kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) {
    points.set(i, {{0.001 * static_cast<double>(i + 1)}}, 0);
  }
  const AlignedArray target(points.n_padded());
  const std::vector<double> theta(at(kMaxParameters), 0.5);
  const Kernel own = kernel(law);
  const Evaluation all = evaluation(
      own,
      {theta.data(), nullptr, points.view(target), Residual::raw, {.delta = kInfinity, .scale = 2}},
      theta.size());
  double squares = 0, sum = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double f = value_at(own, theta, {points.input(0, i)});
    EXPECT_EQ(all.f[i], f);
    squares += f * f;
    sum += f;
  }
  EXPECT_NEAR(all.value, squares, 1e-13 * squares);
  EXPECT_NEAR(all.objective, squares, 1e-13 * squares);
  EXPECT_NEAR(all.gradient[0], 2 * sum, 1e-13 * sum);
  EXPECT_EQ(all.hessian[0], 2.0 * kPoints);
}

}  // namespace
}  // namespace rung
