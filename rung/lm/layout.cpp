#include "rung/lm/layout.hpp"

#include <cmath>

#include "rung/core/rng.hpp"

namespace rung::lm {
namespace {

constexpr double kCut = 3;  // standard deviations

class Builder {
 public:
  void add_matrix(std::string name, int n_rows, int n_columns, double sd) {
    add({.name = std::move(name),
         .n_rows = static_cast<std::size_t>(n_rows),
         .n_columns = static_cast<std::size_t>(n_columns),
         .init_sd = sd});
  }
  void add_gains(std::string name, int n) {
    add({.name = std::move(name), .n_rows = static_cast<std::size_t>(n)});
  }
  Layout layout;

 private:
  void add(Parameter parameter) {
    parameter.offset = layout.n_weights;
    layout.n_weights += parameter.size();
    layout.parameters.push_back(std::move(parameter));
  }
};

/// Standard deviations of a layer's matrices.
struct Spread {
  double in = 0, attention_out = 0, down = 0;
};

Spread spread_of(const model::Config& config, int layer) {
  if (config.initialization == model::Initialization::normal)
    return {config.init_sd, config.init_sd, config.init_sd};
  const double depth = std::sqrt(2.0 * (layer + 1));
  const double d = std::sqrt(config.d_model), hidden = std::sqrt(config.d_hidden);
  return {1 / d, 1 / (d * depth), 1 / (hidden * depth)};
}

}  // namespace

Layout layout_of(const model::Config& config) {
  const int d = config.d_model, hidden = config.d_hidden;
  const double outer_sd = spread_of(config, 0).in;
  Builder builder;
  builder.add_matrix("embedding", config.padded_vocab_size, d, outer_sd);
  builder.layout.n_embedding = builder.layout.n_weights;
  for (int i = 0; i < config.n_layers; ++i) {
    const std::string layer = "layers." + std::to_string(i) + ".";
    const Spread spread = spread_of(config, i);
    builder.add_matrix(layer + "attention.qkv", 3 * d, d, spread.in);
    if (config.qk_norm) {
      builder.add_gains(layer + "attention.q_norm", d);
      builder.add_gains(layer + "attention.k_norm", d);
    }
    builder.add_matrix(layer + "attention.output", d, d, spread.attention_out);
    builder.add_matrix(layer + "feed_forward.gate_up", 2 * hidden, d, spread.in);
    builder.add_matrix(layer + "feed_forward.down", d, hidden, spread.down);
    builder.add_gains(layer + "attention_norm", d);
    builder.add_gains(layer + "feed_forward_norm", d);
  }
  builder.add_gains("norm", d);
  builder.add_matrix("head", config.padded_vocab_size, d, outer_sd);
  return std::move(builder.layout);
}

void initialize(const Layout& layout, std::uint64_t seed, std::span<float> weights) {
  for (std::size_t p = 0; p < layout.parameters.size(); ++p) {
    const Parameter& parameter = layout.parameters[p];
    Rng rng(seed, p);
    for (float& weight : weights.subspan(parameter.offset, parameter.size())) {
      if (parameter.init_sd == 0) {
        weight = 1;
        continue;
      }
      double z = rng.normal();
      while (std::abs(z) > kCut) z = rng.normal();
      weight = static_cast<float>(parameter.init_sd * z);
    }
  }
}

}  // namespace rung::lm
