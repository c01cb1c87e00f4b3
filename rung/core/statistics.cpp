#include "rung/core/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rung {
namespace {

/// Puts the value that would stand at `values.size() / 2` in ascending order there.
double upper_middle(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double share(std::size_t i, std::size_t n) {
  return static_cast<double>(i) / static_cast<double>(n - 1);
}

}  // namespace

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squared_deviations(std::span<const double> values) {
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return squares;
}

double sample_variance(std::span<const double> values) {
  return squared_deviations(values) / static_cast<double>(values.size() - 1);
}

double sample_sd(std::span<const double> values) { return std::sqrt(sample_variance(values)); }

double population_sd(std::span<const double> values) {
  return std::sqrt(squared_deviations(values) / static_cast<double>(values.size()));
}

double median(std::vector<double> values) {
  const double upper = upper_middle(values);
  if (values.size() % 2 == 1) return upper;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  return (upper + *std::max_element(values.begin(), middle)) / 2;
}

double upper_median(std::vector<double> values) { return upper_middle(values); }

double sorted_quantile(std::span<const double> ascending, double p) {
  const double place = p * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double low = ascending[below], high = ascending[std::min(below + 1, ascending.size() - 1)];
  const double between = place - static_cast<double>(below);
  return between == 0 || low == high ? low : low + between * (high - low);
}

std::optional<double> correlation(std::span<const double> x, std::span<const double> y) {
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (!(xx > 0) || !(yy > 0)) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    for (std::size_t i = first; i <= last; ++i) {
      result[order[i]] = 0.5 * static_cast<double>(first + last);
    }
    first = last + 1;
  }
  return result;
}

std::vector<double> sorted_distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<double> linear_grid(double low, double high, std::size_t n) {
  std::vector<double> values;
  for (std::size_t i = 0; i + 1 < n; ++i) values.push_back(low + share(i, n) * (high - low));
  values.push_back(high);
  return values;
}

std::vector<double> log_grid(double low, double high, std::size_t n) {
  std::vector<double> values;
  for (std::size_t i = 0; i + 1 < n; ++i) values.push_back(low * std::pow(high / low, share(i, n)));
  values.push_back(high);
  return values;
}

bool looks_like_percent(std::span<const double> values) {
  // A share is a hundredth of its percentage. Accuracies of one benchmark rarely differ by ten
  // times with none between.
  constexpr double kFar = 10;
  std::size_t n = 0, n_above_one = 0;
  double most_up_to_one = 0, least_above_one = 100;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (value < 0 || value > 100) return false;
    ++n;
    n_above_one += value > 1;
    if (value > 1) {
      least_above_one = std::min(least_above_one, value);
    } else {
      most_up_to_one = std::max(most_up_to_one, value);
    }
  }
  const bool has_shares = most_up_to_one > 0 && least_above_one > kFar * most_up_to_one;
  return 2 * n_above_one > n && !has_shares;
}

}  // namespace rung
