// Fits of formulas: the same optimum as the built-in law's, with bounds, starts, ties and priors
// given as text.
#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/constraint_text.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/structure.hpp"

namespace rung {
namespace {

/// Points of a law of the catalogue at its typical parameters, with noise.
Points simulated(const Law& law, std::size_t n, double noise, bool relative) {
  Rng rng(41);
  std::vector<double> theta, row(law.info.inputs.size());
  for (const ParameterInfo& parameter : law.info.parameters) theta.push_back(parameter.typical);
  Points points(row.size(), n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const InputInfo& input = law.info.inputs[k];
      const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
      row[k] = input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
    }
    const double f = predict(law, theta, row);
    points.set(i, row, f + noise * rng.normal() * (relative ? f : 1));
  }
  return points;
}

Law formula_of(const std::string& text, const std::vector<std::string>& inputs,
               const std::vector<Constraint>& constraints = {}) {
  return formula_law(text, inputs, {.parameters = formula_parameters(constraints)});
}

void expect_same_fit(const Fit& formula, const Fit& built_in) {
  EXPECT_EQ(formula.status, built_in.status);
  EXPECT_NEAR(formula.objective, built_in.objective, 1e-9 * built_in.objective);
  for (const ParameterEstimate& parameter : built_in.parameters) {
    const double found = formula.value(parameter.name);
    EXPECT_NEAR(found, parameter.value, 1e-4 * std::abs(parameter.value)) << parameter.name;
  }
}

struct Same {
  const char* law;
  const char* text;
  double noise;
  bool relative;
  Residual residual;
  std::vector<std::string> param = {};  // constraints as text

  friend void PrintTo(const Same& same, std::ostream* out) { *out << same.law; }
};

class FormulaFit : public testing::TestWithParam<Same> {};

TEST_P(FormulaFit, FindsTheBuiltInLawsOptimum) {
  const Same& same = GetParam();
  const Law& built_in = find_law(same.law);
  std::vector<std::string> inputs;
  for (const InputInfo& input : built_in.info.inputs) inputs.push_back(input.name);
  const std::vector<Constraint> constraints = constraints_from({.param = same.param});
  const Law formula = formula_of(same.text, inputs, constraints);
  const Points points = simulated(built_in, 80, same.noise, same.relative);
  const FitOptions options{.residual = same.residual, .constraints = constraints};
  expect_same_fit(fit(formula, points, options), fit(built_in, points, options));
}

INSTANTIATE_TEST_SUITE_P(
    Laws, FormulaFit,
    testing::Values(
        Same{"chinchilla", "E + A/N^alpha + B/D^beta", 0.005, true, Residual::log},
        Same{"chinchilla", "L = E + A*exp(-alpha*log(N)) + B*D^-beta", 0.005, true, Residual::log},
        Same{"compute-power", "E + A*(1/C)^alpha", 0.005, true, Residual::raw},
        Same{"over-training", "E + (a*M^eta + b/M^eta)/C^eta", 0.005, true, Residual::raw},
        Same{"sigmoid", "b + a*sigmoid(k*(L - x0))", 0.01, false, Residual::raw, {"k=0.."}},
        Same{"exponential-decay", "epsilon - k*exp(-gamma*L)", 0.01, false, Residual::raw}));

TEST(FormulaFit, KnowsWhatIsLinear) {
  const Law law = formula_of("E + A/N^alpha + B/D^beta", {"N", "D"});
  const Points points = simulated(find_law("chinchilla"), 40, 0.01, true);
  const FitProblem problem(law, points, {}, Residual::raw);
  EXPECT_THAT(structure_of(problem).linear, testing::ElementsAre(0, 1, 3));  // E, A, B
  const Law kinked = formula_of("max(E, A/N^alpha) + B/D^beta", {"N", "D"});
  const FitProblem bent(kinked, points, {}, Residual::raw);
  EXPECT_THAT(structure_of(bent).linear, testing::ElementsAre(3));  // B alone
}

TEST(FormulaFit, ConstraintsFromText) {
  const std::vector<Constraint> constraints =
      constraints_from({.param = {"A=0..,B=0..", "E=0..1.5"},
                        .fix = {"beta=0.28"},
                        .tie = {"alpha=beta"},
                        .prior = {"E ~ normal(1.4, 0.01)"}});
  const Law law = formula_of("E + A/N^alpha + B/D^beta", {"N", "D"}, constraints);
  const Points points = simulated(find_law("chinchilla"), 60, 0.005, true);
  const Fit found = fit(law, points, {.residual = Residual::log, .constraints = constraints});
  EXPECT_EQ(found.value("beta"), 0.28);
  EXPECT_EQ(found.value("alpha"), 0.28);
  EXPECT_GT(found.value("A"), 0);
  EXPECT_NEAR(found.value("E"), 1.4, 0.1);
  expect_same_fit(found, fit(find_law("chinchilla"), points,
                             {.residual = Residual::log, .constraints = constraints}));
}

/// A peak so narrow that the search's grid over the bounds sees nothing of it.
TEST(FormulaFit, AStartLeadsToItsOptimum) {
  const char* text = "a*exp(-40000*(x - sqrt(c^2))^2)";
  Points points(1, 60);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = 31 + 0.002 * static_cast<double>(i);
    points.set(i, {{x}}, 2 * std::exp(-40000 * (x - 31.069) * (x - 31.069)));
  }
  const std::vector<Constraint> without = constraints_from({.param = {"c=0..100"}});
  EXPECT_GT(fit(formula_of(text, {"x"}, without), points, {.constraints = without}).objective, 1);
  const std::vector<Constraint> with = constraints_from({.param = {"c=0..100@31.075"}});
  const Law law = formula_of(text, {"x"}, with);
  const Fit found = fit(law, points, {.constraints = with});
  EXPECT_NEAR(found.value("c"), 31.069, 1e-6);
  EXPECT_NEAR(found.value("a"), 2, 1e-6);
}

TEST(FormulaFit, LogisticOfALogInput) {
  const Law law = formula_of("lo + (hi - lo)*sigmoid(k*(log10(C) - c0))", {"C"});
  Rng rng(42);
  Points points(1, 50);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double log10_C = 17 + 7 * rng.uniform();
    const double f = 0.25 + 0.6 / (1 + std::exp(-1.7 * (log10_C - 20.5)));
    points.set(i, {{std::pow(10, log10_C)}}, f + 0.003 * rng.normal());
  }
  const Fit found = fit(law, points);
  EXPECT_EQ(found.status, Status::certified);
  EXPECT_NEAR(std::abs(found.value("k")), 1.7, 0.1);
  EXPECT_NEAR(found.value("c0"), 20.5, 0.05);
}

TEST(FormulaFit, ScaleOfAnInputUnderAPower) {
  const Law law = formula_of("(S/N)^alpha", {"N"});
  Points points(1, 30);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double N = std::pow(10, 6 + 0.1 * static_cast<double>(i));
    points.set(i, {{N}}, std::pow(8.8e13 / N, 0.076));
  }
  const Fit found = fit(law, points);
  EXPECT_NEAR(found.value("alpha"), 0.076, 1e-9);
  EXPECT_NEAR(found.value("S") / 8.8e13, 1, 1e-6);
}

}  // namespace
}  // namespace rung
