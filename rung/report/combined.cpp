#include "rung/report/combined.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/diagnose.hpp"

namespace rung::ladder {
namespace {

const NumberFormat kShare = [](double x) { return percent(x, 1); };
const NumberFormat kError = [](double x) { return percent(x, 2); };
const NumberFormat kSigned = [](double x) { return percent(x, 1, true); };

std::size_t n_targets(const CombinedResult& result) {
  return result.tasks.empty() ? 0 : result.tasks.front().targets.size();
}

const Target& target_of(const CombinedResult& result, std::size_t target) {
  return result.tasks.front().targets[target].prediction.target;
}

TextCell interval_cell(const std::optional<Interval>& interval) {
  if (!interval) return {};
  return fixed(100 * interval->lower, 1) + "–" + percent(interval->upper, 1);
}

/// Mean |relative error| at one target over the tasks; absent where none is known.
std::optional<double> mean_error(const CombinedResult& result, std::size_t target) {
  RunningMean mean;
  for (const CombinedTask& task : result.tasks) {
    const auto error = task.targets[target].prediction.relative_error();
    if (error) mean.add(std::abs(*error));
  }
  return mean.value();
}

/// A member's backtest error, mean over the tasks that have it.
std::optional<double> member_error(const CombinedResult& result, const std::string& name) {
  RunningMean mean;
  for (const CombinedTask& task : result.tasks) {
    for (std::size_t m = 0; m < task.members.size(); ++m) {
      if (task.members[m].name == name) mean.add(task.member_backtest_errors[m]);
    }
  }
  return mean.value();
}

/// Members that some task has, in their own order.
std::vector<Member> members_of(const CombinedResult& result) {
  std::vector<Member> members;
  for (const Member& member : all_members()) {
    for (const CombinedTask& task : result.tasks) {
      const bool has = std::any_of(task.members.begin(), task.members.end(),
                                   [&](const Member& m) { return m.name == member.name; });
      if (!has) continue;
      members.push_back(member);
      break;
    }
  }
  return members;
}

std::optional<double> prediction_of(const CombinedTask& task, std::size_t target,
                                    const std::string& member) {
  for (std::size_t m = 0; m < task.members.size(); ++m) {
    if (task.members[m].name == member) return task.targets[target].members[m];
  }
  return std::nullopt;
}

Json json_target(const CombinedTask& task, const CombinedTarget& target) {
  const TargetPrediction& p = target.prediction;
  Json members = Json::object();
  for (std::size_t m = 0; m < task.members.size(); ++m)
    members[task.members[m].name] = json_number(target.members[m]);
  Json parts;
  if (target.parts) {
    const IntervalParts& of = *target.parts;
    parts = {{"run", of.run},
             {"checkpoints", of.checkpoints},
             {"sampling", of.sampling},
             {"parameters", of.parameters},
             {"discrepancy", of.discrepancy},
             {"total", of.total}};
  }
  return {{"name", p.target.name},
          {"n", json_number(p.target.n_params)},
          {"d", json_number(p.target.n_tokens)},
          {"actual", json_number(p.actual)},
          {"predicted", json_number(p.predicted)},
          {"relative_error", json_number(p.relative_error())},
          {"interval", p.interval ? json_interval(p.interval->level, p.interval->lower,
                                                  p.interval->upper, p.interval->method)
                                  : Json()},
          {"members", members},
          {"interval_parts", parts}};
}

std::string flags_of(const RunDiagnosis& run) {
  std::vector<std::string> flags;
  if (run.falls_off) flags.emplace_back("falls off");
  if (run.high_leverage) flags.emplace_back("high leverage");
  if (run.at_chance) flags.emplace_back("at chance");
  return join(flags, ", ");
}

}  // namespace

TextTable combined_table(const CombinedResult& result) {
  TextTable table;
  table.add_column("task");
  table.add_column("backtest", "backtest_error", kError);
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    const std::string name = target_of(result, k).name;
    table.begin_group(name);
    table.add_column("actual", name + "_actual", kShare);
    table.add_column("predicted", name + "_predicted", kShare);
    table.add_column("error", name + "_relative_error", kSigned);
    table.add_column(significant(100 * result.level, 3) + "% interval", name + "_interval", {},
                     Align::right);
  }
  for (const CombinedTask& task : result.tasks) {
    std::vector<TextCell> row = {task.task.name, number_cell(task.backtest_error)};
    for (const CombinedTarget& target : task.targets) {
      row.push_back(number_cell(target.prediction.actual));
      row.push_back(number_cell(target.prediction.predicted));
      row.push_back(number_cell(target.prediction.relative_error()));
      row.push_back(interval_cell(target.prediction.interval));
    }
    table.add_row(std::move(row));
  }
  table.add_rule();
  std::vector<TextCell> row = {"mean |error|", number_cell(result.backtest_error)};
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    row.insert(row.end(), 2, TextCell());
    const auto error = mean_error(result, k);
    row.push_back(error ? TextCell(percent(*error, 2)) : TextCell());
    row.emplace_back();
  }
  table.add_row(std::move(row));
  return table;
}

std::string mean_errors_text(const CombinedResult& result) {
  std::vector<std::string> errors;
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    const auto error = mean_error(result, k);
    if (error) errors.push_back(percent(*error) + " at " + target_of(result, k).name);
  }
  return join(errors, ", ");
}

TextTable members_table(const CombinedResult& result, std::size_t target) {
  TextTable table;
  table.add_column("task");
  const std::vector<Member> members = members_of(result);
  for (const Member& member : members) table.add_column(member.title, member.name, kShare);
  table.add_column("combined", "combined", kShare);
  for (const CombinedTask& task : result.tasks) {
    std::vector<TextCell> row = {task.task.name};
    for (const Member& member : members)
      row.push_back(number_cell(prediction_of(task, target, member.name)));
    row.push_back(number_cell(task.targets[target].prediction.predicted));
    table.add_row(std::move(row));
  }
  table.add_rule();
  std::vector<TextCell> row = {"backtest error"};
  for (const Member& member : members)
    row.push_back(number_cell(member_error(result, member.name)));
  row.push_back(number_cell(result.backtest_error));
  table.add_row(std::move(row));
  return table;
}

std::string combined_text(const CombinedResult& result) {
  std::string text = combined_table(result).text();
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    text += "\nWhat each way of predicting says of " + target_of(result, k).name + "\n" +
            members_table(result, k).text();
  }
  if (result.backtest_error) {
    text +=
        "\nThe backtest is the mean relative error of predicting the ladder's own larger and "
        "longer runs\nfrom its smaller and shorter ones, " +
        std::to_string(result.folds.size()) + " times.\n" + std::string(interval_caveat()) + "\n";
  }
  for (const std::string& note : result.notes) text += "note: " + note + "\n";
  return text;
}

Json json_combined(const CombinedResult& result) {
  Json tasks = Json::array();
  for (const CombinedTask& task : result.tasks) {
    Json targets = Json::array(), members = Json::array();
    for (const CombinedTarget& target : task.targets) targets.push_back(json_target(task, target));
    for (std::size_t m = 0; m < task.members.size(); ++m) {
      members.push_back({{"name", task.members[m].name},
                         {"title", task.members[m].title},
                         {"backtest_error", json_number(task.member_backtest_errors[m])}});
    }
    tasks.push_back({{"task", task.task.key},
                     {"method", "combined"},
                     {"fits", Json()},
                     {"targets", targets},
                     {"backtest_error", json_number(task.backtest_error)},
                     {"members", members},
                     {"notes", result.notes}});
  }
  return tasks;
}

TextTable diagnosis_table(const TaskDiagnosis& diagnosis) {
  TextTable table;
  table.add_column("run");
  table.add_column("accuracy", "actual", kShare);
  table.add_column("by the others", "predicted_without", kShare);
  table.add_column("z", "z", [](double x) { return fixed(x, 1); });
  table.add_column("leverage", "leverage", [](double x) { return fixed(x, 2); });
  for (const std::string& target : diagnosis.targets)
    table.add_column(target + " without it", "influence_" + target, kSigned);
  table.add_column("", "flags", {}, Align::left);
  for (const RunDiagnosis& run : diagnosis.runs) {
    const Origin& of = run.origin;
    std::vector<TextCell> row = {of.length.empty() ? of.model : of.model + "-" + of.length,
                                 run.actual, number_cell(run.predicted_without), number_cell(run.z),
                                 number_cell(run.leverage)};
    for (const auto& change : run.influence) row.push_back(number_cell(change));
    row.emplace_back(flags_of(run));
    table.add_row(std::move(row));
  }
  return table;
}

std::string diagnosis_text(const std::vector<TaskDiagnosis>& diagnoses) {
  std::string text;
  for (const TaskDiagnosis& diagnosis : diagnoses) {
    text += (text.empty() ? "" : "\n") + diagnosis.task.name + "\n";
    text += diagnosis_table(diagnosis).text();
    for (const std::string& note : diagnosis.notes) text += "note: " + note + "\n";
  }
  return text;
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
                      {"leverage", json_number(run.leverage)},
                      {"influence", influence},
                      {"falls_off", run.falls_off},
                      {"high_leverage", run.high_leverage},
                      {"at_chance", run.at_chance}});
    }
    tasks.push_back({{"task", diagnosis.task.key},
                     {"runs", runs},
                     {"n_at_chance", diagnosis.n_at_chance},
                     {"notes", diagnosis.notes}});
  }
  return tasks;
}

}  // namespace rung::ladder
