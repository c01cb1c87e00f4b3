#include "rung/report/ladder/sensitivity.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/entries.hpp"

namespace rung::ladder {
namespace {

/// Choices by tasks: how far each prediction of `target` moves, in points, and what each choice's
/// errors come to on average.
TextTable sensitivity_table(const SensitivityResult& result, const std::string& target) {
  const std::vector<Task> tasks = tasks_of(result.entries);
  TextTable table;
  table.add_column("choice");
  table.begin_group(target + ": change of the prediction, points");
  for (const Task& task : tasks) table.add_column(task.name, "", signed_points, Align::right);
  table.begin_group(target + ": mean magnitude");
  const NumberFormat points = [](double x) { return fixed(100 * x, 1); };
  table.add_column("change, points", "", points, Align::right);
  const bool any_actual = std::ranges::any_of(result.entries, [&](const SensitivityEntry& entry) {
    return entry.target == target && entry.relative_error();
  });
  if (any_actual) table.add_column("error", "", percents(1), Align::right);
  for (const Choice& choice : result.choices) {
    std::vector<TextCell> row = {choice.meaning};
    DoubtedMean change, error;
    for (const SensitivityEntry& entry : result.entries) {
      if (entry.choice.name != choice.name || entry.target != target) continue;
      row.push_back(marked_cell(entry.change, signed_points, entry.in_doubt));
      change.add(magnitude(entry.change), entry.in_doubt);
      error.add(magnitude(entry.relative_error()), entry.in_doubt);
    }
    row.push_back(marked_cell(change.mean.value(), points, change.in_doubt));
    if (any_actual) row.push_back(marked_cell(error.mean.value(), percents(1), error.in_doubt));
    table.add_row(std::move(row));
  }
  return table;
}

TextTable sensitivity_rows(const SensitivityResult& result) {
  TextTable table;
  for (const char* name :
       {"choice", "task", "target", "actual", "predicted", "change", "relative_error", "in_doubt"})
    table.add_column(name);
  for (const SensitivityEntry& entry : result.entries) {
    table.add_row({entry.choice.name, entry.task.key, entry.target, number_cell(entry.actual),
                   number_cell(entry.predicted), number_cell(entry.change),
                   number_cell(entry.relative_error()), std::string(entry.in_doubt ? "(!)" : "")});
  }
  return table;
}

Json sensitivity_results(const SensitivityResult& result) {
  Json results = Json::array();
  for (const SensitivityEntry& entry : result.entries) {
    results.push_back({{"choice", entry.choice.name},
                       {"meaning", entry.choice.meaning},
                       {"task", entry.task.key},
                       {"target", entry.target},
                       {"actual", json_number(entry.actual)},
                       {"predicted", json_number(entry.predicted)},
                       {"change", json_number(entry.change)},
                       {"relative_error", json_number(entry.relative_error())},
                       {"in_doubt", entry.in_doubt}});
  }
  return results;
}

}  // namespace

Document describe(const SensitivityResult& result) {
  Document document;
  for (const std::string& target : targets_of(result.entries))
    document.add(sensitivity_table(result, target));
  std::vector<std::string> notes;
  if (std::any_of(result.entries.begin(), result.entries.end(),
                  [](const SensitivityEntry& entry) { return entry.in_doubt; }))
    notes.emplace_back(kDoubtOfFits);
  notes.insert(notes.end(), result.notes.begin(), result.notes.end());
  document.add(Notes{notes});
  document.rows = sensitivity_rows(result);
  document.set_results(sensitivity_results(result));
  return document;
}

}  // namespace rung::ladder
