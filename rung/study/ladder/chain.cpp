#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "rung/core/counted.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/interval/bootstrap.hpp"
#include "rung/study/ladder/artificial_point.hpp"
#include "rung/study/ladder/held_levels.hpp"
#include "rung/study/ladder/questions.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {
namespace {

/// Numbers names in order of appearance: the clusters that the bootstrap draws, shared by both
/// steps.
class Clusters {
 public:
  int of(const std::string& name) {
    return ids_.try_emplace(name, static_cast<int>(ids_.size())).first->second;
  }
  int size() const { return static_cast<int>(ids_.size()); }

 private:
  std::map<std::string, int> ids_;
};

/// The clusters of both steps' training points, and the residuals that a new run would draw from.
struct Sample {
  std::vector<int> step1_clusters, step2_clusters;
  std::vector<double> log_loss_residuals;  // ln predicted - ln observed, a run each
  std::vector<double> accuracy_residuals;  // predicted - observed at each run's last checkpoint
  double best_accuracy = 0;                // at those
  int n_clusters = 0;
};

double inflation(std::size_t n, std::size_t p) {
  return n > p ? std::sqrt(static_cast<double>(n) / static_cast<double>(n - p)) : 1;
}

/// ln predicted - ln observed of each run, widened for the parameters.
std::vector<double> log_residuals(const Fitted& step1) {
  const std::vector<double> loss = step1.predict(*step1.points);
  const double wider = inflation(loss.size(), step1.fit.theta.size());
  std::vector<double> residuals;
  for (std::size_t i = 0; i < loss.size(); ++i)
    residuals.push_back(wider * std::log(loss[i] / step1.points->y(i)));
  return residuals;
}

Sample sample_of(const ChainResult& chain) {
  Sample sample;
  Clusters clusters;
  for (const Step1Point& point : chain.step1.points) {
    if (point.origin.mode == Mode::train)
      sample.step1_clusters.push_back(clusters.of(point.origin.cluster));
  }
  std::map<std::size_t, std::size_t> last_of_run;
  for (const Step2Point& point : chain.step2.points) {
    if (point.origin.mode != Mode::train) continue;
    last_of_run[point.origin.run] = sample.step2_clusters.size();
    sample.step2_clusters.push_back(clusters.of(point.origin.cluster));
  }
  sample.n_clusters = clusters.size();
  const Fitted& step2 = chain.step2.fitted;
  // The artificial point is no run: it is always there.
  sample.step2_clusters.resize(step2.points->size(), -1);

  sample.log_loss_residuals = log_residuals(chain.step1.fitted);
  const std::vector<double> accuracy = step2.predict(*step2.points);
  const double wider = inflation(last_of_run.size(), step2.fit.theta.size());
  for (const auto& [run, i] : last_of_run) {
    sample.accuracy_residuals.push_back(wider * (accuracy[i] - step2.points->y(i)));
    sample.best_accuracy = std::max(sample.best_accuracy, step2.points->y(i));
  }
  return sample;
}

std::vector<double> ones(const Points& points) {
  return {points.weights().data(), points.weights().data() + points.size()};
}

/// Refits of one step, a draw of the clusters each.
Bootstrap refits(const Fitted& fitted, const std::vector<int>& clusters, int n_clusters,
                 const ChainSettings& settings) {
  return bootstrap(*fitted.problem, fitted.fit.theta,
                   draw_clusters(clusters, n_clusters, ones(*fitted.points), settings.seed),
                   {static_cast<std::size_t>(settings.n_bootstrap), settings.n_threads});
}

/// Replicates of the parameters of both steps, and what they predict for a target.
class ChainBootstrap {
 public:
  ChainBootstrap(const ChainResult& chain, const ChainSettings& settings)
      : chain_(chain),
        settings_(settings),
        sample_(sample_of(chain)),
        step1_(refits(chain.step1.fitted, sample_.step1_clusters, sample_.n_clusters, settings)),
        step2_(refits(chain.step2.fitted, sample_.step2_clusters, sample_.n_clusters, settings)) {}

  std::optional<Interval> interval(const Target& target, std::size_t n_averaged) const {
    // A target averaged over fewer checkpoints than the training runs carries more of the noise
    // between them.
    const double wanted =
        static_cast<double>(std::max<std::size_t>(1, chain_.step2.settings.points.moving_avg));
    const double extra =
        std::max(0.0, 1 / static_cast<double>(std::max<std::size_t>(1, n_averaged)) - 1 / wanted);
    const double of_questions = std::sqrt(question_variance(target));
    std::vector<double> accuracies;
    for (std::size_t replicate = 0; replicate < step1_.size(); ++replicate) {
      Rng rng(settings_.seed ^ 0x5eedULL, replicate);
      const double loss = predict(*chain_.step1.fitted.law, step1_.theta_of(replicate),
                                  step1_inputs(chain_.step1.settings.inputs, target)) *
                          std::exp(-drawn(sample_.log_loss_residuals, rng));
      const double of_law =
          predict(*chain_.step2.fitted.law, step2_.theta_of(replicate), std::array{loss});
      const double accuracy = of_law - drawn(sample_.accuracy_residuals, rng) +
                              chain_.step2.checkpoint_sd * std::sqrt(extra) * rng.normal() +
                              of_questions * rng.normal();
      if (std::isfinite(accuracy)) accuracies.push_back(accuracy);
    }
    if (accuracies.size() < 40) return std::nullopt;
    std::sort(accuracies.begin(), accuracies.end());
    const double tail = (1 - settings_.level) / 2;
    const double most = chain_.task.maximum;
    return Interval{settings_.level,
                    std::min(most, std::max(0.0, sorted_quantile(accuracies, tail))),
                    std::min(most, sorted_quantile(accuracies, 1 - tail)), "bootstrap-runs"};
  }

  std::size_t n_not_converged() const { return step1_.n_not_converged + step2_.n_not_converged; }

 private:
  double question_variance(const Target& target) const {
    return ladder::question_variance(chain_.task, chain_.step2.fitted,
                                     step1_curve(chain_.step1, target), sample_.best_accuracy);
  }

  static double drawn(const std::vector<double>& values, Rng& rng) {
    return values.empty() ? 0 : values[rng.below(static_cast<std::uint32_t>(values.size()))];
  }

  const ChainResult& chain_;
  const ChainSettings& settings_;
  Sample sample_;
  Bootstrap step1_, step2_;
};

/// Whether both steps have a curve.
bool is_fitted(const ChainResult& chain) {
  return chain.step1.fitted.fit.status != Status::failed &&
         chain.step2.fitted.fit.status != Status::failed;
}

void predict_targets(ChainResult& chain) {
  for (const TargetPrediction& from : chain.step1.targets) {
    const bool determined = from.determined && chain.step2.fitted.fit.identified;
    TargetPrediction prediction{{}, from.target, determined && !one_value(chain.step2.points)};
    if (from.predicted && is_fitted(chain)) {
      const double accuracy = step2_curve(chain.step2, *from.predicted);
      if (std::isfinite(accuracy)) prediction.predicted = accuracy;
    }
    for (const TargetPrediction& step2 : chain.step2.targets) {
      if (step2.target.name == from.target.name) prediction.actual = step2.actual;
    }
    chain.targets.push_back(std::move(prediction));
  }
}

/// Step 2 by the curve that the runs leave possible besides the fitted one, or prefer to it.
std::optional<Step2Result> other_step2(const Step2Result& step2) {
  const TopDoubt& doubt = step2.top_doubt;
  if (step2.free_levels) return with_free_levels(step2);
  if (doubt.rejected_for) return without_artificial_point(step2);
  if (doubt.possible) return ending_at(step2, *doubt.possible);
  if (!step2.settings.free_top) return std::nullopt;
  const std::optional<double> highest = highest_end(step2);
  return highest ? std::optional(ending_at(step2, *highest)) : std::nullopt;
}

void add_intervals(const ChainSettings& settings, ChainResult& chain) {
  const bool determined = std::any_of(chain.targets.begin(), chain.targets.end(),
                                      [](const TargetPrediction& t) { return t.determined; });
  if (!is_fitted(chain) || !determined) return;
  const ChainBootstrap replicates(chain, settings);
  std::optional<ChainResult> other;
  std::optional<ChainBootstrap> by_other;
  if (std::optional<Step2Result> step2 = other_step2(chain.step2)) {
    other = chain;
    other->step2 = *std::move(step2);
    by_other.emplace(*other, settings);
  }
  for (TargetPrediction& prediction : chain.targets) {
    std::size_t n_averaged = chain.step1.settings.points.moving_avg;
    for (const Step1Point& point : chain.step1.points) {
      if (point.origin.mode == Mode::eval && point.origin.model == prediction.target.name)
        n_averaged = point.n_averaged;
    }
    if (!prediction.predicted || !prediction.determined) continue;
    prediction.interval = replicates.interval(prediction.target, n_averaged);
    if (by_other) {
      prediction.interval =
          united(prediction.interval, by_other->interval(prediction.target, n_averaged));
    }
  }
  const auto lacks = [](const TargetPrediction& one) { return one.predicted && !one.interval; };
  constexpr int kFew = 100;
  if (settings.n_bootstrap > 0 && settings.n_bootstrap < kFew &&
      std::any_of(chain.targets.begin(), chain.targets.end(), lacks))
    chain.notes.push_back(
        "no interval: " + counted(static_cast<std::size_t>(settings.n_bootstrap), "refit") +
        " by --bootstrap are too few for one");
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
  settings.validate();
  std::vector<Step1Result> step1 =
      run_step1(step1_ladder, tasks, settings.step1, extra, settings.n_threads);
  Step2Settings step2_settings = settings.step2;
  step2_settings.intervals = settings.n_bootstrap > 0;
  std::vector<Step2Result> step2 =
      run_step2(step2_ladder, tasks, step2_settings, settings.n_threads);
  std::vector<ChainResult> chains(tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    chains[t].task = tasks[t];
    chains[t].step1 = std::move(step1[t]);
    chains[t].step2 = std::move(step2[t]);
    predict_targets(chains[t]);
  }
  if (settings.n_bootstrap > 0) {
    for (ChainResult& chain : chains) add_intervals(settings, chain);
  }
  return chains;
}

}  // namespace rung::ladder
