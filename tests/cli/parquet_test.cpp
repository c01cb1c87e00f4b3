/// Parquet and --sql where a command reads or writes a table.

#include <gmock/gmock.h>

#include <cmath>

#include "rung/system/duckdb.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

/// Skipped, by name, where there is no DuckDB.
class ParquetCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!duckdb_version()) GTEST_SKIP() << "DuckDB is not installed";
    std::string csv = "params,tokens,loss,kind\n";
    for (const double n : {1e8, 3e8, 1e9, 3e9}) {
      for (const double d : {2e9, 2e10, 2e11}) {
        const double loss = 1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(d, 0.28);
        csv += std::to_string(n) + "," + std::to_string(d) + "," + std::to_string(loss) + ",a\n";
      }
    }
    csv += "1e8,2e9,99,b\n";
    folder_.write("runs.csv", csv);
  }

  std::string at(const char* name) const { return (folder_.path() / name).string(); }

  TempFolder folder_;
};

constexpr const char* kColumns = "N=params, D=tokens";

TEST_F(ParquetCommands, FitTheSameFromParquetAndByAQuery) {
  DuckDb("test", 1).run("COPY (SELECT * FROM read_csv(" + sql_text(at("runs.csv")) + ")) TO " +
                        sql_text(at("runs.parquet")) + " (FORMAT parquet)");
  const Ran csv = run_rung(
      {"fit", at("runs.csv"), "--law", "chinchilla", "--x", kColumns, "--where", "kind = 'a'"});
  ASSERT_EQ(csv.status, 0) << csv.err;
  const Ran parquet = run_rung(
      {"fit", at("runs.parquet"), "--law", "chinchilla", "--x", kColumns, "--where", "kind = 'a'"});
  EXPECT_EQ(parquet.out, csv.out) << parquet.err;
  for (const char* name : {"runs.csv", "runs.parquet"}) {
    const Ran query = run_rung({"fit", at(name), "--law", "chinchilla", "--x", kColumns, "--sql",
                                "SELECT params, tokens, loss FROM input WHERE kind = 'a'"});
    EXPECT_EQ(query.status, 0) << query.err;
    EXPECT_THAT(csv.out, HasSubstr("E")) << query.out;
  }
}

/// The column's page is damaged, so whoever reads it fails.
TEST_F(ParquetCommands, ColumnsThatNothingNamesAreNotReadFromLargeFiles) {
  const std::string path = at("large.parquet");
  DuckDb("test", 1).run(
      "COPY (SELECT 1e8 * (1 + i % 40) AS params, 1e9 * (1 + i // 40) AS tokens, 1.7 + 400 / "
      "params ** 0.34 + 410 / tokens ** 0.28 AS loss, 'spoilt spoilt spoilt' AS spoilt FROM "
      "range(120000) t(i)) TO " +
      sql_text(path) + " (FORMAT parquet, COMPRESSION uncompressed)");
  std::string content = read_file(path);
  constexpr std::size_t kHeader = 24;  // of the page, before its only text
  content.replace(content.find("spoilt spoilt") - kHeader, kHeader, kHeader, '\xff');
  folder_.write("large.parquet", content);
  const auto fit = [&](const char* columns, const char* condition) {
    return run_rung({"fit", path, "--law", "chinchilla", "--x", columns, "--where", condition,
                     "--bootstrap", "0"});
  };
  const Ran whole = fit(kColumns, "tokens > 2.9e12");
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(fit(kColumns, "spoilt = 'a'").status, 2);
}

/// The hint names a column that was not read.
TEST_F(ParquetCommands, ErrorsOfLargeFilesKnowEveryColumn) {
  const std::string path = at("large.parquet");
  DuckDb("test", 1).run(
      "COPY (SELECT 1e8 AS params, 1e9 * i AS tokens, 3 AS loss FROM range(100001) t(i)) TO " +
      sql_text(path) + " (FORMAT parquet)");
  const Ran ran = run_rung({"fit", path, "--law", "chinchilla", "--x", "N=parms, D=tokens"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("did you mean 'params'"));
}

TEST_F(ParquetCommands, TablesAreWrittenAsParquet) {
  const Ran ran = run_rung({"fit", at("runs.csv"), "--law", "chinchilla", "--x", kColumns,
                            "--where", "kind = 'a'", "--csv", at("fit.parquet")});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(read_file(at("fit.parquet")).substr(0, 4), "PAR1");
  folder_.write("log.csv", "step,loss\n1,3\n2,2.5\n");
  const Ran import = run_rung({"import", at("log.csv"), "-o", at("log.parquet")});
  ASSERT_EQ(import.status, 0) << import.err;
  const Ran again = run_rung({"import", at("log.parquet"), "--csv", "-"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("2.5"));
}

TEST_F(ParquetCommands, DecideAveragesQuestions) {
  DuckDb("test", 2).run(
      "COPY (SELECT 'r' || r AS recipe, ['150M', '300M', '530M', '1B'][s] AS size, 'piqa' AS task, "
      "1000 * t AS step, q AS doc_id, o = 0 AS is_correct, -1.0 - 0.3 * r - 0.1 * o * s - "
      "0.1 * (hash(q, o, t) % 10) AS sum_logits, 3 AS num_tokens, 9 AS num_chars, 9 AS num_bytes "
      "FROM range(3) a(r), range(1, 5) b(s), range(1, 6) c(t), range(50) d(q), range(4) e(o) "
      "ORDER BY ALL) TO " +
      sql_text(at("questions.parquet")) + " (FORMAT parquet)");
  const Ran ran = run_rung({"decide", at("questions.parquet"), "--target", "1B", "--y", "acc_raw"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Best at 1B: r"));
  const Ran import = run_rung({"import", at("questions.parquet"), "--csv", "-"});
  ASSERT_EQ(import.status, 0) << import.err;
  EXPECT_THAT(import.out, HasSubstr("r0-150M"));
}

TEST(Parquet, WithoutDuckDbTheErrorSaysHowToGetIt) {
  const TempFolder folder;
  const std::string path = folder.write("x.parquet", std::string("PAR1\0\0\0\0PAR1", 12)).string();
  const Ran ran =
      run_shell("RUNG_DUCKDB=/nowhere/libduckdb.so $RUNG fit '" + path + "' --law chinchilla");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("this needs DuckDB's library"));
  EXPECT_THAT(ran.err, HasSubstr("RUNG_DUCKDB="));
  const Ran written = run_shell("RUNG_DUCKDB=/nowhere $RUNG demo --csv '" + path + "'");
  EXPECT_EQ(written.status, 2);
}

}  // namespace
}  // namespace rung::cli
