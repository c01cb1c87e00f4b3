#pragma once
/// How far a benchmark's value would be off if a run were trained again, against how far recipes
/// lie apart.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/decide/evaluations.hpp"

namespace rung::decide {

/// Standard deviations, pooled over recipes. Each is absent where no run can say it.
struct Noise {
  /// Between a run's last checkpoints: of successive differences (von Neumann), which a trend does
  /// not move.
  std::optional<double> checkpoints;
  std::optional<double> seeds;  // between the final values of a recipe's seeds

  /// Of one run's final value: the seeds', which hold the checkpoints' too, where they are the
  /// larger; absent where neither is known.
  std::optional<double> of_run() const;
};

Noise noise_of(const Evaluations& evaluations, std::size_t task, std::size_t size,
               std::size_t metric, std::size_t n_last);

struct SignalToNoise {
  std::size_t n_recipes = 0;
  std::optional<double> signal;  // standard deviation between recipes of the final value
  Noise noise;
  std::optional<double> ratio;
  /// The share of pairs of recipes that one run each puts in the order of their true values at this
  /// size, were recipes and noise normal: 1/2 + atan(signal without noise / noise) / pi.
  std::optional<double> expected_order;
};

SignalToNoise signal_to_noise(const Evaluations& evaluations, std::size_t task, std::size_t size,
                              std::size_t metric, std::size_t n_last);

}  // namespace rung::decide
