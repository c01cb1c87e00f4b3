// Any table of runs: CSV, TSV, JSON or JSON lines with a row a logged step, such as the history
// that Weights & Biases, a trainer's own logger or `rung import` writes.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

/// In folders by the ending; else anything that may be a table.
Likeness likeness(const ImportedFile& head) {
  const std::string name = head.name();
  for (const char* ending : {".csv", ".tsv", ".jsonl", ".ndjson"}) {
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

void read(const ImportedFile& file, Imported& imported) {
  const Table table = parse_table(file.content, file.path);
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
                       "a column step or n_tokens is needed");
  }
  imported.runs.insert(imported.runs.end(), std::make_move_iterator(runs.begin()),
                       std::make_move_iterator(runs.end()));
}

}  // namespace

Importer importer_table();
Importer importer_table() {
  return {"table", "a log as CSV, TSV, JSON or JSON lines, a row a step (W&B history, rung import)",
          likeness, read};
}

}  // namespace rung
