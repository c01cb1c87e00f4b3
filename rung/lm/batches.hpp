#pragma once
/// The batches that a run sees, from its token files in their order.

#include <cstdint>
#include <span>
#include <vector>

#include "rung/lm/data_mix.hpp"
#include "rung/lm/network.hpp"
#include "rung/lm/order.hpp"

namespace rung::lm {

/// Does a pattern of at most 13 tokens stand in it 32 times in a row? Such sequences make the loss
/// jump; the published runs leave them out of it.
bool is_repetitive(std::span<const Token> tokens);

struct BatchOptions {
  std::size_t length = 0;  // tokens of a sequence
  std::size_t vocab_size = 0;
  bool filters_repetition = true;
  std::uint64_t seed = 0;
};

class Batches {
 public:
  /// InputError where the files hold no whole sequence.
  Batches(const DataMix& mix, const BatchOptions& options);

  /// Sequences `begin` to `begin + n` of training.
  Batch at(std::uint64_t begin, std::size_t n);
  std::size_t epoch_size() const { return order_.epoch_size(); }

 private:
  BatchOptions options_;
  std::vector<TokenFile> files_;
  Order order_;
};

}  // namespace rung::lm
