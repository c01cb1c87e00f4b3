#include "rung/study/ladder/compare.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/targets.hpp"

namespace rung::ladder {
namespace {

bool knows_flops(const Ladder& ladder) {
  return std::all_of(ladder.runs.begin(), ladder.runs.end(),
                     [](const Run& run) { return run.flops_per_token.has_value(); });
}

bool all_have(const Ladder& ladder, const std::vector<Task>& tasks, Metric metric) {
  return std::all_of(tasks.begin(), tasks.end(),
                     [&](const Task& task) { return ladder_has(ladder, task, metric); });
}

}  // namespace

std::vector<TaskPredictions> predictions_of(std::vector<ChainResult> chains) {
  std::vector<TaskPredictions> predictions;
  for (ChainResult& chain : chains) {
    TaskPredictions& of_task = predictions.emplace_back();
    of_task.in_doubt = !doubts_of(chain).reasons.empty();
    of_task.wrong_checkpoints = std::move(chain.step1.wrong_checkpoints);
    add_wrong_checkpoints(chain.step2.wrong_checkpoints, of_task.wrong_checkpoints);
    of_task.targets = std::move(chain.targets);
  }
  return predictions;
}

std::optional<std::string> note_of_average(const Ladder& ladder, std::size_t moving_avg) {
  const std::size_t n = within_runs(ladder, moving_avg);
  const bool has_more = std::any_of(
      ladder.runs.begin(), ladder.runs.end(),
      [&](const LadderRun& run) { return run.mode == Mode::train && run.n_rows() > n; });
  if (n == moving_avg || !has_more) return {};
  return "the runs have few checkpoints: averages go over " + std::to_string(n) +
         " of them, and not over " + std::to_string(moving_avg);
}

std::vector<std::string> notes_of_checkpoints(const std::vector<TaskPredictions>& predictions) {
  std::vector<WrongCheckpoint> all;
  for (const TaskPredictions& of_task : predictions)
    add_wrong_checkpoints(of_task.wrong_checkpoints, all);
  return in_words(all);
}

std::vector<TaskPredictions> predictions_by(const Feature& published, const Ladder& ladder,
                                            const std::vector<Task>& tasks, const Asked& asked) {
  Feature feature = published;
  feature.moving_avg = within_runs(ladder, published.moving_avg);
  if (!feature.single_step) {
    ChainSettings settings = chain_settings(feature, asked.accuracy);
    settings.n_threads = asked.n_threads;
    return predictions_of(run_chain(ladder, ladder, tasks, settings, asked.extra));
  }
  std::vector<TaskPredictions> predictions;
  for (Step1Result& result : run_step1(ladder, tasks, single_step_settings(feature, asked.accuracy),
                                       asked.extra, asked.n_threads)) {
    const bool in_doubt = !doubts_of(result).reasons.empty();
    predictions.push_back(
        {std::move(result.targets), in_doubt, std::move(result.wrong_checkpoints)});
  }
  return predictions;
}

std::optional<double> Comparison::absolute_error() const {
  if (!actual || !predicted) return std::nullopt;
  return std::abs(*predicted - *actual);
}

const std::vector<Feature>& features() {
  static const std::vector<Feature> kFeatures = {
      {.name = "rc_bpb", .title = "Task loss"},
      {.name = "loss", .title = "Loss", .through = Metric::loss},
      {.name = "c4", .title = "C4 loss", .through = Metric::c4},
      {.name = "rc_soft_log",
       .title = "TaskCE",
       .through = Metric::rc_soft_log,
       .moving_avg = 1,
       .skip_perc = 0.5,
       .use_log_sigmoid = true},
      {.name = "flops", .title = "FLOPs only", .in_compute = true},
      {.name = "single_step", .title = "Single step", .single_step = true}};
  return kFeatures;
}

const Feature& feature_through(Metric loss) {
  return *std::find_if(features().begin(), features().end(),
                       [&](const Feature& feature) { return feature.through == loss; });
}

ChainSettings chain_settings(const Feature& feature, Metric accuracy) {
  ChainSettings settings{.n_bootstrap = 0};
  settings.step1.points = {.metric = feature.through, .moving_avg = feature.moving_avg};
  settings.step1.inputs =
      feature.in_compute ? Step1Inputs::compute : Step1Inputs::params_and_tokens;
  settings.step2.points = {.x_metric = feature.through,
                           .y_metric = accuracy,
                           .skip_perc = feature.skip_perc,
                           .moving_avg = feature.moving_avg};
  settings.step2.use_log_sigmoid = feature.use_log_sigmoid;
  settings.step2.test_point = settings.step2.intervals = false;
  settings.step1.test_runs = settings.step2.test_runs = true;
  return settings;
}

Step1Settings single_step_settings(const Feature& feature, Metric accuracy) {
  return {.points = {.metric = accuracy, .moving_avg = feature.moving_avg}, .single_step = true};
}

ComparisonResult run_comparison(const Ladder& ladder, const std::vector<Task>& tasks,
                                Metric accuracy, Metric loss, int n_threads) {
  struct Column {
    Feature feature;
    std::vector<TaskPredictions> by_task;
  };
  eval_models(ladder);
  ComparisonResult result;
  if (const auto note = note_of_average(ladder)) result.notes.push_back(*note);
  std::vector<Column> columns;
  for (Feature feature : features()) {
    if (feature.in_compute) feature.through = loss;
    // No ladder but one whose only loss it is has it.
    if (feature.through == Metric::loss && loss != Metric::loss) continue;
    if (feature.in_compute && !knows_flops(ladder)) {
      result.notes.push_back(feature.title +
                             " is left out: the FLOPs per token of some runs are not known");
    } else if (!feature.single_step && !all_have(ladder, tasks, feature.through)) {
      result.notes.push_back(feature.title + " is left out: some tasks do not measure it");
    } else {
      columns.push_back({feature, {}});
    }
  }
  parallel_for(columns.size(), n_threads, [&](std::size_t c) {
    columns[c].by_task = predictions_by(columns[c].feature, ladder, tasks, {accuracy, n_threads});
  });
  if (columns.empty()) throw InputError("there is nothing to compare", result.notes.front());
  std::vector<TaskPredictions> all;
  for (const Column& column : columns)
    all.insert(all.end(), column.by_task.begin(), column.by_task.end());
  const std::vector<std::string> of_checkpoints = notes_of_checkpoints(all);
  result.notes.insert(result.notes.end(), of_checkpoints.begin(), of_checkpoints.end());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    for (std::size_t i = 0; i < columns.front().by_task[t].targets.size(); ++i) {
      for (const Column& column : columns) {
        const TargetPrediction& prediction = column.by_task[t].targets[i];
        Comparison& entry = result.entries.emplace_back();
        entry.task = tasks[t];
        entry.target = prediction.target.name;
        entry.feature = column.feature.name;
        entry.actual = prediction.actual;
        entry.predicted = prediction.predicted;
        entry.in_doubt = column.by_task[t].in_doubt;
      }
    }
  }
  return result;
}

}  // namespace rung::ladder
