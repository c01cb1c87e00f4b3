#include "rung/study/ladder/wrong_runs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/chained.hpp"

namespace rung::ladder {
namespace {

/// Runs differ by less from a law: of a loss as a share, and of an accuracy.
constexpr double kSuspiciousShare = 0.03, kSuspiciousAccuracy = 0.03;

/// A sigmoid whose levels are fitted, by least squares.
FitProblem curve_problem(const Points& points, double maximum) {
  return {
      find_law("sigmoid"), points, Loss{}, Residual::raw, {{.parameter = "b", .upper = maximum}}};
}

/// By chance alone a score on so many questions may be as far from what it should be.
void forgive_chance(const Task& task, const std::vector<double>& accuracies, Deletions& found) {
  constexpr double kStandardErrors = 3;
  if (!task.n_examples) return;
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    DeletionTest& test = found.points[i];
    const double p = std::clamp(test.predicted.value_or(accuracies[i]), 0.0, 1.0);
    test.off = test.off && std::abs(accuracies[i] - p) >
                               kStandardErrors * std::sqrt(p * (1 - p) / *task.n_examples);
  }
}

/// Whether each of the accuracies scatters about as much as the others': next to 0 and 1 they
/// hardly do, and say nothing of the others' noise.
std::vector<bool> scatter_alike(const std::vector<double>& accuracies) {
  constexpr double kMuchLess = 0.1;
  const auto variance = [](double p) { return p * (1 - p); };
  double most = 0;
  for (const double p : accuracies) most = std::max(most, variance(p));
  std::vector<bool> alike;
  for (const double p : accuracies) alike.push_back(variance(p) > kMuchLess * most);
  return alike;
}

bool all_of(const std::vector<bool>& values) {
  return std::find(values.begin(), values.end(), false) == values.end();
}

/// ln of Student's density, but for a constant.
double log_density(double t, double dof) { return -(dof + 1) / 2 * std::log1p(t * t / dof); }

/// What other points say of one: a residual, and its standard deviation.
struct Residue {
  double value = 0, sd = 0, dof = 0;

  /// ln of how much more likely it is without an error than with this one.
  double log_odds_without(const Residue& error) const {
    const double wide = std::hypot(sd, error.sd);
    return log_density(value / sd, dof) - log_density((value - error.value) / wide, dof) +
           std::log(wide / sd);
  }
};

/// Absent where the others do not say.
std::optional<Residue> residue(double residual, std::optional<double> t, double dof) {
  if (!t || dof < 1 || residual == 0 || *t == 0) return {};
  return Residue{residual, std::abs(residual / *t), dof};
}

/// d accuracy / d ln loss of the curve.
double curve_slope(const std::vector<double>& theta, double loss) {
  constexpr double kStep = 1e-4;
  const Law& law = find_law("sigmoid");
  return (predict(law, theta, std::array{loss * (1 + kStep)}) -
          predict(law, theta, std::array{loss * (1 - kStep)})) /
         (2 * kStep);
}

/// Training runs among `points`, which `found` is of.
template <class Point>
std::vector<WrongRun> wrong_among(const std::vector<Point>& points,
                                  const std::optional<Deletions>& found) {
  std::vector<WrongRun> wrong;
  if (!found) return wrong;
  std::size_t i = 0;
  for (const Point& point : points) {
    if (point.origin.mode != Mode::train) continue;
    const DeletionTest& test = found->points[i++];
    if (test.off) wrong.push_back({point.origin, point.y, test.predicted});
  }
  return wrong;
}

/// Of the ladder's values of step 1, [training runs].
std::optional<Deletions> suspicious_among(const Step1Result& step1,
                                          const std::vector<double>& values) {
  const bool accuracies = is_accuracy(step1.metric);
  if (accuracies && !all_of(scatter_alike(values))) return {};
  const Points& fitted = *step1.fitted.points;
  Points points(fitted.n_inputs(), fitted.size());
  for (std::size_t i = 0; i < fitted.size(); ++i) points.set(i, fitted.inputs(i), values[i]);
  std::optional<Deletions> found =
      test_suspicious_deletions(step1.fitted.problem->with_loss(Loss{}).with_points(points),
                                step1.fitted.fit.theta, kSuspiciousShare);
  if (found && accuracies) forgive_chance(step1.task, values, *found);
  return found;
}

/// Losses and accuracies of step 2's training runs, [runs].
struct Ends {
  std::vector<double> losses, accuracies;
};

/// Points of a run that ends_of averages over, with what each is the mean of already.
std::size_t n_at_end(const Step2Result& step2) {
  if (step2.settings.points.moving_avg >= kAtEnd) return 1;
  std::size_t n_points = 0;
  for (const Step2Point& point : step2.points)
    n_points += point.origin.mode == Mode::train && point.n_tokens ? 1 : 0;
  return within_runs(n_points, run_ends(step2).size(), kAtEnd);
}

/// Means over the last n points of each run, or all that it has.
Ends ends_of(const Step2Result& step2, std::size_t n) {
  Ends ends;
  for (const Step2Point& end : run_ends(step2)) {
    if (end.origin.mode != Mode::train) continue;
    std::vector<double> losses, accuracies;
    for (const Step2Point& point : step2.points) {
      if (point.origin.run != end.origin.run || !point.n_tokens) continue;
      losses.push_back(point.x);
      accuracies.push_back(point.y);
    }
    const std::size_t n_last = std::min(n, losses.size());
    ends.losses.push_back(mean(std::span(losses).last(n_last)));
    ends.accuracies.push_back(mean(std::span(accuracies).last(n_last)));
  }
  return ends;
}

std::optional<Deletions> suspicious_among(const Step2Result& step2, const Ends& ends) {
  const auto& [losses, accuracies] = ends;
  if (!all_of(scatter_alike(accuracies))) return wrong_accuracies(losses, accuracies, step2.task);
  const Points points = Points::from_columns({losses}, accuracies);
  std::optional<Deletions> found = test_suspicious_deletions(
      curve_problem(points, step2.task.maximum), step2.fitted.fit.theta, kSuspiciousAccuracy);
  if (found) forgive_chance(step2.task, accuracies, *found);
  return found;
}

bool is_any_off(const std::optional<Deletions>& found) {
  return found && std::any_of(found->points.begin(), found->points.end(),
                              [](const DeletionTest& test) { return test.off; });
}

}  // namespace

std::vector<WrongRun> wrong_runs(const Step1Result& step1) {
  return wrong_among(step1.points, step1.wrong);
}

std::vector<WrongRun> wrong_runs(const Step2Result& step2) {
  return wrong_among(run_ends(step2), step2.wrong);
}

std::string in_words(const std::string& what, Metric metric, const WrongRun& run) {
  const auto text = [metric](double x) {
    return is_accuracy(metric) ? percent(x, 1) : fixed(x, 3);
  };
  return what + " of " + run_name(run.origin) + " is " + text(run.value) +
         (run.by_others ? ", and the other runs say " + text(*run.by_others)
                        : " and does not fit the other runs");
}

std::vector<std::string> in_words(const Step1Result& step1, const Step2Result& step2) {
  std::vector<std::string> words;
  const std::vector<WrongRun> losses = wrong_runs(step1);
  for (const WrongRun& run : losses) words.push_back(in_words("the loss", step1.metric, run));
  for (const WrongRun& run : wrong_runs(step2)) {
    const bool is_known = std::any_of(losses.begin(), losses.end(), [&](const WrongRun& other) {
      return other.origin.run == run.origin.run;
    });
    if (!is_known)
      words.push_back(in_words("for its loss, the accuracy", step2.settings.points.y_metric, run));
  }
  return words;
}

Deletions wrong_losses(const Step1Result& step1) {
  return test_deletions(step1.fitted.problem->with_loss(Loss{}));
}

std::optional<Deletions> suspicious_values(const Step1Result& step1) {
  if (step1.fitted.fit.status == Status::failed) return {};
  std::vector<double> values, at_ends;
  for (const Step1Point& point : step1.points) {
    if (point.origin.mode != Mode::train) continue;
    values.push_back(point.y);
    at_ends.push_back(point.y_at_end);
  }
  const auto found = suspicious_among(step1, values);
  return is_any_off(found) || at_ends == values ? found : suspicious_among(step1, at_ends);
}

std::optional<Deletions> suspicious_accuracies(const Step2Result& step2) {
  if (step2.fitted.fit.status == Status::failed || step2.settings.use_log_sigmoid) return {};
  const auto found = suspicious_among(step2, ends_of(step2, 1));
  const std::size_t n = n_at_end(step2);
  return is_any_off(found) || n == 1 ? found : suspicious_among(step2, ends_of(step2, n));
}

Deletions wrong_accuracies(const std::vector<double>& losses, const std::vector<double>& accuracies,
                           const Task& task, const std::vector<bool>& left_out) {
  const std::vector<bool> alike = scatter_alike(accuracies);
  std::vector<std::size_t> judged;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (alike[i] && (left_out.empty() || !left_out[i])) judged.push_back(i);
  }
  Deletions all;
  all.points.resize(losses.size());
  constexpr std::size_t kLeast = 4;  // of the sigmoid's parameters
  if (judged.size() <= kLeast) return all;
  Points points(1, judged.size());
  for (std::size_t k = 0; k < judged.size(); ++k)
    points.set(k, std::vector{losses[judged[k]]}, accuracies[judged[k]]);
  const Deletions found = test_deletions(curve_problem(points, task.maximum));
  all.threshold = found.threshold;
  all.theta = found.theta;
  all.dof = found.dof;
  for (std::size_t k = 0; k < judged.size(); ++k) all.points[judged[k]] = found.points[k];
  forgive_chance(task, accuracies, all);
  return all;
}

Deletions wrong_accuracies(const std::vector<Scale>& scales, const std::vector<double>& accuracies,
                           const Task& task) {
  constexpr double kLeastAccuracy = 1e-3;  // the law takes logarithms
  Points points(2, scales.size());
  for (std::size_t i = 0; i < scales.size(); ++i)
    points.set(i, std::vector{scales[i].n_params, scales[i].n_tokens},
               -std::log(std::max(kLeastAccuracy, accuracies[i])));
  Deletions found = test_deletions(FitProblem(find_law("chinchilla"), points, Loss{}, Residual::raw,
                                              {{.parameter = "E", .fixed = 0}}));
  for (DeletionTest& test : found.points) {
    if (test.predicted) test.predicted = std::exp(-*test.predicted);
    if (test.t) test.t = -*test.t;  // the law falls as accuracy grows
  }
  forgive_chance(task, accuracies, found);
  return found;
}

std::optional<Measurement> which_is_off(std::size_t i, double loss, double accuracy,
                                        const Evidence& evidence) {
  const auto& [losses, curve, by_scale] = evidence;
  constexpr double kTenTimes = 2.302585;
  constexpr double kLeastSlope = 1e-3;  // a flat curve says nothing of losses
  const DeletionTest &of_loss = losses.points[i], &of_curve = curve.points[i],
                     &of_scale = by_scale.points[i];
  if (!of_loss.predicted || !of_curve.predicted || !of_scale.predicted || curve.theta.empty())
    return {};
  const auto loss_residue = residue(std::log(loss / *of_loss.predicted), of_loss.t, losses.dof);
  const auto accuracy_residue =
      residue(std::log(accuracy / *of_scale.predicted), of_scale.t, by_scale.dof);
  const double off = accuracy - *of_curve.predicted;
  const double slope = std::min(-kLeastSlope, curve_slope(curve.theta, loss));
  // What would have to be wrong for the run to be on the curve.
  const auto loss_error = residue(-off / slope, of_curve.t, curve.dof);
  const auto accuracy_error =
      residue(std::log(accuracy / *of_curve.predicted), of_curve.t, curve.dof);
  if (!loss_residue || !accuracy_residue || !loss_error || !accuracy_error) return {};
  const double log_odds_of_accuracy = loss_residue->log_odds_without(*loss_error) -
                                      accuracy_residue->log_odds_without(*accuracy_error);
  if (!(std::abs(log_odds_of_accuracy) > kTenTimes)) return {};
  return log_odds_of_accuracy > 0 ? Measurement::accuracy : Measurement::loss;
}

}  // namespace rung::ladder
