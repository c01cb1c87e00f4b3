// The shared checks: what each finds wrong.
#include "rung/study/laws/check.hpp"

#include <gmock/gmock.h>

#include "rung/law/law_file.hpp"
#include "tests/support/test_laws.hpp"

namespace rung::laws {
namespace {

using testing::HasSubstr;

Law law_of(const std::string& formula, const std::string& parameters) {
  return parse_law("name = 'mine'\nformula = '" + formula +
                       "'\n[inputs]\nx = { typical = [1e2, 1e5] }\n[parameters]\n" + parameters,
                   "mine.toml");
}

Check check_named(const std::string& name, const Law& law) {
  for (const Check& check : check_law(law)) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check '" << name << "'";
  return {};
}

constexpr const char* kPower = "A = { lower = 0, typical = 3 }\nE = { typical = 1 }\nc = ";

TEST(Checks, AGoodLawPassesAll) {
  for (const Check& check :
       check_law(law_of("E + A / x^c", kPower + std::string("{ typical = 0.3 }"))))
    EXPECT_EQ(check.verdict, Verdict::passed) << check.name << ": " << check.finding;
}

TEST(Checks, DerivativesAreComparedWithFiniteDifferences) {
  Law law = line();
  law.info.inputs[0].typical_high = 5;
  EXPECT_EQ(check_derivatives(law).verdict, Verdict::passed);
  static const Kernel kLine = law.kernel;
  law.kernel.derivatives = [](const void* self, const KernelCall& call, double* gradient,
                              double* hessian, double* metric) {
    const double value = kLine.derivatives(self, call, gradient, hessian, metric);
    gradient[1] *= 1.000001;
    return value;
  };
  const Check check = check_derivatives(law);
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.finding, HasSubstr(" by b"));
}

TEST(Checks, ParametersThatPredictTheSame) {
  const Check check = check_named(
      "parameters", law_of("E + a * b * x^-0.3", "E.typical = 1\na.typical = 2\nb.typical = 3"));
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.finding, HasSubstr("a, b can't be told apart"));
}

/// Where the exponential has long run out.
TEST(Checks, WhatTypicalDataDontDetermineIsNamed) {
  const Check check =
      check_named("recovery", law_of("E + A / x^c + b * exp(-x / 10)",
                                     kPower + std::string("{ typical = 0.3 }\nb.typical = 1")));
  EXPECT_THAT(check.finding, testing::ContainsRegex("its typical data don't determine .*b"));
}

TEST(Checks, AnInputWithAUnitOfItsOwn) {
  const Check check =
      check_named("unit of x", law_of("a + b * exp(-x / 1e4)", "a.typical = 1\nb.typical = 2"));
  EXPECT_EQ(check.verdict, Verdict::not_applicable);
}

/// In thousands the scale would lie outside its bounds.
TEST(Checks, BoundsThatBelongToOneUnit) {
  const Check check = check_named(
      "unit of x",
      law_of("a + b * exp(-x / s)",
             "a.typical = 1\nb.typical = 2\ns = { lower = 5e3, upper = 5e4, typical = 1e4 }"));
  EXPECT_EQ(check.verdict, Verdict::failed) << check.finding;
}

TEST(Checks, ALawWithoutAValueIsCheckedNoFurther) {
  const std::vector<Check> checks =
      check_law(law_of("a + b * ln(1 - x)", "a.typical = 1\nb.typical = 2"));
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_EQ(checks[0].verdict, Verdict::failed);
  EXPECT_THAT(checks[0].finding, HasSubstr("x = "));
}

}  // namespace
}  // namespace rung::laws
