// Formulas against the same laws in C++, in every instruction set of this machine, and what a wrong
// formula is told.
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

using testing::ElementsAre;
using testing::HasSubstr;

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

void expect_twins(const Twin& twin, const Kernel& kernel, const std::vector<double>& theta,
                  const std::vector<unsigned char>& of_log, Residual residual,
                  const LossShape& loss) {
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
        expect_twins(twin, kernel(twin.formula), theta, of_log, residual,
                     {.delta = kInfinity, .scale = 2});
        expect_twins(twin, kernel(twin.formula), theta, of_log, residual,
                     {.delta = 0.01, .weight_over = 0.2, .weight_under = 0.8});
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

/// By central differences of the gradient, of a formula that uses every rule.
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

TEST_P(FormulaInEachSet, DerivativesAreThoseOfTheValue) {
  const Law law = formula_law(
      "max(a*x^-b, c) + abs(log(x/d) - b)*tanh(c*x) + sqrt(d + x^a)*softplus(b - x) / (1 + "
      "sigmoid(a*x))^c - min(x, a)*exp(-d)*log1p(c*d)",
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

// --- What it finds out about parameters.

const ParameterInfo& parameter(const Law& law, const std::string& name) {
  return law.info.parameters[at(law.parameter_index(name))];
}

TEST(Formula, FindsItsParameters) {
  const Law law = formula_law("loss = E + A/N^alpha + B/D^beta", {"N", "D"});
  std::vector<std::string> names;
  for (const ParameterInfo& info : law.info.parameters) names.push_back(info.name);
  EXPECT_THAT(names, ElementsAre("E", "A", "alpha", "B", "beta"));
  EXPECT_TRUE(law.info.inputs[0].positive);
  EXPECT_EQ(parameter(law, "alpha").search.low, -2) << "a power may rise however it is written";
  EXPECT_EQ(parameter(law, "alpha").search.high, 2);
  EXPECT_FALSE(parameter(law, "A").of_log);
  EXPECT_EQ(parameter(law, "A").lower, -kInfinity);
}

TEST(Formula, LogarithmsOnlyWhereSound) {
  const Law bounded = formula_law("E + A/N^alpha", {"N"},
                                  {.parameters = {{.name = "A", .lower = 0},
                                                  {.name = "E", .lower = 0},
                                                  {.name = "alpha", .lower = 0, .upper = 1}}});
  EXPECT_TRUE(parameter(bounded, "A").of_log);
  EXPECT_FALSE(parameter(bounded, "E").of_log) << "a floor may be 0";
  EXPECT_FALSE(parameter(bounded, "alpha").of_log);
  EXPECT_EQ(parameter(bounded, "alpha").search.high, 1);
  const Law base = formula_law("E + (S/N)^alpha", {"N"});
  EXPECT_TRUE(parameter(base, "S").of_log) << "the base of a power";
  EXPECT_EQ(parameter(base, "S").lower, 0);
  EXPECT_EQ(parameter(base, "S").search.over, SearchRange::Over::input_by_log);
  EXPECT_FALSE(parameter(base, "E").of_log);
}

TEST(Formula, SearchesByRole) {
  const Law sigmoid = formula_law("b + a/(1 + exp(-k*(L - x0)))", {"L"});
  EXPECT_EQ(parameter(sigmoid, "x0").search.over, SearchRange::Over::input);
  EXPECT_EQ(parameter(sigmoid, "x0").search.unit, 1);
  EXPECT_EQ(parameter(sigmoid, "k").search.over, SearchRange::Over::inverse_span);
  EXPECT_FALSE(sigmoid.info.inputs[0].positive);
  const Law log_sigmoid = formula_law("sigmoid(k*(log10(C) - c0))", {"C"});
  EXPECT_EQ(parameter(log_sigmoid, "c0").search.over, SearchRange::Over::log_of_input);
  EXPECT_NEAR(parameter(log_sigmoid, "c0").search.unit, 1 / std::log(10), 1e-16);
  EXPECT_EQ(parameter(log_sigmoid, "k").search.over, SearchRange::Over::inverse_log_span);
  EXPECT_EQ(parameter(formula_law("A*N^p", {"N"}), "p").search.low, -2);
  // What is no exponent of an input, no place on it and no factor of it: found from the data.
  for (const char* text : {"E + A*exp(-N/p)", "E + A/(1 + p*N)", "1/(p*N) + E", "E + A*(N/p)^2"}) {
    EXPECT_EQ(parameter(formula_law(text, {"N"}), "p").search.high, kInfinity) << text;
  }
  EXPECT_TRUE(parameter(formula_law("max(E, A/N^p)", {"N"}), "E").kinked);
  EXPECT_FALSE(parameter(formula_law("max(1e-8, E + A/N^p)", {"N"}), "E").kinked);
  EXPECT_FALSE(parameter(formula_law("E + A/N^p", {"N"}), "E").kinked);
}

TEST(Formula, KnowsPowerLaws) {
  const Law law = formula_law("E + A/N^alpha - B*D^-beta", {"N", "D"});
  ASSERT_EQ(law.info.power_terms.size(), 2u);
  const auto name = [&](int p) { return law.info.parameters[at(p)].name; };
  EXPECT_EQ(name(law.info.floor), "E");
  for (const PowerTerm& term : law.info.power_terms) {
    EXPECT_EQ(name(term.scale), term.input == 0 ? "A" : "B");
    EXPECT_EQ(name(term.exponent), term.input == 0 ? "alpha" : "beta");
    EXPECT_EQ(term.sign, term.input == 0 ? 1 : -1);
  }
  for (const char* other : {"A/N^alpha", "E + A/N^alpha + B/N^alpha", "E + 2*A/N^alpha",
                            "E + A/N^alpha + B*N", "E + A*N^alpha", "E + A/(2*N)^alpha"}) {
    EXPECT_TRUE(formula_law(other, {"N"}).info.power_terms.empty()) << other;
  }
}

// --- What a wrong formula is told.

std::string error_of(const std::string& text, const std::vector<std::string>& inputs = {"N", "D"},
                     const FormulaOptions& options = {}) {
  try {
    formula_law(text, inputs, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Formula, PointsAtWhatIsWrong) {
  // Not 2e9: B is a parameter.
  EXPECT_THAT(error_of("E + A/N^alpha + 2B/D^beta"), HasSubstr("a number runs into a name\n"));
  EXPECT_THAT(error_of("E + A/N^alpha + (B/D^beta"), HasSubstr("this '(' never closes\n"
                                                               "  E + A/N^alpha + (B/D^beta\n"
                                                               "                  ^"));
  EXPECT_THAT(error_of("E + sigmoyd(N/D)"), HasSubstr("did you mean 'sigmoid'?"));
  EXPECT_THAT(error_of("E + A/n^alpha + B/D^beta"), HasSubstr("'n' is no input\n"
                                                              "  E + A/n^alpha + B/D^beta\n"
                                                              "        ^ (did you mean 'N'?)"));
  EXPECT_THAT(error_of("E + A/N^alpha"), HasSubstr("input 'D' isn't in the formula"));
  EXPECT_THAT(error_of("N*D + 3"), HasSubstr("no parameter to fit"));
  EXPECT_THAT(error_of("E*N + (A - A)*D"), HasSubstr("'A' has no effect on the formula"));
  EXPECT_THAT(error_of("E + N/D + 1/0"), HasSubstr("this divides by 0\n"));
  EXPECT_THAT(error_of("E + N/D + log(-1)"), HasSubstr("this has no finite value\n"));
  EXPECT_THAT(error_of("E + N*(-2)^D"), HasSubstr("only a positive number has a power"));
  EXPECT_THAT(error_of("E + N*(D > 3)"), HasSubstr("a condition has no place in a formula\n"));
  EXPECT_THAT(error_of("E + N*D + 'A'"), HasSubstr("a text has no place in a formula\n"));
  EXPECT_THAT(error_of("E + floor(N)*D"), HasSubstr("a formula that jumps can't be fitted\n"));
  EXPECT_THAT(error_of(""), HasSubstr("the expression is empty"));
  EXPECT_THAT(error_of("E*N", {}), HasSubstr("needs an input"));
  EXPECT_THAT(error_of("E*N*D", {"N", "D"}, {.parameters = {{.name = "N", .lower = 0}}}),
              HasSubstr("'N' is an input, not a parameter"));
  EXPECT_THAT(error_of("alpha*N*D", {"N", "D"}, {.parameters = {{.name = "alhpa", .lower = 0}}}),
              HasSubstr("no parameter 'alhpa' (did you mean 'alpha'?)"));
}

TEST(Formula, RefusesWhatIsTooLarge) {
  std::string many = "N";
  for (int p = 0; p <= kMaxParameters; ++p) many += " + a" + std::to_string(p);
  EXPECT_THAT(error_of(many, {"N"}), HasSubstr("at most 32 parameters"));
  std::string deep = "N";
  for (int p = 0; p < 30; ++p) deep = "exp(a" + std::to_string(p) + "*(" + deep + ") + N*" + "b)";
  EXPECT_THAT(error_of(deep, {"N"}), HasSubstr("too many operations"));
}

std::vector<Problem> warnings_of(const std::string& text, const FormulaOptions& options = {}) {
  std::vector<Problem> warnings;
  formula_law(text, {"N"}, options, &warnings);
  return warnings;
}

TEST(Formula, SaysWhichParametersCannotBeToldApart) {
  const std::vector<Problem> product = warnings_of("E + A*B*N^-alpha");
  ASSERT_EQ(product.size(), 1u);
  EXPECT_THAT(product[0].text(), HasSubstr("'A' and 'B' can't be told apart"));
  EXPECT_THAT(product[0].text(), HasSubstr("\n  E + A*B*N^-alpha\n        ^"));
  EXPECT_THAT(product[0].hint, HasSubstr("--fix B=1"));
  EXPECT_EQ(warnings_of("E + A*(S/N)^alpha").size(), 1u);
  EXPECT_EQ(warnings_of("E + F + A/N").size(), 1u);
  EXPECT_EQ(warnings_of("A*exp(b + c*N)").size(), 1u);
  EXPECT_THAT(warnings_of("A*exp(b + c*N)", {.parameters = {{.name = "A", .held = true}}}),
              testing::IsEmpty());
  for (const char* distinct :
       {"E + A/N^alpha", "E + A/N^alpha + B/N^beta", "E + A/N^a + B/N^b + C/N^c",
        "a/(1 + exp(-k*(N - x0))) + b", "max(E, A/N^p)", "(S/N)^alpha", "E + A*N + B*N^2 + C*N^3",
        "sigmoid(k*(log(N) - c))*a + b", "E*exp(-a*N) + F*exp(-b*N)"}) {
    EXPECT_THAT(warnings_of(distinct), testing::IsEmpty()) << distinct;
  }
}

}  // namespace
}  // namespace rung
