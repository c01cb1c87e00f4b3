#include "rung/fit/interval/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/interval/start_library.hpp"
#include "rung/fit/optimum/batch.hpp"
#include "rung/fit/optimum/descend.hpp"

namespace rung {
namespace {

constexpr std::size_t kBlock = 256;     // replicates a thread takes at a time
constexpr std::size_t kSlowBlock = 64;  // while there is no library
// Replicates solved when the library of starts is made anew.
constexpr std::size_t kLibrarySizes[] = {128, 512, 2048};

/// Delta to which refits smooth a kinked loss: small beside the residuals is enough, because only
/// the scatter of the replicates matters.
double last_huber_delta(const FitProblem& problem, const std::vector<double>& z) {
  return problem.loss().kinked() ? 1e-4 * median_residual(problem, z) : 0;
}

/// Wider ones for continuation, widest first.
std::vector<double> wider_huber_deltas(const FitProblem& problem, const std::vector<double>& z) {
  if (!problem.loss().kinked()) return {3e-2, 1e-2, 3e-3};
  const double size = median_residual(problem, z);
  return {size, 0.3 * size, 0.1 * size, 3e-2 * size, 1e-2 * size, 1e-3 * size};
}

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

  /// From the full-sample optimum, directly and by continuation.
  void solve_both_ways(const std::vector<double>& z, const DescendOptions& options) {
    for (std::size_t i = 0; i < size(); ++i) start(i, z);
    solve(options);
    for (std::size_t i = 0; i < size(); ++i) start(i, z);
    for (const double huber_delta : wider_huber_deltas(problem_, z)) {
      DescendOptions wide = options;
      wide.huber_delta = huber_delta;
      wide.decrement_tolerance = 1e-6;
      wide.start_damping = 1e-3;
      descend(problem_, descents_, wide);
    }
    solve(options);
  }

  /// Continues the descents that did not converge, one by one and with many iterations.
  void finish(const DescendOptions& options) {
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
                                        .huber_delta = options.huber_delta});
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

/// See bootstrap().
class Refits {
 public:
  Refits(const FitProblem& problem, const std::vector<double>& theta, const DrawWeights& draw,
         const BootstrapOptions& options)
      : problem_(problem),
        draw_(draw),
        options_(options),
        z_(problem.coordinates_of(theta)),
        descending_{.huber_delta = last_huber_delta(problem, z_)} {
    std::copy(z_.begin(), z_.end(), unsolved_.z);
    solutions_.assign(options.n_replicates, unsolved_);
  }

  Bootstrap run() {
    const std::size_t n = options_.n_replicates;
    if (problem_.loss().smooth()) {
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
    // The first ones had few starts to choose from.
    solve_stage(0, std::min(kLibrarySizes[1], n_done));
    return result();
  }

 private:
  void solve_stage(std::size_t begin, std::size_t end) {
    if (!library_) {
      in_blocks(begin, end, kSlowBlock,
                [&](Block& block) { block.solve_both_ways(z_, descending_); });
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
    const std::size_t first =
        library_->size() > kLibrarySizes[1] + 1 ? 2 : StartLibrary::kMostStarts;
    const std::vector<double>* starts[StartLibrary::kMostStarts];
    std::vector<const std::vector<double>*> more;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t n = library_->pick(block.weights(i), StartLibrary::kMostStarts, starts);
      for (std::size_t k = 0; k < StartLibrary::kMostStarts; ++k) {
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
      for (std::size_t j = first; j < StartLibrary::kMostStarts; ++j, ++k) {
        if (more[k] != nullptr && !block.agreed(i)) block.start(i, *more[k]);
      }
    }
    block.solve(descending_);
  }

  void make_library(std::size_t n_solved) {
    std::vector<std::vector<double>> starts = {z_};
    for (std::size_t i = 0; i < n_solved; ++i)
      starts.emplace_back(solutions_[i].z, solutions_[i].z + problem_.n_free());
    library_.emplace(problem_, descending_.huber_delta, std::move(starts));
  }

  /// Calls body with the replicates begin to end, in blocks; then keeps what is better than before.
  template <class Body>
  void in_blocks(std::size_t begin, std::size_t end, std::size_t size, const Body& body) {
    if (begin >= end) return;
    const std::size_t n_blocks = (end - begin + size - 1) / size;
    parallel_for(
        n_blocks, options_.n_threads,
        [&](std::size_t b) {
          const std::size_t first = begin + b * size;
          Block block(problem_, first, std::min(size, end - first), draw_, unsolved_);
          body(block);
          block.finish(descending_);
          for (std::size_t i = 0; i < block.size(); ++i) {
            BatchDescent& kept = solutions_[first + i];
            if (block.best(i).objective < kept.objective) kept = block.best(i);
          }
        },
        "bootstrap");
  }

  Bootstrap result() const {
    const auto n_parameters = static_cast<std::size_t>(problem_.n_parameters());
    Bootstrap result;
    result.n_parameters = n_parameters;
    result.theta.resize(solutions_.size() * n_parameters);
    for (std::size_t i = 0; i < solutions_.size(); ++i) {
      problem_.theta_at(solutions_[i].z, result.theta.data() + i * n_parameters);
      result.objective.push_back(solutions_[i].objective);
      if (!solutions_[i].converged) ++result.n_not_converged;
    }
    return result;
  }

  const FitProblem& problem_;
  const DrawWeights& draw_;
  BootstrapOptions options_;
  std::vector<double> z_;
  DescendOptions descending_;
  BatchDescent unsolved_;
  std::optional<StartLibrary> library_;
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
