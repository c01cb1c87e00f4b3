#pragma once
/// A decoder as a Config says, over libtorch, whose headers this one doesn't include.

#include <memory>

#include "rung/data/model/model.hpp"
#include "rung/lm/network.hpp"

namespace rung::train {

enum class Precision {
  fp32,
  bf16,  // products with weights only; weights, norms, attention and loss stay fp32
};

class TorchNetwork final : public lm::Network {
 public:
  /// Weights are zero.
  TorchNetwork(const model::Config& config, Precision precision);
  ~TorchNetwork() override;

  std::span<float> weights() override;
  std::span<float> gradients() override;
  lm::LossSums add_gradients(const lm::Batch& batch, const lm::Objective& objective) override;
  std::vector<float> log_likelihoods(const lm::Batch& batch) override;

  /// n_sequences x length x padded_vocab_size.
  std::vector<float> logits(const lm::Batch& batch);

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

void set_threads(int n_threads);

/// What this machine's matrix product reaches: the limit of training.
double measured_flops_per_second(Precision precision);

}  // namespace rung::train
