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

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsNan;
using testing::NanSensitiveDoubleEq;

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
            "--y: error: there is no column 'parms'\n"
            "  loss / parms + C4\n"
            "         ^~~~~ (did you mean 'params'?)\n"
            "--y: error: there is no column 'C4'\n"
            "  loss / parms + C4\n"
            "                 ^~ (did you mean 'C'?)");
  EXPECT_THAT(error_of([] { values("eval"); }), HasSubstr("did you mean `eval/c4`?"));
  EXPECT_THAT(error_of([] { values("q12345678"); }),
              HasSubstr("columns are params, C, loss, dataset, `eval/c4`"));
}

TEST(Evaluate, TellsTextFromNumbers) {
  EXPECT_EQ(error_of([] { values("2 * dataset"); }),
            "error: column 'dataset' holds text ('c4'); a number is needed here\n"
            "  2 * dataset\n"
            "      ^~~~~~~");
  EXPECT_THAT(error_of([] { values("dataset = c4"); }), HasSubstr("a text is written 'c4'"));
  EXPECT_THAT(error_of([] { values("dataset = \"c4\""); }), HasSubstr("a text is written 'c4'"));
  EXPECT_THAT(error_of([] { values("dataset = 4"); }), HasSubstr("write '4'"));
  EXPECT_THAT(error_of([] { values("loss = '4'"); }), HasSubstr("write 4 without quotes"));
  EXPECT_THAT(error_of([] { values("loss = 'low'"); }), HasSubstr("'loss' holds numbers"));
  EXPECT_THAT(error_of([] { values("loss + '4'"); }), HasSubstr("write 4 without quotes"));
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
              HasSubstr("zeros.csv:21: error: b is not a finite number where a = 0\n"
                        "zeros.csv: error: 10 rows more like these"));
}

TEST(GroupBy, OneColumn) {
  const std::vector<Group> groups = group_by(runs(), {"dataset"});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].label, "c4");
  EXPECT_THAT(groups[0].rows, ElementsAre(0, 3));
  EXPECT_EQ(groups[1].label, "pile");
  EXPECT_EQ(groups[2].label, "(missing)");
  EXPECT_THAT(groups[2].values, ElementsAre(""));
  EXPECT_THAT(select_rows(runs(), groups[0].rows).numbers("params"), ElementsAre(10, 80));
}

TEST(GroupBy, SeveralColumnsAndMissingNumbers) {
  const Table table = parse_csv("w,d\n256,a\n512,a\n256,a\n,a\n256,b\n,a\n", "t.csv");
  const std::vector<Group> groups = group_by(table, {"d", "w"});
  std::vector<std::string> labels;
  for (const Group& group : groups) labels.push_back(group.label);
  EXPECT_THAT(labels, ElementsAre("d=a, w=256", "d=a, w=512", "d=a, w=(missing)", "d=b, w=256"));
  EXPECT_THAT(groups[2].rows, ElementsAre(3, 5));
}

TEST(GroupBy, NoColumnsAndNoRows) {
  EXPECT_THAT(group_by(runs(), {}).at(0).rows, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(group_by(parse_csv("a\n", ""), {"a"}), IsEmpty());
  EXPECT_THAT(error_of([] { group_by(runs(), {"datset"}); }), HasSubstr("did you mean 'dataset'"));
}

}  // namespace
}  // namespace rung
