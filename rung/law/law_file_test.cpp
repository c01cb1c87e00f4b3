// Laws from the text of their files: what is stated, what is derived, and what a wrong file is
// told.
#include "rung/law/law_file.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/catalogue.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Over = SearchRange::Over;

constexpr const char* kMine = R"toml(
name = "mine"
title = "my law"
formula = "E + A / N^alpha + c * sigmoid(k * (N - x0))"
output = "loss, nats per token"
source = "my notebook"
residual = "log"
note = "for small N"

[inputs]
N = { meaning = "parameters", typical = [1e8, 1e10] }

[parameters]
A = { meaning = "scale", lower = 0, typical = 400 }
E = { lower = 0, upper = 5, typical = 1.7 }
alpha = { typical = 0.3, search = [0.1, 1] }
c = { typical = 0.1, fitted_by_log = false }
x0 = { typical = 1e9, search = { over = "input_by_log", input = "N", low = -0.5, high = 1 } }
k = { lower = 0, typical = 1e-9 }

[[limits]]
towards = "k -> infinity: a step at the lowest N"
step_at_lowest = "N"
)toml";

std::vector<std::string> problems_of(const std::string& text) {
  std::vector<std::string> texts;
  try {
    parse_law(text, "mine.toml");
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) texts.push_back(problem.text());
  }
  return texts;
}

/// kMine with another line in the place of the one that begins with `begin`.
std::string changed(const std::string& begin, const std::string& line) {
  std::string text = kMine;
  const std::size_t at = text.find("\n" + begin) + 1;
  return text.replace(at, text.find('\n', at) - at, line);
}

TEST(LawFile, SaysWhatItStates) {
  const Law law = parse_law(kMine, "mine.toml");
  const LawInfo& info = law.info;
  EXPECT_EQ(info.name, "mine");
  EXPECT_EQ(info.title, "my law");
  EXPECT_EQ(info.output, "loss, nats per token");
  EXPECT_EQ(info.source, "my notebook");
  EXPECT_EQ(info.note, "for small N");
  EXPECT_EQ(info.residual, Residual::log);
  ASSERT_EQ(info.inputs.size(), 1u);
  EXPECT_EQ(info.inputs[0].meaning, "parameters");
  EXPECT_EQ(info.inputs[0].typical_high, 1e10);
  std::vector<std::string> names;
  for (const ParameterInfo& parameter : info.parameters) names.push_back(parameter.name);
  EXPECT_THAT(names, ElementsAre("A", "E", "alpha", "c", "x0", "k"));
  EXPECT_EQ(info.parameters[1].upper, 5);
  EXPECT_EQ(info.parameters[2].search.low, 0.1);
  EXPECT_FALSE(info.parameters[3].of_log);
  EXPECT_EQ(info.parameters[4].search.over, Over::input_by_log);
  EXPECT_EQ(info.parameters[4].search.low, -0.5);
  ASSERT_EQ(info.limits.size(), 1u);
  EXPECT_THAT(info.limits[0].column({3, 1, 2}), ElementsAre(0, 1, 0));
}

TEST(LawFile, DerivesWhatItLeavesOpen) {
  const Law law = parse_law(kMine, "mine.toml");
  EXPECT_TRUE(law.info.parameters[0].of_log);  // it scales a term and is 0 or more
  EXPECT_EQ(law.info.parameters[5].search.over, Over::inverse_span);
  const Law plain = parse_law(
      "name = 'p'\nformula = 'b - x^-c * a'\n[inputs]\nx = { typical = [1, 9] }\n[parameters]\n"
      "a = { typical = 2 }\nb.typical = 1\nc = { typical = 0.5 }\n",
      "p.toml");
  EXPECT_EQ(plain.info.title, "p");
  EXPECT_EQ(plain.info.source, "p.toml");
  EXPECT_EQ(plain.info.floor, 1);
  ASSERT_EQ(plain.info.power_terms.size(), 1u);
  EXPECT_EQ(plain.info.power_terms[0].scale, 0);
  EXPECT_EQ(plain.info.power_terms[0].exponent, 2);
  EXPECT_EQ(plain.info.power_terms[0].sign, -1);
}

TEST(LawFile, IsItsFormula) {
  const Law law = parse_law(kMine, "mine.toml");
  const std::vector<double> theta = {400, 1.7, 0.3, 0.1, 1e9, 1e-9};
  Points one(1, 1);
  one.set(0, {{4e8}}, 0);
  const AlignedArray target(one.n_padded());
  AlignedArray f(one.n_padded());
  law.kernel.predict(law.kernel.self.get(), {theta.data(), nullptr, one.view(target)}, f.data());
  EXPECT_NEAR(f[0], 1.7 + 400 / std::pow(4e8, 0.3) + 0.1 / (1 + std::exp(0.6)), 1e-12);
}

TEST(LawFile, KinksCountUnlessNoFitMeetsThem) {
  const std::string kinked = changed("formula", "formula = \"max(E, A / N^alpha) + c * k + x0\"");
  EXPECT_TRUE(parse_law(kinked, "mine.toml").info.parameters[0].kinked);
  EXPECT_FALSE(parse_law("smooth = true\n" + kinked, "mine.toml").info.parameters[0].kinked);
}

TEST(LawFile, EveryProblemHasItsPlace) {
  EXPECT_THAT(problems_of("titel = \"t\"\nresidual = \"logs\"\nname = \"a b\"\nformula = \"x\"\n"),
              ElementsAre(HasSubstr("there is no input"), HasSubstr("there is no parameter"),
                          HasSubstr("unknown key 'titel' (did you mean 'title'?)"),
                          HasSubstr("mine.toml:2:12: error: 'residual' must be one of raw, log"),
                          HasSubstr("mine.toml:3:8: error: 'name' must be of letters")));
  EXPECT_THAT(
      problems_of(changed("E = ", "E = { lower = 6, upper = 5, typical = 1.7 }\nF = {}")),
      ElementsAre(HasSubstr("mine.toml:15:26: error: 'lower' must be below 'upper'"),
                  HasSubstr("mine.toml:15:39: error: 'typical' is outside the bounds"),
                  HasSubstr("mine.toml:16:5: error: 'typical' is missing for parameter 'F'")));
  EXPECT_THAT(problems_of(changed("N = ", "N = { typical = [0, 1] }")),
              ElementsAre(HasSubstr("'typical' must be above 0 (or say positive = false)")));
  EXPECT_THAT(problems_of(changed("x0 = ", "x0 = { typical = 1, search = { over = 'span' } }")),
              ElementsAre(HasSubstr("'low' is missing"), HasSubstr("'high' is missing"),
                          HasSubstr("'low' must be below 'high'"),
                          HasSubstr("'over' must be one of input, inverse_span")));
  EXPECT_THAT(problems_of(changed("step_at_lowest", "step_at_lowest = \"M\"\nline_in = \"N\"")),
              ElementsAre(HasSubstr("a limit has one of"), HasSubstr("must be one of N")));
  EXPECT_THAT(problems_of(changed("E = ", "E = { lower = -1, typical = 1, fitted_by_log = true }")),
              ElementsAre(HasSubstr("only what is positive is fitted by its logarithm")));
  EXPECT_THAT(problems_of("name = \n"), ElementsAre(HasSubstr("mine.toml:1:")));
}

TEST(LawFile, FormulaAndNamesBelongTogether) {
  EXPECT_THAT(
      problems_of(changed("formula", "formula = \"E + A / n^alpha + c * sigmoid(k * x0)\"")),
      ElementsAre(HasSubstr("mine.toml:11:5: error: input 'N' isn't in the formula"),
                  HasSubstr("mine.toml:4:11: error: 'n' is neither an input nor a parameter")));
  EXPECT_THAT(problems_of(changed("k = ", "m = { typical = 3 }")),
              ElementsAre(HasSubstr("parameter 'm' isn't in the formula"),
                          HasSubstr("'k' is neither an input nor a parameter")));
  EXPECT_THAT(problems_of(changed("k = ", "k = { typical = 3 }\nN = { typical = 3 }")),
              ElementsAre(HasSubstr("mine.toml:20:5: error: 'N' is an input already")));
  EXPECT_THAT(problems_of(changed("formula", "formula = \"E + * A\"")),
              ElementsAre(HasSubstr("mine.toml:4:11: error: ")));
  EXPECT_THAT(problems_of(changed("N = ", "N = { positive = false, typical = [1, 2] }")),
              ElementsAre(HasSubstr("input 'N' stands under a logarithm or a power")));
  const std::string root = changed("formula", "formula = \"sqrt(k) * N + A + E + alpha + c + x0\"");
  EXPECT_EQ(parse_law(root, "mine.toml").info.parameters[5].lower, 0);
  EXPECT_THAT(problems_of(root.substr(0, root.find("\nk = ")) + "\nk = { typical = -1 }\n"),
              ElementsAre(HasSubstr("parameter 'k' stands under a logarithm or a power")));
}

TEST(Catalogue, HoldsAUsersLawsBesideTheBuiltInOnes) {
  LawCatalogue catalogue;
  catalogue.add(kMine, "mine.toml");
  const std::shared_ptr<const Law> mine = catalogue.find("mine");
  EXPECT_EQ(mine->definition, kMine);
  EXPECT_EQ(catalogue.laws().back(), mine.get());
  EXPECT_EQ(catalogue.laws().size(), built_in_laws().size() + 1);
  EXPECT_EQ(catalogue.find("chinchilla").get(), &find_law("chinchilla"));
  EXPECT_THROW(LawCatalogue().find("mine"), InputError);
  EXPECT_THROW(find_law("mine"), InputError);
}

TEST(Catalogue, AFormulaInPlaceOfANameIsToldWhereItGoes) {
  try {
    find_law("E + A/N^a");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("(a formula of your own is given by --formula"));
  }
}

TEST(Catalogue, ANumberBehindANameSaysHowOftenPartsAreRepeated) {
  const LawCatalogue catalogue;
  const auto two = catalogue.find("mixture-additive"), four = catalogue.find("mixture-additive-4");
  EXPECT_EQ(two->info.formula,
            "E + 1 / (C1 * h1^gamma1 + C2 * h2^gamma2) + A / N^alpha + B / D^beta");
  EXPECT_EQ(four->info.name, "mixture-additive-4");
  EXPECT_EQ(four->info.title, "loss from size, data and the mixture of 4 domains");
  EXPECT_EQ(four->n_inputs(), 6);
  EXPECT_EQ(four->n_parameters(), 5 + 2 * 4);
  EXPECT_EQ(four->info.inputs.back().name, "h4");
  EXPECT_EQ(four->info.inputs.back().meaning, "share of domain 4");
  const auto typical = [&](const char* name) {
    return four->info.parameters[static_cast<std::size_t>(four->parameter_index(name))].typical;
  };
  EXPECT_EQ(typical("C1"), 2);
  EXPECT_EQ(typical("C4"), 0.7);
  // Shares add up to 1: of three domains two are inputs.
  EXPECT_EQ(catalogue.find("data-mixing-3")->info.formula, "c + k * exp(t1 * r1 + t2 * r2)");
  EXPECT_EQ(catalogue.find("data-mixing-5")->info.formula,
            "c + k * exp(t1 * r1 + t2 * r2 + t3 * r3 + t4 * r4)");
  EXPECT_EQ(catalogue.find("data-mixing-2")->info.inputs[0].name, "r");  // a law of its own
  for (const char* none : {"mixture-additive-99", "mixture-additive-0", "chinchilla-3"})
    EXPECT_THROW(catalogue.find(none), InputError) << none;
}

TEST(Catalogue, AUsersLawMayHaveRepeatedParts) {
  LawCatalogue catalogue;
  catalogue.add(R"(name = "own"
repeated = { times = 2, most = 4 }
formula = "sum#(a# * x#) + b"
[inputs]
"x#" = { typical = [1, 10] }
[parameters]
"a#" = { typical = [1, 2] }
b = { typical = 0.5 }
)",
                "own.toml");
  EXPECT_EQ(catalogue.find("own")->info.formula, "(a1 * x1 + a2 * x2) + b");
  const auto three = catalogue.find("own-3");
  EXPECT_EQ(three->info.name, "own-3");
  EXPECT_EQ(three->n_parameters(), 4);
  EXPECT_EQ(three->definition, catalogue.find("own")->definition);
  EXPECT_THROW(catalogue.find("own-5"), InputError);
}

TEST(Catalogue, NamesAreUnique) {
  LawCatalogue catalogue;
  catalogue.add(kMine, "mine.toml");
  try {
    catalogue.add(kMine, "again.toml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("again.toml"));
    EXPECT_THAT(error.what(), HasSubstr("two laws of the name 'mine'"));
  }
  try {
    catalogue.add(changed("name", "name = \"chinchilla\""), "mine.toml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'chinchilla' is the name of a built-in law"));
  }
}

TEST(Catalogue, HintsAtNamesAndTitles) {
  LawCatalogue catalogue;
  catalogue.add(kMine, "mine.toml");
  try {
    catalogue.find("mime");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'mine'"));
  }
  try {
    catalogue.find("power-law");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("m1 (power law)"));
  }
}

}  // namespace
}  // namespace rung
