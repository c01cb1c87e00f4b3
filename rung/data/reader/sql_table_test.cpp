#include "rung/data/reader/sql_table.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/data/reader/read_table.hpp"
#include "rung/system/file.hpp"
#include "tests/support/column_texts.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// With a Parquet file written by DuckDB's own writer. Skipped, by name, where there is no DuckDB.
class SqlTable : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!duckdb_version()) GTEST_SKIP() << "DuckDB is not installed";
  }

  std::string written(const std::string& name, const std::string& query) const {
    const std::string path = (folder_.path() / name).string();
    DuckDb("test", 1).run("COPY (" + query + ") TO " + sql_text(path) + " (FORMAT parquet)");
    return path;
  }
  std::string runs() const {
    return written("runs.parquet",
                   "SELECT i AS step, 2.5 / (i + 1) AS loss, CASE WHEN i <> 1 THEN 'r' || i END AS "
                   "run, {'lr': 0.1 * i, 'data': {'name': 'c4'}} AS config, [i, 2] AS list, "
                   "i = 2 AS done, DATE '2026-01-05' AS day, CAST(7.25 AS DECIMAL(10, 2)) AS dec "
                   "FROM range(3) t(i)");
  }

  TempFolder folder_;
};

TEST_F(SqlTable, ParquetAsATable) {
  const Table table = read_table(runs());
  EXPECT_THAT(table.column_names(), ElementsAre("step", "loss", "run", "config.lr",
                                                "config.data.name", "list", "done", "day", "dec"));
  EXPECT_THAT(table.numbers("step"), ElementsAre(0, 1, 2));
  EXPECT_DOUBLE_EQ(table.numbers("loss")[1], 1.25);
  EXPECT_THAT(texts(table, "run"), ElementsAre("r0", "", "r2"));
  EXPECT_DOUBLE_EQ(table.numbers("config.lr")[2], 0.2);
  EXPECT_THAT(texts(table, "config.data.name"), ElementsAre("c4", "c4", "c4"));
  EXPECT_THAT(texts(table, "list"), ElementsAre("[0,2]", "[1,2]", "[2,2]"));
  EXPECT_THAT(table.numbers("done"), ElementsAre(0, 0, 1));
  EXPECT_THAT(texts(table, "day"), ElementsAre("2026-01-05", "2026-01-05", "2026-01-05"));
  EXPECT_THAT(table.numbers("dec"), ElementsAre(7.25, 7.25, 7.25));
}

TEST_F(SqlTable, ByContentToo) {
  const std::string content = read_file(runs());
  EXPECT_EQ(parse_table(content, "standard input").n_rows(), 3u);
  EXPECT_THAT(error_of([&] { parse_table(content.substr(0, content.size() - 9), "x.parquet"); }),
              HasSubstr("no whole Parquet file"));
  EXPECT_THAT(error_of([&] { parse_table(content, "x.csv"); }),
              HasSubstr("this is a Parquet file"));
}

TEST_F(SqlTable, OnlyWantedColumns) {
  const std::string path = runs();
  EXPECT_THAT(read_table(path, {.columns = {"loss"}}).column_names(), ElementsAre("loss"));
  EXPECT_THAT(error_of([&] { read_table(path, {.columns = {"lss"}}); }),
              HasSubstr("there is no column 'lss' (did you mean 'loss'"));
  const std::string holes = written("holes.parquet", "SELECT unnest([1.5, NULL]) AS x");
  EXPECT_TRUE(std::isnan(read_table(holes).numbers("x")[1]));
  EXPECT_THAT(error_of([&] { read_table(holes, {.number_columns = {"x"}}); }),
              HasSubstr("row 2: x is missing"));
}

TEST_F(SqlTable, QueriesOfAnyFile) {
  const std::string query = "SELECT sum(x) AS total, max(name) AS last FROM input;";
  const std::string csv = folder_.write("a.csv", "x,name\n1,a\n2,b\nNA,c\n").string();
  const std::string lines =
      folder_.write("a.jsonl", "{\"x\": 1, \"name\": \"a\"}\n{\"x\": 2, \"name\": \"c\"}\n")
          .string();
  const std::string parquet =
      written("a.parquet", "SELECT 1 AS x, 'a' AS name UNION ALL SELECT 2, 'c'");
  for (const std::string& path : {csv, lines, parquet}) {
    const Table table = read_by_sql(path, query, {});
    EXPECT_THAT(table.numbers("total"), ElementsAre(3)) << path;
    EXPECT_THAT(texts(table, "last"), ElementsAre("c")) << path;
  }
  EXPECT_THAT(error_of([&] { read_by_sql(csv, "SELECT y FROM input", {}); }),
              HasSubstr("Referenced column \"y\" not found"));
  EXPECT_THAT(error_of([&] { read_by_sql(csv, "COPY input TO 'x.csv'", {}); }),
              HasSubstr("syntax error"));
  EXPECT_THAT(error_of([&] { read_by_sql(csv, " ; ", {}); }), HasSubstr("--sql is empty"));
}

TEST_F(SqlTable, WrittenAndReadAgain) {
  const std::string content =
      parquet_of_csv("model,loss,note\n190M,2.5,\"a, \"\"b\"\"\"\n1B,,\n", "x.parquet");
  const Table table = parse_table(content, "x.parquet");
  EXPECT_THAT(texts(table, "model"), ElementsAre("190M", "1B"));
  EXPECT_DOUBLE_EQ(table.numbers("loss")[0], 2.5);
  EXPECT_TRUE(std::isnan(table.numbers("loss")[1]));
  EXPECT_THAT(texts(table, "note"), ElementsAre("a, \"b\"", ""));
}

TEST(Parquet, OtherBytesAreTold) {
  const TempFolder folder;
  for (const char* content : {"", "PAR", "\x01\x02\x03", "a,b\n1,2\n"}) {
    const std::string path = folder.write("x.parquet", content).string();
    EXPECT_THAT(error_of([&] { read_table(path); }), HasSubstr("no Parquet file")) << content;
  }
  const std::string cut = folder.write("cut.parquet", "PAR1\x15\x04\x15\x01").string();
  EXPECT_THAT(error_of([&] { read_table(cut); }), HasSubstr("no whole Parquet file"));
  // With its mark, but nothing that a reader could make sense of.
  const std::string path =
      folder.write("y.parquet", std::string("PAR1\0\1\2\3 nothing PAR1", 20)).string();
  EXPECT_THAT(error_of([&] { read_table(path); }), HasSubstr("y.parquet: error: "));
}

}  // namespace
}  // namespace rung
