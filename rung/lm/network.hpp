#pragma once
/// What the trainer knows of a model: weights and gradients as flat arrays, and what a batch of
/// token sequences does to them. The one over libtorch is in rung/train, in a program of its own.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rung::lm {

using Token = std::int32_t;

/// Sequences of one length. Each token but a sequence's first is a target, predicted from those
/// before it.
struct Batch {
  std::size_t n_sequences = 0, length = 0;
  std::vector<Token> tokens = {};  // n_sequences x length
  std::vector<bool> counted = {};  // a sequence's targets count in the loss; empty: all do

  std::size_t n_counted_targets() const;
};

/// What a batch's gradients are of: scale * sum over counted targets of
/// (cross-entropy + z_loss * logsumexp(logits)^2).
struct Objective {
  double scale = 1;
  double z_loss = 0;
};

/// Sums over counted targets, unscaled.
struct LossSums {
  double cross_entropy = 0;  // nats
  double z_squared = 0;      // logsumexp(logits)^2
};

class Network {
 public:
  virtual ~Network() = default;

  virtual std::span<float> weights() = 0;
  virtual std::span<float> gradients() = 0;

  /// Adds a batch's gradients to those that are there.
  virtual LossSums add_gradients(const Batch& batch, const Objective& objective) = 0;

  /// Natural log-likelihood of each target: n_sequences x (length - 1).
  virtual std::vector<float> log_likelihoods(const Batch& batch) = 0;
};

}  // namespace rung::lm
