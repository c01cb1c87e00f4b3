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
/// Of a benchmark that does not say how many it has; few have fewer.
constexpr double kFewQuestions = 500;

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
  variance +=
      variance_of_one_question(std::move(top)) / step2.task.n_examples.value_or(kFewQuestions);
  return TopVariance{variance / of_unit_noise, left};
}

/// Whether the likelihood ratio rejects the maximum as top. By descents from the fitted curve,
/// which goes by the maximum and so lies near both.
bool rejects_maximum(const Step2Result& step2) {
  constexpr double kLower = 0.02;
  const double maximum = step2.task.maximum;
  const Points& all = *step2.fitted.points;
  Points train(1, all.size() - 1);  // the artificial point is the last
  for (std::size_t i = 0; i + 1 < all.size(); ++i) train.set(i, all.inputs(i), all.y(i));
  Fitted fitted = step2.fitted;
  fitted.points = std::make_shared<const Points>(std::move(train));
  const std::size_t b = at(fitted.law->parameter_index("b"));
  std::vector<double> theta = fitted.fit.theta;
  theta[b] -= kLower;
  const auto descended = [&](Constraint top) {
    top.parameter = "b";
    fitted.options.constraints = {top};
    const FitOptions& options = fitted.options;
    fitted.problem = std::make_shared<const FitProblem>(*fitted.law, *fitted.points, options.loss,
                                                        options.residual, options.constraints);
    return descend(*fitted.problem, fitted.problem->coordinates_of(theta));
  };
  const Minimum best = descended({.upper = maximum});
  fitted.fit.theta = fitted.problem->theta_at(best.z);
  if (fitted.fit.theta[b] >= maximum) return false;
  fitted.fit.covariance = covariance_at(*fitted.problem, best.z);
  const auto variance = top_variance(step2, fitted);
  if (!variance) return false;
  const double held = descended({.fixed = maximum}).objective;
  const double t = std::sqrt(std::max(0.0, held - best.objective) / variance->ratio);
  return student_t_cdf(-t, variance->degrees_of_freedom) <= kChance;
}

}  // namespace

Step2Result without_artificial_point(const Step2Result& step2) {
  Step2Settings settings = step2.settings;
  settings.free_top = true;
  return fit_step2(step2.task, {step2.points, {}, step2.checkpoint_sd}, settings);
}

std::optional<double> rejected_top(const Step2Result& step2) {
  const Step2Settings& settings = step2.settings;
  if (!settings.test_point || !settings.has_artificial_point() || settings.fixed_levels) return {};
  if (!rejects_maximum(step2)) return {};
  const Step2Result free = without_artificial_point(step2);
  const Fit& fit = free.fitted.fit;
  if (fit.status == Status::failed || fit.status == Status::unbounded || !fit.identified) return {};
  const double top = free.fitted.predict(kNoLoss);
  return top < step2.task.maximum ? std::optional(top) : std::nullopt;
}

}  // namespace rung::ladder
