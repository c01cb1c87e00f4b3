#pragma once
/// Attention, forward and backward, over one head of one sequence at a time, which a cache holds:
/// shares are never in memory for a whole batch, and are computed anew on the way back. No number
/// of threads changes a result.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rung::train {

/// The angles that positions turn queries and keys by: [T, d / n_heads / 2].
struct Rotation {
  at::Tensor cosine, sine;
};

/// Causal softmax attention over heads of turned queries and keys, all [B, T, d] in fp32. Two
/// halves of a head are the coordinates that each angle turns, GPT-NeoX's order.
at::Tensor rotary_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const Rotation& rotation, std::int64_t n_heads);

}  // namespace rung::train
