#include "rung/study/ladder/members.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung::ladder {
namespace {

constexpr double kHuberDelta = 1e-3;
/// On few runs an exponent would run off to a step between two rungs.
constexpr double kGreatestExponent = 2;
/// In units of the objective, which is about 1e-5: an exponent of 1 costs 5e-7.
constexpr double kTieBreakingSd = 1000;
std::size_t at(ThroughLoss feature) { return static_cast<std::size_t>(feature); }

/// The metric that a feature is read from; mean_bpb is made of every task's.
Metric metric_of(ThroughLoss feature) {
  switch (feature) {
    case ThroughLoss::task_ce:
      return Metric::rc_soft_log;
    case ThroughLoss::c4:
      return Metric::c4;
    default:
      return Metric::rc_bpb;
  }
}

bool ladder_has(const Ladder& ladder, const Task& task, Metric metric) {
  if (!task.has(metric)) return false;
  for (const WeightedColumn& column : task.columns(metric)) {
    for (const Run& run : ladder.runs) {
      if (run.metrics.find(column.name) == run.metrics.end()) return false;
    }
  }
  return true;
}

/// Geometric mean over the tasks of each run's bits per byte at each checkpoint: [run][checkpoint].
std::vector<std::vector<double>> mean_bpb(const Ladder& ladder, const std::vector<Task>& tasks) {
  std::vector<std::vector<double>> means;
  for (const Run& run : ladder.runs) {
    std::vector<double>& mean = means.emplace_back(run.n_rows(), 0.0);
    for (const Task& task : tasks) {
      const std::vector<double> values = series(run, task, Metric::rc_bpb);
      for (std::size_t i = 0; i < mean.size(); ++i)
        mean[i] += std::log(values[i]) / static_cast<double>(tasks.size());
    }
    for (double& value : mean) value = std::exp(value);
  }
  return means;
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

void add_missing_notes(const TaskData& data, std::vector<std::string>& notes) {
  std::vector<std::string> missing;
  const auto& has = data.has;
  if (!has[at(ThroughLoss::task_bpb)]) missing.push_back("bits per byte");
  if (!has[at(ThroughLoss::task_ce)]) missing.push_back("TaskCE");
  if (!has[at(ThroughLoss::c4)]) missing.push_back("C4 loss");
  for (const std::string& what : missing)
    notes.push_back(data.task.key + ": no " + what + " in this ladder; its members are left out");
  if (!data.has_compute)
    notes.push_back(data.task.key + ": a run's FLOPs per token are not known; the members in " +
                    "compute are left out");
}

/// Objective, bounds and points of one member's law of scale.
struct ScaleLaw {
  const Law* law;
  std::vector<Constraint> constraints;
};

ScaleLaw scale_law(const Member& member) {
  if (member.inputs == Step1Inputs::compute) return {&find_law("compute-power"), {}};
  // Two sizes, or few runs, leave a ridge of fits that are equally good and extrapolate
  // differently. Far weaker than any residual, the priors choose its slowest power laws.
  std::vector<Constraint> constraints;
  for (const char* exponent : {"alpha", "beta"}) {
    constraints.push_back({.parameter = exponent,
                           .upper = kGreatestExponent,
                           .prior_mean = 0,
                           .prior_sd = kTieBreakingSd});
  }
  if (member.feature) return {&find_law("chinchilla"), constraints};
  // From a floor of at most 0.6 up to 1.
  constraints.push_back({.parameter = "p", .lower = -1, .upper = -0.4});
  constraints.push_back({.parameter = "q", .fixed = 1});
  return {&find_law("single-step"), constraints};
}

std::vector<double> inputs_of(const Member& member, const Scale& scale) {
  if (member.inputs == Step1Inputs::compute) return {scale.compute_flops.value_or(kNaN)};
  return {scale.n_params, scale.n_tokens};
}

Points scale_points(const TaskData& data, const Member& member, std::span<const std::size_t> runs) {
  Points points(static_cast<std::size_t>(scale_law(member).law->n_inputs()), runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunData& run = data.runs[runs[i]];
    points.set(i, inputs_of(member, run.scale),
               member.feature ? run.loss[at(*member.feature)] : run.accuracy);
  }
  return points;
}

/// Every checkpoint of the runs, and the artificial point: no loss, the best accuracy.
Points loss_points(const TaskData& data, std::size_t feature, std::span<const std::size_t> runs) {
  std::vector<double> x, y;
  for (const std::size_t run : runs) {
    const RunData& from = data.runs[run];
    x.insert(x.end(), from.losses[feature].begin(), from.losses[feature].end());
    y.insert(y.end(), from.accuracies.begin(), from.accuracies.end());
  }
  x.push_back(0);
  y.push_back(data.task.maximum);
  return Points::from_columns({x}, y);
}

/// The parameters at the best minimum; empty: there is no finite one.
std::vector<double> solve(const FitProblem& problem) {
  const SearchResult found = global_search(problem);
  if (found.minima.empty() || !std::isfinite(found.minima.front().objective)) return {};
  return problem.theta_at(found.minima.front().z);
}

/// Refits without each cluster of points in turn, from `theta`: [clusters][parameters].
std::vector<std::vector<double>> solve_without_each(const FitProblem& problem,
                                                    const std::vector<double>& theta,
                                                    const std::vector<int>& cluster_of,
                                                    std::size_t n_clusters) {
  const std::vector<double> start = problem.coordinates_of(theta);
  AlignedArray weights(problem.points().n_padded());
  std::vector<std::vector<double>> thetas;
  for (std::size_t cluster = 0; cluster < n_clusters; ++cluster) {
    for (std::size_t i = 0; i < cluster_of.size(); ++i)
      weights[i] = cluster_of[i] == static_cast<int>(cluster) ? 0 : 1;
    // A few runs less, and the old optimum is near: never further off than it, however the steps
    // went.
    std::vector<double> best = start;
    double least = problem.objective(start.data(), weights.data());
    for (const double damping : {1e-3, 1.0}) {
      const Minimum minimum = minimize(problem, start,
                                       {.max_iterations = 60,
                                        .decrement_tolerance = 1e-9,
                                        .start_damping = damping,
                                        .weights = weights.data()});
      if (minimum.objective < least) least = minimum.objective, best = minimum.z;
      if (minimum.converged && best == minimum.z) break;
    }
    thetas.push_back(problem.theta_at(best));
  }
  return thetas;
}

/// Calls use(problem, cluster_of) with the fit of a member's law of scale to some runs.
template <class Use>
auto with_scale_problem(const TaskData& data, const Member& member,
                        std::span<const std::size_t> runs, const Use& use) {
  const ScaleLaw of = scale_law(member);
  const Points points = scale_points(data, member, runs);
  std::vector<int> cluster_of(runs.size());
  std::iota(cluster_of.begin(), cluster_of.end(), 0);
  return use(FitProblem(*of.law, points, Loss::huber(kHuberDelta), Residual::log, of.constraints),
             cluster_of);
}

/// The same for accuracy from loss; the artificial point belongs to no run.
template <class Use>
auto with_loss_problem(const TaskData& data, std::size_t feature, std::span<const std::size_t> runs,
                       const Use& use) {
  const Points points = loss_points(data, feature, runs);
  std::vector<int> cluster_of;
  for (std::size_t i = 0; i < runs.size(); ++i)
    cluster_of.insert(cluster_of.end(), data.runs[runs[i]].accuracies.size(), static_cast<int>(i));
  cluster_of.push_back(-1);
  return use(FitProblem(find_law("sigmoid"), points, Loss{}, Residual::raw), cluster_of);
}

}  // namespace

const std::vector<Member>& all_members() {
  static const std::vector<Member> members = [] {
    constexpr struct {
      ThroughLoss feature;
      const char *name, *title;
    } kNames[] = {{ThroughLoss::task_bpb, "task_bpb", "task bpb"},
                  {ThroughLoss::task_ce, "task_ce", "TaskCE"},
                  {ThroughLoss::c4, "c4", "C4 loss"},
                  {ThroughLoss::mean_bpb, "mean_bpb", "mean bpb"}};
    std::vector<Member> list;
    for (const auto& [feature, name, title] : kNames) {
      list.push_back({std::string(name) + "_nd", std::string(title) + ", N and D", feature});
      list.push_back({std::string(name) + "_flops", std::string(title) + ", FLOPs", feature,
                      Step1Inputs::compute});
    }
    list.push_back({"single_step", "single step", std::nullopt});
    return list;
  }();
  return members;
}

std::vector<TaskData> task_data(const Ladder& ladder, const std::vector<Task>& tasks,
                                const MemberSettings& settings, std::vector<std::string>& notes) {
  std::vector<Task> with_bpb;
  for (const Task& task : tasks) {
    if (ladder_has(ladder, task, Metric::rc_bpb)) with_bpb.push_back(task);
  }
  // Of a single task the mean is the task's own, which is a member already.
  std::vector<std::vector<double>> means;
  if (with_bpb.size() > 1) means = mean_bpb(ladder, with_bpb);

  std::vector<TaskData> all;
  for (const Task& task : tasks) {
    TaskData& data = all.emplace_back(TaskData{.task = task});
    for (const ThroughLoss feature : {ThroughLoss::task_bpb, ThroughLoss::task_ce, ThroughLoss::c4})
      data.has[at(feature)] = ladder_has(ladder, task, metric_of(feature));
    data.has[at(ThroughLoss::mean_bpb)] = !means.empty();
    data.has_compute = true;
    Step1Points ends =
        step1_points(ladder, task, {.metric = Metric::rc_acc, .moving_avg = settings.moving_avg});
    if (all.size() == 1) notes = std::move(ends.notes);
    for (const Step1Point& end : ends.points) {
      const LadderRun& run = ladder.runs[end.origin.run];
      LossSeries features;
      for (std::size_t f = 0; f < kThroughLosses; ++f) {
        if (!data.has[f]) continue;
        features[f] = static_cast<ThroughLoss>(f) == ThroughLoss::mean_bpb
                          ? means[end.origin.run]
                          : series(run, task, metric_of(static_cast<ThroughLoss>(f)));
      }
      RunData from = run_data(run, end, features, series(run, task, Metric::rc_acc), settings);
      if (run.mode == Mode::train) data.has_compute &= from.scale.compute_flops.has_value();
      (run.mode == Mode::train ? data.runs : data.targets).push_back(std::move(from));
    }
    add_missing_notes(data, notes);
  }
  return all;
}

std::vector<Member> available_members(const TaskData& data) {
  std::vector<Member> members;
  for (const Member& member : all_members()) {
    if (member.feature && !data.has[at(*member.feature)]) continue;
    if (member.inputs == Step1Inputs::compute && !data.has_compute) continue;
    members.push_back(member);
  }
  return members;
}

FittedMembers::FittedMembers(const TaskData& data, const std::vector<Member>& members,
                             std::span<const std::size_t> runs)
    : data_(&data), members_(&members), runs_(runs.begin(), runs.end()) {
  const auto fit = [](const FitProblem& problem, const std::vector<int>& cluster_of) {
    const bool enough = cluster_of.size() > static_cast<std::size_t>(problem.n_free());
    return enough ? solve(problem) : Theta{};
  };
  for (const Member& member : members) {
    from_scale_.push_back(with_scale_problem(data, member, runs, fit));
    if (!member.feature) continue;
    Theta& curve = from_loss_[at(*member.feature)];
    if (curve.empty()) curve = with_loss_problem(data, at(*member.feature), runs, fit);
  }
}

std::vector<FittedMembers> FittedMembers::leave_one_out() const {
  std::vector<FittedMembers> fitted(runs_.size(), *this);
  for (std::size_t i = 0; i < runs_.size(); ++i)
    fitted[i].runs_.erase(fitted[i].runs_.begin() + static_cast<std::ptrdiff_t>(i));
  const auto refit = [&](const Theta& theta) {
    return [&](const FitProblem& problem, const std::vector<int>& cluster_of) {
      return solve_without_each(problem, theta, cluster_of, runs_.size());
    };
  };
  for (std::size_t m = 0; m < members_->size(); ++m) {
    if (from_scale_[m].empty()) continue;
    const auto thetas = with_scale_problem(*data_, (*members_)[m], runs_, refit(from_scale_[m]));
    for (std::size_t i = 0; i < thetas.size(); ++i) fitted[i].from_scale_[m] = thetas[i];
  }
  for (std::size_t f = 0; f < kThroughLosses; ++f) {
    if (from_loss_[f].empty()) continue;
    const auto thetas = with_loss_problem(*data_, f, runs_, refit(from_loss_[f]));
    for (std::size_t i = 0; i < thetas.size(); ++i) fitted[i].from_loss_[f] = thetas[i];
  }
  return fitted;
}

std::vector<std::optional<double>> FittedMembers::predict(const Scale& where) const {
  std::vector<std::optional<double>> predictions(members_->size());
  for (std::size_t m = 0; m < members_->size(); ++m) {
    const Member& member = (*members_)[m];
    if (from_scale_[m].empty()) continue;
    double value = rung::predict(*scale_law(member).law, from_scale_[m], inputs_of(member, where));
    if (member.feature) {
      const Theta& curve = from_loss_[at(*member.feature)];
      value = curve.empty() ? kNaN : rung::predict(find_law("sigmoid"), curve, std::vector{value});
    }
    if (std::isfinite(value)) predictions[m] = value;
  }
  return predictions;
}

std::optional<double> mean_prediction(std::span<const std::optional<double>> members) {
  RunningMean mean;
  for (const std::optional<double>& prediction : members) mean.add(prediction);
  return mean.value();
}

std::vector<std::optional<double>> predict_member(const TaskData& data, const Member& member,
                                                  std::span<const std::size_t> runs,
                                                  std::span<const Scale> at) {
  const std::vector<Member> alone = {member};
  const FittedMembers fitted(data, alone, runs);
  std::vector<std::optional<double>> predictions;
  for (const Scale& where : at) predictions.push_back(fitted.predict(where).front());
  return predictions;
}

}  // namespace rung::ladder
