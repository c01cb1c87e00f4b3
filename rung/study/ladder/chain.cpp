#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/interval/bootstrap.hpp"
#include "rung/study/ladder/questions.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {
namespace {

/// Which cluster of the bootstrap each point is drawn with: its run's file, shared by both steps.
class Clusters {
 public:
  Clusters(const Ladder& step1, const Ladder& step2) : ladders_{&step1, &step2} {}

  int of(int step, const Origin& origin) {
    const std::vector<LadderRun>& runs = ladders_[step]->runs;
    const std::string key =
        origin.run < runs.size() ? runs[origin.run].file : "external " + std::to_string(origin.run);
    return ids_.try_emplace(key, static_cast<int>(ids_.size())).first->second;
  }
  int size() const { return static_cast<int>(ids_.size()); }

 private:
  const Ladder* ladders_[2];
  std::map<std::string, int> ids_;
};

/// The training points of both steps with their clusters, and the residuals that a new run would
/// draw from.
struct Sample {
  Points step1{2, 0}, step2{1, 0};
  std::vector<int> step1_clusters, step2_clusters;
  std::vector<double> log_loss_residuals;  // ln predicted - ln observed, a run each
  std::vector<double> accuracy_residuals;  // predicted - observed at each run's last checkpoint
  double best_accuracy = 0;                // at those
  int n_clusters = 0;
};

double inflation(std::size_t n, std::size_t p) {
  return n > p ? std::sqrt(static_cast<double>(n) / static_cast<double>(n - p)) : 1;
}

Sample sample_of(const Ladder& ladder1, const Ladder& ladder2, const ChainResult& chain) {
  Sample sample;
  Clusters clusters(ladder1, ladder2);
  sample.step1 = step1_train_points(chain.step1.settings, chain.step1.points);
  for (const Step1Point& point : chain.step1.points) {
    if (point.origin.mode == Mode::train)
      sample.step1_clusters.push_back(clusters.of(0, point.origin));
  }

  std::vector<double> x, y;
  std::map<int, std::size_t> last_of_run;
  for (const Step2Point& point : chain.step2.points) {
    if (point.origin.mode != Mode::train) continue;
    last_of_run[clusters.of(1, point.origin)] = x.size();
    sample.step2_clusters.push_back(clusters.of(1, point.origin));
    x.push_back(point.x);
    y.push_back(point.y);
  }
  if (!chain.step2.settings.use_log_sigmoid) {
    x.push_back(0);
    y.push_back(chain.task.maximum);
    sample.step2_clusters.push_back(-1);  // the artificial point is no run: it is always there
  }
  sample.step2 = Points::from_columns({x}, y);
  sample.n_clusters = clusters.size();

  const Fit& fit1 = chain.step1.fit;
  const Fit& fit2 = chain.step2.fit;
  const std::vector<double> loss = predict(*fit1.law, fit1.theta, sample.step1);
  const double wider1 = inflation(loss.size(), fit1.theta.size());
  for (std::size_t i = 0; i < loss.size(); ++i) {
    sample.log_loss_residuals.push_back(wider1 * std::log(loss[i] / sample.step1.y(i)));
  }
  const std::vector<double> accuracy = predict(*fit2.law, fit2.theta, sample.step2);
  const double wider2 = inflation(last_of_run.size(), fit2.theta.size());
  for (const auto& [run, i] : last_of_run) {
    sample.accuracy_residuals.push_back(wider2 * (accuracy[i] - sample.step2.y(i)));
    sample.best_accuracy = std::max(sample.best_accuracy, sample.step2.y(i));
  }
  return sample;
}

/// Standard deviation of accuracy between neighbouring checkpoints, over the training runs.
double checkpoint_noise(const Ladder& ladder, const Task& task, Metric metric) {
  RunningMean variance;
  for (const Step1Point& point : step1_points(ladder, task, {.metric = metric}).points) {
    if (point.origin.mode != Mode::train || !point.checkpoint_sd) continue;
    variance.add(*point.checkpoint_sd * *point.checkpoint_sd);
  }
  return std::sqrt(variance.value().value_or(0));
}

std::vector<double> ones(const Points& points) {
  return {points.weights().data(), points.weights().data() + points.size()};
}

/// Replicates of both steps' parameters, and what they make of a target.
class ChainBootstrap {
 public:
  ChainBootstrap(const Ladder& ladder1, const Ladder& ladder2, const ChainResult& chain,
                 const ChainSettings& settings)
      : chain_(chain),
        settings_(settings),
        sample_(sample_of(ladder1, ladder2, chain)),
        noise_(checkpoint_noise(ladder2, chain.task, settings.step2.points.y_metric)) {
    const BootstrapOptions options{static_cast<std::size_t>(settings.n_bootstrap),
                                   settings.n_threads};
    const FitProblem problem1 = step1_problem(chain.step1.settings, sample_.step1);
    const FitProblem problem2(*chain.step2.fit.law, sample_.step2, Loss{}, Residual::raw);
    step1_ = bootstrap(problem1, chain.step1.fit.theta,
                       draw_clusters(sample_.step1_clusters, sample_.n_clusters,
                                     ones(sample_.step1), settings.seed),
                       options);
    step2_ = bootstrap(problem2, chain.step2.fit.theta,
                       draw_clusters(sample_.step2_clusters, sample_.n_clusters,
                                     ones(sample_.step2), settings.seed),
                       options);
  }

  std::optional<Interval> interval(const Target& target, std::size_t n_averaged) const {
    // A target averaged over fewer checkpoints than the training runs carries more of the noise
    // between them.
    const double wanted =
        static_cast<double>(std::max<std::size_t>(1, settings_.step2.points.moving_avg));
    const double extra =
        std::max(0.0, 1 / static_cast<double>(std::max<std::size_t>(1, n_averaged)) - 1 / wanted);
    std::vector<double> accuracies;
    for (std::size_t replicate = 0; replicate < step1_.size(); ++replicate) {
      Rng rng(settings_.seed ^ 0x5eedULL, replicate);
      const double loss = predict(*chain_.step1.fit.law, step1_.theta_of(replicate),
                                  step1_inputs(chain_.step1.settings, target)) *
                          std::exp(-drawn(sample_.log_loss_residuals, rng));
      const double of_law =
          predict(*chain_.step2.fit.law, step2_.theta_of(replicate), std::vector{loss});
      double accuracy = of_law - drawn(sample_.accuracy_residuals, rng) +
                        noise_ * std::sqrt(extra) * rng.normal();
      accuracy +=
          std::sqrt(question_variance(chain_.task, sample_.best_accuracy, of_law)) * rng.normal();
      if (std::isfinite(accuracy)) accuracies.push_back(accuracy);
    }
    if (accuracies.size() < 40) return std::nullopt;
    std::sort(accuracies.begin(), accuracies.end());
    const double tail = (1 - settings_.level) / 2;
    return Interval{settings_.level, std::max(0.0, sorted_quantile(accuracies, tail)),
                    std::min(1.0, sorted_quantile(accuracies, 1 - tail)), "bootstrap-runs"};
  }

  std::size_t n_not_converged() const { return step1_.n_not_converged + step2_.n_not_converged; }

 private:
  static double drawn(const std::vector<double>& values, Rng& rng) {
    return values.empty() ? 0 : values[rng.below(static_cast<std::uint32_t>(values.size()))];
  }

  const ChainResult& chain_;
  const ChainSettings& settings_;
  Sample sample_;
  double noise_;
  Bootstrap step1_, step2_;
};

void predict_targets(ChainResult& chain) {
  for (const TargetPrediction& from : chain.step1.targets) {
    TargetPrediction prediction{.target = from.target};
    if (from.predicted && chain.step2.fit.status != Status::failed) {
      const double accuracy =
          predict(*chain.step2.fit.law, chain.step2.fit.theta, std::vector{*from.predicted});
      if (std::isfinite(accuracy)) prediction.predicted = accuracy;
    }
    for (const TargetPrediction& step2 : chain.step2.targets) {
      if (step2.target.name == from.target.name) prediction.actual = step2.actual;
    }
    chain.targets.push_back(std::move(prediction));
  }
}

void add_intervals(const Ladder& ladder1, const Ladder& ladder2, const ChainSettings& settings,
                   ChainResult& chain) {
  if (chain.step1.fit.status == Status::failed || chain.step2.fit.status == Status::failed) return;
  const ChainBootstrap replicates(ladder1, ladder2, chain, settings);
  for (TargetPrediction& prediction : chain.targets) {
    std::size_t n_averaged = settings.step1.points.moving_avg;
    for (const Step1Point& point : chain.step1.points) {
      if (point.origin.mode == Mode::eval && point.origin.model == prediction.target.name)
        n_averaged = point.n_averaged;
    }
    if (prediction.predicted)
      prediction.interval = replicates.interval(prediction.target, n_averaged);
  }
  const double share =
      static_cast<double>(replicates.n_not_converged()) / (2.0 * settings.n_bootstrap);
  if (share > 0.05) {
    chain.notes.push_back(std::to_string(static_cast<int>(std::lround(100 * share))) +
                          "% of the bootstrap's refits did not converge; the interval is rough");
  }
}

}  // namespace

std::vector<ChainResult> run_chain(const Ladder& step1_ladder, const Ladder& step2_ladder,
                                   const std::vector<Task>& tasks, const ChainSettings& settings,
                                   const std::vector<Target>& extra) {
  std::vector<Step1Result> step1 =
      run_step1(step1_ladder, tasks, settings.step1, extra, settings.n_threads);
  std::vector<Step2Result> step2 =
      run_step2(step2_ladder, tasks, settings.step2, settings.n_threads);
  std::vector<ChainResult> chains(tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    chains[t].task = tasks[t];
    chains[t].step1 = std::move(step1[t]);
    chains[t].step2 = std::move(step2[t]);
    predict_targets(chains[t]);
  }
  if (settings.n_bootstrap > 0) {
    for (ChainResult& chain : chains) add_intervals(step1_ladder, step2_ladder, settings, chain);
  }
  return chains;
}

}  // namespace rung::ladder
