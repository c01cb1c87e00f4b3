#include "rung/study/ladder/combined.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/questions.hpp"

namespace rung::ladder {
namespace {

constexpr double kLawParameters = 5;  // of a law in N and D

double square(double x) { return x * x; }

double logit(double p) {
  constexpr double kLeast = 1e-4;  // an accuracy of 0 or 1 is a small sample's
  const double inside = std::clamp(p, kLeast, 1 - kLeast);
  return std::log(inside / (1 - inside));
}

double inverse_logit(double z) { return 1 / (1 + std::exp(-z)); }

/// Sample variance of the members' logits.
double spread(const std::vector<std::optional<double>>& members) {
  std::vector<double> logits;
  for (const auto& p : members) {
    if (p) logits.push_back(logit(*p));
  }
  return logits.size() < 2 ? 0 : sample_variance(logits);
}

/// question_variance() of the logit.
double sampling_variance(const Task& task, double best_seen, double predicted) {
  const double slope = std::max(1e-4, predicted * (1 - predicted));
  return question_variance(task, best_seen, predicted) / square(slope);
}

/// All that is fitted to some of a task's runs.
struct Trained {
  FittedMembers members;
  double best_seen = 0;
  double run_variance = 0;  // of the logit, from the combined prediction's own residuals

  Trained(const TaskData& data, const std::vector<Member>& available,
          const std::vector<std::size_t>& runs)
      : members(data, available, runs) {
    double squares = 0;
    for (const std::size_t i : runs) {
      const RunData& run = data.runs[i];
      best_seen = std::max(best_seen, run.accuracy);
      const auto fitted = mean_prediction(members.predict(run.scale));
      if (fitted) squares += square(logit(run.accuracy) - logit(*fitted));
    }
    const double n = static_cast<double>(runs.size());
    run_variance = squares / std::max(1.0, n - kLawParameters);
  }
};

struct FoldPoint {
  BacktestPoint point;
  double known_variance = 0;  // of a run and of the questions
};

/// One task on its way to a result.
struct Work {
  const TaskData* data = nullptr;
  std::vector<Member> members;
  std::optional<Trained> full;
  std::vector<FittedMembers> without_each;
  std::vector<std::vector<FoldPoint>> folds;
};

void roll_forward(Work& work, const std::vector<Fold>& folds, std::size_t f) {
  const Trained trained(*work.data, work.members, folds[f].train);
  for (const std::size_t i : folds[f].test) {
    const RunData& run = work.data->runs[i];
    FoldPoint at{.point = {.fold = f, .run = i, .actual = run.accuracy}};
    at.point.members = trained.members.predict(run.scale);
    at.point.predicted = mean_prediction(at.point.members);
    if (at.point.predicted) {
      at.known_variance =
          trained.run_variance +
          sampling_variance(work.data->task, trained.best_seen, *at.point.predicted);
    }
    work.folds[f].push_back(std::move(at));
  }
}

/// The factor on the members' spread that makes it explain the backtest's errors on average, each
/// fold weighing the same; absent without a fold.
std::optional<double> discrepancy_scale(const std::vector<Work>& works, std::size_t n_folds) {
  double unexplained = 0, spreads = 0;
  int n = 0;
  for (std::size_t f = 0; f < n_folds; ++f) {
    double fold_unexplained = 0, fold_spread = 0, n_points = 0;
    for (const Work& work : works) {
      for (const FoldPoint& at : work.folds[f]) {
        if (!at.point.predicted) continue;
        fold_unexplained +=
            square(logit(at.point.actual) - logit(*at.point.predicted)) - at.known_variance;
        fold_spread += spread(at.point.members);
        ++n_points;
      }
    }
    if (n_points == 0) continue;
    unexplained += fold_unexplained / n_points;
    spreads += fold_spread / n_points;
    ++n;
  }
  if (n == 0 || !(spreads > 0)) return std::nullopt;
  return std::sqrt(std::max(0.0, unexplained) / spreads);
}

/// Mean over the folds of the mean |predicted / actual - 1| of what `pick` picks.
template <class Pick>
std::optional<double> backtest_error(const Work& work, const Pick& pick) {
  RunningMean mean;
  for (const std::vector<FoldPoint>& fold : work.folds) {
    RunningMean of_fold;
    for (const FoldPoint& at : fold) {
      const std::optional<double> predicted = pick(at.point);
      if (predicted && at.point.actual > 0) of_fold.add(std::abs(*predicted / at.point.actual - 1));
    }
    mean.add(of_fold.value());
  }
  return mean.value();
}

/// Variance of the combined logit by refits without each run. The fits are nearly medians (Huber's
/// delta is far inside the noise), of which the jackknife gives twice the variance on average
/// (Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, ch. 3).
double jackknife_variance(const Work& work, const Scale& at) {
  std::vector<double> logits;
  for (const FittedMembers& fitted : work.without_each) {
    if (const auto p = mean_prediction(fitted.predict(at))) logits.push_back(logit(*p));
  }
  if (logits.size() < 2) return 0;
  const double n = static_cast<double>(logits.size());
  return squared_deviations(logits) * (n - 1) / n / 2;
}

/// Variance of the noise between checkpoints that a target keeps by being averaged over fewer.
double checkpoint_variance(const Work& work, std::size_t n_averaged, std::size_t wanted) {
  RunningMean variance;
  for (const RunData& run : work.data->runs) {
    if (!run.checkpoint_sd) continue;
    variance.add(square(*run.checkpoint_sd / std::max(1e-4, run.accuracy * (1 - run.accuracy))));
  }
  const double extra = 1 / static_cast<double>(std::max<std::size_t>(1, n_averaged)) -
                       1 / static_cast<double>(std::max<std::size_t>(1, wanted));
  return std::max(0.0, extra) * variance.value().value_or(0);
}

class Predictor {
 public:
  Predictor(const CombinedSettings& settings, std::optional<double> scale, std::size_t n_folds)
      : settings_(settings), scale_(scale), n_folds_(n_folds) {}

  CombinedTarget predict(const Work& work, const Target& target, std::size_t n_averaged) const {
    const Scale at{target.n_params, target.n_tokens, target.compute_flops};
    CombinedTarget result{.prediction = {.target = target},
                          .members = work.full->members.predict(at)};
    result.prediction.predicted = mean_prediction(result.members);
    if (result.prediction.predicted && settings_.intervals && scale_)
      add_interval(work, at, n_averaged, result);
    return result;
  }

 private:
  void add_interval(const Work& work, const Scale& at, std::size_t n_averaged,
                    CombinedTarget& result) const {
    const double predicted = *result.prediction.predicted;
    const double run = work.full->run_variance;
    const double checkpoints = checkpoint_variance(work, n_averaged, settings_.members.moving_avg);
    const double sampling = sampling_variance(work.data->task, work.full->best_seen, predicted);
    const double parameters = jackknife_variance(work, at);
    const double discrepancy = square(*scale_) * spread(result.members);
    const double total = run + checkpoints + sampling + std::max(parameters, discrepancy);
    result.parts = IntervalParts{std::sqrt(run),        std::sqrt(checkpoints), std::sqrt(sampling),
                                 std::sqrt(parameters), std::sqrt(discrepancy), std::sqrt(total)};
    // Satterthwaite's degrees of freedom: each part is known as well as what it was learnt from.
    const double n_runs = static_cast<double>(work.data->runs.size());
    const double uncertain =
        square(run) / std::max(1.0, n_runs - kLawParameters) +
        (discrepancy > parameters
             ? square(discrepancy) / std::max(1.0, static_cast<double>(n_folds_) - 1)
             : square(parameters) / (n_runs - 1));
    const double dof = uncertain > 0 ? std::max(1.0, square(total) / uncertain) : 1e6;
    const double half = student_t_quantile((1 + settings_.level) / 2, dof) * std::sqrt(total);
    const double middle = logit(predicted);
    result.prediction.interval = Interval{settings_.level, inverse_logit(middle - half),
                                          inverse_logit(middle + half), "backtest"};
  }

  const CombinedSettings& settings_;
  std::optional<double> scale_;
  std::size_t n_folds_;
};

/// What is missing is missing for all tasks, as a rule: said once.
void add_missing_notes(const TaskData& data, std::vector<std::string>& notes) {
  const std::vector<std::string> missing = missing_measures(data);
  if (missing.empty()) return;
  notes.push_back("without " + join(missing, ", ") + ", " +
                  std::to_string(available_members(data).size()) + " of " +
                  std::to_string(all_members().size()) + " ways of predicting can be tried");
}

Target target_of(const RunData& run) {
  return {run.origin.model, run.scale.n_params, run.scale.n_tokens, run.scale.compute_flops};
}

CombinedTask finish(Work& work, const Predictor& predictor, const std::vector<Target>& extra,
                    std::size_t moving_avg) {
  CombinedTask result{.task = work.data->task, .members = work.members};
  for (const RunData& run : work.data->targets) {
    CombinedTarget target = predictor.predict(work, target_of(run), run.n_averaged);
    target.prediction.actual = run.accuracy;
    result.targets.push_back(std::move(target));
  }
  for (const Target& target : extra) {
    const bool known =
        std::any_of(work.data->targets.begin(), work.data->targets.end(),
                    [&](const RunData& run) { return run.origin.model == target.name; });
    if (!known) result.targets.push_back(predictor.predict(work, target, moving_avg));
  }
  result.backtest_error =
      backtest_error(work, [](const BacktestPoint& point) { return point.predicted; });
  for (std::size_t m = 0; m < work.members.size(); ++m) {
    result.member_backtest_errors.push_back(
        backtest_error(work, [m](const BacktestPoint& point) { return point.members[m]; }));
  }
  for (std::vector<FoldPoint>& fold : work.folds) {
    for (FoldPoint& at : fold) result.backtest.push_back(std::move(at.point));
  }
  return result;
}

}  // namespace

void CombinedSettings::validate() const { require_level(level); }

CombinedResult run_combined(const Ladder& ladder, const std::vector<Task>& tasks,
                            const CombinedSettings& settings, const std::vector<Target>& extra) {
  settings.validate();
  CombinedResult result{.level = settings.level};
  const std::vector<TaskData> data = task_data(ladder, tasks, settings.members, result.notes);
  if (data.empty() || data.front().runs.empty())
    throw InputError("the ladder has no training run to predict from");
  std::vector<Scale> scales;
  for (const RunData& run : data.front().runs) scales.push_back(run.scale);
  std::vector<std::size_t> all(scales.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  result.folds = rolling_folds(scales);
  const std::size_t n_folds = result.folds.size();
  if (n_folds == 0) {
    result.notes.push_back(
        "too few runs to hold some out and predict them: no backtest and no intervals");
  }

  std::vector<Work> works(data.size());
  add_missing_notes(data.front(), result.notes);
  for (std::size_t t = 0; t < data.size(); ++t) {
    works[t].data = &data[t];
    works[t].members = available_members(data[t]);
    works[t].folds.resize(n_folds);
  }
  // A job a task and fold; the last of a task's is the fit to all runs.
  parallel_for(works.size() * (n_folds + 1), settings.n_threads, [&](std::size_t job) {
    Work& work = works[job / (n_folds + 1)];
    const std::size_t f = job % (n_folds + 1);
    if (f < n_folds) return roll_forward(work, result.folds, f);
    work.full.emplace(*work.data, work.members, all);
    if (settings.intervals) work.without_each = work.full->members.leave_one_out();
  });

  result.discrepancy_scale = discrepancy_scale(works, n_folds);
  const Predictor predictor(settings, result.discrepancy_scale, n_folds);
  RunningMean error;
  for (Work& work : works) {
    result.tasks.push_back(finish(work, predictor, extra, settings.members.moving_avg));
    error.add(result.tasks.back().backtest_error);
  }
  result.backtest_error = error.value();
  return result;
}

bool usable(const CombinedResult& result) {
  for (const CombinedTask& task : result.tasks) {
    for (const CombinedTarget& target : task.targets) {
      if (target.prediction.predicted) return true;
    }
  }
  return false;
}

std::string_view interval_caveat() {
  return "The intervals carry the noise of runs and checkpoints, the choice of questions, the "
         "fits' "
         "parameters and, as far as rolling forward inside the ladder shows it, the laws' error. "
         "They cannot carry what no run of the ladder shows: another mix of data, another "
         "tokenizer or recipe, an ability that sets in beyond the ladder.";
}

}  // namespace rung::ladder
