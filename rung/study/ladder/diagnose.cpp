#include "rung/study/ladder/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/left_out.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

/// The law of scale of the runs' losses, and what it says of each.
struct LossLaw {
  std::vector<double> losses;
  std::vector<double> hats;  // J (J'J)^-1 J'; empty where it has none
  Deletions deletions;
};

std::vector<double> hat_values(const Step1Result& step1) {
  if (!step1.fitted.fit.covariance) return {};
  const FitProblem problem = step1.fitted.problem->with_loss(Loss{});
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
  for (std::size_t i = 0; i < slopes.n_rows; ++i) hats.push_back(squared_norm(svd.u.row(i)));
  return hats;
}

/// Absent where the runs have no loss.
std::optional<LossLaw> loss_law(const Ladder& ladder, const Task& task, const TaskData& data,
                                std::size_t moving_avg) {
  const ThroughLoss loss =
      data.has[index_of(ThroughLoss::task_bpb)] ? ThroughLoss::task_bpb : ThroughLoss::c4;
  if (!data.has[index_of(loss)]) return {};
  const Step1Result step1 =
      run_step1(ladder, task,
                {.points = {.metric = metric_of(loss, task), .moving_avg = moving_avg},
                 .allow_underdetermined = true});
  LossLaw law{.hats = hat_values(step1), .deletions = wrong_losses(step1)};
  for (const RunData& run : data.runs) law.losses.push_back(run.loss[index_of(loss)]);
  return law;
}

void add_leverage(const std::vector<double>& hats, std::vector<RunDiagnosis>& runs) {
  const double mean_hat =
      std::accumulate(hats.begin(), hats.end(), 0.0) / static_cast<double>(runs.size());
  for (std::size_t i = 0; i < hats.size(); ++i) {
    runs[i].leverage = hats[i];
    runs[i].high_leverage = hats[i] > 2 * mean_hat;
  }
}

/// A run off the curve has a wrong accuracy or a wrong loss.
void tell_measurements(const LossLaw& law, const Deletions& curve, const std::vector<Scale>& scales,
                       const std::vector<double>& accuracies, TaskDiagnosis& task) {
  std::optional<Deletions> by_scale;
  for (std::size_t i = 0; i < task.runs.size(); ++i) {
    RunDiagnosis& run = task.runs[i];
    if (!run.accuracy_falls_off) continue;
    if (!by_scale) by_scale = wrong_accuracies(scales, accuracies, task.task);
    const auto which =
        which_is_off(i, law.losses[i], accuracies[i], {law.deletions, curve, *by_scale});
    run.accuracy_falls_off = which == Measurement::accuracy;
    run.loss_falls_off = which == Measurement::loss;
    run.either_falls_off = !which;
  }
}

/// Which measurements are off: losses first, since a wrong one puts the accuracy off its curve.
void add_wrong_measurements(const std::optional<LossLaw>& law, TaskDiagnosis& task) {
  std::vector<RunDiagnosis>& runs = task.runs;
  std::vector<bool> wrong_loss;
  std::vector<double> accuracies;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    accuracies.push_back(runs[i].actual);
    if (!law) continue;
    const DeletionTest& test = law->deletions.points[i];
    runs[i].loss = law->losses[i];
    runs[i].loss_without = test.predicted;
    runs[i].loss_z = test.t;
    runs[i].loss_falls_off = test.off;
    wrong_loss.push_back(test.off);
  }
  std::vector<Scale> scales;
  for (const RunDiagnosis& run : runs) scales.push_back(run.scale);
  const Deletions found = law ? wrong_accuracies(law->losses, accuracies, task.task, wrong_loss)
                              : wrong_accuracies(scales, accuracies, task.task);
  if (law) task.loss_threshold = law->deletions.threshold;
  task.threshold = found.threshold;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].z = found.points[i].t;
    runs[i].accuracy_falls_off = found.points[i].off;
  }
  if (law) tell_measurements(*law, found, scales, accuracies, task);
}

/// Of a score, where the number of questions is not known.
constexpr double kUnknownSe = 0.02;

bool at_chance(const Task& task, double chance, double accuracy) {
  const double se =
      task.n_examples ? std::sqrt(chance * (1 - chance) / *task.n_examples) : kUnknownSe;
  return accuracy < chance + 2 * se;
}

struct Judged {
  std::string what;
  std::optional<double> threshold;
};

void add_note(const std::string& words, const std::vector<std::string>& runs, TaskDiagnosis& task) {
  if (!runs.empty()) task.notes.push_back(words + join(runs, ", "));
}

void add_notes(TaskDiagnosis& task) {
  std::vector<std::string> losses, accuracies, either, decisive;
  for (const RunDiagnosis& run : task.runs) {
    const std::string name = run_name(run.origin);
    if (run.loss_falls_off)
      losses.push_back(name + " (" + fixed(*run.loss, 3) + ", and the others say " +
                       fixed(run.loss_without.value_or(kNaN), 3) + ")");
    if (run.accuracy_falls_off) accuracies.push_back(name);
    if (run.either_falls_off) either.push_back(name);
    if (run.high_leverage) decisive.push_back(name);
  }
  add_note("loss off the fit of the other runs: ", losses, task);
  add_note("accuracy off the fit of the other runs: ", accuracies, task);
  add_note("loss or accuracy off, which the other runs don't tell: ", either, task);
  for (const std::string& words : in_words(task.wrong_checkpoints))
    task.notes.push_back("checkpoint off its run: " + words);
  add_note("weighs more than two runs should: ", decisive, task);
  if (task.n_at_chance > 0) {
    task.notes.push_back(std::to_string(task.n_at_chance) + " of " +
                         std::to_string(task.runs.size()) + " runs are no better than guessing" +
                         (task.task.n_examples ? ""
                                               : ", within " + percent(2 * kUnknownSe, 0) +
                                                     " (the number of questions is not known)") +
                         ": a fit learns little from them");
  }
  if (!task.loss_threshold)
    task.notes.push_back(
        "without a loss accuracies are tested by their own law of N and D, and no losses");
  constexpr double kGross = 15;
  std::vector<std::string> told;
  for (const Judged& judged : {Judged{"loss", task.loss_threshold}, {"accuracy", task.threshold}}) {
    if (judged.threshold && *judged.threshold < kGross)
      told.push_back(fixed(*judged.threshold, 1) + " for the " + judged.what);
    if (!judged.threshold || *judged.threshold < kGross) continue;
    task.notes.push_back("the runs are too few to tell a wrong " + judged.what +
                         (*judged.threshold < kInfinity
                              ? " that is not off by more than " + fixed(*judged.threshold, 0) +
                                    " of the others' standard deviations"
                              : ""));
  }
  if (!told.empty())
    task.notes.push_back("a value is called off from this |z| on: " + join(told, ", "));
}

TaskDiagnosis diagnose_task(const Ladder& ladder, const TaskData& data,
                            const CombinedSettings& settings, const std::vector<Scale>& targets) {
  TaskDiagnosis result{.task = data.task};
  if (!data.task.maximum_doubt.empty()) result.notes.push_back(data.task.maximum_doubt);
  result.other_chance = other_chance(data);
  const double chance = result.other_chance.value_or(data.task.chance);
  if (result.other_chance)
    result.notes.push_back("nobody says how often a guess is right: what is predicted goes by " +
                           percent(data.task.chance, 0) + ", and at chance are runs near " +
                           percent(chance, 0) + ", as the smallest are (--tasks FILE can say it)");
  const LeftOut left_out = leave_each_out(data);
  const auto predicted = [](const Trained& trained, const Scale& at) {
    return trained.predict(at).combination.predicted;
  };
  for (std::size_t i = 0; i < data.runs.size(); ++i) {
    const RunData& run = data.runs[i];
    RunDiagnosis diagnosis{.origin = run.origin, .scale = run.scale, .actual = run.accuracy};
    const Trained &full = left_out.full, &without = left_out.without[i];
    diagnosis.predicted = predicted(full, run.scale);
    diagnosis.predicted_without = predicted(without, run.scale);
    for (const Scale& target : targets) {
      const auto with = predicted(full, target), less = predicted(without, target);
      diagnosis.influence.push_back(with && less ? std::optional(*less - *with) : std::nullopt);
    }
    diagnosis.at_chance = at_chance(data.task, chance, run.accuracy);
    result.n_at_chance += diagnosis.at_chance ? 1 : 0;
    result.runs.push_back(std::move(diagnosis));
  }
  result.wrong_checkpoints = data.wrong_checkpoints;
  for (RunDiagnosis& run : result.runs)
    run.has_wrong_checkpoints =
        std::any_of(data.wrong_checkpoints.begin(), data.wrong_checkpoints.end(),
                    [&](const WrongCheckpoint& one) { return one.origin.run == run.origin.run; });
  const MemberSettings used = settings_for(ladder, {data.task}, settings.members);
  const auto law = loss_law(ladder, data.task, data, used.moving_avg);
  if (law) add_leverage(law->hats, result.runs);
  add_wrong_measurements(law, result);
  add_notes(result);
  return result;
}

}  // namespace

std::vector<std::string> RunDiagnosis::flags() const {
  std::vector<std::string> flags;
  if (loss_falls_off) flags.emplace_back("loss off");
  if (accuracy_falls_off) flags.emplace_back("accuracy off");
  if (either_falls_off) flags.emplace_back("loss or accuracy off");
  if (has_wrong_checkpoints) flags.emplace_back("checkpoint off");
  if (high_leverage) flags.emplace_back("high leverage");
  if (at_chance) flags.emplace_back("at chance");
  return flags;
}

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
