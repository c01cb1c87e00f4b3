#include "rung/data/reader/question_parquet.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/data/questions.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/system/duckdb.hpp"
#include "rung/system/file.hpp"
#include "tests/support/column_texts.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

using testing::HasSubstr;

/// Skipped, by name, where there is no DuckDB.
class QuestionParquet : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!duckdb_version()) GTEST_SKIP() << "DuckDB is not installed";
  }

  /// 3 recipes, 2 tasks, 40 questions of 2 to 5 options each; some scores tie, some are missing.
  std::string options_csv(bool with_label) const {
    std::string csv = "mix,params,task,seed,step,doc_id,";
    csv += with_label ? "label" : "is_correct";
    csv += ",sum_logits,num_tokens,num_chars,num_bytes,sum_logits_uncond\n";
    Rng rng(11);
    for (int question = 0; question < 240; ++question) {
      const int n_options = 2 + question % 4, right = question % n_options;
      for (int option = 0; option < n_options; ++option) {
        csv += "r" + std::to_string(question / 80) + ",150M," +
               (question / 40 % 2 == 0 ? "arc" : "piqa") + ",1,1000," +
               std::to_string(question % 40) + ",";
        csv += std::to_string(with_label ? right : (option == right ? 1 : 0)) + ",";
        csv += std::to_string(question % 7 == 0 ? -3.0 : -40 * rng.uniform()) + ",";
        csv += std::to_string(1 + static_cast<int>(5 * rng.uniform())) + ",";
        csv += question / 40 == 1 && option == 1 ? "NA," : "7,";
        csv += std::to_string(8 + option) + "," + std::to_string(-30 * rng.uniform()) + "\n";
      }
    }
    return csv;
  }

  std::string parquet(const std::string& csv, const char* name = "x.parquet") const {
    const std::string from = folder_.write("from.csv", csv).string();
    const std::string path = (folder_.path() / name).string();
    DuckDb("test", 1).run("COPY (SELECT * FROM read_csv(" + sql_text(from) +
                          ", nullstr = 'NA')) TO " + sql_text(path) + " (FORMAT parquet)");
    return path;
  }

  void expect_as_read_here(bool with_label, std::size_t rows_at_a_time) const {
    const std::string csv = options_csv(with_label);
    const Table expected = table_of_means(means_of_options(parse_table(csv, "x.csv")), "x");
    const Table got =
        read_question_parquet(parquet(csv), {.n_threads = 2, .rows_at_a_time = rows_at_a_time})
            .value();
    ASSERT_EQ(got.column_names(), expected.column_names());
    for (const Column& column : expected.columns()) {
      if (!column.is_number()) {
        EXPECT_EQ(texts(got, column.name), texts(expected, column.name));
        continue;
      }
      const auto &a = got.numbers(column.name), &b = expected.numbers(column.name);
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t row = 0; row < a.size(); ++row) {
        EXPECT_EQ(std::isnan(a[row]), std::isnan(b[row])) << column.name << row;
        if (std::isnan(a[row])) continue;
        EXPECT_NEAR(a[row], b[row], 1e-12 + 1e-12 * b[row]) << column.name;
      }
    }
  }

  TempFolder folder_;
};

TEST_F(QuestionParquet, MeansAsReadHere) {
  expect_as_read_here(false, 4'000'000);
  expect_as_read_here(false, 50);  // questions stay whole where the rows are cut
  expect_as_read_here(true, 4'000'000);
  expect_as_read_here(true, 50);
}

TEST_F(QuestionParquet, ListsOfOptions) {
  const std::string path = (folder_.path() / "lists.parquet").string();
  DuckDb("test", 1).run(
      "COPY (SELECT 'a' AS recipe, 'piqa' AS task, 2000.0 AS step, 'B' AS label, "
      "[{'sum_logits': -1.0, 'num_chars': 4}, {'sum_logits': -2.0, 'num_chars': 16}] AS "
      "model_output FROM range(5)) TO " +
      sql_text(path) + " (FORMAT parquet)");
  const Table table = read_question_parquet(path, {.rows_at_a_time = 2}).value();
  ASSERT_EQ(table.n_rows(), 1u);
  EXPECT_EQ(table.numbers("n_questions")[0], 5);
  EXPECT_EQ(table.numbers("step")[0], 2000);
  EXPECT_EQ(table.numbers("acc_raw")[0], 0);
  EXPECT_EQ(table.numbers("acc_per_char")[0], 1);
  EXPECT_DOUBLE_EQ(table.numbers("correct_prob")[0], std::exp(-2.0));
  EXPECT_FALSE(table.has("acc_per_token"));
}

TEST_F(QuestionParquet, MetricsOfEachQuestion) {
  const std::string path = parquet(
      "recipe,size,task,step,doc_id,acc_raw\na,150M,piqa,10,1,1\na,150M,piqa,10,2,0\n"
      "b,150M,piqa,10,1,NA\n");
  const Table table = read_question_parquet(path, {}).value();
  EXPECT_THAT(texts(table, "recipe"), testing::ElementsAre("a", "b"));
  EXPECT_EQ(table.numbers("acc_raw")[0], 0.5);
  EXPECT_TRUE(std::isnan(table.numbers("acc_raw")[1]));
  EXPECT_EQ(table.numbers("n_questions")[0], 2);
  EXPECT_FALSE(read_question_parquet(parquet("recipe,acc\na,1\n"), {}).has_value());
}

TEST_F(QuestionParquet, WhatIsWrong) {
  const auto error = [&](const char* csv) {
    return error_of([&] { read_question_parquet(parquet(csv), {}); });
  };
  EXPECT_THAT(error("task,doc_id,is_correct,sum_logits\npiqa,7,0,-1\npiqa,7,0,-2\npiqa,8,1,-1\n"),
              HasSubstr("1 question without exactly one right option, such as '7' of piqa"));
  EXPECT_THAT(error("task,doc_id,sum_logits\npiqa,7,-1\n"), HasSubstr("which option is right"));
}

TEST_F(QuestionParquet, FarBelowWhatADoubleHolds) {
  // e^-2000 is 0 as a double, yet the right option has a share of 1 / (1 + e^-1).
  const Table table = read_question_parquet(parquet("doc_id,is_correct,sum_logits\n1,1,-2000.0\n"
                                                    "1,0,-2001.0\n"),
                                            {})
                          .value();
  EXPECT_NEAR(table.numbers("norm_correct_prob")[0], 1 / (1 + std::exp(-1.0)), 1e-12);
}

}  // namespace
}  // namespace rung
