#include "rung/fit/interval/start_library.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rung {
namespace {

constexpr std::size_t kGroup = 32;  // starts weighed together
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr float kNoLoss = 1e30f;

// The one loop here that is worth a compilation for each instruction set; gcc picks at run time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RUNG_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define RUNG_CLONES
#endif

struct PointLosses {
  const float* losses;  // [n_groups x n_points x kGroup]
  std::size_t n_points, n_groups;
};

/// The points that a replicate drew, with their weights.
struct DrawnPoints {
  const std::uint32_t* index;
  const float* weight;
  std::size_t n;
};

/// totals[k] = sum over the points drawn of their loss under start k times their weight, and the
/// least of each group of totals.
RUNG_CLONES void add_weighted(const PointLosses& of, const DrawnPoints& drawn, float* totals,
                              float* least) {
  for (std::size_t g = 0; g < of.n_groups; ++g) {
    float sum[kGroup] = {};
    for (std::size_t i = 0; i < drawn.n; ++i) {
      const float weight = drawn.weight[i];
      const float* row = of.losses + (g * of.n_points + drawn.index[i]) * kGroup;
      for (std::size_t k = 0; k < kGroup; ++k) sum[k] += weight * row[k];
    }
    for (std::size_t k = 0; k < kGroup; ++k) totals[g * kGroup + k] = sum[k];
    for (std::size_t half = kGroup / 2; half > 0; half /= 2) {
      for (std::size_t k = 0; k < half; ++k)
        sum[k] = sum[k + half] < sum[k] ? sum[k + half] : sum[k];
    }
    least[g] = sum[0];
  }
}

}  // namespace

StartLibrary::StartLibrary(const FitProblem& problem, double huber_delta,
                           std::vector<std::vector<double>> starts)
    : loss_(problem.loss().shape(std::max(huber_delta, problem.least_huber_delta()))),
      n_points_(problem.points().size()),
      starts_(std::move(starts)) {
  const std::size_t n = starts_.size();
  n_padded_ = (n + kGroup - 1) / kGroup * kGroup;
  losses_.assign(n_points_ * n_padded_, kNoLoss);
  for (std::size_t k = 0; k < n; ++k) {
    add_losses(problem, k);
    families_.push_back(family_of(k));
  }
}

std::size_t StartLibrary::pick(const double* weights, std::size_t most,
                               const std::vector<double>** picked) const {
  constexpr float kNear = 1.02f;
  thread_local std::vector<float> totals, least, drawn_weights;
  thread_local std::vector<std::uint32_t> drawn;
  thread_local std::vector<std::size_t> best_of;  // of each family; kNone
  totals.resize(n_padded_);
  least.resize(n_padded_ / kGroup);
  best_of.assign(first_ones_.size(), kNone);
  drawn.clear();
  drawn_weights.clear();
  for (std::size_t i = 0; i < n_points_; ++i) {
    if (weights[i] == 0) continue;
    drawn.push_back(static_cast<std::uint32_t>(i));
    drawn_weights.push_back(static_cast<float>(weights[i]));
  }
  add_weighted({losses_.data(), n_points_, least.size()},
               {drawn.data(), drawn_weights.data(), drawn.size()}, totals.data(), least.data());
  const float bar = kNear * *std::min_element(least.begin(), least.end());
  for (std::size_t group = 0; group < least.size(); ++group) {
    if (least[group] > bar) continue;
    for (std::size_t k = group * kGroup; k < (group + 1) * kGroup; ++k) {
      if (totals[k] > bar || k >= starts_.size()) continue;
      std::size_t& best = best_of[families_[k]];
      if (best == kNone || totals[k] < totals[best]) best = k;
    }
  }
  std::erase(best_of, kNone);
  const std::size_t n = std::min(most, best_of.size());
  std::partial_sort(best_of.begin(), best_of.begin() + static_cast<long>(n), best_of.end(),
                    [](std::size_t a, std::size_t b) { return totals[a] < totals[b]; });
  for (std::size_t i = 0; i < n; ++i) picked[i] = &starts_[best_of[i]];
  return n;
}

void StartLibrary::add_losses(const FitProblem& problem, std::size_t k) {
  const std::vector<double> f = problem.predict(problem.theta_at(starts_[k]), problem.points());
  for (std::size_t i = 0; i < n_points_; ++i) {
    const double r = transformed(problem.residual(), f[i]) -
                     transformed(problem.residual(), problem.points().y(i));
    const double size = std::abs(r), side = r > 0 ? loss_.weight_over : loss_.weight_under;
    const double loss = size <= loss_.delta ? r * r / 2 : loss_.delta * (size - loss_.delta / 2);
    losses_[(k / kGroup * n_points_ + i) * kGroup + k % kGroup] =
        std::isfinite(loss) ? static_cast<float>(loss_.scale * side * loss) : kNoLoss;
  }
}

/// The family whose first start is near, or a new one.
std::size_t StartLibrary::family_of(std::size_t k) {
  constexpr double kNear = 0.25;
  for (std::size_t family = 0; family < first_ones_.size(); ++family) {
    const std::vector<double>& first = starts_[first_ones_[family]];
    double distance = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
      distance =
          std::max(distance, std::abs(starts_[k][i] - first[i]) / (0.1 + std::abs(first[i])));
    if (distance < kNear) return family;
  }
  first_ones_.push_back(k);
  return first_ones_.size() - 1;
}

}  // namespace rung
