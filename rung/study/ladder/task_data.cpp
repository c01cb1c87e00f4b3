#include "rung/study/ladder/task_data.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"

namespace rung::ladder {
namespace {

/// Below three the mean of the tasks says little but their own noise.
constexpr std::size_t kLeastPooled = 3;
/// The mean way from chance to 1 of tasks that are all at chance.
constexpr double kLeastAbility = 2e-3;

/// A value a checkpoint: [run][checkpoint].
using LadderSeries = std::vector<std::vector<double>>;

/// The mean over the tasks of `value` of the metric, and `transform` of that.
template <class Value, class Transform>
LadderSeries mean_over_tasks(const Ladder& ladder, const std::vector<Task>& tasks, Metric metric,
                             const Value& value, const Transform& transform) {
  LadderSeries means;
  for (const Run& run : ladder.runs) {
    std::vector<double>& mean = means.emplace_back(run.n_rows(), 0.0);
    for (const Task& task : tasks) {
      const std::vector<double> values = series(run, task, metric);
      for (std::size_t i = 0; i < mean.size(); ++i)
        mean[i] += value(task, values[i]) / static_cast<double>(tasks.size());
    }
    for (double& of : mean) of = transform(of);
  }
  return means;
}

LadderSeries mean_bpb(const Ladder& ladder, const std::vector<Task>& tasks) {
  return mean_over_tasks(
      ladder, tasks, Metric::rc_bpb, [](const Task&, double bpb) { return std::log(bpb); },
      [](double mean) { return std::exp(mean); });
}

LadderSeries abilities(const Ladder& ladder, const std::vector<Task>& tasks) {
  return mean_over_tasks(
      ladder, tasks, Metric::rc_acc,
      [](const Task& task, double accuracy) {
        return (accuracy - task.chance) / std::max(0.05, task.maximum - task.chance);
      },
      [](double mean) { return -std::log(std::clamp(mean, kLeastAbility, 1 - kLeastAbility)); });
}

/// The same checkpoints as step2_points leaves of a training run.
std::vector<double> kept(std::vector<double> values, const MemberSettings& settings) {
  const double n = static_cast<double>(values.size());
  const auto skipped = static_cast<std::ptrdiff_t>(std::ceil(settings.skip_perc * n));
  values.erase(values.begin(), values.begin() + std::min(skipped, std::ssize(values) - 1));
  return moving_average(values, settings.moving_avg);
}

using LossSeries = std::array<std::vector<double>, kThroughLosses>;

RunData run_data(const LadderRun& run, const Step1Point& end, const LossSeries& features,
                 const std::vector<double>& accuracy, const MemberSettings& settings) {
  RunData data{.origin = end.origin,
               .scale = {end.n_params, end.n_tokens, end.compute_flops},
               .accuracy = end.y,
               .n_averaged = end.n_averaged,
               .checkpoint_sd = end.checkpoint_sd};
  data.loss.fill(kNaN);
  for (std::size_t f = 0; f < kThroughLosses; ++f) {
    if (features[f].empty()) continue;
    data.loss[f] = mean(std::span(features[f]).last(end.n_averaged));
    if (run.mode == Mode::train) data.losses[f] = kept(features[f], settings);
  }
  if (run.mode == Mode::train) data.accuracies = kept(accuracy, settings);
  return data;
}

/// What the tasks have in common, where there are enough of them.
struct Common {
  LadderSeries bpb, ability;

  Common(const Ladder& ladder, const std::vector<Task>& tasks) {
    std::vector<Task> with_bpb;
    for (const Task& task : tasks) {
      if (ladder_has(ladder, task, Metric::rc_bpb)) with_bpb.push_back(task);
    }
    // Of a single task, or a single column, the mean is the task's own, which is a member already.
    const bool differ = std::any_of(with_bpb.begin(), with_bpb.end(), [&](const Task& task) {
      return task.columns(Metric::rc_bpb) != with_bpb.front().columns(Metric::rc_bpb);
    });
    if (differ) bpb = mean_bpb(ladder, with_bpb);
    if (tasks.size() >= kLeastPooled) ability = abilities(ladder, tasks);
  }
};

LossSeries features_of(const LadderRun& run, std::size_t place, const TaskData& data,
                       const Common& common) {
  LossSeries features;
  for (const ThroughLoss feature : {ThroughLoss::task_bpb, ThroughLoss::task_ce, ThroughLoss::c4}) {
    if (data.has[index_of(feature)])
      features[index_of(feature)] = series(run, data.task, metric_of(feature, data.task));
  }
  if (data.has[index_of(ThroughLoss::mean_bpb)])
    features[index_of(ThroughLoss::mean_bpb)] = common.bpb[place];
  if (data.has[index_of(ThroughLoss::ability)])
    features[index_of(ThroughLoss::ability)] = common.ability[place];
  return features;
}

/// Of the first half, too, where it is left out: what is wrong there may go on.
std::vector<WrongCheckpoint> wrong_checkpoints_of(const Ladder& ladder, const TaskData& data) {
  std::vector<Metric> metrics = {Metric::rc_acc};
  for (const ThroughLoss feature : {ThroughLoss::task_bpb, ThroughLoss::task_ce, ThroughLoss::c4}) {
    if (data.has[index_of(feature)]) metrics.push_back(metric_of(feature, data.task));
  }
  return wrong_checkpoints(ladder, data.task, metrics,
                           Step2Options{.skip_perc = MemberSettings{}.skip_perc});
}

/// More than one value, by more than the rounding of steps.
template <class Value>
bool several(const std::vector<RunData>& runs, const Value& value) {
  constexpr double kSame = 1.02;
  double least = kInfinity, most = 0;
  for (const RunData& run : runs) {
    least = std::min(least, value(run.scale));
    most = std::max(most, value(run.scale));
  }
  return most > kSame * least;
}

}  // namespace

Metric metric_of(ThroughLoss feature, const Task& task) {
  switch (feature) {
    case ThroughLoss::task_ce:
      return Metric::rc_soft_log;
    case ThroughLoss::c4:
      return task.has(Metric::c4) ? Metric::c4 : Metric::loss;
    default:
      return Metric::rc_bpb;
  }
}

MemberSettings settings_for(const Ladder& ladder, const std::vector<Task>& tasks,
                            MemberSettings settings) {
  constexpr double kFirstHalf = 0.5;
  settings.moving_avg = within_runs(ladder, settings.moving_avg);
  const bool any_own_loss = std::any_of(tasks.begin(), tasks.end(), [&](const Task& task) {
    return ladder_has(ladder, task, metric_of(ThroughLoss::task_bpb, task)) ||
           ladder_has(ladder, task, metric_of(ThroughLoss::task_ce, task));
  });
  if (!any_own_loss) settings.skip_perc = std::max(settings.skip_perc, kFirstHalf);
  return settings;
}

std::vector<TaskData> task_data(const Ladder& ladder, const std::vector<Task>& tasks,
                                const MemberSettings& wanted, std::vector<std::string>& notes) {
  const MemberSettings settings = settings_for(ladder, tasks, wanted);
  const Common common(ladder, tasks);
  std::vector<TaskData> all;
  for (const Task& task : tasks) {
    TaskData& data = all.emplace_back(TaskData{.task = task});
    for (const ThroughLoss feature :
         {ThroughLoss::task_bpb, ThroughLoss::task_ce, ThroughLoss::c4}) {
      data.has[index_of(feature)] = ladder_has(ladder, task, metric_of(feature, task));
      if (data.has[index_of(feature)]) check_losses(ladder, task, metric_of(feature, task));
    }
    data.has[index_of(ThroughLoss::mean_bpb)] = !common.bpb.empty();
    data.has[index_of(ThroughLoss::ability)] = !common.ability.empty();
    data.has_compute = true;
    data.wrong_checkpoints = wrong_checkpoints_of(ladder, data);
    Step1Points ends =
        step1_points(ladder, task, {.metric = Metric::rc_acc, .moving_avg = settings.moving_avg});
    if (all.size() == 1) notes = std::move(ends.notes);
    for (const Step1Point& end : ends.points) {
      const LadderRun& run = ladder.runs[end.origin.run];
      RunData from = run_data(run, end, features_of(run, end.origin.run, data, common),
                              series(run, task, Metric::rc_acc), settings);
      if (run.mode == Mode::train) data.has_compute &= from.scale.compute_flops.has_value();
      (run.mode == Mode::train ? data.runs : data.targets).push_back(std::move(from));
    }
    data.has_sizes_and_lengths =
        several(data.runs, [](const Scale& scale) { return scale.n_params; }) &&
        several(data.runs, [](const Scale& scale) { return scale.n_tokens; });
  }
  return all;
}

}  // namespace rung::ladder
