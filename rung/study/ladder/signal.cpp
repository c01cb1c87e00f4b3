#include "rung/study/ladder/signal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/statistics.hpp"

namespace rung::ladder {
namespace {

/// Questions are the same for all runs, so that less than a binomial's noise is between them.
constexpr double kShareOfQuestionNoise = 0.3;
constexpr double kUnknownQuestions = 1000;

/// Variance of an accuracy at chance that residuals are never taken to be below.
double least_variance(const Task& task) {
  const double n = task.n_examples.value_or(kUnknownQuestions);
  const double p = std::max({task.chance, 0.5 / n, 0.01});
  return kShareOfQuestionNoise * kShareOfQuestionNoise * p * (1 - p) / n;
}

/// t of the slope of a straight line; 0 for fewer than three points or a single x.
double slope_t(std::span<const double> x, std::span<const double> y, double least) {
  if (x.size() < 3) return 0;
  const double middle_x = mean(x), middle_y = mean(y), sxx = squared_deviations(x);
  if (!(sxx > 0)) return 0;
  double sxy = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sxy += (x[i] - middle_x) * (y[i] - middle_y);
  const double slope = sxy / sxx;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double residual = y[i] - middle_y - slope * (x[i] - middle_x);
    squares += residual * residual;
  }
  const double variance = std::max(squares / static_cast<double>(x.size() - 2), least);
  return slope / std::sqrt(variance / sxx);
}

Signal judged(const TaskSignal& of) {
  if ((of.trend < 3 && of.above_chance < 0.1) || (of.trend < 4 && of.above_chance < 0.05))
    return Signal::at_chance;
  return of.trend < 6 && of.early() ? Signal::weak : Signal::clear;
}

}  // namespace

TaskSignal signal_of(const TaskData& data, std::span<const std::size_t> runs) {
  std::vector<double> compute, accuracies;
  for (const std::size_t i : runs) {
    compute.push_back(data.runs[i].scale.compute_or_rule());
    accuracies.push_back(data.runs[i].accuracy);
  }
  return signal_of(data.task, compute, accuracies);
}

TaskSignal signal_of(const Task& task, std::span<const double> compute_flops,
                     std::span<const double> accuracies) {
  std::vector<std::size_t> order(compute_flops.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return compute_flops[a] < compute_flops[b];
  });
  std::vector<double> x, y;
  for (const std::size_t i : order) {
    x.push_back(std::log(compute_flops[i]));
    y.push_back(accuracies[i]);
  }
  if (y.empty()) return {};
  constexpr std::size_t kLeastHalf = 4;
  const double least = least_variance(task);
  const std::size_t half = y.size() / 2, n_largest = std::max<std::size_t>(1, (y.size() + 2) / 4);
  TaskSignal result;
  result.trend = slope_t(x, y, least);
  if (y.size() - half >= kLeastHalf) {
    result.trend = std::max(result.trend,
                            slope_t(std::span(x).subspan(half), std::span(y).subspan(half), least));
  }
  result.reached = mean(std::span(y).last(n_largest));
  result.above_chance = (result.reached - task.chance) / std::max(0.05, 1 - task.chance);
  result.signal = judged(result);
  return result;
}

std::string_view signal_name(Signal signal) {
  return signal == Signal::clear ? "clear" : signal == Signal::weak ? "weak" : "at chance";
}

}  // namespace rung::ladder
