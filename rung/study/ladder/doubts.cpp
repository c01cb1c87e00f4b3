#include "rung/study/ladder/doubts.hpp"

#include <algorithm>
#include <optional>

#include "rung/core/counted.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/maximum.hpp"
#include "rung/study/ladder/variance.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

/// Why not to trust a fit; "" where there is no reason. The fit's notes say more than its status.
std::string doubt_of(const Fit& fit) {
  if (fit.is_sure()) return "";
  std::vector<std::string> reasons = fit.notes;
  if (fit.status == Status::failed) reasons.insert(reasons.begin(), "the fit failed");
  if (fit.status == Status::local)
    reasons.emplace_back("a better optimum may exist, which the search would not find");
  if (fit.status == Status::unbounded && reasons.empty())
    reasons.emplace_back("no finite best fit");
  const std::string others_fit = "other parameters fit as well and predict differently";
  const bool told = std::any_of(fit.notes.begin(), fit.notes.end(), [&](const std::string& note) {
    return note.starts_with(others_fit);
  });
  if (!fit.identified && fit.status != Status::failed && !told) reasons.push_back(others_fit);
  return join(reasons, "; ");
}

void add_doubt(const std::string& prefix, const Fit& fit, Doubts& found) {
  const std::string doubt = doubt_of(fit);
  if (!doubt.empty()) found.reasons.push_back(prefix + doubt);
}

/// Of step 1, whose doubts have them already: the top of step 2's sigmoid is at its bound by
/// rights.
void add_bounds(const std::string& prefix, const Fit& fit, Doubts& found) {
  if (!doubt_of(fit).empty()) return;
  for (const std::string& note : notes_of_bounds(fit)) found.notes.push_back(prefix + note);
}

/// What there is to say of points that all have one value, which any curve follows; "" where they
/// differ.
std::string doubt_of_one_value(Metric metric, const auto& points) {
  const std::optional<double> value = one_value(points);
  if (!value) return "";
  return std::string(metric_label(metric)) + " is " +
         (is_accuracy(metric) ? percent(*value) : significant(*value)) +
         " in all runs: nothing says how it goes on";
}

/// Of a log-sigmoid, or of levels that are held, where the runs do not keep to it.
void add_doubt_of_levels(const std::string& prefix, const Step2Result& step2, Doubts& found) {
  if (!step2.free_levels) return;
  const bool log_sigmoid = step2.settings.use_log_sigmoid;
  const std::string held =
      log_sigmoid ? "the log-sigmoid: a sigmoid"
                  : "a curve held between chance, " + percent(step2.task.chance, 0) + ", and " +
                        percent(step2.task.maximum, 0) + ": with free levels it";
  found.reasons.push_back(
      prefix + "the runs do not follow " + held + " goes from " +
      percent(step2.free_levels->least, 0) + " to " + percent(step2.free_levels->most, 0) +
      (log_sigmoid                    ? ", and they lie much nearer to it"
       : step2.task.chance_is_assumed ? " (is chance right? --tasks FILE can say another)"
                                      : ""));
}

/// Of a curve that the checkpoints do not follow to the task's maximum, or need not. Intervals of
/// what is predicted by it, where there are some, reach over both curves.
void add_doubt_of_top(const std::string& prefix, const Step2Result& step2,
                      const std::vector<TargetPrediction>& predicted, Doubts& found) {
  const std::string maximum = percent(step2.task.maximum, 0);
  if (const auto& top = step2.top_doubt.rejected_for) {
    found.reasons.push_back(
        prefix + "the runs bend towards about " + percent(*top, 0) +
        ", and do not follow a curve that is held to " + maximum +
        " at no loss; which of both larger models go to they can't tell: " +
        (step2.settings.fixed_levels ? "rung ladder step2 " : "") + "--free-top fits the first" +
        (step2.task.n_examples ? "" : " (by chance, maybe, if the questions are few)"));
  } else if (step2.top_doubt.is_wide(step2.task.maximum)) {
    const bool in_doubt = step2.end_in_doubt();
    const bool any_interval =
        std::any_of(predicted.begin(), predicted.end(),
                    [](const TargetPrediction& target) { return target.interval.has_value(); });
    (in_doubt ? found.reasons : found.notes)
        .push_back((in_doubt ? prefix : "") + "the runs follow a curve that ends at " +
                   percent(*step2.top_doubt.possible, 0) + " as well as the one that is held to " +
                   maximum + " at no loss, and don't say which one larger models go on along" +
                   (any_interval ? ": intervals reach over both" : ""));
  }
}

/// Of a run whose value does not belong with the others'.
void add_wrong_run(const std::string& what, Metric metric, const WrongRun& run, Doubts& found) {
  found.reasons.push_back(in_words(what, metric, run) +
                          ": rung ladder diagnose says which measurement is wrong");
}

void add_wrong_runs(const std::string& prefix, const Step1Result& step1, Doubts& found) {
  const std::string what = is_accuracy(step1.metric) ? "the accuracy" : "the loss";
  for (const WrongRun& run : wrong_runs(step1))
    add_wrong_run(prefix + what, step1.metric, run, found);
}

void add_wrong_runs(const std::string& prefix, const Step2Result& step2, Doubts& found,
                    const std::vector<WrongRun>& known = {}) {
  for (const WrongRun& run : wrong_runs(step2)) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const WrongRun& other) {
      return run_name(other.origin) == run_name(run.origin);
    });
    if (!is_known)
      add_wrong_run(prefix + "for its loss, the accuracy", step2.settings.points.y_metric, run,
                    found);
  }
}

void add_doubt_of_chance(const std::string& prefix, const Task& task, Doubts& found) {
  found.reasons.push_back(prefix + "the runs show no rise from chance (" + percent(task.chance, 0) +
                          "), and do not say where the curve rises: rung ladder predict --method "
                          "combined stays near them");
}

/// Of checkpoints that stand off their own runs, but for those that are said of step 1.
void add_wrong_checkpoints(const std::string& prefix, std::vector<WrongCheckpoint> checkpoints,
                           Doubts& found, const std::vector<WrongCheckpoint>& known = {}) {
  std::erase_if(checkpoints, [&](const WrongCheckpoint& one) {
    return std::any_of(known.begin(), known.end(),
                       [&](const WrongCheckpoint& other) { return other.is_same(one); });
  });
  for (const std::string& words : doubts_of(checkpoints)) found.reasons.push_back(prefix + words);
}

/// Of an accuracy's law that has as many parameters as runs, or goes where no accuracy is.
void add_doubt_of_law(const std::string& prefix, const Step1Result& step1, Doubts& found) {
  const Fitted& fitted = step1.fitted;
  const auto n_parameters = static_cast<std::size_t>(fitted.law->n_parameters());
  if (fitted.points->size() <= n_parameters)
    found.reasons.push_back(prefix + counted(fitted.points->size(), "run") + " for a law of " +
                            std::to_string(n_parameters) +
                            " parameters: nothing says how far off it is");
  else if (fitted.fit.is_sure() && !fitted.fit.covariance)
    found.reasons.push_back(prefix +
                            "some of its parameters make no difference, as where a run's "
                            "size is wrong: nothing says how far off it is");
}

/// Of accuracies outside of what the task can have.
void add_doubt_beyond(const std::string& law, const Task& task,
                      const std::vector<TargetPrediction>& predicted, Doubts& found) {
  for (const TargetPrediction& target : predicted) {
    if (!target.predicted) continue;
    const std::string beyond = beyond_maximum(task, *target.predicted);
    if (!beyond.empty())
      found.reasons.push_back(law + " goes to " + percent(*target.predicted, 0) + " at " +
                              target.target.name + beyond);
  }
}

void add_doubt_of_maximum(const std::string& prefix, const Task& task, Doubts& found) {
  if (!task.maximum_doubt.empty()) found.reasons.push_back(prefix + task.maximum_doubt);
}

void add_doubts(const std::string& prefix, const Step1Result& step1, Doubts& found) {
  const std::string one_value = doubt_of_one_value(step1.metric, step1.points);
  if (!one_value.empty()) {
    found.reasons.push_back(prefix + one_value);
    return;
  }
  const bool of_accuracy = is_accuracy(step1.metric);
  if (of_accuracy) add_doubt_of_maximum(prefix, step1.task, found);
  if (step1.at_chance) add_doubt_of_chance(prefix, step1.task, found);
  add_doubt(prefix, step1.fitted.fit, found);
  add_doubt_of_law(prefix, step1, found);
  if (of_accuracy) add_doubt_beyond(prefix + "the law", step1.task, step1.targets, found);
  add_wrong_runs(prefix, step1, found);
  add_wrong_checkpoints(prefix, step1.wrong_checkpoints, found);
  add_bounds(prefix, step1.fitted.fit, found);
}

/// `predicted`: by it, or through it.
void add_doubts(const std::string& prefix, const Step2Result& step2,
                const std::vector<TargetPrediction>& predicted, Doubts& found,
                const Step1Result* step1 = nullptr) {
  const std::string one_value = doubt_of_one_value(step2.settings.points.y_metric, step2.points);
  if (!one_value.empty()) {
    found.reasons.push_back(prefix + one_value);
    return;
  }
  add_doubt_of_maximum(prefix, step2.task, found);
  if (step2.at_chance) add_doubt_of_chance(prefix, step2.task, found);
  add_doubt(prefix, step2.fitted.fit, found);
  add_wrong_runs(prefix, step2, found, step1 ? wrong_runs(*step1) : std::vector<WrongRun>());
  add_wrong_checkpoints(prefix, step2.wrong_checkpoints, found,
                        step1 ? step1->wrong_checkpoints : std::vector<WrongCheckpoint>());
  add_doubt_of_levels(prefix, step2, found);
  if (step2.task.maximum < 1) add_doubt_beyond(prefix + "the curve", step2.task, predicted, found);
  if (step2.settings.use_log_sigmoid) add_bounds(prefix, step2.fitted.fit, found);
  add_doubt_of_top(prefix, step2, predicted, found);
}

/// Of accuracies that the runs leave open, which figures don't draw.
void add_doubt_of_open_targets(const std::vector<TargetPrediction>& targets, Doubts& found) {
  for (const TargetPrediction& target : targets) {
    if (!target.interval || target.interval->upper - target.interval->lower < kOpenWidth) continue;
    found.reasons.push_back("the runs do not determine " + target.target.name + ": from " +
                            percent(target.interval->lower, 0) + " to " +
                            percent(target.interval->upper, 0) + " all is possible");
  }
}

std::vector<std::string> without(const std::string& doubt, std::vector<std::string> doubts) {
  std::erase(doubts, doubt);
  return doubts;
}

}  // namespace

Doubts doubts_of(const Step1Result& step1) {
  Doubts found;
  add_doubts("", step1, found);
  if (is_accuracy(step1.metric)) add_doubt_of_open_targets(step1.targets, found);
  return found;
}

Doubts doubts_of(const Step2Result& step2) {
  Doubts found;
  add_doubts("", step2, step2.targets, found);
  return found;
}

Doubts doubts_of(const ChainResult& chain) {
  Doubts found;
  add_doubts("step 1: ", chain.step1, found);
  add_doubts("step 2: ", chain.step2, chain.targets, found, &chain.step1);
  add_doubt_of_open_targets(chain.targets, found);
  return found;
}

std::vector<std::string> doubts_of(const std::vector<WrongCheckpoint>& checkpoints) {
  std::vector<std::string> phrases = in_words(checkpoints);
  for (std::string& words : phrases) words += "; it counts as it stands";
  return phrases;
}

Doubts doubts_of(const VarianceResult& variance) {
  Doubts found;
  add_wrong_checkpoints("", variance.wrong_checkpoints, found);
  for (const std::string& doubt : variance.errors.doubts)
    found.reasons.push_back("the prediction, " + doubt);
  return found;
}

std::vector<std::string> doubts_besides_fit(const Step1Result& step1) {
  return without(doubt_of(step1.fitted.fit), doubts_of(step1).reasons);
}

std::vector<std::string> doubts_besides_fit(const Step2Result& step2) {
  return without(doubt_of(step2.fitted.fit), doubts_of(step2).reasons);
}

}  // namespace rung::ladder
