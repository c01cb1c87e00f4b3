#include "rung/data/reader/question_parquet.hpp"

#include <cmath>
#include <utility>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/questions.hpp"
#include "rung/data/reader/question_sql.hpp"
#include "rung/system/duckdb.hpp"

namespace rung {
namespace {

using Sums = std::vector<double>;
using RunTexts = std::vector<std::string>;

/// No question has so many options.
constexpr std::size_t kMostOptions = 10'000;

double single_number(DuckDb& database, const std::string& query) {
  const std::vector<DuckDbColumn> columns = database.query(query);
  return std::get<Sums>(columns.at(0).values).at(0);
}

/// Adds what sums_of_options() found.
void add_sums(const std::vector<DuckDbColumn>& columns, const std::string& source,
              MeansByRun& means) {
  constexpr std::size_t kQuestions = 5, kBad = 6, kExample = 7, kSums = 8;
  const auto text = [&](std::size_t i, std::size_t row) {
    return std::get<RunTexts>(columns.at(i).values)[row];
  };
  const auto number = [&](std::size_t i, std::size_t row) {
    return std::get<Sums>(columns.at(i).values)[row];
  };
  const auto count = [&](std::size_t i, std::size_t row) {
    return static_cast<std::size_t>(number(i, row));
  };
  const std::size_t n_rows = std::get<Sums>(columns.at(kQuestions).values).size();
  for (std::size_t row = 0; row < n_rows; ++row) {
    if (count(kBad, row) > 0)
      throw InputError(Location{source},
                       counted(count(kBad, row), "question") +
                           " without exactly one right option, such as '" + text(kExample, row) +
                           "' of " + text(2, row),
                       "do the options of each question stand together?");
    MetricMeans& mean =
        means[{text(0, row), text(1, row), text(2, row), text(3, row), text(4, row)}];
    mean.n_questions += count(kQuestions, row);
    for (std::size_t i = 0; i < kQuestionMetrics; ++i) {
      const double sum = number(kSums + 2 * i, row);
      if (!std::isnan(sum)) mean.sums[i] += sum;
      mean.counts[i] += count(kSums + 2 * i + 1, row);
    }
  }
}

MeansByRun means_of_file(DuckDb& database, const QuestionColumns& columns, const std::string& path,
                         std::size_t rows_at_a_time) {
  const auto n_rows = static_cast<std::size_t>(single_number(
      database, "SELECT CAST(count(*) AS DOUBLE) FROM read_parquet(" + sql_text(path) + ")"));
  MeansByRun means;
  for (std::size_t first = 0; first < n_rows;) {
    std::size_t last = n_rows;
    if (first + rows_at_a_time < n_rows) {
      const double begin = single_number(
          database, next_question(columns, path, first + rows_at_a_time, kMostOptions));
      if (!std::isnan(begin))
        last = static_cast<std::size_t>(begin);
      else if (first + rows_at_a_time + kMostOptions < n_rows)
        throw InputError(Location{path}, "a question has more than 10,000 options",
                         "is '" + columns.question.name + "' the question?");
    }
    add_sums(database.query(sums_of_options(columns, path, {first, last})), path, means);
    first = last;
  }
  if (means.empty()) throw InputError(Location{path}, "the file holds no question");
  return means;
}

}  // namespace

std::optional<Table> read_question_parquet(const std::filesystem::path& path,
                                           const QuestionParquetOptions& options) {
  const std::string source = path.string();
  DuckDb database(source, options.n_threads);
  const QuestionColumns columns = question_columns(
      columns_of_query(database, "SELECT * FROM read_parquet(" + sql_text(source) + ")"));
  if (columns.has_option_lists() || columns.has_option_rows()) {
    if (columns.label.name.empty() && columns.is_correct.name.empty())
      throw InputError(Location{source}, "no column says which option is right",
                       "is_correct, 1 for the right option, or label, its place from 0");
    return table_of_means(means_of_file(database, columns, source, options.rows_at_a_time), source);
  }
  if (columns.question.name.empty() || columns.metrics.empty()) return std::nullopt;
  return table_of_query(database, means_of_metrics(columns, source), source, {});
}

}  // namespace rung
