#include "rung/report/ladder/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kTargetsPerTable = 2;

std::string value_text(Metric metric, double value) {
  return is_accuracy(metric) ? percent(value, 1) : fixed(value, 3);
}

/// "44.1–52.6%" or "0.751–0.823".
std::string interval_text(Metric metric, const Interval& interval) {
  if (!is_accuracy(metric)) return fixed(interval.lower, 3) + "–" + fixed(interval.upper, 3);
  return fixed(100 * interval.lower, 1) + "–" + percent(interval.upper, 1);
}

/// Every target that some task has, in order of first mention.
std::vector<std::string> target_names(std::span<const TaskReport> reports) {
  std::vector<std::string> names;
  for (const TaskReport& report : reports) {
    for (const TargetPrediction& target : report.targets) {
      if (std::find(names.begin(), names.end(), target.target.name) == names.end())
        names.push_back(target.target.name);
    }
  }
  return names;
}

const TargetPrediction* find_target(const TaskReport& report, const std::string& name) {
  for (const TargetPrediction& target : report.targets) {
    if (target.target.name == name) return &target;
  }
  return nullptr;
}

std::string interval_header(std::span<const TaskReport> reports) {
  for (const TaskReport& report : reports) {
    for (const TargetPrediction& target : report.targets) {
      if (target.interval) return significant(100 * target.interval->level, 3) + "% interval";
    }
  }
  return "";
}

void add_target_columns(const std::string& name, Metric metric, const std::string& interval,
                        TextTable& table) {
  const NumberFormat value = [metric](double x) { return value_text(metric, x); };
  table.begin_group(name);
  // Right even where a column has nothing: an "actual" of models that do not exist yet.
  table.add_column("actual", "", value, Align::right);
  table.add_column("predicted", "", value, Align::right);
  table.begin_details(!interval.empty());
  table.add_column(
      "error", "", [](double x) { return percent(x, 1, true); }, Align::right);
  table.begin_details(false);
  if (!interval.empty()) table.add_column(interval, "", {}, Align::right);
}

void add_target_cells(const TaskReport& report, const std::string& name, bool interval,
                      std::vector<TextCell>& row) {
  const TargetPrediction* target = find_target(report, name);
  row.push_back(number_cell(target ? target->actual : std::nullopt));
  row.push_back(number_cell(target ? target->predicted : std::nullopt));
  row.push_back(number_cell(target ? target->relative_error() : std::nullopt));
  if (!interval) return;
  if (target && target->interval) {
    row.emplace_back(interval_text(report.metric, *target->interval));
  } else {
    row.emplace_back();
  }
}

std::string marked_name(const TaskReport& report) {
  return report.task.name + (report.doubts.empty() ? "" : " (!)");
}

struct Remark {
  std::string text;
  std::vector<std::string> tasks;
};

/// Each text once, with the tasks that it is about.
std::vector<Remark> by_text(std::span<const TaskReport> reports,
                            std::vector<std::string> TaskReport::*texts) {
  std::vector<Remark> remarks;
  for (const TaskReport& report : reports) {
    for (const std::string& text : report.*texts) {
      const auto known = std::find_if(remarks.begin(), remarks.end(),
                                      [&](const Remark& remark) { return remark.text == text; });
      Remark& remark = known == remarks.end() ? remarks.emplace_back(Remark{text, {}}) : *known;
      remark.tasks.push_back(report.task.name);
    }
  }
  return remarks;
}

Json step_results(const auto& results) {
  Json json = Json::array();
  for (const auto& result : results) json.push_back(json_result(result));
  return json;
}

std::string through_text(const Step2Options& points) {
  return std::string(metric_label(points.y_metric)) + " from " +
         std::string(metric_label(points.x_metric));
}

/// The function table is for the screen: what is printed are the predictions.
Document describe_reports(const std::string& heading, const std::vector<TaskReport>& reports,
                          bool functions, Json results) {
  Document document;
  const std::string errors = mean_errors_text(reports);
  document.add(Paragraph{heading + (errors.empty() ? "" : "\nMean |relative error|: " + errors)});
  for (TextTable& table : prediction_tables(reports)) document.add(std::move(table));
  if (functions) document.add(CaptionedTable{"", function_table(reports), "", false});
  document.add(Paragraph{remarks(reports)});
  document.rows = prediction_rows(reports);
  document.set_results(std::move(results));
  document.usable = std::any_of(reports.begin(), reports.end(),
                                [](const TaskReport& report) { return report.usable; });
  return document;
}

/// Of curves that level off where their runs do, at which accuracy; "" of others.
std::string free_top_words(const std::vector<ChainResult>& results) {
  std::vector<std::string> ends;
  for (const ChainResult& chain : results) {
    const Step2Result& step2 = chain.step2;
    if (!step2.settings.free_top || step2.fitted.fit.status == Status::failed) continue;
    const double end = step2_curve(step2, 0);
    constexpr double kBelow = 0.995;
    if (std::isfinite(end) && end < kBelow * step2.task.maximum)
      ends.push_back(chain.task.name + " at " + percent(end, 0));
  }
  if (ends.empty()) return "";
  return "note: --free-top: curves end where the runs seem to level off, and nothing says that "
         "larger models do there: " +
         join(ends, ", ") + "\n";
}

}  // namespace

std::vector<MeanError> mean_errors(std::span<const TaskReport> reports) {
  std::vector<MeanError> errors;
  for (const std::string& name : target_names(reports)) {
    MeanError error{.target = name};
    for (const TaskReport& report : reports) {
      const TargetPrediction* target = find_target(report, name);
      const auto relative = target ? target->relative_error() : std::nullopt;
      if (!relative) continue;
      if (!target->determined) {
        ++error.n_open;
        continue;
      }
      error.mean_absolute_relative_error += std::abs(*relative);
      ++error.n_tasks;
    }
    if (error.n_tasks == 0) continue;
    error.mean_absolute_relative_error /= error.n_tasks;
    errors.push_back(std::move(error));
  }
  return errors;
}

std::string mean_errors_text(std::span<const TaskReport> reports) {
  std::vector<std::string> parts;
  bool some_open = false;
  for (const MeanError& error : mean_errors(reports)) {
    const int n_all = error.n_tasks + error.n_open;
    some_open = some_open || error.n_open > 0;
    parts.push_back(percent(error.mean_absolute_relative_error) + " at " + error.target +
                    (error.n_open > 0 ? " (" + std::to_string(error.n_tasks) + " of " +
                                            std::to_string(n_all) + " tasks)"
                                      : ""));
  }
  return join(parts, ", ") + (some_open ? ", where it is determined" : "");
}

std::vector<TextTable> prediction_tables(std::span<const TaskReport> reports) {
  const std::vector<std::string> names = target_names(reports);
  const std::string interval = interval_header(reports);
  std::vector<TextTable> tables;
  for (std::size_t first = 0; first < names.size(); first += kTargetsPerTable) {
    const std::size_t last = std::min(names.size(), first + kTargetsPerTable);
    TextTable& table = tables.emplace_back();
    table.add_column("task");
    for (std::size_t i = first; i < last; ++i)
      add_target_columns(names[i], reports.front().metric, interval, table);
    for (const TaskReport& report : reports) {
      std::vector<TextCell> row = {marked_name(report)};
      for (std::size_t i = first; i < last; ++i)
        add_target_cells(report, names[i], !interval.empty(), row);
      table.add_row(std::move(row));
    }
  }
  return tables;
}

TextTable function_table(std::span<const TaskReport> reports) {
  TextTable table;
  table.add_column("task");
  table.add_column("fit error", "", [](double x) { return percent(x, 1); });
  table.add_column("fitted function");
  for (const TaskReport& report : reports) {
    table.add_row({marked_name(report), number_cell(report.fitting_error),
                   report.determined ? report.fitted_function : "not determined"});
  }
  return table;
}

TextTable prediction_rows(std::span<const TaskReport> reports) {
  TextTable table;
  for (const char* name : {"Task", "task_name", "y", "y_pred", "fitted_function", "fitting_error",
                           "target", "rel_error", "lower", "upper", "trusted", "doubts"})
    table.add_column(name);
  for (const TaskReport& report : reports) {
    for (const TargetPrediction& target : report.targets) {
      const auto& interval = target.interval;
      table.add_row({report.task.key, report.task.name, number_cell(target.actual),
                     number_cell(target.predicted), report.fitted_function,
                     number_cell(report.fitting_error), target.target.name,
                     number_cell(target.relative_error()),
                     number_cell(interval ? std::optional(interval->lower) : std::nullopt),
                     number_cell(interval ? std::optional(interval->upper) : std::nullopt),
                     report.doubts.empty() ? "yes" : "no", join(report.doubts, "; ")});
    }
  }
  return table;
}

std::string remarks(std::span<const TaskReport> reports) {
  std::string text;
  for (const auto& [doubt, tasks] : by_text(reports, &TaskReport::doubts))
    text += "(!) " + shown(join(tasks, ", ") + ": " + doubt, false) + "\n";
  for (const auto& [note, tasks] : by_text(reports, &TaskReport::notes)) {
    const bool common = tasks.size() == reports.size() && reports.size() > 1;
    text += "note: " + shown((common ? "" : join(tasks, ", ") + ": ") + note, false) + "\n";
  }
  return text;
}

Document describe(const std::vector<Step1Result>& results) {
  const Step1Result& first = results.front();
  const bool in_compute = first.settings.inputs == Step1Inputs::compute;
  const std::string heading =
      std::string(first.settings.single_step ? "Single step: " : "Step 1: ") +
      std::string(metric_label(first.metric)) + " from " +
      (in_compute ? "training compute" : "model size and tokens") + ", " +
      std::to_string(first.fitted.fit.n_points) + " runs";
  return describe_reports(heading, reports_of(results), true, step_results(results));
}

Document describe(const std::vector<Step2Result>& results) {
  const Step2Result& first = results.front();
  const auto n_checkpoints =
      std::count_if(first.points.begin(), first.points.end(),
                    [](const Step2Point& point) { return point.origin.mode == Mode::train; });
  const std::string heading = "Step 2: " + through_text(first.settings.points) + ", " +
                              std::to_string(n_checkpoints) + " checkpoints";
  return describe_reports(heading, reports_of(results), true, step_results(results));
}

std::vector<TaskReport> reports_of(const std::vector<Step2OfConfig>& by_config) {
  return reports_of(named_results(by_config));
}

Document describe(const std::vector<Step2OfConfig>& by_config) {
  Json json = Json::array();
  for (const Step2OfConfig& config : by_config) {
    for (const Step2Result& result : config.results) {
      json.push_back(json_result(result));
      json.back()["config"] = config.path;
    }
  }
  const Step2Options& points = by_config.front().results.front().settings.points;
  return describe_reports("Step 2 between chance and the maximum: " + through_text(points),
                          reports_of(by_config), true, std::move(json));
}

Document describe(const std::vector<ChainResult>& results) {
  const ChainResult& first = results.front();
  const Step2Options& points = first.step2.settings.points;
  const bool in_compute = first.step1.settings.inputs == Step1Inputs::compute;
  const std::string heading = std::string(metric_label(points.y_metric)) + " from " +
                              (in_compute ? "training compute" : "model size and tokens") +
                              " through " + std::string(metric_label(points.x_metric)) + ", " +
                              std::to_string(first.step1.fitted.fit.n_points) + " runs";
  Document document = describe_reports(heading, reports_of(results), false, step_results(results));
  return document.add(Paragraph{free_top_words(results)});
}

}  // namespace rung::ladder
