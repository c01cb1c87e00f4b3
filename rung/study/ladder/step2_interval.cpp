#include "rung/study/ladder/step2_interval.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/study/ladder/artificial_point.hpp"
#include "rung/study/ladder/chained.hpp"
#include "rung/study/ladder/held_levels.hpp"
#include "rung/study/ladder/questions.hpp"

namespace rung::ladder {

namespace {

/// The curve of the same checkpoints by an artificial point at `top`, by a descent from the fitted
/// one.
Fitted curve_to(Fitted curve, double top) {
  const Points& all = *curve.points;
  const std::size_t last = all.size() - 1;
  Points points = all;
  points.set(last, all.inputs(last), top);
  curve.points = std::make_shared<const Points>(std::move(points));
  curve.problem = std::make_shared<const FitProblem>(curve.problem->with_points(*curve.points));
  const Minimum found = descend(*curve.problem, curve.problem->coordinates_of(curve.fit.theta));
  curve.fit.theta = curve.problem->theta_at(found.z);
  curve.fit.covariance = covariance_at(*curve.problem, found.z);
  return curve;
}

/// Of the points that step 2 is fitted to, in their order: runs whose noise is one are a cluster,
/// and so is the artificial point.
std::vector<int> clusters_of(const Step2Result& step2) {
  std::map<std::string, int> numbers;
  std::vector<int> clusters;
  for (const Step2Point& point : step2.points) {
    if (point.origin.mode != Mode::train) continue;
    const int next = static_cast<int>(numbers.size());
    clusters.push_back(numbers.try_emplace(point.origin.cluster, next).first->second);
  }
  return clusters;
}

/// The curve that the runs leave possible besides the fitted one, or prefer to it; absent where
/// they leave no doubt about its end.
std::optional<Fitted> other_curve(const Step2Result& step2) {
  const TopDoubt& doubt = step2.top_doubt;
  if (doubt.rejected_for) return without_artificial_point(step2).fitted;
  if (step2.settings.free_top) return highest_curve(step2);
  const bool is_held = step2.settings.fixed_levels || step2.settings.use_log_sigmoid;
  if (is_held && (doubt.possible || step2.free_levels)) {
    Fitted free = with_free_levels(step2).fitted;
    return doubt.possible ? curve_to(std::move(free), *doubt.possible) : free;
  }
  if (doubt.possible) return curve_to(step2.fitted, *doubt.possible);
  return std::nullopt;
}

/// With the noise of checkpoints shared within clusters of runs.
void use_clusters(Fitted& curve, std::vector<int> clusters) {
  const int n = clusters.empty() ? 0 : *std::max_element(clusters.begin(), clusters.end()) + 1;
  clusters.resize(curve.points->size(), n);  // the artificial point is one by itself
  curve.use_sandwich(clusters);
}

/// Leaves the artificial point out of what is shown as data, and of the losses that there were.
void keep_measured(Fitted& curve, std::size_t n_measured) {
  Points measured(1, n_measured);
  for (std::size_t i = 0; i < n_measured; ++i)
    measured.set(i, curve.points->inputs(i), curve.points->y(i));
  curve.lowest.clear(), curve.highest.clear();
  curve.set_ranges(measured);
  curve.points = std::make_shared<const Points>(std::move(measured));
  curve.problem = nullptr;
}

}  // namespace

Fitted by_clusters(const Step2Result& step2) {
  Fitted curve = step2.fitted;
  use_clusters(curve, clusters_of(step2));
  return curve;
}

Fitted fit_to_save(const Step2Result& step2) {
  if (step2.fitted.fit.status == Status::failed) return step2.fitted;
  Fitted curve = by_clusters(step2);
  keep_measured(curve, clusters_of(step2).size());
  if (std::optional<Fitted> other = other_curve(step2)) {
    use_clusters(*other, clusters_of(step2));
    keep_measured(*other, clusters_of(step2).size());
    curve.rival = std::make_shared<const Fitted>(*std::move(other));
  }
  return curve;
}

Step2Intervals::OfCurve::OfCurve(const Step2Result& step2, Fitted curve)
    : fitted(std::move(curve)),
      task(step2.task),
      level(step2.settings.level),
      cluster_of(clusters_of(step2)) {
  for (const int cluster : cluster_of) clusters = std::max(clusters, cluster + 1.0);
  double squares = 0;
  for (const Step2Point& end : run_ends(step2)) {
    if (end.origin.mode != Mode::train) continue;
    const double off = end.y - fitted.predict(std::array{end.x});
    squares += off * off;
    ++runs;
  }
  const double left = runs - static_cast<double>(fitted.fit.theta.size());
  run_variance = left >= 1 ? squares / left : NAN;
}

std::optional<Interval> Step2Intervals::OfCurve::at(double loss) const {
  const double left = clusters - static_cast<double>(fitted.fit.theta.size());
  const auto pulled = pulls(fitted, std::array{loss});
  if (!pulled || left < 1 || !std::isfinite(run_variance)) return {};
  const std::vector<double> on_curve = fitted.predict(*fitted.points);
  std::vector<double> by_cluster(static_cast<std::size_t>(clusters), 0.0);
  for (std::size_t i = 0; i < cluster_of.size(); ++i) {
    by_cluster[static_cast<std::size_t>(cluster_of[i])] +=
        (*pulled)[i] * (fitted.points->y(i) - on_curve[i]);
  }
  const double accuracy = fitted.predict(std::array{loss});
  double variance = run_variance + question_variance(task, accuracy, on_curve, *pulled);
  for (const double sum : by_cluster) variance += sum * sum * clusters / left;
  const double half = student_t_quantile(0.5 + level / 2, left) * std::sqrt(variance);
  return Interval{level, std::min(task.maximum, std::max(0.0, accuracy - half)),
                  std::min(task.maximum, accuracy + half), "delta-runs"};
}

Step2Intervals::Step2Intervals(const Step2Result& step2) : curve_(step2, step2.fitted) {
  if (std::optional<Fitted> other = other_curve(step2)) other_.emplace(step2, *std::move(other));
}

std::optional<Interval> Step2Intervals::at(double loss) const {
  return other_ ? united(curve_.at(loss), other_->at(loss)) : curve_.at(loss);
}

}  // namespace rung::ladder
