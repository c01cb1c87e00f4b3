#include "rung/fit/constraint_text.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

using testing::HasSubstr;

std::string error_of(const ConstraintTexts& texts) {
  try {
    constraints_from(texts);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ConstraintText, Ranges) {
  const std::vector<Constraint> found = constraints_from(
      {.param = {"alpha=0..1", "A = 0.., E=..3.5", "k = -1e-3 .. 2.5@0.5", "`eval/c4`=@7"}});
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0].parameter, "alpha");
  EXPECT_EQ(found[0].lower, 0);
  EXPECT_EQ(found[0].upper, 1);
  EXPECT_EQ(found[1].lower, 0);
  EXPECT_FALSE(found[1].upper);
  EXPECT_FALSE(found[2].lower);
  EXPECT_EQ(found[2].upper, 3.5);
  EXPECT_EQ(found[3].lower, -1e-3);
  EXPECT_EQ(found[3].upper, 2.5);
  EXPECT_EQ(found[3].start, 0.5);
  EXPECT_EQ(found[4].parameter, "eval/c4");
  EXPECT_EQ(found[4].start, 7);
  EXPECT_FALSE(found[4].lower);
}

TEST(ConstraintText, FixedTiedAndPriors) {
  const std::vector<Constraint> found =
      constraints_from({.fix = {"beta=0.28,E=-1"},
                        .tie = {"a=b=c"},
                        .prior = {"alpha ~ normal(0.3, 0.1)", "c~normal( -1 , 2e1 )"}});
  ASSERT_EQ(found.size(), 6u);
  EXPECT_EQ(found[0].fixed, 0.28);
  EXPECT_EQ(found[1].fixed, -1);
  EXPECT_EQ(found[3].parameter, "a");
  EXPECT_EQ(found[2].tied_to, "c");
  EXPECT_EQ(found[3].tied_to, "c");
  EXPECT_EQ(found[4].parameter, "alpha");
  EXPECT_EQ(found[4].prior_mean, 0.3);
  EXPECT_EQ(found[4].prior_sd, 0.1);
  EXPECT_EQ(found[5].prior_mean, -1);
  EXPECT_EQ(found[5].prior_sd, 20);
}

TEST(ConstraintText, ATieMovesBoundsToItsOwner) {
  const std::vector<Constraint> found =
      constraints_from({.param = {"alpha=0..1@0.4", "beta=0.2..3"}, .tie = {"alpha=beta"}});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_FALSE(found[0].lower);
  EXPECT_EQ(found[1].lower, 0.2);
  EXPECT_EQ(found[1].upper, 1);
  EXPECT_EQ(found[1].start, 0.4);
  // The formula sees them at both, and neither as one to determine by itself.
  const std::vector<FormulaParameter> known = formula_parameters(found);
  EXPECT_EQ(known[0].lower, 0.2);
  EXPECT_TRUE(known[0].known);
  EXPECT_FALSE(known[1].known);
}

TEST(ConstraintText, ATieMayHaveAnOffset) {
  const std::vector<Constraint> found =
      constraints_from({.param = {"c=0..5@2"}, .tie = {"b = a+1", "c=b - 0.5", "d=a+1e-2"}});
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[1].parameter, "b");
  EXPECT_EQ(found[1].tied_to, "a");
  EXPECT_EQ(found[1].offset, 1);
  EXPECT_EQ(found[0].tied_to, "b");
  EXPECT_EQ(found[0].offset, -0.5);
  // c = a + 0.5: its bounds and its start are a's, half a unit lower.
  EXPECT_EQ(found[3].parameter, "a");
  EXPECT_EQ(found[3].lower, -0.5);
  EXPECT_EQ(found[3].upper, 4.5);
  EXPECT_EQ(found[3].start, 1.5);
  EXPECT_EQ(formula_parameters(found)[0].upper, 5);
  EXPECT_EQ(found[2].offset, 0.01);
  EXPECT_THAT(error_of({.tie = {"b=a+c"}}), HasSubstr("a number goes here"));
  EXPECT_THAT(error_of({.tie = {"b=a*2"}}), HasSubstr("this is no parameter's name"));
  EXPECT_THAT(error_of({.tie = {"a=a+1"}}), HasSubstr("tied to itself"));
}

TEST(ConstraintText, PointsAtWhatIsWrong) {
  EXPECT_EQ(error_of({.param = {"alpha=0..1, beta=1..0"}}),
            "--param: error: impossible bounds: the lower one goes first\n"
            "  alpha=0..1, beta=1..0\n"
            "                   ^~~~ (write 0..1, or --fix to hold it)");
  EXPECT_THAT(error_of({.param = {"alpha=0.3"}}), HasSubstr("bounds are two numbers"));
  EXPECT_THAT(error_of({.param = {"alpha"}}), HasSubstr("there is no = in this"));
  EXPECT_THAT(error_of({.param = {"alpha=.."}}), HasSubstr("there is no bound in this"));
  EXPECT_THAT(error_of({.param = {"alpha=0..x"}}), HasSubstr("a number goes here"));
  EXPECT_THAT(error_of({.param = {"alpha=0..inf"}}), HasSubstr("must be finite"));
  EXPECT_THAT(error_of({.param = {"=0..1"}}), HasSubstr("a parameter's name goes here"));
  EXPECT_THAT(error_of({.param = {"a+b=0..1"}}), HasSubstr("this is no parameter's name"));
  EXPECT_THAT(error_of({.param = {"a=0..1", "a=0..2"}}), HasSubstr("a second range"));
  EXPECT_THAT(error_of({.param = {"a=0..1@2"}}), HasSubstr("the start 2 for 'a' is outside"));
  EXPECT_THAT(error_of({.param = {"a=0..1"}, .fix = {"a=2"}}), HasSubstr("the value 2 for 'a'"));
  EXPECT_THAT(error_of({.fix = {"a=1", "a=1"}}), HasSubstr("fixed twice"));
  EXPECT_THAT(error_of({.fix = {"a=1"}, .tie = {"a=b"}}), HasSubstr("both fixed and tied"));
  EXPECT_THAT(error_of({.tie = {"a"}}), HasSubstr("a tie needs two parameters"));
  EXPECT_THAT(error_of({.tie = {"a=a"}}), HasSubstr("tied to itself"));
  EXPECT_THAT(error_of({.tie = {"a=b", "a=c"}}), HasSubstr("tied twice"));
  EXPECT_THAT(error_of({.tie = {"a=b", "b=a"}}), HasSubstr("the ties form a circle"));
  EXPECT_THAT(error_of({.param = {"a=0..1", "b=2..3"}, .tie = {"a=b"}}),
              HasSubstr("leave no value"));
  EXPECT_THAT(error_of({.prior = {"a ~ beta(1, 2)"}}),
              HasSubstr("the only distribution is normal"));
  EXPECT_THAT(error_of({.prior = {"a ~ normal(1, 0)"}}),
              HasSubstr("standard deviation is positive"));
  EXPECT_THAT(error_of({.prior = {"a ~ normal(1)"}}), HasSubstr("normal takes two numbers"));
  EXPECT_THAT(error_of({.prior = {"a ~ normal"}}), HasSubstr("a distribution goes here"));
  EXPECT_THAT(error_of({.prior = {"a = normal(1, 2)"}}), HasSubstr("there is no ~ in this"));
}

TEST(ConstraintText, ReportsEveryProblem) {
  try {
    constraints_from({.param = {"a=1", "b=2..1"}, .fix = {"c"}, .prior = {"d~uniform(0, 1)"}});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().size(), 4u);
  }
}

}  // namespace
}  // namespace rung
