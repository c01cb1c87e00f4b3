#pragma once
/// A ladder to try things on where the real one is not at hand: simulated, with known truth.

#include <cstdint>
#include <span>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// Where the simulated ladder's numbers come from. Loss = E + A / N^alpha + B / D^beta, accuracy =
/// a / (1 + exp(-k (loss - x0))) + b.
struct ExampleTruth {
  const char* task;
  double A, alpha, B, beta, E;
  double a, x0, k, b;
};

/// The tasks of v2_main with round numbers of the size that the published ladder shows.
std::span<const ExampleTruth> example_truths();

/// Noise on top: log loss of a whole run, log loss of one checkpoint. Accuracy has the noise of
/// answering the task's n_examples questions.
inline constexpr double kExampleRunNoise = 0.005, kExampleCheckpointNoise = 0.003;

/// 190M, 370M, 760M and 1.3B, each trained on 1, 2, 5 and 10 times 20 tokens a parameter, and the
/// targets 7B-4T and 13B-5T, 100 evenly spaced checkpoints each: losses on the law at every
/// checkpoint, without a learning-rate schedule. `tasks` are those of example_truths.
Ladder simulated_ladder(const Catalogue& catalogue, std::span<const Task> tasks,
                        std::uint64_t seed);

}  // namespace rung::ladder
