#include "rung/report/ladder/task_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/chained.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

/// " + 0.45" or " - 0.45": what follows a term.
std::string added(double value) {
  return (value < 0 ? " - " : " + ") + significant(std::abs(value));
}

/// Why not to trust a fit; "" where there is no reason. The fit's notes say more than its status.
std::string doubt_of(const Fit& fit) {
  if (fit.is_sure()) return "";
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

std::vector<std::string> without(const std::string& doubt, std::vector<std::string> doubts) {
  std::erase(doubts, doubt);
  return doubts;
}

void add_doubt(const std::string& prefix, const Fit& fit, TaskReport& report) {
  const std::string doubt = doubt_of(fit);
  if (!doubt.empty()) report.doubts.push_back(prefix + doubt);
  report.usable = report.usable && fit.status != Status::failed;
}

/// Of step 1, whose doubts have them already: the top of step 2's sigmoid is at its bound by
/// rights.
void add_bounds(const std::string& prefix, const Fit& fit, TaskReport& report) {
  if (!doubt_of(fit).empty()) return;
  for (const std::string& note : notes_of_bounds(fit)) report.notes.push_back(prefix + note);
}

/// What there is to say of points that all have one value; "" where they differ.
std::string doubt_of_one_value(Metric metric, const auto& points) {
  if (!have_one_value(points)) return "";
  const double value = std::find_if(points.begin(), points.end(), [](const auto& point) {
                         return point.origin.mode == Mode::train;
                       })->y;
  return std::string(metric_label(metric)) + " is " +
         (is_accuracy(metric) ? percent(value) : significant(value)) +
         " in all runs: nothing says how it goes on";
}

/// Of a curve that the checkpoints do not follow to the task's maximum, or need not.
void add_doubt_of_top(const std::string& prefix, const Step2Result& step2, TaskReport& report) {
  const std::string maximum = percent(step2.task.maximum, 0);
  if (const auto& top = step2.top_doubt.rejected_for) {
    report.doubts.push_back(
        prefix + "the runs bend towards about " + percent(*top, 0) +
        ", and do not follow a curve that is held to " + maximum +
        " at no loss; which of both larger models go to they can't tell: --free-top fits the "
        "first" +
        (step2.task.n_examples ? "" : " (by chance, maybe, if the questions are few)"));
  } else if (step2.top_doubt.is_wide(step2.task.maximum)) {
    const bool in_doubt = step2.end_in_doubt();
    (in_doubt ? report.doubts : report.notes)
        .push_back((in_doubt ? prefix : "") + "the runs follow a curve that ends at " +
                   percent(*step2.top_doubt.possible, 0) + " as well as the one that is held to " + maximum +
                   " at no loss, and don't say which one larger models go on along" +
                   (step2.settings.intervals ? ": intervals of predict reach over both" : ""));
  }
}

/// Of a run whose value does not belong with the others'.
void add_wrong_run(const std::string& what, Metric metric, const WrongRun& run,
                   TaskReport& report) {
  report.doubts.push_back(in_words(what, metric, run) +
                          ": rung ladder diagnose says which measurement is wrong");
}

void add_wrong_runs(const std::string& prefix, const Step1Result& step1, TaskReport& report) {
  const std::string what = is_accuracy(step1.metric) ? "the accuracy" : "the loss";
  for (const WrongRun& run : wrong_runs(step1))
    add_wrong_run(prefix + what, step1.metric, run, report);
}

void add_wrong_runs(const std::string& prefix, const Step2Result& step2, TaskReport& report,
                    const std::vector<WrongRun>& known = {}) {
  for (const WrongRun& run : wrong_runs(step2)) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const WrongRun& other) {
      return run_name(other.origin) == run_name(run.origin);
    });
    if (!is_known)
      add_wrong_run(prefix + "for its loss, the accuracy", step2.settings.points.y_metric, run,
                    report);
  }
}

void add_doubt_of_chance(const std::string& prefix, const Task& task, TaskReport& report) {
  report.doubts.push_back(prefix + "the runs have not left chance (" + percent(task.chance, 0) +
                          "), and do not say where the curve rises: rung ladder predict --method "
                          "combined stays near them");
}

/// Of checkpoints that stand off their own runs, but for those that are said of step 1.
void add_wrong_checkpoints(const std::string& prefix, std::vector<WrongCheckpoint> checkpoints,
                           TaskReport& report, const std::vector<WrongCheckpoint>& known = {}) {
  std::erase_if(checkpoints, [&](const WrongCheckpoint& one) {
    return std::any_of(known.begin(), known.end(),
                       [&](const WrongCheckpoint& other) { return other.is_same(one); });
  });
  for (const std::string& words : in_words(checkpoints))
    report.doubts.push_back(prefix + words + "; it counts as it stands");
}

/// Of an accuracy's law that has as many parameters as runs, or goes where no accuracy is.
void add_doubt_of_law(const std::string& prefix, const Step1Result& step1, TaskReport& report) {
  const Fitted& fitted = step1.fitted;
  if (step1.has_no_run_to_spare())
    report.doubts.push_back(prefix + counted(fitted.points->size(), "run") + " for a law of " +
                            std::to_string(fitted.law->n_parameters()) +
                            " parameters: nothing says how far off it is");
  for (const TargetPrediction& target : step1.targets) {
    if (!step1.leaves_range(target)) continue;
    report.doubts.push_back(prefix + "the law goes to " + percent(*target.predicted, 0) + " at " +
                            target.target.name + ", which is no accuracy");
  }
}

void add_doubts(const std::string& prefix, const Step1Result& step1, TaskReport& report) {
  const std::string one_value = doubt_of_one_value(step1.metric, step1.points);
  if (!one_value.empty()) {
    report.doubts.push_back(prefix + one_value);
    return;
  }
  if (step1.at_chance) add_doubt_of_chance(prefix, step1.task, report);
  add_doubt(prefix, step1.fitted.fit, report);
  add_doubt_of_law(prefix, step1, report);
  add_wrong_runs(prefix, step1, report);
  add_wrong_checkpoints(prefix, step1.wrong_checkpoints, report);
  add_bounds(prefix, step1.fitted.fit, report);
}

void add_doubts(const std::string& prefix, const Step2Result& step2, TaskReport& report,
                const Step1Result* step1 = nullptr) {
  const std::string one_value = doubt_of_one_value(step2.settings.points.y_metric, step2.points);
  if (!one_value.empty()) {
    report.doubts.push_back(prefix + one_value);
    return;
  }
  if (step2.at_chance) add_doubt_of_chance(prefix, step2.task, report);
  add_doubt(prefix, step2.fitted.fit, report);
  add_wrong_runs(prefix, step2, report, step1 ? wrong_runs(*step1) : std::vector<WrongRun>());
  add_wrong_checkpoints(prefix, step2.wrong_checkpoints, report,
                        step1 ? step1->wrong_checkpoints : std::vector<WrongCheckpoint>());
  add_doubt_of_top(prefix, step2, report);
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

/// "1 / N^0.3" with its coefficient.
std::string term(const Fit& fit, const char* scale, const char* input, const char* exponent) {
  return significant(fit.value(scale)) + " / " + input + "^" + significant(fit.value(exponent));
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
          {"doubts", report.doubts},
          {"notes", report.notes}};
}

}  // namespace

std::string fitted_function(const Step1Result& step1) {
  const Fit& fit = step1.fitted.fit;
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
  const Fit& fit = step2.fitted.fit;
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
  add_doubts("", step1, report);
  return report;
}

TaskReport report_of(const Step2Result& step2) {
  TaskReport report{.task = step2.task,
                    .metric = step2.settings.points.y_metric,
                    .targets = step2.targets,
                    .fitted_function = fitted_function(step2),
                    .fitting_error = step2.fitting_error,
                    .notes = step2.notes};
  add_doubts("", step2, report);
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
  add_doubts("step 1: ", chain.step1, report);
  add_doubts("step 2: ", chain.step2, report, &chain.step1);
  return report;
}

std::vector<std::string> doubts_besides_fit(const Step1Result& step1) {
  return without(doubt_of(step1.fitted.fit), report_of(step1).doubts);
}

std::vector<std::string> doubts_besides_fit(const Step2Result& step2) {
  return without(doubt_of(step2.fitted.fit), report_of(step2).doubts);
}

Json json_ladder_fit(const Fit& fit) {
  Fit published = fit;
  published.parameters = published_parameters(fit);
  return json_fit(published);
}

Json json_targets(std::span<const TargetPrediction> targets) {
  Json array = Json::array();
  for (const TargetPrediction& target : targets) {
    array.push_back({{"name", target.target.name},
                     {"n", json_count(target.target.n_params)},
                     {"d", json_count(target.target.n_tokens)},
                     {"actual", json_number(target.actual)},
                     {"predicted", json_number(target.predicted)},
                     {"relative_error", json_number(target.relative_error())},
                     {"interval", json_interval(target.interval)}});
  }
  return array;
}

Json json_result(const Step1Result& step1) {
  const TaskReport report = report_of(step1);
  if (!step1.settings.single_step) return json_step(report, json_ladder_fit(step1.fitted.fit));
  return {{"task", report.task.key},
          {"task_name", report.task.name},
          {"fits", {{"single", json_ladder_fit(step1.fitted.fit)}}},
          {"fitted_function", report.fitted_function},
          {"fitting_error", json_number(report.fitting_error)},
          {"targets", json_targets(report.targets)},
          {"doubts", report.doubts},
          {"notes", report.notes}};
}

Json json_result(const Step2Result& step2) {
  return json_step(report_of(step2), json_ladder_fit(step2.fitted.fit));
}

Json json_result(const ChainResult& chain) {
  const TaskReport report = report_of(chain);
  return {{"task", report.task.key},
          {"task_name", report.task.name},
          {"fits",
           {{"step1", json_ladder_fit(chain.step1.fitted.fit)},
            {"step2", json_ladder_fit(chain.step2.fitted.fit)}}},
          {"fitted_function", report.fitted_function},
          {"fitting_error", json_number(report.fitting_error)},
          {"targets", json_targets(chain.targets)},
          {"doubts", report.doubts},
          {"notes", report.notes}};
}

}  // namespace rung::ladder
