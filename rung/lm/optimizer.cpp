#include "rung/lm/optimizer.hpp"

#include <algorithm>
#include <cmath>

namespace rung::lm {

void adam_step(const AdamOptions& options, double learning_rate, std::span<const float> gradients,
               std::span<float> weights, AdamState& state) {
  ++state.n_steps;
  const auto n = static_cast<double>(state.n_steps);
  const float beta1 = static_cast<float>(options.beta1), beta2 = static_cast<float>(options.beta2);
  const float rest1 = static_cast<float>(1 - options.beta1);
  const float rest2 = static_cast<float>(1 - options.beta2);
  const float size = static_cast<float>(learning_rate / (1 - std::pow(options.beta1, n)));
  const float root = static_cast<float>(1 / std::sqrt(1 - std::pow(options.beta2, n)));
  const float epsilon = static_cast<float>(options.epsilon);
  const float kept = static_cast<float>(1 - learning_rate * options.weight_decay);
  const auto step = [&](std::size_t begin, std::size_t end, float share) {
    for (std::size_t i = begin; i < end; ++i) {
      const float g = gradients[i];
      const float m = state.mean[i] = beta1 * state.mean[i] + rest1 * g;
      const float v = state.square[i] = beta2 * state.square[i] + rest2 * g * g;
      weights[i] = weights[i] * share - size * m / (std::sqrt(v) * root + epsilon);
    }
  };
  step(0, options.n_without_decay, 1.0F);
  step(options.n_without_decay, weights.size(), kept);
}

double clip_gradients(std::span<float> gradients, double most) {
  // The published trainers' guard against a norm of 0.
  constexpr double kGuard = 1e-6;
  double sum = 0;
  for (const float g : gradients) sum += static_cast<double>(g) * static_cast<double>(g);
  const double norm = std::sqrt(sum);
  const double share = most > 0 ? std::min(1.0, most / (norm + kGuard)) : 1.0;
  if (share < 1) {
    for (float& g : gradients) g *= static_cast<float>(share);
  }
  return norm;
}

}  // namespace rung::lm
