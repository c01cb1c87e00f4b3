#include "rung/report/ladder/combined.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {
namespace {

const NumberFormat kShare = [](double x) { return percent(x, 1); };
const NumberFormat kError = [](double x) { return percent(x, 2); };
const NumberFormat kSigned = [](double x) { return percent(x, 1, true); };
constexpr const char* kLeftOut = " (off)";
constexpr const char* kWhyLeftOut = "(off): stands off the other ways, and is left out";

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

/// As they are written.
bool expects_less_than_backtest(const CombinedResult& result) {
  const std::string backtest = percent(*result.backtest_error, 1);
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    const auto expected = mean_expected_error(result, k);
    if (expected && *expected < *result.backtest_error && percent(*expected, 1) != backtest)
      return true;
  }
  return false;
}

/// The sign that all of a task's targets share, which stands at the task; absent where they differ.
std::optional<std::string> shared_sign(const CombinedTask& task) {
  for (const CombinedTarget& target : task.targets)
    if (target.trust != task.targets.front().trust) return {};
  return task.targets.empty() ? "" : sign_of(task.targets.front().trust);
}

/// With the sign of its own, where it has one.
TextCell predicted_cell(const CombinedTarget& target, bool is_signed) {
  const auto& predicted = target.prediction.predicted;
  if (!predicted || !is_signed || target.trust == Trust::sound) return number_cell(predicted);
  return kShare(*predicted) + sign_of(target.trust);
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

/// What a member predicts, with a mark where it is left out.
TextCell member_cell(const CombinedTask& task, const CombinedTarget& target,
                     const std::string& member) {
  for (std::size_t m = 0; m < task.members.size(); ++m) {
    if (task.members[m].name != member) continue;
    if (target.is_left_out(m)) return kShare(*target.members[m]) + kLeftOut;
    return number_cell(target.members[m]);
  }
  return {};
}

bool leaves_some_out(const CombinedResult& result, std::size_t target) {
  return std::any_of(result.tasks.begin(), result.tasks.end(), [target](const CombinedTask& task) {
    const std::vector<bool>& left_out = task.targets[target].left_out;
    return std::find(left_out.begin(), left_out.end(), true) != left_out.end();
  });
}

Json json_lower_end(const std::optional<LowerEnd>& end) {
  if (!end) return {};
  return {{"accuracy", end->accuracy}, {"maximum_rejected", end->maximum_rejected}};
}

Json json_target(const CombinedTask& task, const CombinedTarget& target) {
  const TargetPrediction& p = target.prediction;
  Json members = Json::object(), left_out = Json::array();
  for (std::size_t m = 0; m < task.members.size(); ++m) {
    members[task.members[m].name] = json_number(target.members[m]);
    if (target.is_left_out(m)) left_out.push_back(task.members[m].name);
  }
  Json parts;
  if (target.parts) {
    const IntervalParts& of = *target.parts;
    parts = {{"run", of.run},
             {"checkpoints", of.checkpoints},
             {"sampling", of.sampling},
             {"parameters", of.parameters},
             {"discrepancy", of.discrepancy},
             {"lower_end", of.lower_end},
             {"total", of.total}};
  }
  return {{"name", p.target.name},
          {"n", json_number(p.target.n_params)},
          {"d", json_number(p.target.n_tokens)},
          {"actual", json_number(p.actual)},
          {"predicted", json_number(p.predicted)},
          {"relative_error", json_number(p.relative_error())},
          {"interval", json_interval(p.interval)},
          {"with_lower_end", json_number(target.with_lower_end)},
          {"without_off", json_number(target.without_off)},
          {"with_other_chance", json_number(target.with_other_chance)},
          {"members", members},
          {"left_out", left_out},
          {"interval_parts", parts},
          {"compute_ratio", json_number(std::exp(target.log_distance))},
          {"expected_error", json_number(target.expected_error)},
          {"reach", json_number(target.reach)},
          {"trust", trust_name(target.trust)},
          {"trusted", target.trust == Trust::sound},
          {"marks", target.marks}};
}

/// What each member predicts for one target (by its place among the targets): a row a task, a
/// column a member, a last row with each member's backtest error.
TextTable members_table(const CombinedResult& result, std::size_t target) {
  TextTable table;
  table.add_column("task");
  const std::vector<Member> members = members_of(result);
  for (const Member& member : members)
    table.add_column(member.title, member.name, kShare, Align::right);
  table.add_column("combined", "combined", kShare);
  for (const CombinedTask& task : result.tasks) {
    std::vector<TextCell> row = {task.task.name};
    for (const Member& member : members)
      row.push_back(member_cell(task, task.targets[target], member.name));
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
    table.add_column("actual", name + "_actual", kShare, Align::right);
    table.add_column("predicted", name + "_predicted", kShare, Align::right);
    table.begin_details();
    table.add_column("error", name + "_relative_error", kSigned, Align::right);
    table.begin_details(false);
    table.add_column(significant(100 * result.level, 3) + "% interval", name + "_interval", {},
                     Align::right);
  }
  for (const CombinedTask& task : result.tasks) {
    const std::optional<std::string> sign = shared_sign(task);
    std::vector<TextCell> row = {task.task.name + sign.value_or(""),
                                 number_cell(task.backtest_error)};
    for (const CombinedTarget& target : task.targets) {
      row.push_back(number_cell(target.prediction.actual));
      row.push_back(predicted_cell(target, !sign));
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

TextTable combined_rows(const CombinedResult& result) {
  TextTable table;
  for (const char* name :
       {"Task", "task_name", "y", "y_pred", "fitted_function", "fitting_error", "target",
        "rel_error", "lower", "upper", "trusted", "trust", "marks", "compute_ratio",
        "expected_error", "backtest_error", "reach", "with_lower_end"})
    table.add_column(name);
  for (const CombinedTask& task : result.tasks) {
    for (const CombinedTarget& target : task.targets) {
      const TargetPrediction& p = target.prediction;
      const bool known = p.interval.has_value();
      table.add_row({task.task.key, task.task.name, number_cell(p.actual), number_cell(p.predicted),
                     TextCell(), TextCell(), p.target.name, number_cell(p.relative_error()),
                     number_cell(known ? std::optional(p.interval->lower) : std::nullopt),
                     number_cell(known ? std::optional(p.interval->upper) : std::nullopt),
                     target.trust == Trust::sound ? "yes" : "no",
                     std::string(trust_name(target.trust)), join(target.marks, "; "),
                     std::exp(target.log_distance), number_cell(target.expected_error),
                     number_cell(task.backtest_error), number_cell(target.reach),
                     number_cell(target.with_lower_end)});
    }
  }
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

Json json_combined(const CombinedResult& result) {
  Json tasks = Json::array();
  const Json settings = {{"moving_avg", result.settings.moving_avg},
                         {"skip_perc", result.settings.skip_perc}};
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
                     {"lower_end", json_lower_end(task.lower_end)},
                     {"settings", settings},
                     {"notes", result.notes}});
  }
  return tasks;
}

Document describe(const CombinedResult& result) {
  Document document;
  document.rows = combined_rows(result);
  const std::string errors = mean_errors_text(result);
  document.add(Paragraph{errors.empty() ? "" : "Mean |relative error|: " + errors})
      .add(combined_table(result));
  for (std::size_t k = 0; k < n_targets(result); ++k) {
    document.add(CaptionedTable{"What each way of predicting says of " + target_of(result, k).name,
                                members_table(result, k),
                                leaves_some_out(result, k) ? kWhyLeftOut : "", true});
  }
  std::string notes;
  if (result.backtest_error) {
    notes =
        "The backtest is the mean relative error of predicting the ladder's own larger and longer "
        "runs from its smaller and shorter ones, " +
        std::to_string(result.folds.size()) + " times.\n";
    const std::string expected = expected_errors_text(result);
    if (!expected.empty()) notes += "To expect at the targets' distance: " + expected + ".\n";
    if (expects_less_than_backtest(result))
      notes +=
          "That is less than the backtest's " + percent(*result.backtest_error, 1) +
          " because predictions are by all runs, not by the few that a fold leaves, and because at "
          "a higher accuracy the same error in the logit is a smaller share of it.\n";
    notes += std::string(interval_caveat()) + "\n";
  }
  notes += marks_text(result);
  for (const std::string& note : result.notes) notes += "note: " + shown(note, false) + "\n";
  document.add(Paragraph{notes});
  document.set_results(json_combined(result));
  document.usable = usable(result);
  return document;
}

}  // namespace rung::ladder
