// What a formula says about its parameters, and what a wrong one is told.
#include <gmock/gmock.h>

#include <string>

#include "rung/core/index.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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
  EXPECT_EQ(parameter(law, "alpha").search.over, SearchRange::Over::inverse_log_span);
  EXPECT_EQ(parameter(law, "alpha").search.low, -100) << "a power may rise however it is written";
  EXPECT_EQ(parameter(law, "alpha").search.high, 100);
  EXPECT_FALSE(parameter(law, "A").of_log);
  EXPECT_EQ(parameter(law, "A").lower, -kInfinity);
}

TEST(Formula, KnowsFrequencies) {
  for (const char* text : {"a + b*sin(w*t + p)", "a + b*cos(t/w)", "a + b*sin(w*log(t) + p)",
                           "b*sin(t + (a + w)*t)"}) {
    const Law law = formula_law(text, {"t"});
    EXPECT_TRUE(parameter(law, "w").frequency) << text;
    EXPECT_FALSE(parameter(law, "b").frequency) << text;
  }
  for (const char* text : {"a*t + b*sin(2*t + w)", "w*t + b*sin(t)", "a + b*exp(w*t)"})
    EXPECT_FALSE(parameter(formula_law(text, {"t"}), "w").frequency) << text;
}

TEST(Formula, KnowsWhereItMayHavePoles) {
  EXPECT_TRUE(formula_law("E + A/(ln(N) + gamma)", {"N"}).info.may_have_poles);
  EXPECT_TRUE(formula_law("a*x/(b + x)", {"x"}).info.may_have_poles);
  EXPECT_FALSE(formula_law("a*x/(b + x)", {"x"}, {.parameters = {{.name = "b", .lower = 0}}})
                   .info.may_have_poles)
      << "a sum of what is not negative";
  EXPECT_FALSE(formula_law("E + A/(1 + (x/c)^p)", {"x"}).info.may_have_poles);
  EXPECT_FALSE(formula_law("E + A/N^alpha", {"N"}).info.may_have_poles);
  EXPECT_TRUE(find_law("n-d-lr-logt-minus-logtd").info.may_have_poles);
  EXPECT_FALSE(find_law("mixture-additive").info.may_have_poles) << "its scales are not negative";
}

TEST(Formula, LogarithmsOnlyWhereSound) {
  const Law bounded = formula_law("E + A/N^alpha", {"N"},
                                  {.parameters = {{.name = "A", .lower = 0},
                                                  {.name = "E", .lower = 0},
                                                  {.name = "alpha", .lower = 0, .upper = 1}}});
  EXPECT_TRUE(parameter(bounded, "A").of_log);
  EXPECT_FALSE(parameter(bounded, "E").of_log) << "a floor may be 0";
  EXPECT_FALSE(parameter(bounded, "alpha").of_log);
  EXPECT_GT(parameter(bounded, "alpha").search.low, 0);
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
  EXPECT_EQ(parameter(formula_law("A*N^p", {"N"}), "p").search.over,
            SearchRange::Over::inverse_log_span);
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
  EXPECT_THAT(warnings_of("A*exp(b + c*N)", {.parameters = {{.name = "A", .known = true}}}),
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
