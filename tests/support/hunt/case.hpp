#pragma once
/// Made-up fits for the hunt: a law, its truth, where it is measured, with what noise and loss.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/fit/fit.hpp"

namespace rung::hunt {

enum class Design { random, grid, constant_ratio, one_size, narrow, clustered, wide };
inline constexpr int kDesigns = 7;
inline const char* design_name(Design design) {
  constexpr const char* kNames[] = {"random",    "grid", "constant-ratio", "one-size", "narrow",
                                    "clustered", "wide"};
  return kNames[static_cast<int>(design)];
}

struct Case {
  const Law* law = nullptr;
  std::vector<double> truth;
  Design design = Design::random;
  double noise = 0;  // standard deviation in residual space, relative to the target where raw
  double share_of_outliers = 0;
  Loss loss{};
  Residual residual = Residual::raw;
  Points points{1, 1};
};

/// Draws cases, one after the other from a stream of random numbers.
class CaseMaker {
 public:
  CaseMaker(std::uint64_t seed, std::uint64_t index) : rng_(seed, index) {
    const std::vector<const Law*>& laws = built_in_laws();
    made_.law = laws[index % laws.size()];
    made_.design = static_cast<Design>(rng_.below(kDesigns));
    constexpr double kNoise[] = {0, 1e-4, 1e-3, 3e-3, 1e-2, 5e-2};
    made_.noise = kNoise[rng_.below(6)];
    constexpr double kOutliers[] = {0, 0, 0, 0.03, 0.1};
    made_.share_of_outliers = kOutliers[rng_.below(5)];
    const Loss losses[] = {{},
                           {},
                           Loss::huber(1e-3),
                           {LossKind::lad},
                           {LossKind::quantile, 0.9},
                           {LossKind::asymmetric, 10}};
    made_.loss = losses[rng_.below(6)];
    made_.residual = made_.law->info.residual;
    const int free = made_.law->n_parameters();
    n_ = std::max(static_cast<std::size_t>(free + 2),
                  static_cast<std::size_t>(8 * std::pow(25.0, rng_.uniform())));
  }

  /// Absent where the law has no value for any truth and inputs that were drawn.
  std::optional<Case> make() {
    constexpr int kTries = 40;
    for (int i = 0; i < kTries; ++i) {
      draw_truth(i < kTries / 2 ? 0.3 : 0.05);
      draw_inputs();
      if (observe()) return std::move(made_);
    }
    return std::nullopt;
  }

 private:
  double between(double low, double high) { return low + (high - low) * rng_.uniform(); }

  void draw_truth(double jitter) {
    made_.truth.clear();
    for (const ParameterInfo& parameter : made_.law->info.parameters) {
      double value = parameter.typical * std::exp(jitter * rng_.normal());
      if (!(value > parameter.lower && value < parameter.upper)) value = parameter.typical;
      made_.truth.push_back(value);
    }
  }

  /// A share of the way from an input's usual low end to its high end; outside of 0 to 1 where the
  /// design is wide.
  double placed(const InputInfo& input, double share) const {
    const double low = input.typical_low, high = input.typical_high;
    return input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
  }

  void draw_inputs() {
    const std::vector<InputInfo>& inputs = made_.law->info.inputs;
    columns_.assign(inputs.size(), std::vector<double>(n_));
    const double ratio_share = between(0.2, 0.8), narrow_at = between(0, 0.85);
    const auto per_side = static_cast<std::size_t>(std::ceil(
        std::pow(static_cast<double>(n_), 1 / static_cast<double>(inputs.size())) - 1e-9));
    const std::size_t n_clusters = 3 + rng_.below(4);
    std::vector<std::vector<double>> centres(n_clusters);
    for (auto& centre : centres) {
      for (std::size_t k = 0; k < inputs.size(); ++k) centre.push_back(rng_.uniform());
    }
    const std::size_t n_sizes = 1 + rng_.below(3);
    for (std::size_t i = 0; i < n_; ++i) {
      std::size_t rest = i;
      const double common = rng_.uniform();
      for (std::size_t k = 0; k < inputs.size(); ++k, rest /= per_side) {
        double share = rng_.uniform();
        switch (made_.design) {
          case Design::grid:
            share = static_cast<double>(rest % per_side) /
                    static_cast<double>(std::max<std::size_t>(per_side - 1, 1));
            break;
          case Design::constant_ratio:
            share = common;
            break;
          case Design::one_size:
            if (k == 0 && inputs.size() > 1)
              share = (static_cast<double>(i % n_sizes) + ratio_share) / 3;
            break;
          case Design::narrow:
            share = narrow_at + 0.15 * share;
            break;
          case Design::clustered:
            share = centres[i % n_clusters][k] + 0.01 * rng_.normal();
            break;
          case Design::wide:
            if (inputs[k].positive) share = 2 * share - 0.5;
            break;
          case Design::random:
            break;
        }
        columns_[k][i] = placed(inputs[k], share);
      }
    }
    // Tokens = r x parameters, and whatever else comes in counts.
    if (made_.design == Design::constant_ratio && inputs.size() > 1 && inputs[0].positive) {
      const double ratio = placed(inputs[1], ratio_share) / placed(inputs[0], ratio_share);
      const double jitter = rng_.below(2) == 0 ? 0 : 0.01;
      for (std::size_t i = 0; i < n_; ++i) {
        if (inputs[1].positive)
          columns_[1][i] = ratio * columns_[0][i] * std::exp(jitter * (rng_.uniform() - 0.5));
      }
    }
  }

  bool observe() {
    const Law& law = *made_.law;
    const std::vector<double> ones(n_, 0.5);
    const std::vector<double> exact =
        predict(law, made_.truth, Points::from_columns(columns_, ones));
    double low = kInfinity, high = -kInfinity;
    for (const double f : exact) low = std::min(low, f), high = std::max(high, f);
    if (!std::isfinite(low) || !std::isfinite(high) || !(high - low > 1e-9 * std::abs(high)))
      return false;
    std::vector<double> y;
    for (const double f : exact) {
      const double scale = made_.residual == Residual::raw ? std::abs(f) : 1;
      double t = transformed(made_.residual, f) + scale * made_.noise * rng_.normal();
      if (rng_.uniform() < made_.share_of_outliers) t += scale * between(-0.3, 0.3);
      y.push_back(back_transformed(made_.residual, t));
      if (!std::isfinite(y.back()) || !std::isfinite(transformed(made_.residual, y.back())))
        return false;
    }
    made_.points = Points::from_columns(columns_, y);
    return true;
  }

  Rng rng_;
  Case made_;
  std::size_t n_ = 0;
  std::vector<std::vector<double>> columns_;
};

}  // namespace rung::hunt
