#include "rung/study/ladder/wrong_checkpoints.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/neighbours.hpp"

namespace rung::ladder {
namespace {

/// Checkpoints differ by less from those around them: of a loss as a share, and of an accuracy.
constexpr double kLeastShare = 0.03, kLeastAccuracy = 0.03;

/// A run's checkpoints after the first token, as the test takes them.
struct TestedRun {
  std::size_t run = 0;
  std::size_t first = 0;
  std::vector<double> values;
};

/// A score on so many questions; checkpoints that answer the same ones differ by less.
double question_sd(const Task& task, const std::vector<double>& accuracies) {
  if (!task.n_examples || accuracies.empty()) return 0;
  const double p = std::clamp(median(accuracies), 0.0, 1.0);
  return std::sqrt(p * (1 - p) / *task.n_examples);
}

Series series_of(const Run& run, const Task& task, Metric metric, TestedRun& tested) {
  tested.values = series(run, task, metric);
  while (tested.first < run.n_rows() && !(run.n_tokens[tested.first] > 0)) ++tested.first;
  Series result;
  for (std::size_t i = tested.first; i < run.n_rows(); ++i) {
    result.x.push_back(std::log(run.n_tokens[i]));
    result.y.push_back(is_accuracy(metric) ? tested.values[i] : std::log(tested.values[i]));
  }
  if (is_accuracy(metric)) result.least_sd = question_sd(task, result.y);
  return result;
}

std::vector<WrongCheckpoint> wrong_of_metric(
    const Ladder& ladder, const Task& task, Metric metric,
    const std::function<std::size_t(const Run&)>& first_used) {
  std::vector<TestedRun> runs;
  std::vector<Series> all;
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    if (ladder.runs[i].mode != Mode::train) continue;
    TestedRun& tested = runs.emplace_back(TestedRun{.run = i});
    all.push_back(series_of(ladder.runs[i], task, metric, tested));
  }
  const bool accuracy = is_accuracy(metric);
  std::vector<WrongCheckpoint> wrong;
  for (const OffValue& off : off_neighbours(all, accuracy ? Course::rises : Course::falls,
                                            accuracy ? kLeastAccuracy : kLeastShare)) {
    const TestedRun& tested = runs[off.series];
    const LadderRun& run = ladder.runs[tested.run];
    const std::size_t i = tested.first + off.place;
    if (i < first_used(run)) continue;
    wrong.push_back({.origin = origin_of(ladder, tested.run),
                     .metric = metric,
                     .what = measured_name(task, metric),
                     .location = run.location(i),
                     .name = checkpoint_name(run, i),
                     .n_tokens = run.n_tokens[i],
                     .value = tested.values[i],
                     .by_others = accuracy ? off.by_others : std::exp(off.by_others)});
  }
  return wrong;
}

}  // namespace

std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const Step1Options& options) {
  return wrong_of_metric(ladder, task, options.metric,
                         [&](const Run& run) { return first_used(run, options); });
}

std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const Step2Options& options) {
  return wrong_checkpoints(ladder, task, {options.x_metric, options.y_metric}, options);
}

std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const std::vector<Metric>& metrics,
                                               const Step2Options& options) {
  std::vector<WrongCheckpoint> wrong;
  for (const Metric metric : metrics)
    add_wrong_checkpoints(wrong_of_metric(ladder, task, metric,
                                          [&](const Run& run) { return first_used(run, options); }),
                          wrong);
  return wrong;
}

void add_wrong_checkpoints(const std::vector<WrongCheckpoint>& more,
                           std::vector<WrongCheckpoint>& known) {
  for (const WrongCheckpoint& one : more) {
    if (std::none_of(known.begin(), known.end(),
                     [&](const WrongCheckpoint& other) { return other.is_same(one); }))
      known.push_back(one);
  }
}

std::vector<std::string> in_words(const std::vector<WrongCheckpoint>& checkpoints) {
  constexpr std::size_t kMostShown = 4;
  std::vector<std::string> phrases;
  for (const WrongCheckpoint& one : checkpoints) {
    if (phrases.size() == kMostShown && checkpoints.size() > kMostShown + 1) {
      phrases.push_back(std::to_string(checkpoints.size() - kMostShown) + " more checkpoints");
      break;
    }
    const auto text = [&](double x) {
      return is_accuracy(one.metric) ? percent(x, 1) : fixed(x, 3);
    };
    const std::string where = one.location.line > 0 ? " (" + one.location.file + ":" +
                                                          std::to_string(one.location.line) + ")"
                                                    : "";
    phrases.push_back(one.what + " of " + run_name(one.origin) + " is " + text(one.value) + " at " +
                      one.name + where + ", and the checkpoints around it say " +
                      text(one.by_others));
  }
  return phrases;
}

}  // namespace rung::ladder
