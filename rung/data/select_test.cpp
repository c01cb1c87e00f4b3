#include "rung/data/select.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/data/reader/csv.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsNan;
using testing::NanSensitiveDoubleEq;
using testing::Not;

const char* const kRuns =
    "params,C,loss,dataset,eval/c4\n"
    "10,600,2.5,c4,1\n"
    "20,,3.5,pile,2\n"
    "40,960,4.5,,3\n"
    "80,480,,c4,4\n";

Table runs() { return parse_csv(kRuns, "runs.csv"); }

std::vector<double> values(std::string_view text) {
  return evaluate(parse_expression(text), runs());
}

std::vector<double> kept(std::string_view condition) {
  return where(runs(), condition).numbers("params");
}

TEST(Evaluate, EveryOperation) {
  const struct {
    const char* text;
    double expected;
  } kCases[] = {
      {"7 - 2 * 3", 1},
      {"2 ^ 3 ^ 2", 512},
      {"-2 ^ 2", -4},
      {"8 / 2 / 2", 2},
      {"log(exp(2))", 2},
      {"log2(8)", 3},
      {"log10(1000)", 3},
      {"log1p(expm1(0.5))", 0.5},
      {"sqrt(16) + abs(-2)", 6},
      {"round(2.5) + floor(2.7) + ceil(2.1)", 8},
      {"sigmoid(0)", 0.5},
      {"tanh(0.5)", std::tanh(0.5)},
      {"min(3, 1, 2) + 10 * max(3, 1, 2)", 31},
      {"1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2 and 1 = 1 and 1 != 2", 1},
      {"1 > 2 or 2 < 1", 0},
      {"not 0", 1},
      {"not 3", 0},
      {"3 in (1, 2 + 1)", 1},
      {"'b' > 'a' and 'a' in ('b', 'a') and 'a' != 'b' and 'a' <= 'a' and 'a' < 'b'", 1},
      {"'b' >= 'a'", 1},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_THAT(values(text), testing::Each(DoubleEq(expected))) << text;
  }
}

TEST(Evaluate, Columns) {
  EXPECT_THAT(values("C/(6*params)"), ElementsAre(10, IsNan(), 4, 1));
  EXPECT_THAT(values("`eval/c4` * 2"), ElementsAre(2, 4, 6, 8));
}

TEST(Evaluate, MissingCellsMakeUnknowns) {
  EXPECT_THAT(values("loss < 4"), ElementsAre(1, 1, 0, IsNan()));
  EXPECT_THAT(values("not loss < 4"), ElementsAre(0, 0, 1, IsNan()));
  EXPECT_THAT(values("dataset = 'c4'"), ElementsAre(1, 0, IsNan(), 1));
  EXPECT_THAT(values("C != 600 and params > 10"), ElementsAre(0, IsNan(), 1, 1));
  EXPECT_THAT(values("C != 600 or params > 10"), ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(values("loss ^ 0 + min(loss, 1) + max(loss, 9)"), ElementsAre(11, 11, 11, IsNan()));
  EXPECT_THAT(values("C is missing"), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(values("dataset is not missing"), ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(values("dataset in ('c4', 'pile')"), ElementsAre(1, 1, IsNan(), 1));
}

TEST(Evaluate, ManyRowsAsOneByOne) {
  Rng rng(7);
  const std::size_t n = 5000;  // several blocks and a part
  std::vector<double> x(n);
  std::vector<double> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = i % 17 == 0 ? std::nan("") : rng.uniform();
    y[i] = rng.uniform();
  }
  Table table("t");
  table.add({"x", x});
  table.add({"y", y});
  const auto result = evaluate(parse_expression("(x + y) * x - log(y)/(1 + x^2)"), table);
  ASSERT_EQ(result.size(), n);
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_THAT(result[i], NanSensitiveDoubleEq((x[i] + y[i]) * x[i] -
                                                std::log(y[i]) / (1 + std::pow(x[i], 2))));
  }
}

TEST(Evaluate, NamesEveryWrongColumnWithACaret) {
  EXPECT_EQ(error_of([] { evaluate(parse_expression("loss / parms + C4", "--y"), runs()); }),
            "--y: error: there is no column 'parms' in runs.csv\n"
            "  loss / parms + C4\n"
            "         ^~~~~ (did you mean 'params'?)\n"
            "--y: error: there is no column 'C4' in runs.csv\n"
            "  loss / parms + C4\n"
            "                 ^~ (did you mean 'C'?)");
  EXPECT_THAT(error_of([] { values("eval"); }), HasSubstr("did you mean `eval/c4`?"));
  EXPECT_THAT(error_of([] { values("q12345678"); }),
              HasSubstr("columns are params, C, loss, dataset, `eval/c4`"));
}

TEST(Evaluate, TellsTextFromNumbers) {
  EXPECT_EQ(error_of([] { values("2 * dataset"); }),
            "error: column 'dataset' holds text ('c4' in runs.csv:2); a number is needed here\n"
            "  2 * dataset\n"
            "      ^~~~~~~");
  EXPECT_THAT(error_of([] { values("dataset = c4"); }), HasSubstr("a text is written 'c4'"));
  EXPECT_THAT(error_of([] { values("dataset = \"c4\""); }), HasSubstr("a text is written 'c4'"));
  EXPECT_THAT(error_of([] { values("dataset = 4"); }), HasSubstr("write '4'"));
  EXPECT_THAT(error_of([] { values("loss = '4'"); }), HasSubstr("write 4 without quotes"));
  EXPECT_THAT(error_of([] { values("loss = 'low'"); }), HasSubstr("'loss' holds numbers"));
  EXPECT_THAT(error_of([] { values("loss + '4'"); }), HasSubstr("write 4 without quotes"));
  EXPECT_THAT(error_of([] { values("2 * 'eval/c4'"); }),
              HasSubstr("a column's name goes into backticks: `eval/c4`"));
  EXPECT_THAT(error_of([] { values("dataset = ''"); }), HasSubstr("write 'is missing'"));
}

TEST(Where, KeepsTheRowsForWhichItIsTrue) {
  EXPECT_THAT(kept("loss < 4 and dataset = 'c4'"), ElementsAre(10));
  EXPECT_THAT(kept("loss < 4"), ElementsAre(10, 20));
  EXPECT_THAT(kept("not loss < 4"), ElementsAre(40));
  EXPECT_THAT(kept("loss is missing or dataset is missing"), ElementsAre(40, 80));
  const Table none = where(runs(), "loss > 100");
  EXPECT_THAT(none.numbers("params"), IsEmpty());
  EXPECT_EQ(none.columns().size(), 5u);
  EXPECT_THAT(where(runs(), "params > 20").lines(), ElementsAre(4, 5));
}

TEST(WithColumns, LaterEntriesUseEarlierOnes) {
  const Table table = with_columns(runs(), "N = params, D = C/(6*N), M = N/10, run = dataset");
  EXPECT_EQ(table.columns().size(), 9u);
  EXPECT_THAT(table.numbers("D"), ElementsAre(10, IsNan(), 4, 1));
  EXPECT_THAT(table.numbers("M"), ElementsAre(1, 2, 4, 8));
}

TEST(WithColumns, ReplacesAndCopiesTexts) {
  const Table table = with_columns(runs(), "params = params/10, run = dataset, kind = 'run'");
  EXPECT_THAT(table.numbers("params"), ElementsAre(1, 2, 4, 8));
  EXPECT_EQ(table.columns().size(), 7u);
  EXPECT_THAT(std::get<std::vector<std::string>>(table.column("run").values),
              ElementsAre("c4", "pile", "", "c4"));
  EXPECT_THAT(std::get<std::vector<std::string>>(table.column("kind").values),
              testing::Each("run"));
}

TEST(WithColumns, SaysWhichRowsHaveNoValue) {
  EXPECT_EQ(error_of([] { with_columns(runs(), "x = log(loss - 3)/C"); }),
            "runs.csv:2: error: x is not a finite number where loss = 2.5, C = 600 "
            "(a condition can leave such rows out)");
  std::string content = "a\n";
  for (int i = 0; i < 30; ++i) content += "0\n";
  EXPECT_THAT(error_of([&] { with_columns(parse_csv(content, "zeros.csv"), "b = 1/a"); }),
              HasSubstr("zeros.csv:11: error: b is not a finite number where a = 0\n"
                        "zeros.csv: error: 20 problems more"));
}

constexpr const char* kStatus =
    "D,loss,status\n1B,3.4,done\n2e9,3.3,done\n3B,—,diverged\n4B,,running\n";

Table status() { return parse_csv(kStatus, "status.csv"); }

TEST(TextAsNumbers, CellsOfRowsLeftOutDontMatter) {
  const Table done = where(status(), "status = 'done'");
  EXPECT_THAT(evaluate(parse_expression("2 * loss"), done), ElementsAre(6.8, 6.6));
  EXPECT_THAT(where(status(), "status = 'done' and loss < 3.35").lines(), ElementsAre(3));
  EXPECT_THAT(where(status(), "loss < 3.35 and status = 'done'").lines(), ElementsAre(3));
  EXPECT_THAT(where(status(), "status = 'diverged' or loss < 3.35").lines(), ElementsAre(3, 4));
}

TEST(TextAsNumbers, WhatIsNoNumberIsNamedWithItsLine) {
  EXPECT_EQ(error_of([] { evaluate(parse_expression("loss / 2"), status()); }),
            "status.csv:4: error: loss is '—', not a number (a condition can leave such rows out)");
  EXPECT_THAT(error_of([] { where(status(), "loss < 3.35"); }), HasSubstr("status.csv:4: error"));
  EXPECT_THAT(error_of([] { evaluate(parse_expression("status"), status()); }),
              HasSubstr("holds text ('done' in status.csv:2)"));
  std::string content = "a\n1\n";
  for (int i = 0; i < 30; ++i) content += "x\n";
  EXPECT_THAT(error_of([&] { evaluate(parse_expression("a"), parse_csv(content, "x.csv")); }),
              AllOf(HasSubstr("x.csv:12: error: a is 'x'"), Not(HasSubstr("x.csv:13")),
                    HasSubstr("x.csv: error: 20 problems more")));
}

TEST(Evaluate, QuantitiesAsPeopleWriteThem) {
  EXPECT_THAT(values("params * 2K"), ElementsAre(20e3, 40e3, 80e3, 160e3));
  EXPECT_THAT(kept("C < 1.5ZFLOP and params >= 0.04K"), ElementsAre(40, 80));
  EXPECT_EQ(to_text(parse_expression("N = 7B").root), "(N = 7000000000)");
  EXPECT_THAT(error_of([] { evaluate(parse_expression("2B"), parse_csv("B\n1\n", "")); }),
              HasSubstr("is this 2000000000, or a product with 'B'?"));
}

TEST(TextAsNumbers, QuantitiesAreNumbers) {
  EXPECT_THAT(evaluate(parse_expression("D"), status()), ElementsAre(1e9, 2e9, 3e9, 4e9));
  EXPECT_THAT(where(status(), "D > 2.5e9").lines(), ElementsAre(4, 5));
  EXPECT_THAT(with_columns(status(), "N = D").find("N")->is_number(), false);
  const std::string numbers[] = {"N"};
  EXPECT_THAT(with_columns(status(), parse_mapping("N = D"), numbers).numbers("N"),
              ElementsAre(1e9, 2e9, 3e9, 4e9));
}

Table dates(const std::string& last) {
  return parse_csv(
      "date,N\n2026-01-05T10:00:00+02:00,1\n2026-01-05T09:00:00Z,2\n"
      "2026-01-06T09:00:00Z,3\n" +
          last,
      "dates.csv");
}

TEST(Instants, CompareAcrossZones) {
  EXPECT_THAT(where(dates(""), "date > '2026-01-05T08:30:00Z'").lines(), ElementsAre(3, 4));
  EXPECT_THAT(where(dates(""), "date = '2026-01-05T09:00:00+01:00'").lines(), ElementsAre(2));
  EXPECT_THAT(where(dates(",4\n"), "date > '2026-01-05T11:30+01:00'").lines(), ElementsAre(4));
  EXPECT_THAT(where(dates("unknown,4\n"), "date > '2026-01-05T09:30:00Z'").lines(),
              ElementsAre(2, 4, 5));  // no instants: as text
}

TEST(Instants, WithoutAZoneAreNotGuessed) {
  EXPECT_EQ(
      error_of([] { where(dates("2026-01-07 09:00,4\n"), "date > '2026-01-05T09:30:00Z'"); }),
      "dates.csv:5: error: date '2026-01-07 09:00' names no zone, others that it is compared with "
      "do (write each with its zone: Z is Greenwich's)");
  EXPECT_THAT(error_of([] { where(dates(""), "date > '2026-01-06'"); }),
              HasSubstr("'2026-01-06' names no zone"));
  const Table local = parse_csv("date\n2026-01-05\n2026-01-06 10:00\n2026-01-06T12:00\n", "l.csv");
  EXPECT_THAT(where(local, "date > '2026-01-06 11:00'").lines(), ElementsAre(4));
  const Table one_zone =
      parse_csv("date\n2026-01-05T23:00-08:00\n2026-01-06T01:00-08:00\n", "z.csv");
  EXPECT_THAT(where(one_zone, "date >= '2026-01-06'").lines(), ElementsAre(3));
}

}  // namespace
}  // namespace rung
