// The CSV that a chart of Weights & Biases exports: the axis, then for each run "RUN - METRIC" with
// its __MIN and __MAX over the points that the chart drew as one; sometimes "RUN - _step", too.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/run_log.hpp"
#include "rung/data/text_column.hpp"

namespace rung {
namespace {

constexpr std::string_view kBetween = " - ";
constexpr std::string_view kGroup = "Group: ";

/// The axis that a chart may have, and what else its first column may be called.
bool is_axis(std::string_view name) {
  const std::string known = known_name(std::string(name));
  return known == kStep || known == "n_tokens" || is_clock(name);
}

std::string_view first_cell(std::string_view line) {
  if (!line.starts_with('"')) return line.substr(0, line.find(','));
  return line.substr(1, line.find('"', 1) - 1);
}

Likeness likeness(const ImportedFile& head) {
  const std::string_view line = first_line(head.content);
  if (line.find(kBetween) == std::string_view::npos || line.find(',') == std::string_view::npos)
    return Likeness::none;
  return is_axis(first_cell(line)) ? Likeness::certain : Likeness::possible;
}

struct Series {
  std::string run, metric;
};

/// Absent for bounds of what was drawn as one point, and for what names no run.
std::optional<Series> series_of(std::string_view column) {
  if (column.ends_with("__MIN") || column.ends_with("__MAX")) return {};
  if (column.starts_with(kGroup)) column.remove_prefix(kGroup.size());
  const std::size_t at = column.rfind(kBetween);
  if (at == std::string_view::npos) return {};
  return {{std::string(trimmed(column.substr(0, at))),
           known_name(std::string(trimmed(column.substr(at + kBetween.size()))))}};
}

/// A run's columns: what is known of each row.
struct Rows {
  std::string run;
  std::map<std::string, const std::vector<double>*> metrics;
};

/// Null for a column that holds nothing. InputError where it holds text.
const std::vector<double>* numbers_of(const Column& column, const Table& table) {
  if (column.is_number()) return &std::get<std::vector<double>>(column.values);
  const Texts& texts = std::get<Texts>(column.values);
  const bool some = std::any_of(texts.begin(), texts.end(),
                                [](const std::string& text) { return !is_missing_word(text); });
  return some ? &table.numbers(column.name) : nullptr;
}

std::vector<Rows> rows_by_run(const Table& table) {
  std::vector<Rows> runs;
  std::map<std::string, std::size_t> place;
  for (const Column& column : table.columns()) {
    const auto series = series_of(column.name);
    const auto* const numbers = series ? numbers_of(column, table) : nullptr;
    if (!numbers) continue;
    const auto [found, is_new] = place.emplace(series->run, runs.size());
    if (is_new) runs.push_back({series->run, {}});
    runs[found->second].metrics[series->metric] = numbers;
  }
  return runs;
}

/// The rows in which this run has any value but its place on the axis.
std::vector<std::size_t> measured_rows(const Rows& rows, std::size_t n_rows) {
  std::vector<std::size_t> measured;
  for (std::size_t row = 0; row < n_rows; ++row) {
    bool some = false;
    for (const auto& [metric, values] : rows.metrics)
      some = some || (!is_place(metric) && !std::isnan((*values)[row]));
    if (some) measured.push_back(row);
  }
  return measured;
}

Run run_of(const Rows& rows, const Table& table) {
  const Column& axis = table.columns().front();
  Run run;
  run.model = rows.run;
  run.file = table.source();
  const std::vector<std::size_t> measured = measured_rows(rows, table.n_rows());
  run.n_tokens.assign(measured.size(), kNaN);
  const auto put = [&](const std::string& name, const std::vector<double>& values) {
    std::vector<double>& cells = name == "n_tokens" ? run.n_tokens : run.metrics[name];
    cells.clear();
    for (const std::size_t row : measured) cells.push_back(values[row]);
  };
  const std::string axis_name = known_name(axis.name);
  if (axis_name == kStep || axis_name == "n_tokens") put(axis_name, table.numbers(axis.name));
  if (is_clock(axis.name) && axis.is_number()) put(kSeconds, table.numbers(axis.name));
  for (const auto& [metric, values] : rows.metrics) put(metric, *values);
  return run;
}

void read(const ImportedFile& file, Imported& imported) {
  const Table table = parse_csv(file.content, file.path, {});
  const std::vector<Rows> runs = rows_by_run(table);
  if (runs.empty())
    throw InputError(Location{file.path, 1}, "has no column 'RUN - METRIC'",
                     "is it a chart's CSV export?");
  if (!is_axis(table.columns().front().name))
    throw InputError(Location{file.path, 1},
                     "the first column is '" + table.columns().front().name + "', no axis",
                     "export the chart over Step or over tokens");
  for (const Rows& rows : runs) {
    Run run = run_of(rows, table);
    if (run.n_rows() > 0) imported.runs.push_back(std::move(run));
  }
}

}  // namespace

Importer importer_wandb_csv();
Importer importer_wandb_csv() {
  return {"wandb_csv", "CSV export of a chart of Weights & Biases (\"RUN - METRIC\")", likeness,
          read};
}

}  // namespace rung
