#include "rung/fit/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/minimize.hpp"

namespace rung {
namespace {

// The first replicates are solved with care; with the next ones, started from those, they make the
// library.
constexpr std::size_t kMostWithCare = 128;
constexpr std::size_t kMostLibrary = 768;
constexpr std::size_t kBlock = 64;  // replicates a thread takes at a time

// The one loop here that is worth a compilation for each instruction set; gcc picks at run time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RUNG_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define RUNG_CLONES
#endif

/// totals[k] = sum over points of losses[k][i] * weights[i]; losses by point: [n_points x
/// n_entries].
RUNG_CLONES void weigh(const float* losses, const double* weights, std::size_t n_points,
                       std::size_t n_entries, float* totals) {
  std::fill_n(totals, n_entries, 0.0f);
  for (std::size_t i = 0; i < n_points; ++i) {
    const float weight = static_cast<float>(weights[i]);
    if (weight == 0) continue;
    const float* row = losses + i * n_entries;
    for (std::size_t k = 0; k < n_entries; ++k) totals[k] += weight * row[k];
  }
}

double kink_corner(const FitProblem& problem) { return problem.loss().kinked() ? 1e-9 : 0; }

/// Solved replicates and the loss of every point under each of them: the objective of a new
/// replicate under an old solution is then one product.
class Library {
 public:
  Library(const FitProblem& problem, std::vector<std::vector<double>> starts)
      : n_points_(problem.points().size()),
        starts_(std::move(starts)),
        losses_(n_points_ * starts_.size()) {
    const LossShape shape = problem.loss().shape(kink_corner(problem));
    for (std::size_t k = 0; k < starts_.size(); ++k) {
      const std::vector<double> f = problem.predict(problem.theta_at(starts_[k]), problem.points());
      for (std::size_t i = 0; i < n_points_; ++i) {
        const double r = transformed(problem.residual(), f[i]) -
                         transformed(problem.residual(), problem.points().y(i));
        const double size = std::abs(r), side = r > 0 ? shape.weight_over : shape.weight_under;
        const double loss =
            size <= shape.delta ? r * r / 2 : shape.delta * (size - shape.delta / 2);
        losses_[i * starts_.size() + k] =
            std::isfinite(loss) ? static_cast<float>(shape.scale * side * loss) : 1e30f;
      }
      families_.push_back(family_of(k));
    }
  }

  /// The entry with the lowest objective under these weights, and the lowest of another family if
  /// that is near: another place to descend from.
  std::pair<const std::vector<double>*, const std::vector<double>*> best_two(
      const double* weights) const {
    constexpr float kNear = 1.25f;
    thread_local std::vector<float> totals;
    totals.resize(starts_.size());
    weigh(losses_.data(), weights, n_points_, starts_.size(), totals.data());
    const std::size_t first =
        static_cast<std::size_t>(std::min_element(totals.begin(), totals.end()) - totals.begin());
    std::size_t second = first;
    float runner_up = kNear * totals[first];
    for (std::size_t k = 0; k < starts_.size(); ++k) {
      if (totals[k] < runner_up && families_[k] != families_[first])
        runner_up = totals[k], second = k;
    }
    return {&starts_[first], second == first ? nullptr : &starts_[second]};
  }

 private:
  /// The first earlier entry that is near, or the entry itself.
  std::size_t family_of(std::size_t k) const {
    constexpr double kNear = 0.25;
    for (std::size_t other = 0; other < k; ++other) {
      if (families_[other] != other) continue;
      double distance = 0;
      for (std::size_t i = 0; i < starts_[k].size(); ++i) {
        const double size = 0.1 + std::abs(starts_[other][i]);
        distance = std::max(distance, std::abs(starts_[k][i] - starts_[other][i]) / size);
      }
      if (distance < kNear) return other;
    }
    return k;
  }

  std::size_t n_points_;
  std::vector<std::vector<double>> starts_;
  std::vector<float> losses_;  // [point x entry]
  std::vector<std::size_t> families_;
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
      : problem_(problem), draw_(draw), options_(options), z_(problem.coordinates_of(theta)) {
    result_.n_parameters = theta.size();
    result_.objective.resize(options.n_replicates);
    result_.theta.resize(options.n_replicates * theta.size());
    settled_.resize(options.n_replicates);
  }

  Bootstrap run() {
    const std::size_t n = options_.n_replicates;
    const bool smooth = problem_.loss().kind == LossKind::squared;
    const std::size_t n_care = smooth ? 0 : std::min(kMostWithCare, n);
    std::vector<std::vector<double>> starts(n_care);
    in_blocks(0, n_care, [&](std::size_t replicate, const double* weights) {
      const Minimum minimum = solve_with_care(problem_, z_, weights);
      starts[replicate] = minimum.z;
      store(replicate, minimum);
    });
    starts.push_back(z_);
    library_.emplace(problem_, starts);
    const std::size_t n_library = smooth ? 0 : std::min(kMostLibrary, n / 4);
    std::size_t n_done = n_care;
    if (n_library > n_care) {
      starts.resize(n_library);
      in_blocks(n_care, n_library, [&](std::size_t replicate, const double* weights) {
        const Minimum minimum = refit(weights);
        starts[replicate] = minimum.z;
        store(replicate, minimum);
      });
      starts.push_back(z_);
      library_.emplace(problem_, starts);
      n_done = n_library;
    }
    in_blocks(n_done, n, [&](std::size_t replicate, const double* weights) {
      store(replicate, refit(weights));
    });
    result_.n_unsettled = static_cast<std::size_t>(std::count(settled_.begin(), settled_.end(), 0));
    return std::move(result_);
  }

 private:
  Minimum refit(const double* weights) const {
    const auto [first, second] = library_->best_two(weights);
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
  std::optional<Library> library_;
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
