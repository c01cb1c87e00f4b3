#pragma once
/// Parquet files of questions one by one, averaged as DuckDB reads them: hundreds of millions of
/// rows, none of which is kept.

#include <cstddef>
#include <filesystem>
#include <optional>

#include "rung/data/table.hpp"

namespace rung {

struct QuestionParquetOptions {
  int n_threads = 0;
  /// Rows that a thread reads at a time. It orders the sums: results depend on it in their last
  /// digits, and not on the threads.
  std::size_t rows_at_a_time = 2'000'000;
};

/// A row a run, task and checkpoint, as table_of_means has it, of a file that has
/// - an option a row: sum_logits and what questions.hpp wants of a table of options; the options of
///   a question stand together;
/// - a question a row with a list `model_output` of options and `label`, as JSON lines have it;
/// - a question a row (a column question, instance, doc_id or native_id) with its metrics as
///   numbers, of which the means are taken.
/// Absent where the file is none of these. InputError where questions have no right option.
std::optional<Table> read_question_parquet(const std::filesystem::path& path,
                                           const QuestionParquetOptions& options);

}  // namespace rung
