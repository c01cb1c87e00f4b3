#include "rung/report/ladder/task_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/study/ladder/chained.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {
namespace {

/// " + 0.45" or " - 0.45": what follows a term.
std::string added(double value) {
  return (value < 0 ? " - " : " + ") + significant(std::abs(value));
}

/// With what there is to say of the fits that it rests on.
void take(Doubts found, std::initializer_list<const Fit*> fits, TaskReport& report) {
  report.doubts = std::move(found.reasons);
  report.notes.insert(report.notes.end(), found.notes.begin(), found.notes.end());
  report.usable = std::none_of(fits.begin(), fits.end(),
                               [](const Fit* fit) { return fit->status == Status::failed; });
  report.determined =
      std::all_of(fits.begin(), fits.end(), [](const Fit* fit) { return fit->identified; });
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
  take(doubts_of(step1), {&step1.fitted.fit}, report);
  return report;
}

TaskReport report_of(const Step2Result& step2) {
  TaskReport report{.task = step2.task,
                    .metric = step2.settings.points.y_metric,
                    .targets = step2.targets,
                    .fitted_function = fitted_function(step2),
                    .fitting_error = step2.fitting_error,
                    .notes = step2.notes};
  take(doubts_of(step2), {&step2.fitted.fit}, report);
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
  take(doubts_of(chain), {&chain.step1.fitted.fit, &chain.step2.fitted.fit}, report);
  return report;
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
                     {"interval", json_interval(target.interval)},
                     {"determined", target.determined}});
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
