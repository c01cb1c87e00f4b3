#include "rung/data/reader/question_parquet.hpp"

#include <algorithm>
#include <utility>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/data/questions.hpp"
#include "rung/data/reader/question_sql.hpp"
#include "rung/system/duckdb.hpp"

namespace rung {
namespace {

/// No question has so many options.
constexpr std::size_t kMostOptions = 10'000;

struct StretchMeans {
  MeansByRun means;
  std::size_t n_bad = 0;               // questions that have not one right option
  std::string bad_question, bad_task;  // the first of them
};

/// The questions that begin in a stretch of the file, each to its end.
class QuestionStretch {
 public:
  QuestionStretch(const QuestionColumns& columns, const std::string& source, std::size_t first,
                  std::size_t last)
      : columns_(columns), source_(source), first_(first), last_(last) {}

  StretchMeans read() {
    DuckDb database(source_, 1);
    // The row before the stretch says whether a question begins with it.
    DuckDbRows rows(database, options_from(columns_, source_, first_ == 0 ? 0 : first_ - 1));
    while (rows.next()) {
      if (!read_rows(rows)) return std::move(result_);
      last_question_ = rows.text(OptionPlaces::kQuestion, rows.n_rows() - 1);
    }
    if (is_open_) finish_question(rows, 0);
    return std::move(result_);
  }

 private:
  /// False at the end of the stretch.
  bool read_rows(const DuckDbRows& rows) {
    const std::size_t n = rows.n_rows();
    new_run_.assign(n, 0);
    for (std::size_t i = 0; i < OptionPlaces::kQuestion; ++i) rows.mark_changes(i, new_run_);
    new_question_ = new_run_;
    rows.mark_changes(OptionPlaces::kQuestion, new_question_);
    for (std::size_t row = 0; row < n; ++row) {
      if (new_question_[row] && is_open_) finish_question(rows, row);
      if (new_run_[row]) means_ = nullptr;
      if (!is_open_) {
        const double at = rows.number(OptionPlaces::kRow, row);
        if (at >= static_cast<double>(last_)) return false;
        is_open_ = new_question_[row] && at >= static_cast<double>(first_);
      }
      if (is_open_) add_option(rows, row);
    }
    return true;
  }

  void add_option(const DuckDbRows& rows, std::size_t row) {
    if (!means_) {
      const auto text = [&](std::size_t i) { return rows.text(i, row); };
      const auto entry =
          result_.means.try_emplace({text(0), text(1), text(2), text(3), text(4)}).first;
      task_ = &entry->first.task;
      means_ = &entry->second;
    }
    const double right = rows.number(OptionPlaces::kRight, row);
    if (right == (columns_.by_label() ? static_cast<double>(options_.size()) : 1)) {
      ++n_right_;
      correct_ = options_.size();
    }
    const auto number = [&](std::size_t i) { return rows.number(OptionPlaces::kNumbers + i, row); };
    options_.push_back({number(0), number(1), number(2), number(3), number(4)});
    if (options_.size() > kMostOptions)
      throw InputError(Location{source_}, "a question has more than 10,000 options",
                       "is '" + columns_.question.name + "' the question?");
  }

  /// Which ended before `row`.
  void finish_question(const DuckDbRows& rows, std::size_t row) {
    if (n_right_ == 1) {
      means_->add(question_metrics(options_, correct_));
    } else if (result_.n_bad++ == 0) {
      result_.bad_question =
          row == 0 ? last_question_ : rows.text(OptionPlaces::kQuestion, row - 1);
      result_.bad_task = *task_;
    }
    options_.clear();
    n_right_ = 0;
    is_open_ = false;
  }

  const QuestionColumns& columns_;
  const std::string& source_;
  const std::size_t first_, last_;
  StretchMeans result_;
  std::vector<char> new_run_, new_question_;  // of the rows at hand
  MetricMeans* means_ = nullptr;              // of the run at hand
  const std::string* task_ = nullptr;
  bool is_open_ = false;  // is a question of this stretch being read?
  std::vector<AnswerOption> options_;
  std::size_t n_right_ = 0, correct_ = 0;
  std::string last_question_;  // of the rows before
};

void refuse_bad_questions(const std::vector<StretchMeans>& stretches, const std::string& source) {
  std::size_t n_bad = 0;
  for (const StretchMeans& stretch : stretches) n_bad += stretch.n_bad;
  for (const StretchMeans& stretch : stretches) {
    if (stretch.n_bad > 0)
      throw InputError(Location{source},
                       counted(n_bad, "question") + " without exactly one right option, such as '" +
                           stretch.bad_question + "' of " + stretch.bad_task,
                       "do the options of each question stand together?");
  }
}

std::size_t rows_of_file(DuckDb& database, const std::string& path) {
  const std::vector<DuckDbColumn> columns =
      database.query("SELECT CAST(count(*) AS DOUBLE) FROM read_parquet(" + sql_text(path) + ")");
  return static_cast<std::size_t>(std::get<std::vector<double>>(columns.at(0).values).at(0));
}

MeansByRun means_of_file(const QuestionColumns& columns, const std::string& path,
                         std::size_t n_rows, const QuestionParquetOptions& options) {
  const std::size_t step = options.rows_at_a_time;
  std::vector<StretchMeans> stretches((n_rows + step - 1) / step);
  parallel_for(
      stretches.size(), options.n_threads,
      [&](std::size_t i) {
        const std::size_t last = std::min(n_rows, (i + 1) * step);
        stretches[i] = QuestionStretch(columns, path, i * step, last).read();
      },
      "reading");
  refuse_bad_questions(stretches, path);
  MeansByRun means;
  for (const StretchMeans& stretch : stretches) {
    for (const auto& [of, of_stretch] : stretch.means) means[of].add(of_stretch);
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
    return table_of_means(means_of_file(columns, source, rows_of_file(database, source), options),
                          source);
  }
  if (columns.question.name.empty() || columns.metrics.empty()) return std::nullopt;
  return table_of_query(database, means_of_metrics(columns, source), source, {});
}

}  // namespace rung
