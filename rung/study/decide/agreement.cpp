#include "rung/study/decide/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "rung/core/statistics.hpp"

namespace rung::decide {
namespace {

using Values = std::vector<double>;

std::size_t right_pairs(const Values& predicted, const Values& actual) {
  std::size_t n_right = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    for (std::size_t j = i + 1; j < actual.size(); ++j) {
      if (predicted[i] == predicted[j]) continue;
      const bool first_is_better = predicted[i] > predicted[j];
      n_right += actual[i] == actual[j] || first_is_better == (actual[i] > actual[j]);
    }
  }
  return n_right;
}

/// To [0, 1]; empty where all are alike.
Values scaled(const Values& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) return {};
  Values result;
  for (const double value : values) result.push_back((value - *low) / (*high - *low));
  return result;
}

std::optional<double> weighted_pearson(const Values& x, const Values& y) {
  constexpr double kTemperature = 0.1;
  const Values merits = scaled(y);
  if (merits.empty()) return std::nullopt;
  Values weights;
  double total = 0;
  for (const double merit : merits) {
    weights.push_back(std::exp((merit - 1) / kTemperature));
    total += weights.back();
  }
  double mean_x = 0, mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += weights[i] / total * x[i];
    mean_y += weights[i] / total * y[i];
  }
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += weights[i] * (x[i] - mean_x) * (x[i] - mean_x);
    xy += weights[i] * (x[i] - mean_x) * (y[i] - mean_y);
    yy += weights[i] * (y[i] - mean_y) * (y[i] - mean_y);
  }
  return xx > 0 && yy > 0 ? std::optional(xy / std::sqrt(xx * yy)) : std::nullopt;
}

double discounted_gain(const Values& gains, const Values& order_by) {
  std::vector<std::size_t> order(gains.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return order_by[a] > order_by[b]; });
  double sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i)
    sum += gains[order[i]] / std::log2(static_cast<double>(i) + 2);
  return sum;
}

}  // namespace

Agreement agreement(std::span<const double> predicted, std::span<const double> actual) {
  Values x, y;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!std::isfinite(predicted[i]) || !std::isfinite(actual[i])) continue;
    x.push_back(predicted[i]);
    y.push_back(actual[i]);
  }
  Agreement result{.n_recipes = x.size(), .n_pairs = x.size() * (x.empty() ? 0 : x.size() - 1) / 2};
  if (result.n_pairs == 0) return result;
  result.decision_accuracy =
      static_cast<double>(right_pairs(x, y)) / static_cast<double>(result.n_pairs);
  result.spearman = correlation(ranks(x), ranks(y));
  result.pearson = correlation(x, y);
  result.weighted_pearson = weighted_pearson(x, y);
  if (const Values gains = scaled(y); !gains.empty())
    result.ndcg = discounted_gain(gains, x) / discounted_gain(gains, y);
  return result;
}

}  // namespace rung::decide
