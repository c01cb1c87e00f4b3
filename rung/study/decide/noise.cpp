#include "rung/study/decide/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rung/core/statistics.hpp"

namespace rung::decide {
namespace {

/// Variances of several samples, weighted by what each knows of it.
class Pooled {
 public:
  void add(double sum_of_squares, double dof) {
    sum_ += sum_of_squares;
    dof_ += dof;
  }
  std::optional<double> sd() const {
    return dof_ > 0 ? std::optional(std::sqrt(sum_ / dof_)) : std::nullopt;
  }

 private:
  double sum_ = 0, dof_ = 0;
};

/// Of differences between neighbours, each of which has twice the variance.
void add_differences(const std::vector<double>& values, std::size_t n_last, Pooled& pooled) {
  std::vector<double> last;
  for (auto value = values.rbegin(); value != values.rend() && last.size() < n_last; ++value) {
    if (!std::isnan(*value)) last.push_back(*value);
  }
  for (std::size_t i = 1; i < last.size(); ++i)
    pooled.add((last[i] - last[i - 1]) * (last[i] - last[i - 1]) / 2, 1);
}

}  // namespace

std::optional<double> Noise::of_run() const {
  if (checkpoints && seeds) return std::max(*checkpoints, *seeds);
  return seeds ? seeds : checkpoints;
}

Noise noise_of(const Evaluations& evaluations, std::size_t task, std::size_t size,
               std::size_t metric, std::size_t n_last) {
  Pooled checkpoints, seeds;
  for (std::size_t recipe = 0; recipe < evaluations.recipes.size(); ++recipe) {
    std::vector<double> finals;
    for (const std::size_t run : evaluations.runs(recipe, size, task)) {
      const Series& series = evaluations.series[run];
      add_differences(series.values[metric], n_last, checkpoints);
      const double value = series.final_value(metric);
      if (!std::isnan(value)) finals.push_back(value);
    }
    if (finals.size() > 1)
      seeds.add(squared_deviations(finals), static_cast<double>(finals.size() - 1));
  }
  return {checkpoints.sd(), seeds.sd()};
}

SignalToNoise signal_to_noise(const Evaluations& evaluations, std::size_t task, std::size_t size,
                              std::size_t metric, std::size_t n_last) {
  SignalToNoise result{.noise = noise_of(evaluations, task, size, metric, n_last)};
  std::vector<double> finals;
  double n_runs = 0;
  for (std::size_t recipe = 0; recipe < evaluations.recipes.size(); ++recipe) {
    const double value = evaluations.final_mean(recipe, size, task, metric);
    if (std::isnan(value)) continue;
    finals.push_back(value);
    n_runs += static_cast<double>(evaluations.runs(recipe, size, task).size());
  }
  result.n_recipes = finals.size();
  const std::optional<double> noise = result.noise.of_run();
  if (finals.size() < 2) return result;
  result.signal = sample_sd(finals);
  if (!noise || !(*noise > 0)) return result;
  result.ratio = *result.signal / *noise;
  // What is seen between recipes holds the noise of the means over their seeds, too.
  const double n_seeds = n_runs / static_cast<double>(finals.size());
  const double true_variance =
      std::max(0.0, *result.signal * *result.signal - *noise * *noise / n_seeds);
  result.expected_order = 0.5 + std::atan(std::sqrt(true_variance) / *noise) / std::numbers::pi;
  return result;
}

}  // namespace rung::decide
