#include "rung/core/expression.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"
#include "rung/core/expression_tokens.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string tree(std::string_view text) { return to_text(parse_expression(text).root); }

std::string error_in(std::string_view text) {
  return error_of([&] { parse_expression(text); });
}

TEST(Expression, BindsAsInMathematics) {
  EXPECT_EQ(tree("E + A/N^alpha + B/D**beta"), "((E + (A / (N ^ alpha))) + (B / (D ^ beta)))");
  EXPECT_EQ(tree("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(tree("a / b * c"), "((a / b) * c)");
  EXPECT_EQ(tree("2^3^2"), "(2 ^ (3 ^ 2))");
  EXPECT_EQ(tree("-x^2"), "(-(x ^ 2))");
  EXPECT_EQ(tree("x^-2"), "(x ^ (-2))");
  EXPECT_EQ(tree("- - +x"), "x");
  EXPECT_EQ(tree("(a + b) * -c"), "((a + b) * (-c))");
  EXPECT_EQ(tree("pow(x, y) + ln(x)"), "((x ^ y) + log(x))");
  EXPECT_EQ(tree("min(a, max(b, c, 1e9))"), "min(a, max(b, c, 1000000000))");
}

TEST(Expression, Conditions) {
  EXPECT_EQ(tree("a < 4 or b = 'c4' and not c >= d"),
            "((a < 4) or ((b = 'c4') and (not (c >= d))))");
  EXPECT_EQ(tree("a == 1 AND b <> 2 && !c || d"), "((((a = 1) and (b != 2)) and (not c)) or d)");
  EXPECT_EQ(tree("x in ('a', 'it''s') and y not in (1, -2)"),
            "((x in ('a', 'it''s')) and (not (y in (1, (-2)))))");
  EXPECT_EQ(tree("x is missing or y is not missing"), "(is_missing(x) or (not is_missing(y)))");
  EXPECT_EQ(tree("not not not a + 1 < 2"), "(not ((a + 1) < 2))");
  EXPECT_EQ(tree("flag = True"), "(flag = 1)");
}

TEST(Expression, Names) {
  EXPECT_EQ(tree("config.lr * `eval/c4` + \"a b\""), "((config.lr * `eval/c4`) + `a b`)");
  EXPECT_EQ(tree("`tick``s` + `and` + ``"), "((`tick``s` + `and`) + ``)");
  EXPECT_EQ(tree("α^β"), "(α ^ β)");
  EXPECT_EQ(tree("log + min"), "(log + min)");
  EXPECT_THAT(names_in(parse_expression("A/N + B*N - log(`x y`) + 'text'")),
              ElementsAre("A", "N", "B", "x y"));
}

TEST(Expression, ANameAloneIsShownWithoutItsQuotes) {
  EXPECT_EQ(shown_expression("`eval/c4`"), "eval/c4");
  EXPECT_EQ(shown_expression(" \"eval/c4\" "), "eval/c4");
  EXPECT_EQ(shown_expression("loss"), "loss");
  EXPECT_EQ(shown_expression("`a/b` / 100"), "`a/b` / 100");
}

TEST(Expression, PointsAtTheWrongPlace) {
  EXPECT_EQ(error_in("E + A/N^"),
            "error: a value is missing after '^'\n"
            "  E + A/N^\n"
            "          ^");
  EXPECT_EQ(error_of([] { parse_expression("C/(6N)", "--x"); }),
            "--x: error: a number runs into a name\n"
            "  C/(6N)\n"
            "     ^~ (write 6*N, or `6N` where that is a name)");
  EXPECT_EQ(error_in("log19(x)"),
            "error: there is no function 'log19'\n"
            "  log19(x)\n"
            "  ^~~~~ (did you mean 'log10' or 'log1p' or 'log'?)");
  EXPECT_EQ(error_in("α + (β"),
            "error: this '(' never closes\n"
            "  α + (β\n"
            "      ^");
  EXPECT_EQ(error_in("a +\n\t%"),
            "error: this character has no meaning here\n"
            "  a +  %\n"
            "       ^ (a name that holds it goes into backticks: `eval/c4-en`)");
}

TEST(Expression, SaysWhatIsWrong) {
  EXPECT_THAT(error_in(""), HasSubstr("the expression is empty"));
  EXPECT_THAT(error_in("a b"), HasSubstr("an operator goes between 'a' and 'b'"));
  EXPECT_THAT(error_in("2 (x)"), HasSubstr("to multiply, write *"));
  EXPECT_THAT(error_in("(a + b))"), HasSubstr("this ')' closes nothing"));
  EXPECT_THAT(error_in("a, b"), HasSubstr("this ',' stands in no list"));
  EXPECT_THAT(error_in("a = 'c4"), HasSubstr("this quote never closes"));
  EXPECT_THAT(error_in("1 < x < 4"), HasSubstr("write 1 < x and x < 4"));
  EXPECT_THAT(error_in("x in 'a'"), HasSubstr("write in ('a', 'b')"));
  EXPECT_THAT(error_in("x is 3"), HasSubstr("after 'is' goes 'missing'"));
  EXPECT_THAT(error_in("log(a, b)"), HasSubstr("log takes one value, not 2"));
  EXPECT_THAT(error_in("pow(a)"), HasSubstr("pow takes two values, not 1"));
  EXPECT_THAT(error_in("max(a)"), HasSubstr("max takes two or more values, not 1"));
  EXPECT_THAT(error_in("a + in"), HasSubstr("a name goes into backticks: `in`"));
  EXPECT_THAT(error_in("1e999"), HasSubstr("this number is too large"));
  EXPECT_THAT(error_in(std::string(300, '(') + "a"), HasSubstr("nested too deep"));
  EXPECT_THAT(error_in(std::string(9000, ' ')), HasSubstr("too long"));
}

TEST(Expression, TheProblemKnowsItsColumn) {
  try {
    parse_expression("a + ", "--where");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().at(0).location.file, "--where");
    EXPECT_EQ(error.problems()[0].location.column, 5u);
  }
}

TEST(Mapping, NamesExpressions) {
  const Mapping mapping = parse_mapping("N=params, D = C/(6*N),loss, log(max(a, b)), `x y`");
  std::vector<std::string> entries;
  for (const auto& [name, expression] : mapping) {
    entries.push_back(name + ": " + to_text(expression.root));
  }
  EXPECT_THAT(entries, ElementsAre("N: params", "D: (C / (6 * N))", "loss: loss",
                                   "log(max(a, b)): log(max(a, b))", "x y: `x y`"));
  EXPECT_THAT(names_in(mapping), ElementsAre("params", "C", "loss", "a", "b", "x y"));
  // Its own name on the right is the one from outside.
  EXPECT_THAT(names_in(parse_mapping("N = N/1e6, D = N")), ElementsAre("N"));
}

TEST(Mapping, SaysWhatIsWrong) {
  EXPECT_EQ(error_of([] { parse_mapping("N=params,N=D", "--x"); }),
            "--x: error: 'N' is given twice\n"
            "  N=params,N=D\n"
            "           ^");
  EXPECT_THAT(error_of([] { parse_mapping("N=params,"); }), HasSubstr("a value is missing"));
  EXPECT_THAT(error_of([] { parse_mapping("N=a=b=c"); }), HasSubstr("can't be chained"));
  EXPECT_THAT(error_of([] { parse_mapping("N=a D=b"); }), HasSubstr("an operator goes between"));
}

}  // namespace
}  // namespace rung
