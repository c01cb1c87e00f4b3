#include "rung/study/ladder/combined.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/combined_interval.hpp"
#include "rung/study/ladder/lower_end.hpp"
#include "rung/study/ladder/trust.hpp"
#include "rung/study/ladder/ways.hpp"
#include "rung/study/ladder/without_off.hpp"

namespace rung::ladder {
namespace {

struct Asked {
  const Ladder& ladder;
  const std::vector<Task>& tasks;
  const CombinedSettings& settings;
};

/// A task's runs without what stands off among them, and all that is fitted to those.
struct Others {
  TaskData data;
  std::optional<Trained> trained;
};

/// One task on its way to a result.
struct Work {
  const TaskData* data = nullptr;
  std::optional<Trained> full;
  std::vector<std::vector<FoldPoint>> folds;
  std::vector<std::string> wrong_runs;  // in words
  std::size_t fits_least = 0;           // of data->runs, where `without_it` is there
  std::optional<Trained> without_it;    // where no run stands off
  std::unique_ptr<Others> others;       // where runs or checkpoints stand off
  std::unique_ptr<Others> guessed;      // the same runs with another chance, where that may be
};

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

Target target_of(const RunData& run) {
  return {run.origin.model, run.scale.n_params, run.scale.n_tokens, run.scale.compute_flops};
}

void add_chance_note(const std::vector<Work>& works, std::vector<std::string>& notes) {
  std::vector<std::string> names;
  for (const Work& work : works) {
    if (work.full->signal().signal == Signal::at_chance) names.push_back(work.data->task.key);
  }
  if (!names.empty())
    notes.push_back(
        "no rise from chance in any run, so that no curve is put through, no run is tested against "
        "the "
        "others, and the prediction stays near them: " +
        join(names, ", "));
}

/// Of intervals that reach over two chances of guessing right, where no mark tells it.
void add_other_chance_note(const CombinedTask& task, std::optional<double> other,
                           std::vector<std::string>& notes) {
  const bool untold =
      std::any_of(task.targets.begin(), task.targets.end(), [](const CombinedTarget& target) {
        return target.with_other_chance && target.trust == Trust::sound;
      });
  if (other && untold)
    notes.push_back(
        task.task.key + ": nobody says how often a guess is right; the prediction goes by " +
        percent(task.task.chance, 0) + ", and the interval reaches over what follows with " +
        percent(*other, 0) + ", near which the smallest runs are (--tasks FILE can say it)");
}

/// Runs that count in FLOPs say nothing of a target whose FLOPs per token nobody knows.
void add_uncounted_note(const TaskData& data, const std::vector<Target>& extra,
                        std::vector<std::string>& notes) {
  if (!data.has_compute) return;
  for (const Target& target : extra) {
    if (!target.compute_flops)
      notes.push_back(
          target.name +
          ": its FLOPs per token are not known: the ways from FLOPs are left out, and "
          "its distance is by 6 N D (-t NAME is a model in a file for --tasks, which may "
          "say them)");
  }
}

/// Runs of one model that err alike are one training, as a rule.
void add_cluster_hint(const std::vector<Work>& works, const RunClusters& clusters,
                      std::vector<std::string>& notes) {
  constexpr double kRare = 0.01;
  if (clusters.shared()) return;
  std::vector<ModelVariances> tasks;
  RunningMean correlation;
  for (const Work& work : works) {
    std::vector<std::string> models;
    for (const RunData& run : work.data->runs) models.push_back(run.origin.model);
    if (work.full->residuals().size() != models.size()) continue;
    const auto variances = variances_by_model(work.full->residuals(), models);
    if (!variances) continue;
    tasks.push_back(*variances);
    correlation.add(variances->intraclass_correlation());
  }
  if (agreement_p_value(tasks) >= kRare) return;
  notes.push_back("runs of one model err alike (intraclass correlation " +
                  fixed(*correlation.value(), 2) +
                  "): if they are cuts of one training, say --cluster model, or intervals are too "
                  "narrow");
}

/// The accuracy that all runs have; absent where they differ.
std::optional<double> one_accuracy(const TaskData& data) {
  const double first = data.runs.front().accuracy;
  const bool all = std::all_of(data.runs.begin(), data.runs.end(),
                               [&](const RunData& run) { return run.accuracy == first; });
  return all ? std::optional(first) : std::nullopt;
}

CombinedTask finish(Work& work, const Predictor& predictor, const std::vector<Target>& extra,
                    std::size_t moving_avg) {
  const Trained& trained = *work.full;
  CombinedTask result{
      .task = work.data->task, .signal = trained.signal(), .members = trained.members()};
  result.lower_end = trained.lower_end();
  const auto predict = [&](const Target& target, std::size_t n_averaged) {
    CombinedTarget predicted = predictor.predict(*work.data, trained, target, n_averaged);
    if (const Others* others = work.others.get())
      mark_without_off(predictor.predict(others->data, *others->trained, target, n_averaged),
                       predicted);
    if (const Others* guessed = work.guessed.get())
      mark_other_chance(guessed->data.task.chance,
                        predictor.predict(guessed->data, *guessed->trained, target, n_averaged),
                        predicted);
    mark_wrong_runs(work.wrong_runs, predicted);
    if (work.without_it)
      mark_one_that_decides(*work.data, work.fits_least, *work.without_it, predicted);
    if (const auto value = one_accuracy(*work.data)) mark_one_value(*value, predicted);
    return predicted;
  };
  for (const RunData& run : work.data->targets) {
    CombinedTarget target = predict(target_of(run), run.n_averaged);
    target.prediction.actual = run.accuracy;
    result.targets.push_back(std::move(target));
  }
  for (const Target& target : extra) {
    const bool known =
        std::any_of(work.data->targets.begin(), work.data->targets.end(),
                    [&](const RunData& run) { return run.origin.model == target.name; });
    if (!known) result.targets.push_back(predict(target, moving_avg));
  }
  result.backtest_error =
      backtest_error(work, [](const BacktestPoint& point) { return point.predicted; });
  for (std::size_t m = 0; m < result.members.size(); ++m) {
    result.member_backtest_errors.push_back(
        backtest_error(work, [m](const BacktestPoint& point) { return point.members[m]; }));
  }
  for (std::vector<FoldPoint>& fold : work.folds) {
    for (FoldPoint& at : fold) result.backtest.push_back(std::move(at.point));
  }
  return result;
}

/// Each of a task's folds predicted.
std::vector<std::vector<FoldPoint>> rolled_forward(const TaskData& data,
                                                   const RunClusters& clusters,
                                                   const std::vector<Member>& members,
                                                   FitMemory& memory) {
  std::vector<std::vector<FoldPoint>> folds;
  for (const Fold& fold : folds_of(data, clusters, all_runs(data))) {
    const Trained trained(data, clusters, fold.train, memory);
    folds.push_back(roll_forward(data, trained, fold, members));
  }
  return folds;
}

std::unique_ptr<Others> fit_others(TaskData data, const std::optional<LowerEnd>& lower_end,
                                   FitMemory& memory) {
  auto others = std::make_unique<Others>(Others{.data = std::move(data)});
  const RunClusters clusters(others->data.runs);
  Trained& trained =
      others->trained.emplace(others->data, clusters, all_runs(others->data), memory);
  trained.add_refits();
  if (lower_end) trained.add_lower_end(*lower_end);
  auto folds = rolled_forward(others->data, clusters, trained.members(), memory);
  trained.keep_growth(keep_growth_that_came(folds, trained.signal().signal));
  return others;
}

/// The fits where a guess is right as often as in the smallest runs; null where that is no
/// question.
std::unique_ptr<Others> fit_guessed(const Work& work, FitMemory& memory) {
  const std::optional<double> chance = other_chance(*work.data);
  if (!chance) return nullptr;
  TaskData data = *work.data;
  data.task.chance = *chance;
  return fit_others(std::move(data), work.full->lower_end(), memory);
}

/// The fits to all runs but one, by Ladder::runs.
void fit_without(std::size_t run, FitMemory& memory, Work& work) {
  const TaskData& data = *work.data;
  std::vector<std::size_t> others;
  for (const std::size_t i : all_runs(data)) {
    if (data.runs[i].origin.run == run) {
      work.fits_least = i;
    } else {
      others.push_back(i);
    }
  }
  if (others.size() == data.runs.size()) return;
  work.without_it.emplace(data, RunClusters(data.runs), others, memory);
}

/// What the checkpoints say of the task, and the fits without what stands off.
void ask_checkpoints(const Asked& asked, std::size_t task, FitMemory& memory, Work& work) {
  const TaskData& data = *work.data;
  const MemberSettings& settings = asked.settings.members;
  CheckpointsSay says =
      what_checkpoints_say(asked.ladder, data, work.full->signal().signal, settings);
  if (says.lower_end) work.full->add_lower_end(*says.lower_end);
  work.guessed = fit_guessed(work, memory);
  work.wrong_runs = std::move(says.wrong_runs);
  if (says.fits_least) fit_without(*says.fits_least, memory, work);
  if (says.runs_off.size() == data.runs.size()) return;
  if (says.runs_off.empty() && data.wrong_checkpoints.empty()) return;
  const Ladder rest = without_off(asked.ladder, says.runs_off, data.wrong_checkpoints);
  std::vector<std::string> notes;
  work.others = fit_others(std::move(task_data(rest, asked.tasks, settings, notes)[task]),
                           says.lower_end, memory);
}

/// What the folds show of the other runs, though some are fitted to this one.
std::vector<std::vector<FoldPoint>> without_run(std::vector<std::vector<FoldPoint>> folds,
                                                std::size_t run) {
  for (std::vector<FoldPoint>& fold : folds)
    std::erase_if(fold, [run](const FoldPoint& at) { return at.point.run == run; });
  return folds;
}

std::vector<Work> trained_works(const Asked& asked, const std::vector<TaskData>& data,
                                const std::vector<Fold>& folds, const RunClusters& clusters) {
  const CombinedSettings& settings = asked.settings;
  const std::vector<std::size_t> all = all_runs(data.front());
  FitMemory memory;
  std::vector<Work> works(data.size());
  parallel_for(works.size(), settings.n_threads, [&](std::size_t t) {
    works[t].data = &data[t];
    works[t].folds.resize(folds.size());
    works[t].full.emplace(data[t], clusters, all, memory);
  });
  // A job a task and fold; a task's last two are for the refits and the lower end.
  const std::size_t n_jobs = folds.size() + 2;
  parallel_for(works.size() * n_jobs, settings.n_threads, [&](std::size_t job) {
    Work& work = works[job / n_jobs];
    const std::size_t f = job % n_jobs;
    if (f >= folds.size()) {
      const Signal signal = work.full->signal().signal;
      if (!settings.intervals || signal == Signal::at_chance) return;
      if (f == folds.size()) {
        work.full->add_refits();
      } else {
        ask_checkpoints(asked, job / n_jobs, memory, work);
      }
      return;
    }
    const Trained trained(*work.data, clusters, folds[f].train, memory);
    work.folds[f] = roll_forward(*work.data, trained, folds[f], work.full->members());
    for (FoldPoint& at : work.folds[f]) at.point.fold = f;
  });
  for (Work& work : works) {
    const Signal signal = work.full->signal().signal;
    if (work.without_it) {
      auto folds = without_run(work.folds, work.fits_least);
      work.without_it->keep_growth(keep_growth_that_came(folds, signal));
    }
    work.full->keep_growth(keep_growth_that_came(work.folds, signal));
  }
  return works;
}

/// Every task's errors, fold by fold.
Calibration calibration_of(const std::vector<Work>& works, std::size_t n_folds, double level) {
  std::vector<std::vector<FoldError>> folds(n_folds);
  for (const Work& work : works) {
    for (std::size_t f = 0; f < n_folds; ++f) {
      for (const FoldPoint& at : work.folds[f])
        folds[f].push_back({at.signal, at.standardized_error(work.data->task)});
    }
  }
  return {folds, level};
}

}  // namespace

void CombinedSettings::validate() const { require_level(level); }

CombinedResult run_combined(const Ladder& ladder, const std::vector<Task>& tasks,
                            const CombinedSettings& wanted, const std::vector<Target>& extra) {
  wanted.validate();
  CombinedSettings settings = wanted;
  settings.members = settings_for(ladder, tasks, wanted.members);
  CombinedResult result{.settings = settings.members, .level = settings.level};
  const std::vector<TaskData> data = task_data(ladder, tasks, settings.members, result.notes);
  if (data.empty() || data.front().runs.empty())
    throw InputError("the ladder has no training run to predict from");
  const std::size_t n_notes = result.notes.size();
  add_uncounted_note(data.front(), extra, result.notes);
  const RunClusters clusters(data.front().runs);
  result.folds = folds_of(data.front(), clusters, all_runs(data.front()));
  if (result.folds.empty()) {
    result.notes.push_back(
        "too few runs to hold some out and predict them: no backtest and no intervals");
  }
  std::vector<Work> works = trained_works({ladder, tasks, settings}, data, result.folds, clusters);
  add_chance_note(works, result.notes);
  add_cluster_hint(works, clusters, result.notes);
  const Calibration calibration = calibration_of(works, result.folds.size(), settings.level);
  const Predictor predictor(settings, calibration);
  RunningMean error;
  for (Work& work : works) {
    result.tasks.push_back(finish(work, predictor, extra, settings.members.moving_avg));
    add_other_chance_note(result.tasks.back(), other_chance(*work.data), result.notes);
    error.add(result.tasks.back().backtest_error);
  }
  result.backtest_error = error.value();
  result.why_nothing = why_nothing_is_predicted(data.front(), result);
  add_ways_note(data.front(), n_notes, result);
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
         "tokenizer or recipe, an ability that sets in beyond the ladder, a task whose accuracy "
         "ends far below its maximum there.";
}

}  // namespace rung::ladder
