#include "rung/fit/interval/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/optimum/batch.hpp"
#include "rung/fit/optimum/descend.hpp"

namespace rung {
namespace {

constexpr std::size_t kBlock = 256;        // replicates a thread takes at a time
constexpr std::size_t kCarefulBlock = 64;  // of those that take long
// Replicates solved when the library of starts is made anew.
constexpr std::size_t kLibrarySizes[] = {128, 512, 2048};
constexpr std::size_t kMostStarts = 4;  // of one replicate
constexpr std::size_t kGroup = 32;      // library entries weighed together

// The one loop here that is worth a compilation for each instruction set; gcc picks at run time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RUNG_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define RUNG_CLONES
#endif

/// totals[k] = sum over the points `drawn` of losses[i][k] * weights[i], and the least of each
/// group of them; losses: [n_groups x n_points x kGroup].
RUNG_CLONES void weigh(const float* losses, std::size_t n_points, const std::uint32_t* drawn,
                       const float* weights, std::size_t n_drawn, std::size_t n_groups,
                       float* totals, float* least) {
  for (std::size_t g = 0; g < n_groups; ++g) {
    float sum[kGroup] = {};
    for (std::size_t i = 0; i < n_drawn; ++i) {
      const float* row = losses + (g * n_points + drawn[i]) * kGroup;
      for (std::size_t k = 0; k < kGroup; ++k) sum[k] += weights[i] * row[k];
    }
    for (std::size_t k = 0; k < kGroup; ++k) totals[g * kGroup + k] = sum[k];
    for (std::size_t half = kGroup / 2; half > 0; half /= 2) {
      for (std::size_t k = 0; k < half; ++k)
        sum[k] = sum[k + half] < sum[k] ? sum[k + half] : sum[k];
    }
    least[g] = sum[0];
  }
}

/// Refits of a kinked loss end with a corner that is narrow beside the residuals, not beside
/// nothing: a replicate says where others would lie, not where exactly it lies itself.
double last_corner(const FitProblem& problem, const std::vector<double>& z) {
  return problem.loss().kinked() ? 1e-4 * median_residual(problem, z) : 0;
}

/// Wider ones on the way there, widest first.
std::vector<double> corners_on_the_way(const FitProblem& problem, const std::vector<double>& z) {
  if (!problem.loss().kinked()) return {3e-2, 1e-2, 3e-3};
  const double size = median_residual(problem, z);
  return {size, 0.3 * size, 0.1 * size, 3e-2 * size, 1e-2 * size, 1e-3 * size};
}

/// Solved replicates and the loss of every point under each of them: the objective of a new
/// replicate under an old solution is then one product. Entries near each other are a family.
class Library {
 public:
  Library(const FitProblem& problem, double corner, std::vector<std::vector<double>> starts)
      : loss_(problem.loss().shape(std::max(corner, problem.least_corner()))),
        n_points_(problem.points().size()),
        starts_(std::move(starts)) {
    const std::size_t n = starts_.size();
    n_padded_ = (n + kGroup - 1) / kGroup * kGroup;
    losses_.assign(n_points_ * n_padded_, kNone);
    for (std::size_t k = 0; k < n; ++k) {
      add_losses(problem, k);
      families_.push_back(family_of(k));
    }
  }

  std::size_t size() const { return starts_.size(); }

  /// The entries with the lowest objectives under these weights, each the lowest of its family:
  /// places to descend from. At most `most` (at most kMostStarts), and none far above the lowest.
  std::size_t pick(const double* weights, std::size_t most,
                   const std::vector<double>** picked) const {
    constexpr float kNear = 1.02f;
    thread_local std::vector<float> totals, least, drawn_weights;
    thread_local std::vector<std::uint32_t> drawn;
    thread_local std::vector<std::size_t> best_of;  // of each family; kNobody
    totals.resize(n_padded_);
    least.resize(n_padded_ / kGroup);
    best_of.assign(heads_.size(), kNobody);
    drawn.clear();
    drawn_weights.clear();
    for (std::size_t i = 0; i < n_points_; ++i) {
      if (weights[i] == 0) continue;
      drawn.push_back(static_cast<std::uint32_t>(i));
      drawn_weights.push_back(static_cast<float>(weights[i]));
    }
    weigh(losses_.data(), n_points_, drawn.data(), drawn_weights.data(), drawn.size(), least.size(),
          totals.data(), least.data());
    const float bar = kNear * *std::min_element(least.begin(), least.end());
    for (std::size_t group = 0; group < least.size(); ++group) {
      if (least[group] > bar) continue;
      for (std::size_t k = group * kGroup; k < (group + 1) * kGroup; ++k) {
        if (totals[k] > bar || k >= starts_.size()) continue;
        std::size_t& best = best_of[families_[k]];
        if (best == kNobody || totals[k] < totals[best]) best = k;
      }
    }
    std::erase(best_of, kNobody);
    const std::size_t n = std::min(most, best_of.size());
    std::partial_sort(best_of.begin(), best_of.begin() + static_cast<long>(n), best_of.end(),
                      [](std::size_t a, std::size_t b) { return totals[a] < totals[b]; });
    for (std::size_t i = 0; i < n; ++i) picked[i] = &starts_[best_of[i]];
    return n;
  }

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  static constexpr float kNone = 1e30f;

  void add_losses(const FitProblem& problem, std::size_t k) {
    const std::vector<double> f = problem.predict(problem.theta_at(starts_[k]), problem.points());
    for (std::size_t i = 0; i < n_points_; ++i) {
      const double r = transformed(problem.residual(), f[i]) -
                       transformed(problem.residual(), problem.points().y(i));
      const double size = std::abs(r), side = r > 0 ? loss_.weight_over : loss_.weight_under;
      const double loss = size <= loss_.delta ? r * r / 2 : loss_.delta * (size - loss_.delta / 2);
      losses_[(k / kGroup * n_points_ + i) * kGroup + k % kGroup] =
          std::isfinite(loss) ? static_cast<float>(loss_.scale * side * loss) : kNone;
    }
  }

  /// The family whose first entry is near, or a new one.
  std::size_t family_of(std::size_t k) {
    constexpr double kNear = 0.25;
    for (std::size_t family = 0; family < heads_.size(); ++family) {
      const std::vector<double>& head = starts_[heads_[family]];
      double distance = 0;
      for (std::size_t i = 0; i < head.size(); ++i)
        distance =
            std::max(distance, std::abs(starts_[k][i] - head[i]) / (0.1 + std::abs(head[i])));
      if (distance < kNear) return family;
    }
    heads_.push_back(k);
    return heads_.size() - 1;
  }

  LossShape loss_;
  std::size_t n_points_, n_padded_ = 0;
  std::vector<std::vector<double>> starts_;
  std::vector<float> losses_;          // [group of entries x point x kGroup]
  std::vector<std::size_t> families_;  // of each entry
  std::vector<std::size_t> heads_;     // the first entry of each family
};

/// A thread's replicates: their weights and the best that was found for each.
class Block {
 public:
  /// `unsolved` is what a replicate has before it is solved.
  Block(const FitProblem& problem, std::size_t first, std::size_t n, const DrawWeights& draw,
        const BatchDescent& unsolved)
      : problem_(problem),
        n_points_(problem.points().size()),
        weights_(n * n_points_),
        best_(n, unsolved),
        spread_(n) {
    for (std::size_t i = 0; i < n; ++i) draw(first + i, weights_.data() + i * n_points_);
  }

  std::size_t size() const { return best_.size(); }
  const double* weights(std::size_t i) const { return weights_.data() + i * n_points_; }
  const BatchDescent& best(std::size_t i) const { return best_[i]; }

  void start(std::size_t i, const std::vector<double>& z) {
    BatchDescent descent{.weights = weights(i)};
    std::copy(z.begin(), z.end(), descent.z);
    descents_.push_back(descent);
    owners_.push_back(i);
  }

  /// Descends from all starts since the last call, and keeps each replicate's best.
  void solve(const DescendOptions& options) {
    descend(problem_, descents_, options);
    for (std::size_t k = 0; k < descents_.size(); ++k) {
      const BatchDescent& found = descents_[k];
      BatchDescent& best = best_[owners_[k]];
      double& spread = spread_[owners_[k]];
      if (best.objective < kInfinity)
        spread = std::max(spread, std::abs(found.objective - best.objective));
      if (found.objective < best.objective) best = found;
    }
    descents_.clear();
    owners_.clear();
  }

  /// Descents from several starts ended at one place.
  bool agreed(std::size_t i) const {
    return best_[i].converged && spread_[i] <= 1e-6 * best_[i].objective;
  }

  /// From the full-sample optimum, directly and with the corner narrowed in steps.
  void solve_with_care(const std::vector<double>& z, const DescendOptions& options) {
    for (std::size_t i = 0; i < size(); ++i) start(i, z);
    solve(options);
    for (std::size_t i = 0; i < size(); ++i) start(i, z);
    for (const double corner : corners_on_the_way(problem_, z)) {
      DescendOptions wide = options;
      wide.corner = corner;
      wide.decrement_tolerance = 1e-6;
      wide.start_damping = 1e-3;
      descend(problem_, descents_, wide);
    }
    solve(options);
  }

  /// What did not settle goes on alone, for as long as it takes.
  void rescue(const DescendOptions& options) {
    constexpr int kMostIterations = 300;
    AlignedArray weights(problem_.points().n_padded());
    for (std::size_t i = 0; i < size(); ++i) {
      BatchDescent& best = best_[i];
      if (best.converged) continue;
      std::copy_n(this->weights(i), n_points_, weights.data());
      const Minimum minimum = minimize(problem_, {best.z, best.z + problem_.n_free()},
                                       {.max_iterations = kMostIterations,
                                        .decrement_tolerance = options.decrement_tolerance,
                                        .weights = weights.data(),
                                        .corner = options.corner});
      if (!(minimum.objective <= best.objective)) continue;
      std::copy(minimum.z.begin(), minimum.z.end(), best.z);
      best.objective = minimum.objective;
      best.converged = minimum.converged;
    }
  }

 private:
  const FitProblem& problem_;
  std::size_t n_points_;
  std::vector<double> weights_;  // [replicate x point]
  std::vector<BatchDescent> best_;
  std::vector<double> spread_;  // the widest between objectives that descents ended at
  std::vector<BatchDescent> descents_;
  std::vector<std::size_t> owners_;  // of descents_
};

class Refits {
 public:
  Refits(const FitProblem& problem, const std::vector<double>& theta, const DrawWeights& draw,
         const BootstrapOptions& options)
      : problem_(problem),
        draw_(draw),
        options_(options),
        z_(problem.coordinates_of(theta)),
        descending_{.corner = last_corner(problem, z_)} {
    std::copy(z_.begin(), z_.end(), unsolved_.z);
    solutions_.assign(options.n_replicates, unsolved_);
  }

  Bootstrap run() {
    const std::size_t n = options_.n_replicates;
    if (problem_.loss().kind == LossKind::squared) {
      in_blocks(0, n, kBlock, [&](Block& block) { refit_from_optimum(block); });
      return result();
    }
    std::size_t n_done = 0;
    for (const std::size_t size : kLibrarySizes) {
      const std::size_t stop = n_done == 0 ? std::min(size, n) : std::min(size, n / 2);
      if (stop <= n_done) continue;
      solve_stage(n_done, stop);
      n_done = stop;
      make_library(n_done);
    }
    solve_stage(n_done, n);
    // The first ones knew few places to start from.
    solve_stage(0, std::min(kLibrarySizes[1], n_done));
    return result();
  }

 private:
  void solve_stage(std::size_t begin, std::size_t end) {
    if (!library_) {
      in_blocks(begin, end, kCarefulBlock,
                [&](Block& block) { block.solve_with_care(z_, descending_); });
    } else {
      in_blocks(begin, end, kBlock, [&](Block& block) { refit(block); });
    }
  }

  void refit_from_optimum(Block& block) const {
    for (std::size_t i = 0; i < block.size(); ++i) block.start(i, z_);
    block.solve(descending_);
  }

  /// Up to two starts each, and more where they did not agree; all at once while the library is
  /// small.
  void refit(Block& block) const {
    const std::size_t first = library_->size() > kLibrarySizes[1] + 1 ? 2 : kMostStarts;
    const std::vector<double>* starts[kMostStarts];
    std::vector<const std::vector<double>*> more;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t n = library_->pick(block.weights(i), kMostStarts, starts);
      for (std::size_t k = 0; k < kMostStarts; ++k) {
        const std::vector<double>* start = k < n ? starts[k] : nullptr;
        if (k >= first) {
          more.push_back(start);
        } else if (start != nullptr) {
          block.start(i, *start);
        }
      }
    }
    block.solve(descending_);
    for (std::size_t i = 0, k = 0; i < block.size(); ++i) {
      for (std::size_t j = first; j < kMostStarts; ++j, ++k) {
        if (more[k] != nullptr && !block.agreed(i)) block.start(i, *more[k]);
      }
    }
    block.solve(descending_);
  }

  void make_library(std::size_t n_solved) {
    std::vector<std::vector<double>> starts = {z_};
    for (std::size_t i = 0; i < n_solved; ++i)
      starts.emplace_back(solutions_[i].z, solutions_[i].z + problem_.n_free());
    library_.emplace(problem_, descending_.corner, std::move(starts));
  }

  /// Calls body with the replicates begin to end, in blocks; then keeps what is better than before.
  template <class Body>
  void in_blocks(std::size_t begin, std::size_t end, std::size_t size, const Body& body) {
    if (begin >= end) return;
    const std::size_t n_blocks = (end - begin + size - 1) / size;
    parallel_for(n_blocks, options_.n_threads, [&](std::size_t b) {
      const std::size_t first = begin + b * size;
      Block block(problem_, first, std::min(size, end - first), draw_, unsolved_);
      body(block);
      block.rescue(descending_);
      for (std::size_t i = 0; i < block.size(); ++i) {
        BatchDescent& kept = solutions_[first + i];
        if (block.best(i).objective < kept.objective) kept = block.best(i);
      }
    });
  }

  Bootstrap result() const {
    const auto n_parameters = static_cast<std::size_t>(problem_.n_parameters());
    Bootstrap result;
    result.n_parameters = n_parameters;
    result.theta.resize(solutions_.size() * n_parameters);
    for (std::size_t i = 0; i < solutions_.size(); ++i) {
      problem_.theta_at(solutions_[i].z, result.theta.data() + i * n_parameters);
      result.objective.push_back(solutions_[i].objective);
      if (!solutions_[i].converged) ++result.n_unsettled;
    }
    return result;
  }

  const FitProblem& problem_;
  const DrawWeights& draw_;
  BootstrapOptions options_;
  std::vector<double> z_;
  DescendOptions descending_;
  BatchDescent unsolved_;
  std::optional<Library> library_;
  std::vector<BatchDescent> solutions_;
};

}  // namespace

std::vector<double> Bootstrap::theta_of(std::size_t replicate) const {
  const auto begin = theta.begin() + static_cast<long>(replicate * n_parameters);
  return {begin, begin + static_cast<long>(n_parameters)};
}

Bootstrap bootstrap(const FitProblem& problem, const std::vector<double>& theta,
                    const DrawWeights& draw, const BootstrapOptions& options) {
  return Refits(problem, theta, draw, options).run();
}

DrawWeights draw_clusters(std::vector<int> cluster_of, int n_clusters, std::vector<double> weights,
                          std::uint64_t seed) {
  return [cluster_of = std::move(cluster_of), n_clusters, weights = std::move(weights), seed](
             std::size_t replicate, double* out) {
    Rng rng(seed, replicate);
    std::vector<double> count(static_cast<std::size_t>(n_clusters), 0.0);
    for (int draw = 0; draw < n_clusters; ++draw)
      count[rng.below(static_cast<std::uint32_t>(n_clusters))] += 1;
    for (std::size_t i = 0; i < cluster_of.size(); ++i) {
      out[i] = cluster_of[i] < 0 ? weights[i]
                                 : weights[i] * count[static_cast<std::size_t>(cluster_of[i])];
    }
  };
}

}  // namespace rung
