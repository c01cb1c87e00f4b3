#pragma once
/// AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) over flat arrays, and clipping.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rung::lm {

struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double weight_decay = 0.1;
  std::size_t n_without_decay = 0;  // the first so many weights
};

/// First and second moments of the gradients, and how many steps have been made.
struct AdamState {
  std::vector<float> mean, square;
  std::int64_t n_steps = 0;
};

/// One step; `state` holds as many numbers as there are weights.
void adam_step(const AdamOptions& options, double learning_rate, std::span<const float> gradients,
               std::span<float> weights, AdamState& state);

/// Scales the gradients so that their norm is at most `most` (0: they stay). Their norm before.
double clip_gradients(std::span<float> gradients, double most);

}  // namespace rung::lm
