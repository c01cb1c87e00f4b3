#pragma once
/// The queries by which DuckDB averages questions (question_parquet.hpp).

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/reader/sql_table.hpp"

namespace rung {

/// Which columns of a file say what; empty where it has none.
struct QuestionColumns {
  std::array<SqlColumn, 5> run;  // recipe, size, task, seed, step
  SqlColumn question, label, is_correct, model_output, sum_logits, sum_logits_uncond;
  std::array<SqlColumn, 3> lengths;  // tokens, characters, bytes
  std::vector<SqlColumn> metrics;    // numbers that are none of these

  bool has_option_rows() const { return !sum_logits.name.empty() && !question.name.empty(); }
  bool has_option_lists() const;
};
QuestionColumns question_columns(const std::vector<SqlColumn>& columns);

/// Rows of the file, from the first to before the last.
struct RowRange {
  std::size_t first, last;
};

/// A row a run: the five texts that name it; n_questions; n_bad, those that have not one right
/// option, and the name of one of them; then sum and count of each of question_metric_names().
std::string sums_of_options(const QuestionColumns& columns, const std::string& file,
                            RowRange range);

/// A column: the first row from `row` on with which a question begins; missing where none does
/// within `n_most` rows.
std::string next_question(const QuestionColumns& columns, const std::string& file, std::size_t row,
                          std::size_t n_most);

/// A row a run: its names, n_questions and the mean of each metric.
std::string means_of_metrics(const QuestionColumns& columns, const std::string& file);

}  // namespace rung
