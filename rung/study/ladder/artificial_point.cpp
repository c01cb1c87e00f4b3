#include "rung/study/ladder/artificial_point.hpp"

#include <array>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/core/index.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/study/ladder/questions.hpp"

namespace rung::ladder {
namespace {

constexpr double kChance = 0.025;
constexpr std::array kNoLoss = {0.0};
/// Of the maximum: an end that larger models would show.
constexpr double kFarBelow = 0.8;
/// Of the maximum: from there on it makes no difference.
constexpr double kAtMaximum = 0.99;

/// Of the curve at no loss, over what it would be if each checkpoint had a noise of 1.
struct TopVariance {
  double ratio = 0, degrees_of_freedom = 0;
};

/// Of `free`, a fit to the training checkpoints of step 2.
std::optional<TopVariance> top_variance(const Step2Result& step2, const Fitted& free) {
  const auto pulled = pulls(free, kNoLoss);
  if (!pulled) return {};
  const std::vector<double> accuracies = free.predict(*free.points);
  std::vector<Counted> top;
  std::map<std::string, double> by_cluster;
  double of_unit_noise = 0;
  for (const Step2Point& point : step2.points) {
    if (point.origin.mode != Mode::train) continue;
    const std::size_t i = top.size();
    const double pull = (*pulled)[i];
    top.push_back({accuracies[i], pull});
    by_cluster[point.origin.cluster] += pull * (point.y - accuracies[i]);
    of_unit_noise += pull * pull;
  }
  const double n = static_cast<double>(by_cluster.size());
  const double left = n - static_cast<double>(free.fit.theta.size());
  if (!(left >= 1) || !(of_unit_noise > 0)) return {};
  double variance = 0;
  for (const auto& [name, sum] : by_cluster) variance += sum * sum * n / left;
  if (step2.task.n_examples)
    variance += variance_of_one_question(std::move(top)) / *step2.task.n_examples;
  return TopVariance{variance / of_unit_noise, left};
}

/// The likelihood ratio between the sigmoid whose top is fitted and those whose top is held. By
/// descents from the fitted curve, which goes by the maximum and so lies near both.
class TopTest {
 public:
  explicit TopTest(const Step2Result& step2)
      : fitted_(step2.fitted), b_(at(fitted_.law->parameter_index("b"))) {
    constexpr double kLower = 0.02;
    const Points& all = *step2.fitted.points;
    const bool has_artificial = step2.settings.has_artificial_point();  // the last one
    Points train(1, all.size() - (has_artificial ? 1 : 0));
    for (std::size_t i = 0; i < train.size(); ++i) train.set(i, all.inputs(i), all.y(i));
    fitted_.points = std::make_shared<const Points>(std::move(train));
    start_ = fitted_.fit.theta;
    if (has_artificial) start_[b_] -= kLower;
    const Minimum best = descended({.upper = step2.task.maximum});
    fitted_.fit.theta = fitted_.problem->theta_at(best.z);
    fitted_.fit.covariance = covariance_at(*fitted_.problem, best.z);
    objective_ = best.objective;
    variance_ = top_variance(step2, fitted_);
  }

  double best() const { return fitted_.fit.theta[b_]; }

  /// Whether the runs are against a curve that ends there. Not where that can't be told.
  bool rejects(double top) {
    if (!variance_) return false;
    const double held = descended({.fixed = top}).objective;
    const double t = std::sqrt(std::max(0.0, held - objective_) / variance_->ratio);
    return student_t_cdf(-t, variance_->degrees_of_freedom) <= kChance;
  }

  /// The curve that is held there.
  Fitted held_at(double top) {
    const Minimum found = descended({.fixed = top});
    Fitted held = fitted_;
    held.fit.theta = held.problem->theta_at(found.z);
    held.fit.covariance = covariance_at(*held.problem, found.z);
    return held;
  }

 private:
  Minimum descended(Constraint top) {
    top.parameter = "b";
    fitted_.options.constraints = {top};
    const FitOptions& options = fitted_.options;
    fitted_.problem = std::make_shared<const FitProblem>(
        *fitted_.law, *fitted_.points, options.loss, options.residual, options.constraints);
    return descend(*fitted_.problem, fitted_.problem->coordinates_of(start_));
  }

  Fitted fitted_;  // with the top fitted
  std::size_t b_;
  std::vector<double> start_;
  double objective_ = 0;
  std::optional<TopVariance> variance_;
};

/// The end next to `rejected` that the runs are not against; `kept` where they are against all that
/// the search comes by.
double bisected_end(TopTest& test, double rejected, double kept) {
  constexpr int kBisections = 6;  // to a third of a point
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (rejected + kept) / 2;
    (test.rejects(middle) ? rejected : kept) = middle;
  }
  return kept;
}

/// The lowest that the runs are not against, from kFarBelow on.
double lowest_end(TopTest& test, double maximum) {
  const double lowest = kFarBelow * maximum;
  return test.rejects(lowest) ? bisected_end(test, lowest, maximum) : lowest;
}

/// Of a curve whose top is fitted; absent where that is its own.
std::optional<double> highest_end(TopTest& test, double maximum) {
  if (test.best() >= maximum) return std::nullopt;
  return test.rejects(maximum) ? bisected_end(test, maximum, test.best()) : maximum;
}

bool is_determined(const Fit& fit) {
  return fit.status != Status::failed && fit.status != Status::unbounded && fit.identified;
}

}  // namespace

Step2Result without_artificial_point(const Step2Result& step2) {
  Step2Settings settings = step2.settings;
  settings.free_top = true;
  settings.fixed_levels = settings.intervals = false;
  return fit_step2(step2.task, {step2.points, {}, step2.checkpoint_sd}, settings);
}

Step2Result ending_at(const Step2Result& step2, double top) {
  Step2Settings settings = step2.settings;
  settings.point_at = top;
  settings.free_top = settings.test_point = settings.intervals = false;
  return fit_step2(step2.task, {step2.points, {}, step2.checkpoint_sd}, settings);
}

std::optional<double> highest_end(const Step2Result& step2) {
  if (step2.fitted.fit.status == Status::failed) return std::nullopt;
  TopTest test(step2);
  return highest_end(test, step2.task.maximum);
}

std::optional<Fitted> highest_curve(const Step2Result& step2) {
  if (step2.fitted.fit.status == Status::failed) return std::nullopt;
  TopTest test(step2);
  const std::optional<double> end = highest_end(test, step2.task.maximum);
  return end ? std::optional(test.held_at(*end)) : std::nullopt;
}

TopDoubt doubt_of_top(const Step2Result& step2) {
  const Step2Settings& settings = step2.settings;
  if (!settings.test_point || !settings.has_artificial_point() || settings.fixed_levels) return {};
  if (step2.fitted.fit.status == Status::failed) return {};
  const double maximum = step2.task.maximum;
  TopTest test(step2);
  if (test.best() < maximum && test.rejects(maximum)) {
    const Step2Result free = without_artificial_point(step2);
    const double top = free.fitted.predict(kNoLoss);
    if (is_determined(free.fitted.fit) && top < maximum) return {.rejected_for = top};
  }
  const double lowest = lowest_end(test, maximum);
  return lowest > kAtMaximum * maximum ? TopDoubt{} : TopDoubt{.possible = lowest};
}

}  // namespace rung::ladder
