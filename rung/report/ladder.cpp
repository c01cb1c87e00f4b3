#include "rung/report/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/study/ladder/chained.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kTargetsPerTable = 2;

// ---- Words

std::string value_text(Metric metric, double value) {
  return is_accuracy(metric) ? percent(value, 1) : fixed(value, 3);
}

/// "44.1–52.6%" or "0.751–0.823".
std::string interval_text(Metric metric, const Interval& interval) {
  if (!is_accuracy(metric)) return fixed(interval.lower, 3) + "–" + fixed(interval.upper, 3);
  return fixed(100 * interval.lower, 1) + "–" + percent(interval.upper, 1);
}

/// " + 0.45" or " - 0.45": what follows a term.
std::string added(double value) {
  return (value < 0 ? " - " : " + ") + significant(std::abs(value));
}

/// Why not to trust a fit; "" where there is no reason. The fit's notes say more than its status.
std::string doubt_of(const Fit& fit) {
  if (fit.status == Status::certified && fit.identified) return "";
  std::vector<std::string> reasons = fit.notes;
  if (fit.status == Status::failed) reasons.insert(reasons.begin(), "the fit failed");
  if (fit.status == Status::local)
    reasons.emplace_back("a better optimum may exist, which the search would not find");
  if (fit.status == Status::unbounded && reasons.empty())
    reasons.emplace_back("no finite best fit");
  if (!fit.identified && fit.status != Status::failed)
    reasons.emplace_back("other parameters fit as well and predict differently");
  return join(reasons, "; ");
}

void add_doubt(const std::string& prefix, const Fit& fit, TaskReport& report) {
  const std::string doubt = doubt_of(fit);
  if (!doubt.empty()) report.doubts.push_back(prefix + doubt);
  report.usable = report.usable && fit.status != Status::failed;
}

// ---- Parameters

std::optional<double> log_of(const std::optional<double>& value) {
  return value && *value > 0 ? std::optional(std::log(*value)) : std::nullopt;
}

/// A scale that enters as a power law's coefficient, by its natural logarithm.
ParameterEstimate logarithmic(const ParameterEstimate& scale, const std::string& name) {
  ParameterEstimate log{.name = name, .value = std::log(scale.value), .fixed = scale.fixed};
  if (scale.stderror) log.stderror = *scale.stderror / scale.value;
  log.lower = log_of(scale.lower);
  log.upper = log_of(scale.upper);
  return log;
}

std::vector<ParameterEstimate> published_parameters(const Fit& fit) {
  std::vector<ParameterEstimate> logs, others, last;
  for (const ParameterEstimate& parameter : fit.parameters) {
    if (parameter.name == "A" || parameter.name == "B") {
      logs.push_back(logarithmic(parameter, parameter.name == "A" ? "a" : "b"));
    } else {
      (parameter.name == "E" ? last : others).push_back(parameter);
    }
  }
  // Of single-step's p and q, which follow E, none is before it here.
  const auto is_tail = [](const ParameterEstimate& p) { return p.name == "p" || p.name == "q"; };
  std::copy_if(others.begin(), others.end(), std::back_inserter(last), is_tail);
  std::erase_if(others, is_tail);
  logs.insert(logs.end(), others.begin(), others.end());
  logs.insert(logs.end(), last.begin(), last.end());
  return logs;
}

// ---- Tables

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
  table.add_column("error", "", [](double x) { return percent(x, 1, true); }, Align::right);
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

/// "1 / N^0.3" with its coefficient.
std::string term(const Fit& fit, const char* scale, const char* input, const char* exponent) {
  return significant(fit.value(scale)) + " / " + input + "^" + significant(fit.value(exponent));
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

Json json_count(double count) {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  if (!(count > 0)) return nullptr;
  if (count == std::trunc(count) && count <= kLargestExact) return static_cast<std::int64_t>(count);
  return count;
}

Json json_step(const TaskReport& report, Json fit) {
  return {{"task", report.task.key},
          {"task_name", report.task.name},
          {"fit", std::move(fit)},
          {"fitted_function", report.fitted_function},
          {"fitting_error", json_number(report.fitting_error)},
          {"targets", json_targets(report.targets)},
          {"notes", report.notes}};
}

}  // namespace

std::string fitted_function(const Step1Result& step1) {
  const Fit& fit = step1.fit;
  if (fit.status == Status::failed) return "";
  const bool in_compute = step1.settings.inputs == Step1Inputs::compute;
  if (step1.settings.single_step) {
    return fmt::format("Acc(N, D) = {} / (1 + exp(-({} + {}{}))){}", significant(fit.value("p")),
                       term(fit, "A", "N", "alpha"), term(fit, "B", "D", "beta"),
                       added(fit.value("E")), added(fit.value("q")));
  }
  std::vector<std::string> terms = {term(fit, "A", in_compute ? "C" : "N", "alpha")};
  if (!in_compute) terms.push_back(term(fit, "B", "D", "beta"));
  const std::string arguments = in_compute ? "(C) = " : "(N, D) = ";
  if (is_accuracy(step1.metric))
    return "Acc" + arguments + significant(fit.value("E")) + " - " + join(terms, " - ");
  return "L" + arguments + join(terms, " + ") + added(fit.value("E"));
}

std::string fitted_function(const Step2Result& step2) {
  const Fit& fit = step2.fit;
  if (fit.status == Status::failed) return "";
  const std::string bend =
      fmt::format("exp(-{} * (L{}))", significant(fit.value("k")), added(-fit.value("x0")));
  if (step2.settings.use_log_sigmoid)
    return fmt::format("Acc(L) = 1{} * ln(1 - 1 / (1 + {}))", added(-fit.value("a")), bend);
  return fmt::format("Acc(L) = {} / (1 + {}){}", significant(fit.value("a")), bend,
                     added(fit.value("b")));
}

TaskReport report_of(const Step1Result& step1) {
  TaskReport report{.task = step1.task,
                    .metric = step1.metric,
                    .targets = step1.targets,
                    .fitted_function = fitted_function(step1),
                    .fitting_error = step1.fitting_error,
                    .notes = step1.notes};
  add_doubt("", step1.fit, report);
  return report;
}

TaskReport report_of(const Step2Result& step2) {
  TaskReport report{.task = step2.task,
                    .metric = step2.settings.points.y_metric,
                    .targets = step2.targets,
                    .fitted_function = fitted_function(step2),
                    .fitting_error = step2.fitting_error,
                    .notes = step2.notes};
  add_doubt("", step2.fit, report);
  return report;
}

TaskReport report_of(const ChainResult& chain) {
  TaskReport report{
      .task = chain.task,
      .metric = chain.step2.settings.points.y_metric,
      .targets = chain.targets,
      .fitted_function = fitted_function(chain.step2) + "; " + fitted_function(chain.step1),
      .fitting_error = chained_fitting_error(chain),
      .notes = chain.notes};
  for (const auto* notes : {&chain.step1.notes, &chain.step2.notes}) {
    for (const std::string& note : *notes) {
      if (std::find(report.notes.begin(), report.notes.end(), note) == report.notes.end())
        report.notes.push_back(note);
    }
  }
  add_doubt("step 1: ", chain.step1.fit, report);
  add_doubt("step 2: ", chain.step2.fit, report);
  return report;
}

std::vector<MeanError> mean_errors(std::span<const TaskReport> reports) {
  std::vector<MeanError> errors;
  for (const std::string& name : target_names(reports)) {
    MeanError error{.target = name};
    for (const TaskReport& report : reports) {
      const TargetPrediction* target = find_target(report, name);
      const auto relative = target ? target->relative_error() : std::nullopt;
      if (!relative) continue;
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
  for (const MeanError& error : mean_errors(reports))
    parts.push_back(percent(error.mean_absolute_relative_error) + " at " + error.target);
  return join(parts, ", ");
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
    table.add_row({marked_name(report), number_cell(report.fitting_error), report.fitted_function});
  }
  return table;
}

TextTable prediction_rows(std::span<const TaskReport> reports) {
  TextTable table;
  for (const char* name : {"Task", "task_name", "y", "y_pred", "fitted_function", "fitting_error",
                           "target", "rel_error", "lower", "upper", "trusted"})
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
                     report.doubts.empty() ? "yes" : "no"});
    }
  }
  return table;
}

std::string remarks(std::span<const TaskReport> reports) {
  std::string text;
  for (const auto& [doubt, tasks] : by_text(reports, &TaskReport::doubts))
    text += "(!) " + join(tasks, ", ") + ": " + doubt + "\n";
  for (const auto& [note, tasks] : by_text(reports, &TaskReport::notes)) {
    const bool common = tasks.size() == reports.size() && reports.size() > 1;
    text += "note: " + (common ? "" : join(tasks, ", ") + ": ") + note + "\n";
  }
  return text;
}

Json json_ladder_fit(const Fit& fit) {
  Fit published = fit;
  published.parameters = published_parameters(fit);
  return json_fit(published);
}

Json json_targets(std::span<const TargetPrediction> targets) {
  Json array = Json::array();
  for (const TargetPrediction& target : targets) {
    const auto& interval = target.interval;
    array.push_back({{"name", target.target.name},
                     {"n", json_count(target.target.n_params)},
                     {"d", json_count(target.target.n_tokens)},
                     {"actual", json_number(target.actual)},
                     {"predicted", json_number(target.predicted)},
                     {"relative_error", json_number(target.relative_error())},
                     {"interval", interval ? json_interval(interval->level, interval->lower,
                                                           interval->upper, interval->method)
                                           : Json(nullptr)}});
  }
  return array;
}

Json json_result(const Step1Result& step1) {
  const TaskReport report = report_of(step1);
  if (!step1.settings.single_step) return json_step(report, json_ladder_fit(step1.fit));
  return {{"task", report.task.key},
          {"task_name", report.task.name},
          {"fits", {{"single", json_ladder_fit(step1.fit)}}},
          {"fitted_function", report.fitted_function},
          {"fitting_error", json_number(report.fitting_error)},
          {"targets", json_targets(report.targets)},
          {"notes", report.notes}};
}

Json json_result(const Step2Result& step2) {
  return json_step(report_of(step2), json_ladder_fit(step2.fit));
}

Json json_result(const ChainResult& chain) {
  const TaskReport report = report_of(chain);
  return {
      {"task", report.task.key},
      {"task_name", report.task.name},
      {"fits",
       {{"step1", json_ladder_fit(chain.step1.fit)}, {"step2", json_ladder_fit(chain.step2.fit)}}},
      {"fitted_function", report.fitted_function},
      {"fitting_error", json_number(report.fitting_error)},
      {"targets", json_targets(chain.targets)},
      {"notes", report.notes}};
}

}  // namespace rung::ladder
