#include "rung/report/ladder/diagnose.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/ladder/checkpoints.hpp"
#include "rung/report/ladder/shared.hpp"

namespace rung::ladder {
namespace {

NumberFormat decimals(int n) {
  return [n](double x) { return fixed(x, n); };
}

/// What z of an accuracy is of, which the column beside it is not.
std::string note_on_z(const TaskDiagnosis& diagnosis) {
  const bool has_loss = std::any_of(diagnosis.runs.begin(), diagnosis.runs.end(),
                                    [](const RunDiagnosis& run) { return run.loss.has_value(); });
  return "note: others: predicted from size and tokens; an accuracy's z is not off that but off "
         "the " +
         std::string(has_loss ? "others' curve at the run's own loss\n"
                              : "others' law of log accuracy\n");
}

/// A row a run: accuracy and loss, what the other runs predict for them, z, leverage, how the
/// targets' predictions move without it, and what is wrong with it.
TextTable diagnosis_table(const TaskDiagnosis& diagnosis) {
  TextTable table;
  table.add_column("run");
  table.begin_group("accuracy");
  table.add_column("actual", "actual", percents(1));
  table.add_column("others", "predicted_without", percents(1));
  table.add_column("z", "z", decimals(1));
  table.begin_group("loss");
  table.begin_details();
  table.add_column("actual", "loss", decimals(3));
  table.add_column("others", "loss_without", decimals(3));
  table.begin_details(false);
  table.add_column("z", "loss_z", decimals(1));
  table.begin_group("");
  table.add_column("leverage", "leverage", decimals(2));
  table.begin_group("moves, points");
  for (const std::string& target : diagnosis.targets)
    table.add_column(target, "influence_" + target, signed_points);
  table.begin_group("");
  table.add_column("", "flags", {}, Align::left);
  for (const RunDiagnosis& run : diagnosis.runs) {
    std::vector<TextCell> row = {run_name(run.origin),
                                 run.actual,
                                 number_cell(run.predicted_without),
                                 number_cell(run.z),
                                 number_cell(run.loss),
                                 number_cell(run.loss_without),
                                 number_cell(run.loss_z),
                                 number_cell(run.leverage)};
    for (const auto& change : run.influence) row.push_back(number_cell(change));
    row.emplace_back(join(run.flags(), ", "));
    table.add_row(std::move(row));
  }
  return table;
}

/// Several tasks' tables as one, for programs: the task first, then every column that one has.
TextTable all_tasks(const std::vector<TaskDiagnosis>& diagnoses) {
  if (diagnoses.size() == 1) return diagnosis_table(diagnoses.front());
  TextTable all;
  all.add_column("task");
  std::map<std::string, std::size_t> place;
  std::vector<TextTable> tables;
  for (const TaskDiagnosis& diagnosis : diagnoses) {
    for (const TextColumn& column : tables.emplace_back(diagnosis_table(diagnosis)).columns()) {
      if (place.try_emplace(column.csv_name, all.columns().size()).second)
        all.add_column(column.header, column.csv_name, column.format, column.align);
    }
  }
  for (std::size_t t = 0; t < tables.size(); ++t) {
    for (const std::vector<TextCell>& cells : tables[t].rows()) {
      std::vector<TextCell> row(all.columns().size());
      row.front() = diagnoses[t].task.key;
      for (std::size_t k = 0; k < cells.size(); ++k)
        row[place.at(tables[t].columns()[k].csv_name)] = cells[k];
      all.add_row(std::move(row));
    }
  }
  return all;
}

Json json_diagnosis(const std::vector<TaskDiagnosis>& diagnoses) {
  Json tasks = Json::array();
  for (const TaskDiagnosis& diagnosis : diagnoses) {
    Json runs = Json::array();
    for (const RunDiagnosis& run : diagnosis.runs) {
      Json influence = Json::object();
      for (std::size_t k = 0; k < diagnosis.targets.size(); ++k)
        influence[diagnosis.targets[k]] = json_number(run.influence[k]);
      runs.push_back({{"model", run.origin.model},
                      {"length", run.origin.length},
                      {"n", json_number(run.scale.n_params)},
                      {"d", json_number(run.scale.n_tokens)},
                      {"actual", json_number(run.actual)},
                      {"predicted", json_number(run.predicted)},
                      {"predicted_without", json_number(run.predicted_without)},
                      {"z", json_number(run.z)},
                      {"loss", json_number(run.loss)},
                      {"loss_without", json_number(run.loss_without)},
                      {"loss_z", json_number(run.loss_z)},
                      {"leverage", json_number(run.leverage)},
                      {"influence", influence},
                      {"falls_off", run.falls_off()},
                      {"loss_falls_off", run.loss_falls_off},
                      {"accuracy_falls_off", run.accuracy_falls_off},
                      {"either_falls_off", run.either_falls_off},
                      {"has_wrong_checkpoints", run.has_wrong_checkpoints},
                      {"high_leverage", run.high_leverage},
                      {"at_chance", run.at_chance}});
    }
    tasks.push_back({{"task", diagnosis.task.key},
                     {"runs", runs},
                     {"wrong_checkpoints", json_checkpoints(diagnosis.wrong_checkpoints)},
                     {"n_at_chance", diagnosis.n_at_chance},
                     {"z_threshold", json_number(diagnosis.threshold)},
                     {"loss_z_threshold", json_number(diagnosis.loss_threshold)},
                     {"notes", diagnosis.notes}});
  }
  return tasks;
}

}  // namespace

Document describe(const std::vector<TaskDiagnosis>& diagnoses) {
  Document document;
  std::set<std::string> said;
  for (const TaskDiagnosis& diagnosis : diagnoses) {
    std::string notes = note_on_z(diagnosis);
    if (!said.insert(notes).second) notes.clear();
    for (const std::string& note : diagnosis.notes) {
      if (said.insert(note).second)
        notes += "note: " + shown(note, false) + "\n";  // once for all tasks
    }
    document.add(
        CaptionedTable{shown(diagnosis.task.name, false), diagnosis_table(diagnosis), notes, true});
  }
  document.rows = all_tasks(diagnoses);
  document.set_results(json_diagnosis(diagnoses));
  return document;
}

}  // namespace rung::ladder
