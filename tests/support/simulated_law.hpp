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
  double stderror = 0;  // at the truth, of the logarithm or in residual space where that is meant
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
  struct Outcome {
    Verdict verdict = Verdict::says_nothing;
    double width = kInfinity;  // in standard errors at the truth
  };

  /// Of the interval of each quantity; a fit that runs off to infinity may give none.
  std::vector<Outcome> outcomes(std::uint64_t seed) const {
    const Points points = noisy(seed);
    Fit fitted = fit(law_, points, {.residual = law_.info.residual, .level = kLevel});
    const FitProblem problem(law_, points, {}, law_.info.residual);
    use_profile_intervals(problem, kLevel, fitted);
    std::vector<Outcome> outcomes;
    /// `scale`: what makes of an end what the standard error is of.
    const auto judge = [&](double lower, double upper, double truth, auto scale) {
      const bool holds = lower <= truth && truth <= upper;
      const double width = scale(upper) - scale(lower);
      outcomes.push_back({holds ? Verdict::holds : Verdict::misses,
                          width / quantities_[outcomes.size()].stderror});
    };
    if (const auto far = checked_interval(problem, fitted, far_inputs_, kLevel, false)) {
      judge(far->lower, far->upper, far_truth_,
            [&](double end) { return transformed(law_.info.residual, end); });
    } else {
      outcomes.emplace_back();
    }
    for (const int p : identified_) {
      const ParameterEstimate& estimate = fitted.parameters[static_cast<std::size_t>(p)];
      if (!estimate.lower && !estimate.upper) {
        outcomes.emplace_back();
        continue;
      }
      const bool by_log = problem.of_log(p);
      judge(estimate.lower.value_or(by_log ? 0 : -kInfinity), estimate.upper.value_or(kInfinity),
            truth()[static_cast<std::size_t>(p)],
            [&](double end) { return by_log ? std::log(end) : end; });
    }
    return outcomes;
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
    quantities_.push_back({"prediction far out"});
    const Points points = noisy(0);
    const FitProblem problem(law_, points, {}, law_.info.residual);
    const auto covariance = covariance_at(problem, problem.coordinates_of(truth()));
    if (!covariance) return;
    const std::size_t n = covariance->coordinates.size();
    const PredictionGradient far = prediction_gradient(problem, truth(), *covariance, far_inputs_);
    double variance = 0;
    for (std::size_t c = 0; c < n; ++c) {
      for (std::size_t d = 0; d < n; ++d)
        variance += far.slope[c] * covariance->matrix[c * n + d] * far.slope[d];
    }
    quantities_.front().stderror = std::sqrt(variance);
    for (std::size_t c = 0; c < n; ++c) {
      const int p = problem.parameter_of(covariance->coordinates[c]);
      const double sd = std::sqrt(covariance->matrix[c * n + c]);
      const double size = problem.of_log(p) ? 1 : std::abs(truth()[static_cast<std::size_t>(p)]);
      if (sd > kDetermined * size) continue;
      identified_.push_back(p);
      quantities_.push_back({law_.info.parameters[static_cast<std::size_t>(p)].name, sd});
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
