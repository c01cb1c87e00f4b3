#pragma once
/// A model's weights in one flat array, so that optimizer and checkpoints know nothing of what they
/// mean: which matrix lies where, and how each begins.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rung/data/model/model.hpp"

namespace rung::lm {

/// A matrix of outputs x inputs, or a vector of gains.
struct Parameter {
  std::string name;  // "layers.0.attention.qkv"
  std::size_t n_rows = 0, n_columns = 1;
  std::size_t offset = 0;  // in the flat array
  double init_sd = 0;      // 0: gains, which begin at one

  std::size_t size() const { return n_rows * n_columns; }
};

struct Layout {
  std::vector<Parameter> parameters;
  std::size_t n_weights = 0;
  std::size_t n_embedding = 0;  // the first so many are the embedding, which doesn't decay
};

/// In this order: embedding [V, d]; a layer: qkv [3d, d], gains of q and k [d] where it has them,
/// output [d, d], gate and up [2h, d], down [d, h], gains of the two norms [d]; gains of the last
/// norm [d]; head [V, d].
Layout layout_of(const model::Config& config);

/// Each matrix normal, cut at three standard deviations; the stream of each is named by its place.
void initialize(const Layout& layout, std::uint64_t seed, std::span<float> weights);

}  // namespace rung::lm
