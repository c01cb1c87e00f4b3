#include "rung/report/ladder/combined.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/combined.hpp"

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

/// Mean |relative error| to expect at one target over the tasks.
std::optional<double> mean_expected_error(const CombinedResult& result, std::size_t target) {
  RunningMean mean;
  for (const CombinedTask& task : result.tasks) mean.add(task.targets[target].expected_error);
  return mean.value();
}

/// With a mark where a target of the task is not to be trusted.
std::string marked_task(const CombinedTask& task) {
  const bool marked =
      std::any_of(task.targets.begin(), task.targets.end(),
                  [](const CombinedTarget& target) { return !target.marks.empty(); });
  return task.task.name + (marked ? kInDoubt : "");
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
          {"interval", json_interval(p.interval)},
          {"members", members},
          {"interval_parts", parts},
          {"compute_ratio", json_number(std::exp(target.log_distance))},
          {"expected_error", json_number(target.expected_error)},
          {"trusted", target.marks.empty()},
          {"marks", target.marks}};
}

/// What each member predicts for one target (by its place among the targets): a row a task, a
/// column a member, a last row with each member's backtest error.
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

}  // namespace

TextTable combined_table(const CombinedResult& result) {
  TextTable table;
  table.add_column("task");
  table.begin_details();
  table.add_column("backtest", "backtest_error", kError);
  table.begin_details(false);
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    const std::string name = target_of(result, k).name;
    table.begin_group(name);
    table.add_column("actual", name + "_actual", kShare);
    table.add_column("predicted", name + "_predicted", kShare);
    table.begin_details();
    table.add_column("error", name + "_relative_error", kSigned);
    table.begin_details(false);
    table.add_column(significant(100 * result.level, 3) + "% interval", name + "_interval", {},
                     Align::right);
  }
  for (const CombinedTask& task : result.tasks) {
    std::vector<TextCell> row = {marked_task(task), number_cell(task.backtest_error)};
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

std::string expected_errors_text(const CombinedResult& result) {
  std::vector<std::string> errors;
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    const auto error = mean_expected_error(result, k);
    if (!error) continue;
    const double ratio = std::exp(result.tasks.front().targets[k].log_distance);
    errors.push_back(percent(*error, 1) + " at " + target_of(result, k).name + " (" +
                     fixed(ratio, ratio < 10 ? 1 : 0) + " times the compute of the largest run)");
  }
  return join(errors, ", ");
}

std::string marks_text(const CombinedResult& result) {
  std::string text;
  for (const CombinedTask& task : result.tasks) {
    // A reason that all targets share is said once.
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    for (const CombinedTarget& target : task.targets) {
      for (const std::string& mark : target.marks) {
        auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [&](const auto& reason) { return reason.first == mark; });
        if (found == reasons.end()) found = reasons.insert(found, {mark, {}});
        found->second.push_back(target.prediction.target.name);
      }
    }
    for (const auto& [mark, targets] : reasons)
      text += "(!) " + task.task.name + ", " + join(targets, ", ") + ": " + mark + "\n";
  }
  return text;
}

Json json_combined(const CombinedResult& result) {
  Json tasks = Json::array();
  const MemberSettings used;  // whatever the options of the two-step say
  const Json settings = {{"moving_avg", used.moving_avg}, {"skip_perc", used.skip_perc}};
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
                     {"signal", signal_name(task.signal.signal)},
                     {"settings", settings},
                     {"notes", result.notes}});
  }
  return tasks;
}

Document describe(const CombinedResult& result) {
  Document document;
  TextTable table = combined_table(result);
  document.rows = table;
  const std::string errors = mean_errors_text(result);
  document.add(Paragraph{errors.empty() ? "" : "Mean |relative error|: " + errors})
      .add(std::move(table));
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    document.add(CaptionedTable{"What each way of predicting says of " + target_of(result, k).name,
                                members_table(result, k), "", true});
  }
  std::string notes;
  if (result.backtest_error) {
    notes =
        "The backtest is the mean relative error of predicting the ladder's own larger and longer "
        "runs from its smaller and shorter ones, " +
        std::to_string(result.folds.size()) + " times.\n";
    const std::string expected = expected_errors_text(result);
    if (!expected.empty()) notes += "To expect at the targets' distance: " + expected + ".\n";
    notes += std::string(interval_caveat()) + "\n";
  }
  notes += marks_text(result);
  for (const std::string& note : result.notes) notes += "note: " + note + "\n";
  document.add(Paragraph{notes});
  document.set_results(json_combined(result));
  document.usable = usable(result);
  return document;
}

}  // namespace rung::ladder
