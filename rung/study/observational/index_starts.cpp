#include "rung/study/observational/index_starts.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"

namespace rung::observational {
namespace {

constexpr std::size_t kKept = 6;
/// Steepness, per standard deviation along the direction.
constexpr double kSteepness[] = {0.5, 1, 2, 4, 8, 16};
/// Where the sigmoid is half-way, from the lowest (0) to the highest (1) model.
constexpr double kThresholds[] = {-1, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 2, 3};

struct Start {
  double error = 0;
  std::vector<double> theta;
};

std::vector<std::vector<double>> directions(const Matrix& centred, std::span<const double> y) {
  std::vector<std::vector<double>> all;
  for (std::size_t k = 0; k < centred.n_columns; ++k) {
    all.emplace_back(centred.n_columns, 0.0);
    all.back()[k] = 1;
  }
  if (centred.n_columns > 1) {
    std::vector<double> centred_y(y.begin(), y.end());
    const double middle = mean(y);
    for (double& value : centred_y) value -= middle;
    all.push_back(least_squares(centred, centred_y).solution.values);
  }
  const std::size_t n = all.size();
  for (std::size_t i = 0; i < n; ++i) {
    all.push_back(all[i]);
    scale(-1, all.back());
  }
  return all;
}

/// floor + (1 - floor) s with the floor that is best, inside its range.
double best_floor(std::span<const double> s, std::span<const double> y, double width) {
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const double rest = 1 - s[i];
    squares += rest * rest;
    products += rest * (y[i] - s[i]);
  }
  return squares > 0 ? std::clamp(products / squares, 0.0, width) : 0;
}

/// A sigmoid along a direction; `s` is room for its values.
struct Trial {
  double steepness, threshold, floor = 0;

  /// Sets the floor to the best, if there is one; the sum of squares.
  double error(std::span<const double> along, std::span<const double> y,
               const RegressionOptions& options, std::vector<double>& s) {
    s.resize(along.size());
    for (std::size_t i = 0; i < s.size(); ++i)
      s[i] = 1 / (1 + std::exp(-steepness * (along[i] - threshold)));
    if (options.link == Link::parametric_sigmoid) floor = best_floor(s, y, options.width);
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const double rest = floor + (1 - floor) * s[i] - y[i];
      sum += rest * rest;
    }
    return sum;
  }
};

}  // namespace

std::vector<std::vector<double>> index_starts(const Matrix& x, std::span<const double> y,
                                              const RegressionOptions& options) {
  if (options.link != Link::sigmoid && options.link != Link::parametric_sigmoid) return {};
  Matrix centred = x;
  const std::vector<double> middle = centre_columns(centred);
  const bool has_floor = options.link == Link::parametric_sigmoid;

  std::vector<Start> best;  // of each direction and steepness
  std::vector<double> room;
  for (const std::vector<double>& direction : directions(centred, y)) {
    const std::vector<double> along = product(centred, direction);
    const double sd = norm(along) / std::sqrt(static_cast<double>(along.size()));
    if (!(sd > 0)) continue;
    const auto [low, high] = std::minmax_element(along.begin(), along.end());
    for (const double per_sd : kSteepness) {
      Trial best_here{};
      double least = kInfinity;
      for (const double place : kThresholds) {
        Trial trial{per_sd / sd, *low + place * (*high - *low)};
        const double error = trial.error(along, y, options, room);
        if (error < least) best_here = trial, least = error;
      }
      if (least == kInfinity) continue;
      // In the law's order: floor and height stand before the index in its formula.
      Start start{least, {}};
      if (has_floor) start.theta.push_back(best_here.floor);
      if (has_floor && !options.fixed_height) start.theta.push_back(1 - best_here.floor);
      std::vector<double> weights = direction;
      scale(best_here.steepness, weights);
      start.theta.push_back(-best_here.steepness * best_here.threshold - dot(middle, weights));
      start.theta.insert(start.theta.end(), weights.begin(), weights.end());
      best.push_back(std::move(start));
    }
  }
  std::stable_sort(best.begin(), best.end(),
                   [](const Start& a, const Start& b) { return a.error < b.error; });
  std::vector<std::vector<double>> starts;
  for (std::size_t i = 0; i < std::min(kKept, best.size()); ++i)
    starts.push_back(std::move(best[i].theta));
  return starts;
}

}  // namespace rung::observational
