#include "rung/study/ladder/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::ladder {
namespace {

/// Hat values J (J'J)^-1 J' of the loss law through the runs; empty where it has none.
std::vector<double> hat_values(const Ladder& ladder, const Task& task, const TaskData& data,
                               std::size_t moving_avg) {
  const ThroughLoss loss =
      data.has[index_of(ThroughLoss::task_bpb)] ? ThroughLoss::task_bpb : ThroughLoss::c4;
  if (!data.has[index_of(loss)]) return {};
  const Step1Result step1 =
      run_step1(ladder, task,
                {.points = {.metric = metric_of(loss, task), .moving_avg = moving_avg},
                 .allow_underdetermined = true});
  if (!step1.fitted.fit.covariance) return {};
  const std::size_t n = data.runs.size();
  Points points(2, n);
  for (std::size_t i = 0; i < n; ++i)
    points.set(i, std::vector{data.runs[i].scale.n_params, data.runs[i].scale.n_tokens}, 1);
  const FitProblem problem(*step1.fitted.law, points, Loss{}, Residual::log);
  std::vector<double> fitted;
  Matrix slopes = residual_jacobian(problem, step1.fitted.fit.theta,
                                    step1.fitted.fit.covariance->coordinates, fitted);
  // Columns of one length, for the rank's sake; the hat does not see it.
  std::vector<double> lengths = column_norms(slopes);
  for (double& length : lengths) length = length > 0 ? 1 / length : 0;
  scale_columns(lengths, slopes);
  const SingularValues svd = singular_values(slopes, SingularVectors::left);
  if (svd.rank() < slopes.n_columns) return {};
  std::vector<double> hats;
  for (std::size_t i = 0; i < n; ++i) hats.push_back(squared_norm(svd.u.row(i)));
  return hats;
}

void add_z_scores(std::vector<RunDiagnosis>& runs) {
  const auto residual = [](const RunDiagnosis& run) {
    return logit(run.actual) - logit(*run.predicted_without);
  };
  std::vector<double> residuals, distances;
  for (const RunDiagnosis& run : runs) {
    if (run.predicted_without) residuals.push_back(residual(run));
  }
  if (residuals.size() < 4) return;
  const double middle = median(residuals);
  for (const double r : residuals) distances.push_back(std::abs(r - middle));
  const double sd = 1.4826 * median(distances);
  if (!(sd > 0)) return;
  for (RunDiagnosis& run : runs) {
    if (!run.predicted_without) continue;
    run.z = (residual(run) - middle) / sd;
    run.falls_off = std::abs(*run.z) > kOutlierZ;
  }
}

bool at_chance(const Task& task, double accuracy) {
  constexpr double kUnknownSe = 0.02;
  const double se =
      task.n_examples ? std::sqrt(task.chance * (1 - task.chance) / *task.n_examples) : kUnknownSe;
  return accuracy < task.chance + 2 * se;
}

void add_notes(TaskDiagnosis& task) {
  std::vector<std::string> off, decisive;
  for (const RunDiagnosis& run : task.runs) {
    if (run.falls_off) off.push_back(run_name(run.origin));
    if (run.high_leverage) decisive.push_back(run_name(run.origin));
  }
  if (!off.empty()) task.notes.push_back("off the fit of the other runs: " + join(off, ", "));
  if (!decisive.empty())
    task.notes.push_back("weighs more than two runs should: " + join(decisive, ", "));
  if (task.n_at_chance > 0) {
    task.notes.push_back(std::to_string(task.n_at_chance) + " of " +
                         std::to_string(task.runs.size()) +
                         " runs are no better than guessing: a fit learns little from them");
  }
}

TaskDiagnosis diagnose_task(const Ladder& ladder, const TaskData& data,
                            const CombinedSettings& settings, const std::vector<Scale>& targets) {
  TaskDiagnosis result{.task = data.task};
  std::vector<std::size_t> all(data.runs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const Signal signal = signal_of(data, all).signal;
  const std::vector<Member> members = members_for(data, signal);
  const auto combined = [&](const FittedMembers& fitted, const Scale& at) {
    return combine(members, fitted.predict(at), signal).predicted;
  };
  const FittedMembers full(data, members, all);
  const std::vector<FittedMembers> without = full.leave_one_out();
  const std::vector<double> hats =
      hat_values(ladder, data.task, data, settings_for(ladder, settings.members).moving_avg);
  const double mean_hat =
      std::accumulate(hats.begin(), hats.end(), 0.0) / static_cast<double>(data.runs.size());
  for (std::size_t i = 0; i < data.runs.size(); ++i) {
    const RunData& run = data.runs[i];
    RunDiagnosis diagnosis{.origin = run.origin, .scale = run.scale, .actual = run.accuracy};
    diagnosis.predicted = combined(full, run.scale);
    diagnosis.predicted_without = combined(without[i], run.scale);
    if (!hats.empty()) {
      diagnosis.leverage = hats[i];
      diagnosis.high_leverage = hats[i] > 2 * mean_hat;
    }
    for (const Scale& target : targets) {
      const auto with = combined(full, target), less = combined(without[i], target);
      diagnosis.influence.push_back(with && less ? std::optional(*less - *with) : std::nullopt);
    }
    diagnosis.at_chance = at_chance(data.task, run.accuracy);
    result.n_at_chance += diagnosis.at_chance ? 1 : 0;
    result.runs.push_back(std::move(diagnosis));
  }
  add_z_scores(result.runs);
  add_notes(result);
  return result;
}

}  // namespace

std::vector<TaskDiagnosis> diagnose(const Ladder& ladder, const std::vector<Task>& tasks,
                                    const CombinedSettings& settings,
                                    const std::vector<Target>& extra) {
  std::vector<std::string> notes;
  const std::vector<TaskData> data = task_data(ladder, tasks, settings.members, notes);
  if (data.empty() || data.front().runs.empty())
    throw InputError("the ladder has no training run to diagnose");
  std::vector<std::string> names;
  std::vector<Scale> targets;
  for (const RunData& run : data.front().targets) {
    names.push_back(run.origin.model);
    targets.push_back(run.scale);
  }
  for (const Target& target : extra) {
    if (std::find(names.begin(), names.end(), target.name) != names.end()) continue;
    names.push_back(target.name);
    targets.push_back({target.n_params, target.n_tokens, target.compute_flops});
  }
  std::vector<TaskDiagnosis> diagnoses(data.size());
  parallel_for(data.size(), settings.n_threads, [&](std::size_t t) {
    diagnoses[t] = diagnose_task(ladder, data[t], settings, targets);
    diagnoses[t].targets = names;
  });
  return diagnoses;
}

}  // namespace rung::ladder
