#include "rung/report/ladder/compare.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/entries.hpp"

namespace rung::ladder {
namespace {

const Comparison* find_entry(const ComparisonResult& result, const std::string& task,
                             const std::string& target, const std::string& feature) {
  for (const Comparison& entry : result.entries) {
    if (entry.task.key == task && entry.target == target && entry.feature == feature) return &entry;
  }
  return nullptr;
}

std::vector<const Feature*> features_of(const ComparisonResult& result) {
  std::vector<const Feature*> present;
  for (const Feature& feature : features()) {
    if (std::any_of(result.entries.begin(), result.entries.end(),
                    [&](const Comparison& entry) { return entry.feature == feature.name; }))
      present.push_back(&feature);
  }
  return present;
}

/// Tasks by features, with examples, row and column averages: absolute errors in points, or
/// relative ones.
TextTable comparison_table(const ComparisonResult& result, const std::string& target,
                           bool relative) {
  const std::vector<const Feature*> columns = features_of(result);
  const NumberFormat format =
      relative ? percents(1) : NumberFormat([](double x) { return fixed(100 * x, 1); });
  TextTable table;
  table.add_column("task");
  table.add_column("examples", "", [](double x) { return fixed(x, 0); });
  table.begin_group(target + (relative ? ": relative error" : ": absolute error, points"));
  for (const Feature* feature : columns)
    table.add_column(feature->title, feature->name, format, Align::right);
  table.add_column("average", "", format, Align::right);
  std::vector<DoubtedMean> means(columns.size() + 1);
  for (const Task& task : tasks_of(result.entries)) {
    std::vector<TextCell> row = {task.name, number_cell(task.n_examples)};
    DoubtedMean of_row;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Comparison* entry = find_entry(result, task.key, target, columns[c]->name);
      const auto error =
          entry ? magnitude(relative ? entry->relative_error() : entry->absolute_error())
                : std::nullopt;
      const bool in_doubt = entry && entry->in_doubt;
      row.push_back(marked_cell(error, format, in_doubt));
      of_row.add(error, in_doubt);
      means[c].add(error, in_doubt);
    }
    row.push_back(marked_cell(of_row.mean.value(), format, of_row.in_doubt));
    means.back().add(of_row.mean.value(), of_row.in_doubt);
    table.add_row(std::move(row));
  }
  table.add_rule();
  std::vector<TextCell> last = {"average", {}};
  for (const DoubtedMean& of : means)
    last.push_back(marked_cell(of.mean.value(), format, of.in_doubt));
  table.add_row(std::move(last));
  return table;
}

TextTable comparison_rows(const ComparisonResult& result) {
  TextTable table;
  for (const char* name : {"task", "n_examples", "target", "feature", "actual", "predicted",
                           "absolute_error", "relative_error", "in_doubt"})
    table.add_column(name);
  for (const Comparison& entry : result.entries) {
    table.add_row({entry.task.key, number_cell(entry.task.n_examples), entry.target, entry.feature,
                   number_cell(entry.actual), number_cell(entry.predicted),
                   number_cell(entry.absolute_error()), number_cell(entry.relative_error()),
                   std::string(entry.in_doubt ? "(!)" : "")});
  }
  return table;
}

Json comparison_results(const ComparisonResult& result) {
  Json results = Json::array();
  for (const Comparison& entry : result.entries) {
    results.push_back({{"task", entry.task.key},
                       {"target", entry.target},
                       {"feature", entry.feature},
                       {"n_examples", json_number(entry.task.n_examples)},
                       {"actual", json_number(entry.actual)},
                       {"predicted", json_number(entry.predicted)},
                       {"absolute_error", json_number(entry.absolute_error())},
                       {"relative_error", json_number(entry.relative_error())},
                       {"in_doubt", entry.in_doubt}});
  }
  return results;
}

}  // namespace

Document describe(const ComparisonResult& result) {
  Document document;
  for (const std::string& target : targets_of(result.entries)) {
    for (const bool relative : {false, true})
      document.add(comparison_table(result, target, relative));
  }
  std::vector<std::string> notes = {
      "actual is the mean of the target's last checkpoints, as many as a "
      "way averages over"};
  if (std::any_of(result.entries.begin(), result.entries.end(),
                  [](const Comparison& entry) { return entry.in_doubt; }))
    notes.push_back(std::string(kDoubtOfFits) + ": rung ladder single-step and predict say why");
  notes.insert(notes.end(), result.notes.begin(), result.notes.end());
  document.add(Notes{notes});
  document.rows = comparison_rows(result);
  document.set_results(comparison_results(result));
  return document;
}

}  // namespace rung::ladder
