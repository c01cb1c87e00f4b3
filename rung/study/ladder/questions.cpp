#include "rung/study/ladder/questions.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung::ladder {

double question_variance(const Task& task, double best_seen, double predicted) {
  if (!task.n_examples || !(best_seen < 1)) return 0;
  const double gained = std::abs(predicted - best_seen);
  const double share = std::min(1.0, gained / (1 - best_seen));
  return gained * (1 - share) / *task.n_examples;
}

double question_variance(const Task& task, const Fitted& curve, double loss, double best_seen) {
  if (!task.n_examples) return 0;
  const double accuracy = curve.predict(std::array{loss});
  if (!std::isfinite(accuracy)) return 0;
  if (const auto pulled = pulls(curve, std::array{loss}))
    return question_variance(task, accuracy, curve.predict(*curve.points), *pulled);
  return question_variance(task, accuracy, std::array{best_seen}, std::array{1.0});
}

double question_variance(const Task& task, double accuracy, std::span<const double> on_curve,
                         std::span<const double> pulls) {
  if (!task.n_examples) return 0;
  std::vector<Counted> error = {{accuracy, 1}};
  for (std::size_t i = 0; i < on_curve.size(); ++i) error.push_back({on_curve[i], -pulls[i]});
  return variance_of_one_question(std::move(error)) / *task.n_examples;
}

std::optional<Interval> with_questions(const Task& task, const Fitted& law,
                                       std::span<const double> inputs,
                                       std::optional<Interval> interval) {
  const double accuracy = law.predict(inputs);
  auto pulled =
      interval && task.n_examples && std::isfinite(accuracy) ? pulls(law, inputs) : std::nullopt;
  if (!pulled) return interval;
  const Residual residual = law.options.residual;
  const std::vector<double> by_law = law.predict(*law.points);
  for (std::size_t i = 0; i < by_law.size(); ++i)
    (*pulled)[i] *= transformed_slope(residual, by_law[i]) / transformed_slope(residual, accuracy);
  const double z = normal_quantile(0.5 + interval->level / 2);
  const double of_questions = z * std::sqrt(question_variance(task, accuracy, by_law, *pulled));
  interval->lower = accuracy - std::hypot(accuracy - interval->lower, of_questions);
  interval->upper = accuracy + std::hypot(interval->upper - accuracy, of_questions);
  return interval;
}

double variance_of_one_question(std::vector<Counted> sum) {
  for (Counted& term : sum) term.accuracy = std::clamp(term.accuracy, 0.0, 1.0);
  std::sort(sum.begin(), sum.end(),
            [](const Counted& a, const Counted& b) { return a.accuracy > b.accuracy; });
  // A question harder than an accuracy is answered by those above it.
  double answered = 0, upper = 1, mean = 0, mean_square = 0;
  const auto up_to = [&](double lower) {
    mean += answered * (upper - lower);
    mean_square += answered * answered * (upper - lower);
    upper = lower;
  };
  for (const Counted& term : sum) {
    up_to(term.accuracy);
    answered += term.times;
  }
  up_to(0);
  return std::max(0.0, mean_square - mean * mean);
}

std::optional<std::vector<double>> pulls(const Fitted& fitted, std::span<const double> inputs) {
  if (!fitted.fit.covariance) return {};
  std::vector<double> values;
  const Matrix jacobian = residual_jacobian(*fitted.problem, fitted.fit.theta,
                                            fitted.fit.covariance->coordinates, values);
  const Matrix products = gram(jacobian);
  const auto scales = unit_diagonal_scale(products);
  const auto lower = scales ? cholesky(scaled_both_ways(products, *scales)) : std::nullopt;
  if (!lower) return {};
  std::vector<double> slope = fitted.gradient(inputs).slope;
  for (std::size_t c = 0; c < slope.size(); ++c) slope[c] *= (*scales)[c];
  std::vector<double> solved = cholesky_solve(*lower, slope);
  for (std::size_t c = 0; c < solved.size(); ++c) solved[c] *= (*scales)[c];
  return product(jacobian, solved);
}

}  // namespace rung::ladder
