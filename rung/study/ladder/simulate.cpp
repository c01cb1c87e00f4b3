#include "rung/study/ladder/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/rng.hpp"

namespace rung::ladder {
namespace {

double between(Rng& rng, double low, double high) { return low + (high - low) * rng.uniform(); }

double flops_per_token(double n_params) { return 8 * n_params; }

void keep_last(Run& run) {
  run.n_tokens = {run.n_tokens.back()};
  for (auto& [name, values] : run.metrics) values = {values.back()};
}

/// E + A/N^alpha + B/D^beta, bent.
struct TrueLaw {
  double floor, size, data, alpha, beta, bend;

  /// `size` and `data` are the terms at N = 1e9 and D = 1e11.
  static TrueLaw drawn(Rng& rng, double level, double departure) {
    const double share = between(rng, 0.3, 0.7);
    const double reducible = level * between(rng, 0.2, 0.5);
    return {level - reducible,       reducible * share,        reducible * (1 - share),
            between(rng, 0.15, 0.5), between(rng, 0.15, 0.45), departure * rng.normal()};
  }

  double value(double n_params, double n_tokens, double distance) const {
    const double loss =
        floor + size * std::pow(n_params / 1e9, -alpha) + data * std::pow(n_tokens / 1e11, -beta);
    return loss * std::exp(bend * distance * distance);
  }
};

/// Accuracy from the task's loss, and the questions that turn it into a score.
struct TrueTask {
  TrueLaw law;
  double chance, top, middle, steepness, skew;
  double ce_power;                 // TaskCE is a power of the loss
  std::vector<double> difficulty;  // sorted: a model of ability p answers those below p
  TaskKind kind = TaskKind::ordinary;

  double ability(double loss) const {
    const double rising = 1 / (1 + std::exp(steepness * (loss - middle)));
    return chance + (top - chance) * std::pow(rising, skew);
  }
  double score(double ability_now) const {
    const auto answered = std::upper_bound(difficulty.begin(), difficulty.end(), ability_now);
    return static_cast<double>(answered - difficulty.begin()) /
           static_cast<double>(difficulty.size());
  }
};

/// Moves an ordinary task's sigmoid to where its kind has it; the ladder's losses reach from about
/// 1.5 to 0.9 times the level, the targets' down to 0.75.
void make(TaskKind kind, double level, TrueTask& task) {
  if (kind == TaskKind::flat) task.middle = 0.1 * level, task.steepness = 20 / level;
  if (kind == TaskKind::emerging) task.middle = 0.78 * level, task.steepness = 40 / level;
  if (kind == TaskKind::saturating) task.middle = 1.25 * level, task.steepness = 12 / level;
}

constexpr double kNoisyQuestions = 60, kNoisyRuns = 5;

TrueTask drawn_task(Rng& rng, const SimulationSettings& settings, TaskKind kind) {
  const double level = between(rng, 0.7, 1.2);  // bits per byte of a 1B model
  TrueTask task{.law = TrueLaw::drawn(rng, level, settings.law_departure),
                .chance = 0.25,
                .top = between(rng, 0.95, 1),
                .middle = level * between(rng, 0.8, 0.95),
                .steepness = between(rng, 4, 8) / level,
                .skew = std::exp(settings.sigmoid_departure * rng.normal()),
                .ce_power = between(rng, 0.7, 1.3),
                .difficulty = {},
                .kind = kind};
  task.top = settings.top.value_or(task.top);
  make(kind, level, task);
  const auto n =
      static_cast<std::size_t>(kind == TaskKind::noisy ? kNoisyQuestions : settings.n_examples);
  for (std::size_t i = 0; i < n; ++i) task.difficulty.push_back(rng.uniform());
  std::sort(task.difficulty.begin(), task.difficulty.end());
  return task;
}

Task task_named(const std::string& key, const SimulationSettings& settings, double n_questions) {
  Task task{.key = key, .name = key, .n_examples = n_questions};
  const auto column = [&](Metric metric, std::string name) {
    task.columns_by_metric[static_cast<std::size_t>(metric)] = {{std::move(name)}};
  };
  column(Metric::rc_acc, key + "/acc");
  if (!settings.validation_loss_only) {
    column(Metric::rc_bpb, key + "/bpb");
    column(Metric::rc_soft_log, key + "/soft_log");
  }
  column(Metric::c4, "c4");
  return task;
}

class Simulation {
 public:
  Simulation(const SimulationSettings& settings, std::uint64_t seed)
      : settings_(settings), rng_(seed, 0x1adde5), c4_(TrueLaw::drawn(rng_, 2.9, 0)) {
    c4_.bend = settings.law_departure * rng_.normal();
    for (std::size_t t = 0; t < settings.n_tasks; ++t) {
      const TaskKind kind =
          settings.kinds.empty() ? TaskKind::ordinary : settings.kinds[t % settings.kinds.size()];
      truths_.push_back(drawn_task(rng_, settings, kind));
      result_.tasks.push_back(task_named("task" + std::to_string(t + 1), settings,
                                         static_cast<double>(truths_[t].difficulty.size())));
    }
    double log_compute = 0;
    for (const SimulatedSize& size : settings.sizes) {
      for (const double length : settings.lengths)
        log_compute += std::log(size.n_params * size.n_params * 20 * length);
    }
    middle_log_compute_ =
        log_compute / static_cast<double>(settings.sizes.size() * settings.lengths.size());
  }

  SimulatedLadder run() {
    for (const SimulatedSize& size : settings_.sizes) {
      for (const double length : settings_.lengths) add_run(size, 20 * length, Mode::train);
    }
    for (const SimulatedSize& target : settings_.targets)
      add_run(target, target.tokens_per_param, Mode::eval);
    return std::move(result_);
  }

 private:
  void add_run(const SimulatedSize& size, double tokens_per_param, Mode mode) {
    LadderRun run;
    run.model = run.label = size.name;
    run.mode = mode;
    if (mode == Mode::train) {
      run.length = std::to_string(static_cast<int>(std::lround(tokens_per_param / 20))) + "xC";
    }
    run.file = size.name + "-" + run.length + ".csv";
    run.n_params.non_embedding = size.n_params;
    run.flops_per_token = flops_per_token(size.n_params);
    const double n = static_cast<double>(settings_.n_checkpoints);
    for (std::size_t i = 1; i <= settings_.n_checkpoints; ++i)
      run.n_tokens.push_back(size.n_params * tokens_per_param * static_cast<double>(i) / n);
    run.metrics["c4"] = losses(run, c4_);
    for (std::size_t t = 0; t < truths_.size(); ++t) add_task(run, t);
    if (settings_.validation_loss_only) keep_last(run);
    result_.ladder.runs.push_back(std::move(run));
  }

  /// A run's own noise, or that of the trajectory which it is cut from; `what` tells noises apart.
  double of_trajectory(const Run& run, double what, double drawn) {
    if (!settings_.shared_trajectories) return drawn;
    return trajectories_.try_emplace({run.model, what}, drawn).first->second;
  }

  /// The law at each checkpoint with the run's noise and the checkpoints'.
  std::vector<double> losses(const Run& run, const TrueLaw& law) {
    const double run_noise = of_trajectory(run, law.floor, settings_.run_sd * rng_.normal());
    std::vector<double> values;
    for (const double n_tokens : run.n_tokens) {
      const double distance = (std::log(n_params(run) * n_tokens) - middle_log_compute_) / 8;
      const double noise = run_noise + settings_.checkpoint_sd * rng_.normal();
      values.push_back(law.value(n_params(run), n_tokens, distance) * std::exp(noise));
    }
    return values;
  }

  void add_task(Run& run, std::size_t t) {
    const TrueTask& truth = truths_[t];
    const std::string& key = result_.tasks[t].key;
    const std::vector<double> bpb = losses(run, truth.law);
    const double run_sd =
        settings_.run_logit_sd * (truth.kind == TaskKind::noisy ? kNoisyRuns : 1.0);
    const double run_noise = of_trajectory(run, truth.middle, run_sd * rng_.normal());
    const double ce_noise = settings_.run_sd * rng_.normal();
    for (const double loss : bpb) {
      const double ability = truth.ability(loss);
      const double logit = std::log(ability / (1 - ability)) + run_noise +
                           settings_.checkpoint_logit_sd * rng_.normal();
      run.metrics[key + "/acc"].push_back(truth.score(1 / (1 + std::exp(-logit))));
      // Stored negative, as ladders have it.
      run.metrics[key + "/soft_log"].push_back(-std::pow(loss, truth.ce_power) *
                                               std::exp(ce_noise));
    }
    run.metrics[key + "/bpb"] = bpb;
  }

  const SimulationSettings& settings_;
  Rng rng_;
  TrueLaw c4_;
  std::vector<TrueTask> truths_;
  double middle_log_compute_ = 0;
  std::map<std::pair<std::string, double>, double> trajectories_;
  SimulatedLadder result_;
};

}  // namespace

SimulatedLadder simulate_ladder(const SimulationSettings& settings, std::uint64_t seed) {
  return Simulation(settings, seed).run();
}

}  // namespace rung::ladder
