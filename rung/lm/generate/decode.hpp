#pragma once
/// Text from a model, token by token: the likeliest, drawn, or by beams.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rung/lm/network.hpp"

namespace rung::lm {

/// What decoding knows of a model: sequences that all begin with one prompt.
class Continuations {
 public:
  virtual ~Continuations() = default;

  virtual std::size_t n_vocabulary() const = 0;

  /// One sequence, the prompt. The logits of what follows it.
  virtual std::vector<float> begin(std::span<const Token> prompt) = 0;

  /// In place of the sequences that there are, so many others: sequence i continues that of
  /// parents[i] by tokens[i]. The logits of what follows each.
  virtual std::vector<float> go_on(const std::vector<std::size_t>& parents,
                                   const std::vector<Token>& tokens) = 0;
};

struct DecodeOptions {
  std::size_t most_tokens = 200;  // to add
  double temperature = 0.8;       // 0: the likeliest, nothing is drawn
  double top_p = 0.95;            // of the likeliest tokens, those that make up this share
  std::size_t top_k = 50;         // the likeliest tokens; 0: all
  std::size_t n_beams = 4;        // 1: no search
  std::uint64_t seed = 0;
  Token end = -1;  // of a text; without beams, nothing is added after it
};

/// What is added to the prompt. One beam: greedy, or drawn one after the other. More: the sequence
/// of the highest log-likelihood that a search with so many beams finds; with a temperature, beams
/// are drawn among what is left by temperature, top-k and top-p, as Hugging Face's beam sampling
/// does.
std::vector<Token> decode(Continuations& model, std::span<const Token> prompt,
                          const DecodeOptions& options);

}  // namespace rung::lm
