#pragma once
/// What the titles of the steps' figures say.

#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/look.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {

/// Marked where the text has (!).
inline std::string marked(const std::string& title, const auto& result,
                          const char* mark = " (fit in doubt)") {
  return doubts_of(result).reasons.empty() ? title : title + mark;
}

/// "WHAT: relative error 5.9% at 7B-4T, 6.0% at 13B-5T on average"
template <class Result>
std::string message(std::span<const Result> results, const std::string& what) {
  std::vector<std::string> names;
  std::map<std::string, RunningMean> errors;
  bool some_open = false;
  for (const Result& result : results) {
    for (const TargetPrediction& target : result.targets) {
      const auto error = target.relative_error();
      some_open |= error && !target.determined;
      if (!error || !target.determined) continue;
      RunningMean& mean = errors[target.target.name];
      if (mean.n() == 0) names.push_back(target.target.name);
      mean.add(std::abs(*error));
    }
  }
  std::vector<std::string> parts;
  for (const std::string& name : names) {
    parts.push_back(percent(*errors[name].value(), 1) + " at " + name);
  }
  if (parts.empty()) return what;
  return what + ": relative error " + join(parts, ", ") +
         (some_open            ? ", where it is determined"
          : results.size() > 1 ? " on average"
                               : "");
}

inline Metric metric_of(const Step1Result& step1) { return step1.metric; }
inline Metric metric_of(const Step2Result& step2) { return step2.settings.points.y_metric; }
inline Metric metric_of(const ChainResult& chain) { return metric_of(chain.step2); }

/// What is predicted of targets that no task has measured; `shared`: for all tasks alike.
template <class Result>
std::vector<TaskPrediction> predictions_of_unmeasured(std::span<const Result> results,
                                                      bool shared) {
  std::set<std::string> measured;
  for (const Result& result : results) {
    for (const TargetPrediction& target : result.targets) {
      if (target.actual) measured.insert(target.target.name);
    }
  }
  std::vector<TaskPrediction> predictions;
  for (const Result& result : shared ? results.first(1) : results) {
    for (const TargetPrediction& target : result.targets) {
      if (!measured.contains(target.target.name))
        predictions.push_back({shared ? "" : marked(result.task.name, result), &target});
    }
  }
  return predictions;
}

/// The message, and what is predicted where nothing was measured.
template <class Result>
std::string title_of(std::span<const Result> results, const std::string& what,
                     bool shared = false) {
  const std::string title = message(results, what);
  const std::string words =
      predicted_words(predictions_of_unmeasured(results, shared), metric_of(results.front()));
  return title + (title == what || words.empty() ? "" : "; predicted") + words;
}

}  // namespace rung::ladder
