#pragma once
/// Data simulated from a law at its own typical parameters and inputs, and whether fits of them
/// cover that truth.

#include <cmath>
#include <string>
#include <vector>

#include "rung/fit/interval/delta.hpp"
#include "rung/fit/interval/profile_intervals.hpp"
#include "rung/study/laws/simulated.hpp"

namespace rung {

/// One number that the truth has and that an interval is given for: a parameter, or the prediction
/// at the far inputs.
struct CoveredQuantity {
  std::string name;
  int n_inside = 0;
};

class SimulatedLaw {
 public:
  static constexpr double kLevel = 0.99;

  explicit SimulatedLaw(const Law& law) : law_(law), data_(law) {
    set_far_inputs();
    set_quantities();
  }

  const Law& law() const { return law_; }
  const std::vector<double>& truth() const { return data_.truth(); }
  /// The quantities that coverage is asked of: the prediction, and each parameter that these data
  /// determine to a standard error of a tenth (of itself; of its typical value's size where it has
  /// no logarithm).
  const std::vector<CoveredQuantity>& quantities() const { return quantities_; }

  Points noisy(std::uint64_t seed) const {
    return Points::from_columns(data_.inputs(), data_.noisy(seed));
  }

  /// What an interval says of the truth.
  enum class Verdict { holds, misses, says_nothing };

  /// Of the interval of each quantity; a fit that runs off to infinity may give none.
  std::vector<Verdict> verdicts(std::uint64_t seed) const {
    const Points points = noisy(seed);
    Fit fitted = fit(law_, points, {.residual = law_.info.residual, .level = kLevel});
    const FitProblem problem(law_, points, {}, law_.info.residual);
    use_profile_intervals(problem, kLevel, fitted);
    std::vector<Verdict> verdicts;
    const auto judge = [&](bool exists, double lower, double upper, double truth) {
      const bool holds = lower <= truth && truth <= upper;
      verdicts.push_back(!exists ? Verdict::says_nothing
                         : holds ? Verdict::holds
                                 : Verdict::misses);
    };
    const auto interval = checked_interval(problem, fitted, far_inputs_, kLevel, false);
    judge(interval.has_value(), interval ? interval->lower : 0, interval ? interval->upper : 0,
          far_truth_);
    for (const int p : identified_) {
      const ParameterEstimate& estimate = fitted.parameters[static_cast<std::size_t>(p)];
      judge(estimate.lower || estimate.upper, estimate.lower.value_or(-kInfinity),
            estimate.upper.value_or(kInfinity), truth()[static_cast<std::size_t>(p)]);
    }
    return verdicts;
  }

 private:
  /// Ten times the largest typical inputs; the largest, where an input can't go further (shares,
  /// losses, bits: whatever spans less than a factor of ten).
  void set_far_inputs() {
    for (const InputInfo& input : law_.info.inputs) {
      const bool scale = input.positive && input.typical_high >= 10 * input.typical_low;
      far_inputs_.push_back(scale ? 10 * input.typical_high : input.typical_high);
    }
    far_truth_ = predict(law_, truth(), far_inputs_);
  }

  void set_quantities() {
    constexpr double kDetermined = 0.1;
    quantities_.push_back({"prediction far out", 0});
    const Points points = noisy(0);
    const FitProblem problem(law_, points, {}, law_.info.residual);
    const auto covariance = covariance_at(problem, problem.coordinates_of(truth()));
    if (!covariance) return;
    const std::size_t n = covariance->coordinates.size();
    for (std::size_t c = 0; c < n; ++c) {
      const int p = problem.parameter_of(covariance->coordinates[c]);
      const double sd = std::sqrt(covariance->matrix[c * n + c]);
      const double size = problem.of_log(p) ? 1 : std::abs(truth()[static_cast<std::size_t>(p)]);
      if (sd > kDetermined * size) continue;
      identified_.push_back(p);
      quantities_.push_back({law_.info.parameters[static_cast<std::size_t>(p)].name, 0});
    }
  }

  const Law& law_;
  laws::SimulatedData data_;
  std::vector<double> far_inputs_;
  double far_truth_ = 0;
  std::vector<int> identified_;
  std::vector<CoveredQuantity> quantities_;
};

}  // namespace rung
