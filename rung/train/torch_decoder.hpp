#pragma once
/// A decoder that writes text, over libtorch: any of OpenLM's, and Rung's own.

#include <memory>

#include "rung/lm/generate/decode.hpp"
#include "rung/lm/generate/open_lm.hpp"

namespace rung::train {

class TorchDecoder final : public lm::Continuations {
 public:
  /// With `uses_cache`, keys and values of tokens that were seen are kept; else all is computed
  /// anew for each token.
  TorchDecoder(const lm::DecoderModel& model, bool uses_cache);
  ~TorchDecoder() override;

  std::size_t n_vocabulary() const override;
  std::vector<float> begin(std::span<const lm::Token> prompt) override;
  std::vector<float> go_on(const std::vector<std::size_t>& parents,
                           const std::vector<lm::Token>& tokens) override;

  /// After each token of a sequence: length x n_vocabulary.
  std::vector<float> all_logits(std::span<const lm::Token> tokens);

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace rung::train
