#pragma once
/// How well a small-scale value orders recipes as the target does.

#include <cstddef>
#include <optional>
#include <span>

namespace rung::decide {

struct Agreement {
  std::size_t n_recipes = 0, n_pairs = 0;
  /// The share of pairs of recipes that are put in the target's order. A pair that is tied at the
  /// target counts as right, one that is tied only in the prediction as wrong. Absent without a
  /// pair.
  std::optional<double> decision_accuracy;
  std::optional<double> spearman, pearson;
  /// Pearson's r with weights that favour the best recipes: a softmax of the actual values, scaled
  /// to [0, 1], at temperature 0.1.
  std::optional<double> weighted_pearson;
  /// Normalized discounted cumulative gain: the actual values, scaled to [0, 1], over log2(rank +
  /// 1) in the order of the prediction, over the same in the best order.
  std::optional<double> ndcg;
};

/// Of one value a recipe each, more being better in both; recipes that lack one of the two (NaN)
/// are left out.
Agreement agreement(std::span<const double> predicted, std::span<const double> actual);

}  // namespace rung::decide
