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
  /// Otherwise by is_correct.
  bool by_label() const { return is_correct.name.empty() || has_option_lists(); }
};
QuestionColumns question_columns(const std::vector<SqlColumn>& columns);

/// An option a row, of the file's row `first` and those after it, in their order. Columns, by their
/// places: recipe, size, task, seed, step (missing where the file has none), the question, whether
/// the option is right (1) or, `by_label`, the place from 0 of the one that is; sum_logits,
/// num_tokens, num_chars, num_bytes, sum_logits_uncond; the row in the file.
std::string options_from(const QuestionColumns& columns, const std::string& file,
                         std::size_t first);
struct OptionPlaces {
  static constexpr std::size_t kRun = 0, kQuestion = 5, kRight = 6, kNumbers = 7, kRow = 12;
};

/// A row a run: its names, n_questions and the mean of each metric.
std::string means_of_metrics(const QuestionColumns& columns, const std::string& file);

}  // namespace rung
