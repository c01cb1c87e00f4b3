#pragma once
/// Parquet files of questions one by one, averaged by DuckDB: hundreds of millions of rows, none of
/// which is brought here.

#include <cstddef>
#include <filesystem>
#include <optional>

#include "rung/data/table.hpp"

namespace rung {

struct QuestionParquetOptions {
  int n_threads = 0;
  /// Rows whose questions are grouped at a time: what the groups take stays within 1 GB.
  std::size_t rows_at_a_time = 4'000'000;
};

/// A row a run, task and checkpoint, as table_of_means has it, of a file that has
/// - an option a row: sum_logits and what questions.hpp wants of a table of options; the options of
///   a question stand together;
/// - a question a row with a list `model_output` of options and `label`, as JSON lines have it;
/// - a question a row (a column question, instance, doc_id or native_id) with its metrics as
///   numbers, of which the means are taken.
/// Absent where the file is none of these. Means are the same on any number of threads but for the
/// last digits. InputError where questions have no right option.
std::optional<Table> read_question_parquet(const std::filesystem::path& path,
                                           const QuestionParquetOptions& options);

}  // namespace rung
