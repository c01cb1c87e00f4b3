#include "rung/data/reader/read_table.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"
#include "tests/support/column_texts.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

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
  EXPECT_THAT(parse_table("a,b\tc\n1,2\t3\n", "t.csv", {.format = "tsv"}).column_names(),
              ElementsAre("a,b", "c"));
  EXPECT_THAT(error_of([] { parse_table("a,b\n", "t.csv", {.format = "json"}); }),
              HasSubstr("t.csv:1:1: error: not valid JSON"));
  EXPECT_THAT(error_of([] { parse_table("a,b\n", "t.csv", {.format = "jsn"}); }),
              HasSubstr("there is no format 'jsn' (did you mean 'json'"));
  EXPECT_THAT(error_of([] { parse_table("a,b\n", "t.csv", {.format = "spreadsheet"}); }),
              HasSubstr("there are csv, json, jsonl"));
}

TEST(ReadTable, UnpacksUpToALimit) {
  const std::string content = "a\n" + std::string(200'000, '1') + "\n";
  const std::string packed = gzip(content);
  EXPECT_LT(packed.size(), 1000u);
  EXPECT_EQ(parse_table(packed, "t.csv", {.most_unpacked_bytes = content.size()}).n_rows(), 1u);
  EXPECT_THAT(
      error_of([&] { parse_table(packed, "t.csv", {.most_unpacked_bytes = content.size() - 1}); }),
      HasSubstr("t.csv: error: unpacks to more than 200002 bytes (--most-unpacked"));
}

TEST(ReadTable, InfinityIsANumberInEveryFormat) {
  for (const auto& [source, content] :
       {std::pair("t.csv", "s,loss\n1,inf\n2,-inf\n3,nan\n"),
        std::pair("t.json",
                  R"([{"s":1,"loss":Infinity},{"s":2,"loss":-Infinity},{"s":3,"loss":NaN}])"),
        std::pair("t.jsonl",
                  "{\"s\":1,\"loss\":\"Infinity\"}\n{\"s\":2,\"loss\":\"-inf\"}\n"
                  "{\"s\":3,\"loss\":\"NaN\"}\n")}) {
    EXPECT_THAT(parse_table(content, source).numbers("loss"),
                ElementsAre(INFINITY, -INFINITY, IsNan()))
        << content;
  }
}

TEST(ReadTable, TheSharedCases) {
  for (const char* name : {"pandas-columns.json", "pandas-index.json", "pandas-split.json"}) {
    const auto path = shared_path((std::string("cases/") + name).c_str());
    if (!path) GTEST_SKIP() << "needs the shared cases";
    const Table table = read_table(*path);
    EXPECT_THAT(table.column_names(), ElementsAre("N", "loss")) << name;
    EXPECT_THAT(table.numbers("N"), ElementsAre(2e7, 6e7, 2e8, 6e8, 1.5e9)) << name;
    EXPECT_EQ(table.numbers("loss")[4], 2.5066959682) << name;
  }
  const Table state = read_table(*shared_path("cases/trainer_state.json"));
  EXPECT_EQ(state.n_rows(), 8u);
  EXPECT_THAT(state.numbers("step"), ElementsAre(100, 200, 200, 400, 400, 800, 800, 1000));
  EXPECT_THAT(state.numbers("eval_loss")[2], 4.0942);
  EXPECT_EQ(state.lines()[0], 8u);
  EXPECT_EQ(read_table(*shared_path("cases/infinity.jsonl")).numbers("loss")[1], INFINITY);
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

TEST(ReadTable, ReadsTheTestbed) {
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
