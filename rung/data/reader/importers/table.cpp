// Any table of runs: CSV, TSV, JSON or JSON lines with a row a logged step, such as the history
// that Weights & Biases, a trainer's own logger or `rung import` writes.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/question_parquet.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

/// In folders by the ending; else anything that may be a table.
Likeness likeness(const ImportedFile& head) {
  const std::string name = head.name();
  for (const char* ending : {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"}) {
    if (name.ends_with(ending)) return Likeness::likely;
  }
  return head.content.find('\0') == std::string::npos ? Likeness::possible : Likeness::none;
}

/// Rows that say neither step nor tokens stand in no order, unless a run has only one.
bool has_order(const Run& run) {
  const bool has_tokens = std::any_of(run.n_tokens.begin(), run.n_tokens.end(),
                                      [](double tokens) { return !std::isnan(tokens); });
  return run.n_rows() < 2 || has_tokens || run.metrics.count(kStep) > 0;
}

/// Means over questions: a model is a recipe at a size, with its seed where there are several.
void add_scores(const Table& means, const std::string& file, Imported& imported) {
  const auto text = [&](const char* name, std::size_t row) {
    const Column* const column = means.find(name);
    return column && !column->is_number() ? std::get<std::vector<std::string>>(column->values)[row]
                                          : std::string();
  };
  const auto number = [&](const char* name, std::size_t row) -> std::optional<double> {
    const Column* const column = means.find(name);
    if (!column || !column->is_number()) return std::nullopt;
    const double value = std::get<std::vector<double>>(column->values)[row];
    return std::isnan(value) ? std::nullopt : std::optional(value);
  };
  for (std::size_t row = 0; row < means.n_rows(); ++row) {
    std::vector<std::string> parts;
    for (const char* name : {"recipe", "size", "seed"}) {
      if (!text(name, row).empty()) parts.push_back(text(name, row));
    }
    for (const Column& column : means.columns()) {
      const bool is_metric =
          column.is_number() && column.name != kStep && column.name != "n_questions";
      const std::optional<double> value =
          is_metric ? number(column.name.c_str(), row) : std::nullopt;
      if (!value) continue;
      Score score;
      score.model = join(parts, "-");
      score.task = text("task", row);
      score.metric = column.name;
      score.value = *value;
      score.n = number("n_questions", row);
      score.step = number(kStep, row);
      score.file = file;
      imported.scores.push_back(std::move(score));
    }
  }
}

void read(const ImportedFile& file, Imported& imported) {
  const bool is_parquet = is_parquet_file(file.path);
  if (is_parquet) {
    if (const std::optional<Table> means = read_question_parquet(file.path, {}))
      return add_scores(*means, file.path, imported);
  }
  const Table table = is_parquet ? read_table(file.path) : parse_table(file.content, file.path);
  std::vector<Run> runs = runs_of_log(table, file.stem());
  const bool measured = std::any_of(runs.begin(), runs.end(), [](const Run& run) {
    return std::any_of(run.metrics.begin(), run.metrics.end(),
                       [](const auto& metric) { return !is_place(metric.first); });
  });
  if (!measured)
    throw InputError(Location{file.path}, "holds no column of numbers that were logged",
                     "is it a log, a row a step?");
  for (const Run& run : runs) {
    if (!has_order(run))
      throw InputError(Location{file.path},
                       "run '" + run.model + "' has several rows and neither steps nor tokens",
                       "a column step or n_tokens is needed; its columns are " +
                           join(table.column_names(), ", "));
  }
  imported.runs.insert(imported.runs.end(), std::make_move_iterator(runs.begin()),
                       std::make_move_iterator(runs.end()));
}

}  // namespace

Importer importer_table();
Importer importer_table() {
  return {"table", "a log as CSV, TSV, JSON, JSON lines or Parquet, a row a step (W&B history)",
          likeness, read};
}

}  // namespace rung
