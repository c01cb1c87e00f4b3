// What came out certified, or without a finite optimum, while a better one exists: shared/cases.
// Objectives are sums; the right ones were found by other means.
#include "tests/cases/case_fit.hpp"

namespace rung {
namespace {

using Inputs = std::vector<std::pair<std::string, std::string>>;
const Inputs kX = {{"x", "x"}}, kN = {{"N", "N"}}, kNd = {{"N", "N"}, {"D", "D"}},
             kParams = {{"N", "params"}}, kParamsTokens = {{"N", "params"}, {"D", "tokens"}};

struct Expected {
  const char* name;
  CaseFit fit;
  double objective;  // at most
};

Constraint from_start(const char* parameter, double start) {
  return {.parameter = parameter, .start = start};
}

const std::vector<Expected>& expectations() {
  constexpr Residual kLog = Residual::log;
  static const std::vector<Expected> all = {
      // The derivative of 0^c.
      {"ZeroPower", {"zero-power.csv", "a+b*max(0,x)^c", kX, "y"}, 1e-20},
      {"ZeroPowerRepetition",
       {"zero-power-repetition.csv", "E + C*max(u-1,0)^c", {{"u", "u"}}},
       0.00028084},
      {"ZeroPowerFromAStart",
       {"zero-power-repetition.csv",
        "E + C*max(u-1,0)^c",
        {{"u", "u"}},
        "loss",
        {.constraints = {from_start("c", 0.5), from_start("E", 2.0037), from_start("C", 0.3)}}},
       0.00028084},
      // Formulas are searched as laws are.
      {"StretchedExponential",
       {"formula-stretched-exponential.csv", "high - (high - low) * exp(-(x / scale)^d)", kX, "y"},
       0.0019922},
      {"PowerContaminated",
       {"formula-power-contaminated.csv", "(a * x^b + c) * (1 - x / d)", kX, "y"},
       0.01945},
      {"PowerShifted",
       {"formula-power-shifted.csv", "(a / x + c)^b", kX, "y", {.residual = kLog}},
       0.0045955},
      {"FallingAsRising",
       {"formula-power-28.csv", "E + A/N^alpha", kN, "loss", {.residual = kLog}},
       0.149907},
      {"Rising", {"formula-power-28.csv", "E + A*N^b", kN, "loss", {.residual = kLog}}, 0.149907},
      {"FallingAsRisingToo",
       {"formula-power-4.csv", "E + A/N^alpha", kN, "loss", {.residual = kLog}},
       0.100275},
      {"RisingToo", {"formula-power-4.csv", "E + A*N^b", kN, "loss", {.residual = kLog}}, 0.100275},
      {"FallingOneInput",
       {"formula-redundant.csv", "E + A/N^alpha", kParams, "loss", {.residual = kLog}},
       0.107422},
      {"MaxOfTerms",
       {"formula-max.csv",
        "E + max(A/N^alpha, B/D^beta)",
        kParamsTokens,
        "loss",
        {.residual = kLog}},
       0.0152808},
      {"MaxOfPositiveTerms",
       {"formula-max.csv",
        "E + max(A/N^alpha, B/D^beta)",
        kParamsTokens,
        "loss",
        {.residual = kLog, .constraints = {{.parameter = "A", .lower = 0}}}},
       0.0152808},
      // Scales that divide.
      {"InverseScale", {"inverse-scale.csv", "1/(a*x) + b", kX, "y"}, 1e-20},
      {"ExponentialScale", {"exponential-scale.csv", "E + A*exp(-N/Nc)", kN}, 1e-14},
      {"Hyperbola", {"hyperbola.csv", "E + A/(1+k*N)", kN}, 1e-20},
      // A search over a part of the rows.
      {"AllRows", {"stretched-200-rows.csv", "stretched-exponential", kX, "y"}, 1.162253}};
  return all;
}

class Optimum : public testing::TestWithParam<std::size_t> {};

TEST_P(Optimum, IsCertifiedWhereItIs) {
  RUNG_NEED_CASES();
  const Expected& expected = expectations()[GetParam()];
  const FittedCase found = fitted(expected.fit);
  EXPECT_EQ(found.fit.status, Status::certified);
  EXPECT_LE(found.fit.objective, expected.objective);
}

INSTANTIATE_TEST_SUITE_P(Cases, Optimum, testing::Range<std::size_t>(0, expectations().size()),
                         [](const auto& info) {
                           return std::string(expectations()[info.param].name);
                         });

/// Where the stopping rule is not met, nothing is certified, and nothing is said to be at infinity.
TEST(Doubt, OfManyParameters) {
  RUNG_NEED_CASES();
  const FittedCase joint = fitted({"joint-moe.csv",
                                   "joint-moe",
                                   {{"N", "N"}, {"D", "D"}, {"E", "E"}},
                                   "y",
                                   {.loss = Loss::huber(1e-3), .residual = Residual::log}});
  EXPECT_TRUE(joint.fit.status == Status::local || joint.fit.objective < 0.001196);
  EXPECT_LE(joint.fit.objective, 0.0011955);
  EXPECT_NE(joint.fit.status, Status::unbounded);
  const FittedCase farseer =
      fitted({"farseer-40.csv", "farseer", kNd, "y", {.residual = Residual::log}});
  EXPECT_LE(farseer.fit.objective, 1.994e-5);
}

TEST(Units, DoNotMatter) {
  RUNG_NEED_CASES();
  const Inputs inputs = {{"N", "N"}, {"D", "D"}, {"H", "H"}};
  const FittedCase raw =
      fitted({"units-raw.csv", "n-d-lr-power", inputs, "loss", {.residual = Residual::log}});
  const FittedCase billions =
      fitted({"units-billions.csv", "n-d-lr-power", inputs, "loss", {.residual = Residual::log}});
  EXPECT_NEAR(raw.fit.objective, billions.fit.objective, 1e-6 * raw.fit.objective);
  EXPECT_LE(raw.fit.objective, 0.0018174);
  EXPECT_EQ(raw.fit.status, billions.fit.status);
  EXPECT_EQ(raw.fit.identified, billions.fit.identified);
}

/// d u^gamma falls on as gamma -> -infinity, one row alone being left of it: no certificate, and no
/// interval; from any start the same.
TEST(Ridge, IsNotCertain) {
  RUNG_NEED_CASES();
  for (const std::vector<Constraint>& starts :
       {std::vector<Constraint>{}, std::vector<Constraint>{from_start("gamma", -0.4)}}) {
    const FittedCase found = fitted({"ridge-power.csv",
                                     "a + b/D^alpha + d*u^gamma",
                                     {{"D", "D"}, {"u", "u"}},
                                     "loss",
                                     {.constraints = starts}});
    EXPECT_NE(found.fit.status, Status::certified);
    EXPECT_FALSE(found.fit.identified);
    EXPECT_LE(found.fit.objective, 0.86615);
  }
}

TEST(Redundant, IsNamed) {
  RUNG_NEED_CASES();
  const std::vector<double> far = {7e9, 1e12};
  const FittedCase plain =
      fitted({"formula-redundant.csv", "E + A/N^alpha + B/D^beta", kParamsTokens});
  const FittedCase line = fitted({"formula-redundant.csv", "E + a*ln(N) + c*ln(D)", kParamsTokens});
  const std::vector<std::pair<const char*, const FittedCase*>> cases = {
      {"E1+E2 + A/N^alpha + B/D^beta", &plain},
      {"E + A*A2/N^alpha + B/D^beta", &plain},
      {"E + a*ln(N) + b*ln(N*D) + c*ln(D)", &line}};
  for (const auto& [formula, same] : cases) {
    const FittedCase found = fitted({"formula-redundant.csv", formula, kParamsTokens});
    EXPECT_EQ(found.fit.status, Status::certified) << formula;
    EXPECT_TRUE(found.fit.identified) << formula;
    EXPECT_THAT(found.fit.notes, testing::Contains(testing::HasSubstr("are redundant"))) << formula;
    EXPECT_NEAR(found.fit.objective, same->fit.objective, 1e-9 * same->fit.objective);
    EXPECT_NEAR(found.at(far), same->at(far), 1e-6);
    EXPECT_TRUE(found.fit.covariance) << formula;
  }
}

/// Tokens = r x parameters in every row: the two terms may take each other's place.
TEST(ConstantRatio, IsNotIdentified) {
  RUNG_NEED_CASES();
  for (const char* file : {"constant-ratio.csv", "constant-ratio-exact.csv"}) {
    for (const Loss& loss : {Loss{}, Loss::huber(1e-3), Loss{LossKind::lad}}) {
      const FittedCase found =
          fitted({file, "chinchilla", kNd, "loss", {.loss = loss, .residual = Residual::log}});
      EXPECT_FALSE(found.fit.identified) << file << ' ' << loss.text();
    }
  }
  for (const Loss& loss : {Loss{}, Loss::huber(1e-3)}) {
    const FittedCase few = fitted({"constant-ratio-few.csv",
                                   "chinchilla",
                                   kNd,
                                   "loss",
                                   {.loss = loss, .residual = Residual::log}});
    EXPECT_FALSE(few.fit.identified) << loss.text();
  }
}

}  // namespace
}  // namespace rung
