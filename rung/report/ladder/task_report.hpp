#pragma once
/// A fitted step or chain of one task: what it says, what it rests on, and the same as JSON.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/report/json.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// What steps and chains have in common once they are fitted: predictions of one task, and what
/// they rest on.
struct TaskReport {
  Task task;
  Metric metric = Metric::rc_acc;  // what is predicted
  std::vector<TargetPrediction> targets;
  std::string fitted_function;
  std::optional<double> fitting_error;  // mean |relative error| over what was fitted
  std::vector<std::string> notes;
  std::vector<std::string> doubts;  // why not to trust the fit; empty: no reason
  bool usable = true;               // no fit failed
  bool determined = true;           // no other parameters fit as well and predict differently
};

TaskReport report_of(const Step1Result& step1);
TaskReport report_of(const Step2Result& step2);
TaskReport report_of(const ChainResult& chain);

template <class Result>
std::vector<TaskReport> reports_of(const std::vector<Result>& results) {
  std::vector<TaskReport> reports;
  for (const Result& result : results) reports.push_back(report_of(result));
  return reports;
}

/// "L(N, D) = 38.07 / N^0.2262 + 100.1 / D^0.2361 + 0.4541"
std::string fitted_function(const Step1Result& step1);
std::string fitted_function(const Step2Result& step2);

/// The fit as the field reports it: a = log A and b = log B in place of A and B, E last.
Json json_ladder_fit(const Fit& fit);
Json json_targets(std::span<const TargetPrediction> targets);
Json json_result(const Step1Result& step1);
Json json_result(const Step2Result& step2);
Json json_result(const ChainResult& chain);

}  // namespace rung::ladder
