#include "rung/data/reader/json_table.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/select.hpp"
#include "tests/support/column_texts.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsNan;

Table json(const std::string& content, const std::string& source,
           const TableOptions& options = {}) {
  return find_format("json").read(content, source, options);
}

Table jsonl(const std::string& content, const std::string& source,
            const TableOptions& options = {}) {
  return find_format("jsonl").read(content, source, options);
}

template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string json_error(const std::string& content, const TableOptions& options = {}) {
  return error_of([&] { json(content, "t.json", options); });
}

std::string jsonl_error(const std::string& content, const TableOptions& options = {}) {
  return error_of([&] { jsonl(content, "t.jsonl", options); });
}

TEST(JsonTable, FlattensNestedObjects) {
  const Table table = json(
      R"([{"config": {"lr": 0.1, "opt": {"name": "adam"}}, "betas": [0.9, 0.95]},
          {"config": {"lr": 0.2}, "final": true}])",
      "t.json");
  EXPECT_THAT(table.column_names(), ElementsAre("config.lr", "config.opt.name", "betas", "final"));
  EXPECT_THAT(table.numbers("config.lr"), ElementsAre(0.1, 0.2));
  EXPECT_THAT(texts(table, "config.opt.name"), ElementsAre("adam", ""));
  EXPECT_THAT(texts(table, "betas"), ElementsAre("[0.9,0.95]", ""));
  EXPECT_THAT(table.numbers("final"), ElementsAre(IsNan(), 1));
  EXPECT_THAT(table.lines(), ElementsAre(1, 2));
  EXPECT_THAT(json(R"({"run": {"N": [1, 2]}, "loss": [3, 4]})", "").column_names(),
              ElementsAre("run.N", "loss"));
}

TEST(JsonTable, RowsOfOneLineAreToldApartByWhereTheyBegin) {
  const Table table = json(R"([{"a": 1}, {"a": 2},  {"a": 3}])", "t.json");
  EXPECT_EQ(table.location(0).column, 2u);
  EXPECT_EQ(table.location(2).column, 23u);
  const std::size_t last[] = {2};
  EXPECT_EQ(select_rows(table, last).location(0).column, 23u);
  EXPECT_EQ(json("[{\"a\": 1},\n {\"a\": 2}]", "t.json").location(1).column, 0u);
}

TEST(JsonTable, NumbersTextsAndWhatIsMissing) {
  const Table table = jsonl(
      "{\"a\": NaN, \"b\": \"NaN\", \"c\": \"NaN\", \"d\": null}\n"
      "{\"a\": -Infinity, \"b\": 2, \"c\": \"x\"}\n"
      "{\"a\": 12345678901234567890, \"b\": Infinity, \"c\": 1.50}\n",
      "t.jsonl");
  EXPECT_THAT(table.numbers("a"), ElementsAre(IsNan(), -INFINITY, 12345678901234567890.0));
  EXPECT_THAT(table.numbers("b"), ElementsAre(IsNan(), 2, INFINITY));
  EXPECT_THAT(texts(table, "c"), ElementsAre("NaN", "x", "1.5"));
  EXPECT_THAT(table.numbers("d"), ElementsAre(IsNan(), IsNan(), IsNan()));
  EXPECT_THAT(texts(json(R"([{"a": "not NaN"}])", ""), "a"), ElementsAre("not NaN"));
}

TEST(JsonTable, SmallTables) {
  EXPECT_EQ(json("[]", "").n_rows(), 0u);
  EXPECT_EQ(json("{\"results\": []}", "").n_rows(), 0u);
  EXPECT_EQ(jsonl("\n\n", "").n_rows(), 0u);
  EXPECT_THAT(json(R"({"N": 1, "loss": 2})", "").numbers("loss"), ElementsAre(2));
  EXPECT_THAT(json(R"({"N": [], "loss": []})", "").numbers("loss"), IsEmpty());
}

TEST(JsonTable, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(json_error("[{\"a\": 1},\n {\"a\" 2}]"),
            "t.json:2:7: error: not valid JSON: unexpected number literal; expected ':'");
  EXPECT_EQ(json_error("[{\"a\": 1},\n  3,\n[4]]"),
            "t.json:2:3: error: a row is an object, {\"name\": value, …}; this is a number\n"
            "t.json:3:1: error: a row is an object, {\"name\": value, …}; this is an array");
  EXPECT_EQ(json_error("{\"a\": [1, 2],\n\"b\": [1]}"),
            "t.json:2:6: error: 'b' has 1 values, the columns before it have 2");
  EXPECT_EQ(json_error("{\"a\": [1, 2],\n\"b\": 1}"),
            "t.json:2:6: error: 'b' is a number, where others are arrays (rows are an array of "
            "objects, columns an object of arrays)");
  EXPECT_EQ(json_error("[{\"a.b\": 1, \"a\": {\n\"b\": 2}}]"),
            "t.json:2:6: error: 'a.b' is there twice");
  EXPECT_THAT(json_error(" 3"), HasSubstr("t.json:1:2: error: this JSON holds no table"));
  EXPECT_THAT(json_error(std::string(1000, '[')), HasSubstr("t.json:1:201: error: this is nested"));
  EXPECT_THAT(json_error("[{\"loss\": 1}]", {.columns = {"los"}}),
              HasSubstr("t.json: error: there is no column 'los' (did you mean 'loss'?)"));
}

TEST(JsonTable, SaysWhereANumberIsMissing) {
  const TableOptions options{.number_columns = {"run.loss"}};
  EXPECT_EQ(
      json_error("[{\"run\": {\"loss\": \"x\"}},\n {\"run.loss\": 1},\n {\"run\": 3}]", options),
      "t.json:1:19: error: run.loss is 'x', not a number\n"
      "t.json:3:2: error: run.loss is missing");
  EXPECT_EQ(json_error("{\"run\":{\"loss\": [1,\n \"[\",\n  null]}, \"N\": [1, 2, 3]}", options),
            "t.json:2:2: error: run.loss is '[', not a number\n"
            "t.json:3:3: error: run.loss is missing");
}

TEST(JsonTable, SaysEveryWrongLine) {
  EXPECT_EQ(jsonl_error("{\"a\": 1}\n{\"a: 2}\n\n  {\"a\": NaN}\n{\"a\": 3,}\n"),
            "t.jsonl:2:8: error: the JSON ends too early (is the file complete?)\n"
            "t.jsonl:5:9: error: not valid JSON: unexpected '}'; expected string literal");
  EXPECT_EQ(jsonl_error("{\"loss\": \"2\"}\n{}\n", {.number_columns = {"loss"}}),
            "t.jsonl:1:10: error: loss is '2', not a number\n"
            "t.jsonl:2:1: error: loss is missing");
  EXPECT_EQ(jsonl("\n{\"a\": 1}\n\n{\"a\": 2}", "").lines(), (std::vector<std::size_t>{2, 4}));
  std::string many;
  for (int i = 0; i < 150; ++i) many += "{}\n";
  EXPECT_THAT(jsonl_error(many + "{\"a\":1}", {.number_columns = {"a"}}),
              HasSubstr("\nt.jsonl: error: 140 problems more"));
}

TEST(JsonTable, FramesAsPandasWritesThem) {
  const Table columns = json(R"({"N": {"3": 1, "5": 2}, "name": {"3": "a", "5": null}})", "");
  EXPECT_THAT(columns.numbers("N"), ElementsAre(1, 2));
  EXPECT_THAT(texts(columns, "name"), ElementsAre("a", ""));
  const Table index = json("{\"3\": {\"N\": 1, \"x\": 5},\n \"5\": {\"N\": 2}}", "");
  EXPECT_THAT(index.numbers("N"), ElementsAre(1, 2));
  EXPECT_THAT(index.numbers("x"), ElementsAre(5, IsNan()));
  EXPECT_THAT(index.lines(), ElementsAre(1, 2));
  const Table split =
      json(R"({"columns": ["N", 7], "index": [0, 1], "data": [[1, "a"], [2, "b"]]})", "");
  EXPECT_THAT(split.numbers("N"), ElementsAre(1, 2));
  EXPECT_THAT(texts(split, "7"), ElementsAre("a", "b"));
  const Table schema = json(R"({"schema": {"fields": []}, "data": [{"N": 1}, {"N": 2}]})", "");
  EXPECT_THAT(schema.numbers("N"), ElementsAre(1, 2));
  EXPECT_EQ(json_error("{\"columns\": [\"a\"], \"data\": [[1],\n[1, 2]]}"),
            "t.json:2:1: error: this row has 2 cells for 1 columns");
  // One row whose settings are numbered is no frame.
  EXPECT_THAT(json(R"({"layers": {"0": 1, "1": 2}, "loss": 3})", "").column_names(),
              ElementsAre("layers.0", "layers.1", "loss"));
}

TEST(TrainerState, IsItsLog) {
  const std::string state =
      "{\"best_metric\": null,\n\"log_history\": [{\"step\": 1, \"loss\": 3},\n"
      "{\"step\": 1, \"eval_loss\": NaN}], \"max_steps\": 2}";
  EXPECT_EQ(recognised_format(state, "x.json").name, "trainer_state");
  const Table table = find_format("trainer_state").read(state, "x.json", {});
  EXPECT_THAT(table.numbers("loss"), ElementsAre(3, IsNan()));
  EXPECT_THAT(table.lines(), ElementsAre(2, 3));
  EXPECT_THAT(error_of([] { find_format("trainer_state").read("{\"a\": 1}", "x.json", {}); }),
              HasSubstr("holds no list 'log_history'"));
}

TEST(JsonTable, KeysThatStandTwiceAreRefused) {
  EXPECT_THAT(json_error("[{\"a\": 1, \"a\": 2}]"), HasSubstr("t.json:1:11: error: the key 'a'"));
}

TEST(JsonTable, ATableOfGapsIsRefused) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) {
    const std::string n = std::to_string(i);
    lines += "{\"a" + n + "\": " + n + "}\n";
  }
  EXPECT_THAT(jsonl_error(lines), HasSubstr("20000 rows have 20000 columns between them"));
  EXPECT_THAT(jsonl(lines, "t.jsonl", {.columns = {"a7"}}).numbers("a7")[7], 7);
}

/// Quadratic readers took minutes for these.
TEST(JsonTable, TakesTimeInProportionToTheFile) {
  const auto begin = std::chrono::steady_clock::now();
  std::string columns = "{", index = "{";
  for (int i = 0; i < 30'000; ++i) {
    const std::string n = std::to_string(i);
    columns += (i ? ",\n\"c" : "\"c") + n + "\": [" + n + "]";
    index += (i ? ",\"" : "\"") + n + "\": {\"N\": " + n + "}";
  }
  EXPECT_EQ(json(columns + "}", "").columns().size(), 30'000u);
  EXPECT_EQ(json(index + "}", "").n_rows(), 30'000u);
  std::string wrong;
  for (int i = 0; i < 30'000; ++i) wrong += "{\"a\": \"x\"}\n";
  EXPECT_THAT(jsonl_error(wrong, {.number_columns = {"a"}}), HasSubstr("29990 problems more"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace rung
