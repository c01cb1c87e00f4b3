#pragma once
/// The combined predictor: several ways of predicting put together, with the error that the same
/// rule makes when it is rolled forward inside the training ladder, an interval calibrated there,
/// and marks where a prediction should not be trusted. docs/predictor.md says how it was found and
/// what it does not claim.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/study/ladder/clusters.hpp"
#include "rung/study/ladder/combination.hpp"

namespace rung::ladder {

struct CombinedSettings {
  MemberSettings members;
  double level = 0.9;     // of the intervals
  bool intervals = true;  // false: predictions and backtest only
  int n_threads = 0;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// What an interval is made of: standard deviations of the logit of accuracy.
struct IntervalParts {
  double run = 0;          // one more training run: residuals of the runs that there are
  double checkpoints = 0;  // a target averaged over fewer checkpoints than the runs
  double sampling = 0;     // which questions the benchmark happens to ask
  double parameters = 0;   // the fits' own: jackknife over runs, or their clusters
  double discrepancy = 0;  // the laws': spread of the members
  double lower_end = 0;    // how far the prediction with the lower end lies below
  /// What the interval's half-width is this normal quantile of: all of these but the parameters,
  /// times what the backtest's errors need, or with the parameters instead of the discrepancy.
  /// With a lower end it begins that much further down.
  double total = 0;
};

/// How far a prediction is to be trusted, by its 90% interval and two standard errors of a score on
/// the task's questions. docs/predictor.md has how often each was wrong.
enum class Trust {
  sound,     // both stay within 15% of the prediction
  rough,     // within 30%
  doubtful,  // one reaches further, or too few runs leave no interval
};

/// "sound"
std::string_view trust_name(Trust trust);

/// An accuracy below the task's maximum that larger models may end at, for all that its runs say.
struct LowerEnd {
  double accuracy = 0;
  bool maximum_rejected = false;  // the runs bend towards it, and not towards the maximum
};

struct CombinedTarget {
  TargetPrediction prediction;
  std::optional<double> with_lower_end;  // what the same rule predicts with CombinedTask::lower_end
  /// The same of the runs and checkpoints that do not stand off, where some do.
  std::optional<double> without_off;
  /// The same where a guess is right as often as in the smallest runs: Task::chance is assumed.
  std::optional<double> with_other_chance;
  std::vector<std::optional<double>> members;  // in CombinedTask::members' order
  std::vector<bool> left_out;                  // of these: Combination::left_out
  double log_distance = 0;                     // ln(compute / the most of a training run)
  std::optional<IntervalParts> parts;          // with the interval; absent at chance
  /// Mean |relative error| to expect at this distance, as the interval has it.
  std::optional<double> expected_error;
  /// The further end of its 90% interval from the prediction, as a share of this.
  std::optional<double> reach;
  Trust trust = Trust::sound;
  std::vector<std::string> marks;  // why it is not sound, a reason each

  bool is_left_out(std::size_t member) const {
    return member < left_out.size() && left_out[member];
  }
};

/// A training run predicted from smaller or shorter ones.
struct BacktestPoint {
  std::size_t fold = 0;  // index in CombinedResult::folds
  std::size_t run = 0;   // index in TaskData::runs
  double log_distance = 0;
  double actual = 0;
  std::optional<double> predicted;
  std::vector<std::optional<double>> members;
};

struct CombinedTask {
  Task task;
  TaskSignal signal;
  std::vector<Member> members;
  std::optional<LowerEnd> lower_end;
  std::vector<CombinedTarget> targets;
  /// Mean over the folds of the mean |predicted / actual - 1|; absent where no fold can be made.
  std::optional<double> backtest_error;
  std::vector<std::optional<double>> member_backtest_errors;
  std::vector<BacktestPoint> backtest;
  std::vector<std::string> notes;
};

struct CombinedResult {
  std::vector<CombinedTask> tasks;
  std::vector<Fold> folds;
  std::optional<double> backtest_error;  // mean over tasks
  std::vector<std::string> notes;        // of the ladder
  std::string why_nothing{};             // is predicted of any task; "": something is
  MemberSettings settings;               // as they were used
  double level = 0.9;
};

/// Predicts accuracy (rc_acc) of the ladder's eval models and of `extra` targets. No target's value
/// is used for anything but TargetPrediction::actual. InputError where a task has no accuracy or
/// the ladder has no training run.
CombinedResult run_combined(const Ladder& ladder, const std::vector<Task>& tasks,
                            const CombinedSettings& wanted = {},
                            const std::vector<Target>& extra = {});

/// Some target of some task is predicted.
bool usable(const CombinedResult& result);

/// What no interval made from the ladder can carry, for people.
std::string_view interval_caveat();

}  // namespace rung::ladder
