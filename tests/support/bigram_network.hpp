#pragma once
/// A network that needs no library: the logits of a token are a row of its weights, chosen by the
/// token before it.

#include <cmath>

#include "rung/lm/layout.hpp"
#include "rung/lm/network.hpp"

namespace rung::lm {

/// As many weights as the configuration has, of which the first V x V are used.
class BigramNetwork final : public Network {
 public:
  explicit BigramNetwork(const model::Config& config)
      : n_vocab_(static_cast<std::size_t>(config.padded_vocab_size)),
        weights_(layout_of(config).n_weights),
        gradients_(weights_.size()) {}

  std::span<float> weights() override { return weights_; }
  std::span<float> gradients() override { return gradients_; }

  LossSums add_gradients(const Batch& batch, const Objective& objective) override {
    LossSums sums;
    each_target(batch, [&](std::size_t sequence, std::size_t before, std::size_t target) {
      if (!batch.counted.empty() && !batch.counted[sequence]) return;
      const double all = log_sum(before);
      const double slope = 1 + 2 * objective.z_loss * all;  // of the loss by logsumexp
      for (std::size_t v = 0; v < n_vocab_; ++v) {
        const double share = std::exp(logit(before, v) - all);
        gradients_[before * n_vocab_ + v] +=
            static_cast<float>(objective.scale * (slope * share - (v == target)));
      }
      sums.cross_entropy += all - logit(before, target);
      sums.z_squared += all * all;
    });
    return sums;
  }

  std::vector<float> log_likelihoods(const Batch& batch) override {
    std::vector<float> values;
    each_target(batch, [&](std::size_t, std::size_t before, std::size_t target) {
      values.push_back(static_cast<float>(logit(before, target) - log_sum(before)));
    });
    return values;
  }

 private:
  double logit(std::size_t before, std::size_t v) const {
    return static_cast<double>(weights_[before * n_vocab_ + v]);
  }
  double log_sum(std::size_t before) const {
    double sum = 0;
    for (std::size_t v = 0; v < n_vocab_; ++v) sum += std::exp(logit(before, v));
    return std::log(sum);
  }
  static void each_target(const Batch& batch, const auto& visit) {
    for (std::size_t s = 0; s < batch.n_sequences; ++s) {
      for (std::size_t t = 1; t < batch.length; ++t) {
        const std::size_t at = s * batch.length + t;
        visit(s, static_cast<std::size_t>(batch.tokens[at - 1]),
              static_cast<std::size_t>(batch.tokens[at]));
      }
    }
  }

  std::size_t n_vocab_;
  std::vector<float> weights_, gradients_;
};

}  // namespace rung::lm
