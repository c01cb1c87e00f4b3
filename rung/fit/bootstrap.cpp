#include "rung/fit/bootstrap.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/minimize.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostLibrary = 384;
constexpr std::size_t kBlock = 64;  // replicates a thread takes at a time

double kink_corner(const FitProblem& problem) { return problem.loss().kinked() ? 1e-9 : 0; }

/// Solved replicates and the loss of every point under each of them: the objective of a new
/// replicate under an old solution is then one product.
class Library {
 public:
  explicit Library(const FitProblem& problem)
      : problem_(problem), n_padded_(problem.points().n_padded()) {}

  void add(const std::vector<double>& z) {
    const std::vector<double> theta = problem_.theta_at(z);
    const std::vector<double> f = problem_.predict(theta, problem_.points());
    const LossShape shape = problem_.loss().shape(kink_corner(problem_));
    std::vector<double> losses(n_padded_, 0.0);
    for (std::size_t i = 0; i < f.size(); ++i) {
      const double r = transformed(problem_.residual(), f[i]) -
                       transformed(problem_.residual(), problem_.points().y(i));
      const double size = std::abs(r), side = r > 0 ? shape.weight_over : shape.weight_under;
      const double value =
          shape.scale * side *
          (size <= shape.delta ? r * r / 2 : shape.delta * (size - shape.delta / 2));
      losses[i] = std::isfinite(value) ? value : 1e30;
    }
    starts_.push_back(z);
    losses_.insert(losses_.end(), losses.begin(), losses.end());
  }

  /// The best entry for these weights, and the best of those whose solution is elsewhere.
  std::pair<const std::vector<double>*, const std::vector<double>*> best_two(
      const double* weights) const {
    std::size_t first = 0;
    double best = kInfinity;
    scratch().resize(starts_.size());
    for (std::size_t k = 0; k < starts_.size(); ++k) {
      const double* losses = losses_.data() + k * n_padded_;
      double sums[8] = {};
      for (std::size_t i = 0; i < n_padded_; i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane)
          sums[lane] += losses[i + lane] * weights[i + lane];
      }
      double total = 0;
      for (const double sum : sums) total += sum;
      scratch()[k] = total;
      if (total < best) best = total, first = k;
    }
    std::size_t second = first;
    double runner_up = kInfinity;
    for (std::size_t k = 0; k < starts_.size(); ++k) {
      if (scratch()[k] < runner_up && far_apart(starts_[k], starts_[first]))
        runner_up = scratch()[k], second = k;
    }
    return {&starts_[first], second == first ? nullptr : &starts_[second]};
  }

 private:
  static std::vector<double>& scratch() {
    thread_local std::vector<double> totals;
    return totals;
  }
  static bool far_apart(const std::vector<double>& a, const std::vector<double>& b) {
    double distance = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      distance = std::max(distance, std::abs(a[i] - b[i]) / (0.1 + std::abs(b[i])));
    return distance > 0.1;
  }

  const FitProblem& problem_;
  std::size_t n_padded_;
  std::vector<std::vector<double>> starts_;
  std::vector<double> losses_;  // [entry x n_padded]
};

const Minimum& better(const Minimum& a, const Minimum& b) {
  return b.objective < a.objective ? b : a;
}

MinimizeOptions refit_options(const FitProblem& problem, const double* weights, double damping) {
  return {.max_iterations = 60,
          .decrement_tolerance = 1e-11,
          .start_damping = damping,
          .weights = weights,
          .corner = kink_corner(problem)};
}

/// From the full-sample optimum, directly and with the corner narrowed in steps; the better of
/// both.
Minimum solve_with_care(const FitProblem& problem, const std::vector<double>& z,
                        const double* weights) {
  Minimum direct = minimize(problem, z, refit_options(problem, weights, 1e-3));
  if (problem.loss().kind == LossKind::squared && direct.converged) return direct;
  Minimum stepped;
  stepped.z = z;
  for (const double corner : {3e-2, 1e-2, 3e-3}) {
    MinimizeOptions options = refit_options(problem, weights, 1e-3);
    options.corner = corner;
    options.decrement_tolerance = 1e-6;
    stepped = minimize(problem, stepped.z, options);
  }
  stepped = minimize(problem, stepped.z, refit_options(problem, weights, 1e-3));
  return better(direct, stepped);
}

class Refits {
 public:
  Refits(const FitProblem& problem, const std::vector<double>& theta, const DrawWeights& draw,
         const BootstrapOptions& options)
      : problem_(problem),
        draw_(draw),
        options_(options),
        z_(problem.coordinates_of(theta)),
        library_(problem) {
    result_.n_parameters = theta.size();
    result_.objective.resize(options.n_replicates);
    result_.theta.resize(options.n_replicates * theta.size());
    settled_.resize(options.n_replicates);
  }

  Bootstrap run() {
    const bool smooth = problem_.loss().kind == LossKind::squared;
    const std::size_t n_library = smooth ? 0 : std::min(kMostLibrary, options_.n_replicates);
    std::vector<std::vector<double>> solved(n_library);
    in_blocks(0, n_library, [&](std::size_t replicate, const double* weights) {
      const Minimum minimum = solve_with_care(problem_, z_, weights);
      solved[replicate] = minimum.z;
      store(replicate, minimum);
    });
    library_.add(z_);
    for (const std::vector<double>& z : solved) library_.add(z);
    in_blocks(n_library, options_.n_replicates, [&](std::size_t replicate, const double* weights) {
      store(replicate, refit(weights));
    });
    result_.n_unsettled = static_cast<std::size_t>(std::count(settled_.begin(), settled_.end(), 0));
    return std::move(result_);
  }

 private:
  Minimum refit(const double* weights) const {
    const auto [first, second] = library_.best_two(weights);
    Minimum minimum = minimize(problem_, *first, refit_options(problem_, weights, 1e-5));
    if (second != nullptr)
      minimum =
          better(minimum, minimize(problem_, *second, refit_options(problem_, weights, 1e-5)));
    if (!minimum.converged) minimum = better(minimum, solve_with_care(problem_, z_, weights));
    return minimum;
  }

  template <class Body>
  void in_blocks(std::size_t begin, std::size_t end, const Body& body) {
    const std::size_t n_blocks = (end - begin + kBlock - 1) / kBlock;
    parallel_for(n_blocks, options_.n_threads, [&](std::size_t block) {
      AlignedArray weights(problem_.points().n_padded());
      const std::size_t stop = std::min(end, begin + (block + 1) * kBlock);
      for (std::size_t replicate = begin + block * kBlock; replicate < stop; ++replicate) {
        draw_(replicate, weights.data());
        body(replicate, weights.data());
      }
    });
  }

  void store(std::size_t replicate, const Minimum& minimum) {
    problem_.theta_at(minimum.z.data(), result_.theta.data() + replicate * result_.n_parameters);
    result_.objective[replicate] = minimum.objective;
    settled_[replicate] = minimum.converged ? 1 : 0;
  }

  const FitProblem& problem_;
  const DrawWeights& draw_;
  BootstrapOptions options_;
  std::vector<double> z_;
  Library library_;
  Bootstrap result_;
  std::vector<unsigned char> settled_;
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
