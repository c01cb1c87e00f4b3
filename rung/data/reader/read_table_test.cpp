#include "rung/data/reader/read_table.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/data/reader/json_table.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsNan;

const std::vector<std::string>& texts(const Table& table, std::string_view name) {
  return std::get<std::vector<std::string>>(table.column(name).values);
}

std::string json_error(const std::string& content, const TableOptions& options = {}) {
  return error_of([&] { parse_json_table(content, "t.json", options); });
}

std::string jsonl_error(const std::string& content, const TableOptions& options = {}) {
  return error_of([&] { parse_jsonl_table(content, "t.jsonl", options); });
}

// The same table in every format: N is 1 and 2, name is a and "b,c", loss is 2.5 and missing.
const struct {
  const char* source;
  const char* content;
} kSame[] = {
    {"t.csv", "N,name,loss\n1,a,2.5\n2,\"b,c\",\n"},
    {"t.csv", "N;name;loss\n1;a;2.5\n2;b,c;\n"},
    {"t.tsv", "N\tname\tloss\n1\ta\t2.5\n2\tb,c\tNA\n"},
    {"standard input", "N\tname\tloss\n1\ta\t2.5\n2\tb,c\t\n"},
    {"t.txt", "\n\"N\",name,loss\n1,a,2.5\n2,\"b,c\",nan\n"},
    {"t.json", R"([{"N": 1, "name": "a", "loss": 2.5}, {"N": 2, "name": "b,c"}])"},
    {"standard input", R"( [{"N": 1, "name": "a", "loss": 2.5}, {"N": 2, "name": "b,c"}])"},
    {"t.json", R"({"version": 1, "results": [{"N": 1, "name": "a", "loss": 2.5},
        {"N": 2, "name": "b,c", "loss": NaN}]})"},
    {"t.json", R"({"N": [1, 2], "name": ["a", "b,c"], "loss": [2.5, null]})"},
    {"t.jsonl", "{\"N\": 1, \"name\": \"a\", \"loss\": 2.5}\n\n{\"N\":2,\"name\":\"b,c\"}"},
    {"t.json", "{\"N\": 1, \"name\": \"a\", \"loss\": 2.5}\r\n{\"N\":2,\"name\":\"b,c\"}\r\n"},
    {"standard input", "{\"N\":1,\"name\":\"a\",\"loss\":2.5}\n{\"N\":2,\"name\":\"b,c\"}\n"},
    {"t.ndjson", "\xef\xbb\xbf{\"N\":1,\"name\":\"a\",\"loss\":2.5}\n{\"N\":2,\"name\":\"b,c\"}"},
};

void expect_the_same(const Table& table, const std::string& what) {
  EXPECT_THAT(table.column_names(), ElementsAre("N", "name", "loss")) << what;
  EXPECT_THAT(table.numbers("N"), ElementsAre(1, 2)) << what;
  EXPECT_THAT(texts(table, "name"), ElementsAre("a", "b,c")) << what;
  EXPECT_THAT(table.numbers("loss"), ElementsAre(2.5, IsNan())) << what;
}

TEST(ReadTable, KnowsEveryFormatPackedOrNot) {
  for (const auto& [source, content] : kSame) {
    expect_the_same(parse_table(content, source), content);
    expect_the_same(parse_table(gzip(content), std::string(source) + ".gz"), content);
    expect_the_same(parse_table(gzip(content), source), content);
  }
}

TEST(ReadTable, ReadsFiles) {
  const auto path = std::filesystem::temp_directory_path() / "rung_read_table_test.jsonl.gz";
  write_file(path, gzip(kSame[9].content));
  expect_the_same(read_table(path), "file");
  std::filesystem::remove(path);
  EXPECT_THAT(error_of([&] { read_table(path); }), HasSubstr("can't read it"));
}

TEST(ReadTable, TheFormatAskedForCounts) {
  EXPECT_THAT(parse_table("a,b\tc\n1,2\t3\n", "t.csv", {.format = TableFormat::tsv}).column_names(),
              ElementsAre("a,b", "c"));
  EXPECT_THAT(error_of([] { parse_table("a,b\n", "t.csv", {.format = TableFormat::json}); }),
              HasSubstr("t.csv:1:1: error: not valid JSON"));
}

TEST(ReadTable, OnlyTheWantedColumnsInEveryFormat) {
  for (const auto& same : kSame) {
    const char *const source = same.source, *const content = same.content;
    const Table table =
        parse_table(content, source, {.columns = {"loss"}, .optional_columns = {"N", "step"}});
    EXPECT_THAT(table.column_names(), ElementsAre("N", "loss")) << content;
    EXPECT_THAT(error_of([&] { parse_table(content, source, {.columns = {"los"}}); }),
                HasSubstr("there is no column 'los' (did you mean 'loss'?)"))
        << content;
    EXPECT_THAT(error_of([&] { parse_table(content, source, {.number_columns = {"loss"}}); }),
                HasSubstr("loss is"))
        << content;
  }
}

TEST(JsonTable, FlattensNestedObjects) {
  const Table table = parse_json_table(
      R"([{"config": {"lr": 0.1, "opt": {"name": "adam"}}, "betas": [0.9, 0.95]},
          {"config": {"lr": 0.2}, "final": true}])",
      "t.json");
  EXPECT_THAT(table.column_names(), ElementsAre("config.lr", "config.opt.name", "betas", "final"));
  EXPECT_THAT(table.numbers("config.lr"), ElementsAre(0.1, 0.2));
  EXPECT_THAT(texts(table, "config.opt.name"), ElementsAre("adam", ""));
  EXPECT_THAT(texts(table, "betas"), ElementsAre("[0.9,0.95]", ""));
  EXPECT_THAT(table.numbers("final"), ElementsAre(IsNan(), 1));
  EXPECT_THAT(table.lines(), ElementsAre(1, 2));
  EXPECT_THAT(parse_json_table(R"({"run": {"N": [1, 2]}, "loss": [3, 4]})", "").column_names(),
              ElementsAre("run.N", "loss"));
}

TEST(JsonTable, NumbersTextsAndWhatIsMissing) {
  const Table table = parse_jsonl_table(
      "{\"a\": NaN, \"b\": \"NaN\", \"c\": \"NaN\", \"d\": null}\n"
      "{\"a\": -Infinity, \"b\": 2, \"c\": \"x\"}\n"
      "{\"a\": 12345678901234567890, \"b\": Infinity, \"c\": 1.50}\n",
      "t.jsonl");
  EXPECT_THAT(table.numbers("a"), ElementsAre(IsNan(), IsNan(), 12345678901234567890.0));
  EXPECT_THAT(table.numbers("b"), ElementsAre(IsNan(), 2, IsNan()));
  EXPECT_THAT(texts(table, "c"), ElementsAre("NaN", "x", "1.5"));
  EXPECT_THAT(table.numbers("d"), ElementsAre(IsNan(), IsNan(), IsNan()));
  EXPECT_THAT(texts(parse_json_table(R"([{"a": "not NaN"}])", ""), "a"), ElementsAre("not NaN"));
}

TEST(JsonTable, SmallTables) {
  EXPECT_EQ(parse_json_table("[]", "").n_rows(), 0u);
  EXPECT_EQ(parse_json_table("{\"results\": []}", "").n_rows(), 0u);
  EXPECT_EQ(parse_jsonl_table("\n\n", "").n_rows(), 0u);
  EXPECT_THAT(parse_json_table(R"({"N": 1, "loss": 2})", "").numbers("loss"), ElementsAre(2));
  EXPECT_THAT(parse_json_table(R"({"N": [], "loss": []})", "").numbers("loss"), IsEmpty());
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
  EXPECT_EQ(parse_jsonl_table("\n{\"a\": 1}\n\n{\"a\": 2}", "").lines(),
            (std::vector<std::size_t>{2, 4}));
  std::string many;
  for (int i = 0; i < 150; ++i) many += "{}\n";
  EXPECT_THAT(jsonl_error(many + "{\"a\":1}", {.number_columns = {"a"}}),
              HasSubstr("t.jsonl: error: 50 problems more"));
}

TEST(JsonTable, ReadsTheTestbed) {
  const auto folder = shared_path("data/over-training");
  if (!folder) GTEST_SKIP() << "no over-training data";
  std::size_t n_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() != ".json" || entry.file_size() < 10) continue;
    const std::string content = read_file(entry.path());
    if (content.find_first_of("{") != 0) continue;
    EXPECT_NO_THROW(parse_table(content, entry.path().string())) << entry.path();
    ++n_files;
  }
  EXPECT_GT(n_files, 0u);
}

}  // namespace
}  // namespace rung
