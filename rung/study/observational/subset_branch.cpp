/// Branch and bound where there are too many combinations to look at each.
///
/// The trace of an inverse is convex in the matrix and falls with every family, so it has a lower
/// bound over all that can still be chosen: its tangent at any matrix M, trace(M^-1) - <M^-2, X -
/// M>, least over X by a fractional knapsack. M is moved towards where the relaxed problem
/// (families by fractions) has its optimum (Frank and Wolfe 1956), where the bound is best.

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "rung/core/parallel.hpp"
#include "rung/study/observational/subset_space.hpp"

namespace rung::observational {
namespace {

constexpr int kMaxMoves = 12;

/// The lower triangle as a matrix.
Matrix unpacked(const Packed& packed, std::size_t k) {
  Matrix matrix(k, k);
  for (std::size_t i = 0, e = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++e) matrix(i, j) = packed[e];
  }
  return matrix;
}

/// <W, A> of symmetric packed matrices: off-diagonal elements count twice.
double inner(const Packed& w, const Packed& a, std::size_t k) {
  double sum = 0;
  for (std::size_t i = 0, e = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++e) sum += (i == j ? 1 : 2) * w[e] * a[e];
  }
  return sum;
}

/// One budget's search, over families in an order of its own.
class Branching {
 public:
  Branching(const SubsetSpace& space, std::size_t budget, std::size_t most_nodes)
      : space_(space), budget_(budget), nodes_left_(most_nodes), champions_(space) {}

  BranchAndBound run() {
    if (space_.n_included_models <= space_.budgets[budget_]) {
      order_.resize(space_.n_families());
      std::iota(order_.begin(), order_.end(), std::size_t{0});
      order_by_use();
      Node root{space_.included, 0, space_.n_included_models, 0};
      std::vector<double> shares(space_.n_families(), 0.5);
      descend(root, 0, shares);
    }
    return {champions_, complete_};
  }

 private:
  struct Node {
    Packed sum;
    std::uint64_t families;
    std::size_t n_models;
    std::size_t n_chosen;
  };

  double models_left(const Node& node) const {
    return static_cast<double>(space_.budgets[budget_] - node.n_models);
  }
  double models_of(std::size_t family) const {
    return static_cast<double>(space_.n_models[family]);
  }

  /// Families that say most for each of their models first: good answers are then found early.
  void order_by_use() {
    std::vector<double> use(order_.size());
    for (const std::size_t family : order_) {
      double trace = 0;
      for (std::size_t i = 0; i < space_.k; ++i) trace += space_.grams[family][i * (i + 1) / 2 + i];
      use[family] = trace / std::max(1.0, models_of(family));
    }
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return use[a] > use[b]; });
  }

  /// What the families from `next` on can add to <W, X> at most, and the shares of each in that.
  double most_from(const Node& node, std::size_t next, const std::vector<double>& use,
                   std::vector<double>& shares) const {
    std::vector<std::size_t> rest(order_.begin() + static_cast<std::ptrdiff_t>(next), order_.end());
    std::fill(shares.begin(), shares.end(), 0.0);
    // Two bounds, one by each limit alone; the shares are those of the models' limit.
    std::sort(rest.begin(), rest.end(),
              [&](std::size_t a, std::size_t b) { return use[a] > use[b]; });
    const std::size_t slots = space_.most - node.n_chosen;
    double by_families = 0;
    for (std::size_t i = 0; i < std::min(slots, rest.size()); ++i) by_families += use[rest[i]];
    std::sort(rest.begin(), rest.end(), [&](std::size_t a, std::size_t b) {
      return use[a] * models_of(b) > use[b] * models_of(a);
    });
    double left = models_left(node), by_models = 0, slots_left = static_cast<double>(slots);
    for (const std::size_t family : rest) {
      const double share = std::min(1.0, left / std::max(1e-9, models_of(family)));
      by_models += share * use[family];
      left -= share * models_of(family);
      shares[family] = std::min(share, slots_left);
      slots_left -= shares[family];
      if (left <= 0) break;
    }
    return std::min(by_families, by_models);
  }

  /// Below this no choice among the families from `next` on can come. `shares` is where the relaxed
  /// optimum is looked for, and then where it was found.
  double bound(const Node& node, std::size_t next, std::vector<double>& shares) const {
    const std::size_t k = space_.k;
    std::vector<double> use(space_.n_families()), target(space_.n_families());
    double best = 0;
    for (int move = 0; move < kMaxMoves; ++move) {
      Packed sum = node.sum;
      for (std::size_t i = next; i < order_.size(); ++i) {
        const std::size_t family = order_[i];
        if (move == 0) shares[family] = std::max(shares[family], 1e-3);
        for (std::size_t e = 0; e < sum.size(); ++e)
          sum[e] += shares[family] * space_.grams[family][e];
      }
      const double trace = trace_of_inverse(sum.data(), k);
      const auto factor = std::isinf(trace) ? std::nullopt : cholesky(unpacked(sum, k));
      if (!factor) {
        // Not even all of the rest determine anything.
        Packed all = node.sum;
        for (std::size_t i = next; i < order_.size(); ++i) {
          for (std::size_t e = 0; e < all.size(); ++e) all[e] += space_.grams[order_[i]][e];
        }
        return std::isinf(trace_of_inverse(all.data(), k)) ? trace : best;
      }
      const Matrix square = gram(cholesky_inverse(*factor));
      Packed w;
      for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j <= i; ++j) w.push_back(square(i, j));
      }
      double here = 0;
      for (std::size_t i = next; i < order_.size(); ++i) {
        const std::size_t family = order_[i];
        use[family] = inner(w, space_.grams[family], k);
        here += shares[family] * use[family];
      }
      best = std::max(best, trace + here - most_from(node, next, use, target));
      if (best > champions_.below(budget_)) break;
      const double step = 2.0 / (move + 3);
      for (std::size_t i = next; i < order_.size(); ++i) {
        const std::size_t family = order_[i];
        shares[family] += step * (target[family] - shares[family]);
      }
    }
    return best;
  }

  void descend(const Node& node, std::size_t next, std::vector<double> shares) {
    if (nodes_left_ == 0) {
      complete_ = false;
      return;
    }
    --nodes_left_;
    if (node.families != 0)
      champions_.offer(space_,
                       {trace_of_inverse(node.sum.data(), space_.k), node.families, node.n_models});
    if (node.n_chosen == space_.most) return;
    // Those that are too many models can't be added any more.
    while (next < order_.size() && models_of(order_[next]) > models_left(node)) ++next;
    if (next == order_.size()) return;
    if (bound(node, next, shares) > champions_.below(budget_)) return;

    const std::size_t family = order_[next];
    Node with = node;
    for (std::size_t e = 0; e < with.sum.size(); ++e) with.sum[e] += space_.grams[family][e];
    with.families |= std::uint64_t{1} << family;
    with.n_models += space_.n_models[family];
    ++with.n_chosen;
    descend(with, next + 1, shares);
    descend(node, next + 1, std::move(shares));
  }

  const SubsetSpace& space_;
  std::size_t budget_;
  std::size_t nodes_left_;
  Champions champions_;
  bool complete_ = true;
  std::vector<std::size_t> order_;
};

}  // namespace

BranchAndBound branch_and_bound(const SubsetSpace& space, std::size_t most_nodes, int n_threads) {
  std::vector<BranchAndBound> found(space.budgets.size(), {Champions(space), true});
  parallel_for(space.budgets.size(), n_threads,
               [&](std::size_t b) { found[b] = Branching(space, b, most_nodes).run(); });
  BranchAndBound result{Champions(space), true};
  for (const BranchAndBound& one : found) {
    result.complete = result.complete && one.complete;
    for (const auto& subset : one.champions.best) {
      if (subset) result.champions.offer(space, *subset);
    }
  }
  return result;
}

}  // namespace rung::observational
