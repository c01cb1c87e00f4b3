#pragma once
/// Data simulated from a law at its own typical parameters and inputs.

#include <cstdint>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung::laws {

std::vector<double> typical_parameters(const Law& law);

/// A share from 0 to 1 of the way over an input's typical range, by logarithm where it is positive.
double typical_input(const InputInfo& input, double share);

/// One value of each input, drawn evenly over its typical range as typical_input() lays it out.
std::vector<double> random_inputs(const Law& law, Rng& rng);

class SimulatedData {
 public:
  static constexpr std::size_t kPoints = 240;

  /// InputError where the law has no value at its typical parameters, with the inputs.
  explicit SimulatedData(const Law& law);

  const std::vector<double>& truth() const { return truth_; }
  /// [input][point]
  const std::vector<std::vector<double>>& inputs() const { return inputs_; }
  /// The law's predictions, with normal noise of a hundredth of their spread, in the residuals that
  /// the law is usually fitted in.
  std::vector<double> noisy(std::uint64_t seed) const;

 private:
  Residual residual_;
  std::vector<double> truth_;
  std::vector<std::vector<double>> inputs_;
  std::vector<double> exact_;
  double noise_ = 0;
};

}  // namespace rung::laws
