#include "rung/train/torch_decoder.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <cmath>
#include <limits>

namespace rung::train {
namespace {

using at::Tensor;
using lm::DecoderStyle;

struct Gains {
  Tensor weight, bias;  // undefined where there is none
};

struct Linear {
  Tensor weight, bias;
  Tensor operator()(const Tensor& x) const { return at::linear(x, weight, bias); }
};

struct DecoderLayer {
  Gains attention_norm, feed_forward_norm, q_norm, k_norm;
  Linear in_proj, out_proj;
  Linear gate_up, down;  // swiglu: both in one; gelu: without a gate
  Linear gate, up;       // geglu
  Tensor keys, values;   // of what was seen: [B, H, P, d / H]
};

Tensor tensor_or_none(const lm::NamedTensors& weights, const std::string& name) {
  const auto found = weights.find(name);
  if (found == weights.end()) return {};
  std::vector<std::int64_t> shape(found->second.shape.begin(), found->second.shape.end());
  return at::tensor(found->second.values, at::kFloat).view(shape);
}

/// The coordinates that turn together with each: half a head apart, or beside it.
Tensor quarter_turn(const Tensor& x, bool interleaved) {
  if (!interleaved) {
    const auto halves = x.chunk(2, -1);
    return at::cat({-halves[1], halves[0]}, -1);
  }
  const Tensor pairs = x.unflatten(-1, {x.size(-1) / 2, 2});
  return at::stack({-pairs.select(-1, 1), pairs.select(-1, 0)}, -1).flatten(-2);
}

std::vector<float> floats_of(const Tensor& tensor) {
  const Tensor flat = tensor.contiguous();
  const float* const data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

}  // namespace

struct TorchDecoder::Graph {
  Graph(const lm::DecoderModel& model, bool keeps) : style(model.style), uses_cache(keeps) {
    const lm::NamedTensors& weights = model.weights;
    const auto gains = [&](const std::string& name) {
      return Gains{tensor_or_none(weights, name + ".weight"),
                   tensor_or_none(weights, name + ".bias")};
    };
    const auto linear = [&](const std::string& name) {
      return Linear{tensor_or_none(weights, name + ".weight"),
                    tensor_or_none(weights, name + ".bias")};
    };
    embedding = tensor_or_none(weights, "tok_embeddings.weight");
    head = linear("output");
    norm = gains("norm");
    for (std::size_t i = 0;; ++i) {
      const std::string at = "layers." + std::to_string(i) + ".", mlp = at + "feed_forward.";
      if (!weights.contains(at + "attention.in_proj.weight")) break;
      const bool is_gelu = style.feed_forward == DecoderStyle::FeedForward::gelu;
      const bool is_geglu = style.feed_forward == DecoderStyle::FeedForward::geglu;
      const char* const down = is_geglu ? "down_proj" : is_gelu ? "2" : "w3";
      layers.push_back({.attention_norm = gains(at + "attention_norm"),
                        .feed_forward_norm = gains(at + "ffn_norm"),
                        .q_norm = gains(at + "attention.q_norm"),
                        .k_norm = gains(at + "attention.k_norm"),
                        .in_proj = linear(at + "attention.in_proj"),
                        .out_proj = linear(at + "attention.out_proj"),
                        .gate_up = linear(mlp + (is_gelu ? "0" : "w12")),
                        .down = linear(mlp + down),
                        .gate = linear(mlp + "gate_proj"),
                        .up = linear(mlp + "up_proj")});
    }
  }

  Tensor normalized(const Tensor& x, const Gains& gains) const {
    if (style.norm == DecoderStyle::Norm::layer)
      return at::layer_norm(x, {x.size(-1)}, gains.weight, gains.bias, style.norm_epsilon);
    return x * at::rsqrt(x.square().mean(-1, true) + style.norm_epsilon) * gains.weight;
  }

  /// x: [B, H, T, d / H], whose first token is the `begin`-th.
  Tensor rotated(const Tensor& x, std::int64_t begin) const {
    if (style.positions == DecoderStyle::Positions::none) return x;
    const bool by_head = style.positions == DecoderStyle::Positions::head_rotary;
    const bool interleaved = style.positions == DecoderStyle::Positions::llama_rotary;
    const std::int64_t n = x.size(3);
    const Tensor exponents = at::arange(0, n, 2, at::kDouble) / static_cast<double>(n);
    const Tensor frequencies = at::pow(style.rope_theta, -exponents);
    const Tensor places = by_head ? at::arange(x.size(1), at::kDouble)
                                  : at::arange(begin, begin + x.size(2), at::kDouble);
    const Tensor half = at::outer(places, frequencies);
    Tensor angles = interleaved ? half.repeat_interleave(2, -1) : at::cat({half, half}, -1);
    if (by_head) angles = angles.unsqueeze(1);
    return x * angles.cos().to(at::kFloat) +
           quarter_turn(x, interleaved) * angles.sin().to(at::kFloat);
  }

  Tensor attention(const Tensor& x, DecoderLayer& layer, std::int64_t n_before) const {
    const std::int64_t b = x.size(0), t = x.size(1), d = x.size(2), h = style.n_heads;
    const auto parts = layer.in_proj(x).chunk(3, -1);
    const auto by_head = [&](const Tensor& part) {
      return part.reshape({b, t, h, d / h}).transpose(1, 2);
    };
    const Tensor q =
        rotated(by_head(style.qk_norm ? normalized(parts[0], layer.q_norm) : parts[0]), n_before);
    Tensor k =
        rotated(by_head(style.qk_norm ? normalized(parts[1], layer.k_norm) : parts[1]), n_before);
    Tensor v = by_head(parts[2]);
    if (n_before > 0) {
      k = at::cat({layer.keys, k}, 2);
      v = at::cat({layer.values, v}, 2);
    }
    if (uses_cache) {
      layer.keys = k;
      layer.values = v;
    }
    const Tensor later =
        at::full({t, n_before + t}, -std::numeric_limits<float>::infinity()).triu(n_before + 1);
    const Tensor scores =
        at::matmul(q, k.transpose(-1, -2)) / std::sqrt(static_cast<double>(d / h));
    const Tensor mixed = at::matmul(at::softmax(scores + later, -1), v);
    return layer.out_proj(mixed.transpose(1, 2).reshape({b, t, d}));
  }

  Tensor feed_forward(const Tensor& x, const DecoderLayer& layer) const {
    if (style.feed_forward == DecoderStyle::FeedForward::gelu)
      return layer.down(at::gelu(layer.gate_up(x)));
    if (style.feed_forward == DecoderStyle::FeedForward::geglu)
      return layer.down(at::gelu(layer.gate(x)) * layer.up(x));
    const auto parts = layer.gate_up(x).chunk(2, -1);
    return layer.down(at::silu(parts[0]) * parts[1]);
  }

  /// What the last norm makes of tokens [B, T], which follow `n_before` that are kept.
  Tensor forward(const Tensor& tokens, std::int64_t n_before) {
    Tensor x = at::embedding(embedding, tokens);
    for (DecoderLayer& layer : layers) {
      if (style.norm_after) {
        x = x + normalized(attention(x, layer, n_before), layer.attention_norm);
        x = x + normalized(feed_forward(x, layer), layer.feed_forward_norm);
      } else {
        x = x + attention(normalized(x, layer.attention_norm), layer, n_before);
        x = x + feed_forward(normalized(x, layer.feed_forward_norm), layer);
      }
    }
    return normalized(x, norm);
  }

  std::vector<float> last_logits(const Tensor& tokens, std::int64_t n_before) {
    return floats_of(head(forward(tokens, n_before).select(1, tokens.size(1) - 1)));
  }

  DecoderStyle style;
  bool uses_cache;
  Tensor embedding;
  Linear head;
  Gains norm;
  std::vector<DecoderLayer> layers;
  Tensor seen;  // [B, T]: all tokens so far
};

TorchDecoder::TorchDecoder(const lm::DecoderModel& model, bool uses_cache)
    : graph_(std::make_unique<Graph>(model, uses_cache)) {}

TorchDecoder::~TorchDecoder() = default;

std::size_t TorchDecoder::n_vocabulary() const {
  return static_cast<std::size_t>(graph_->embedding.size(0));
}

std::vector<float> TorchDecoder::begin(std::span<const lm::Token> prompt) {
  const at::NoGradGuard no_gradients;
  graph_->seen = at::tensor(std::vector<std::int64_t>(prompt.begin(), prompt.end())).unsqueeze(0);
  return graph_->last_logits(graph_->seen, 0);
}

std::vector<float> TorchDecoder::go_on(const std::vector<std::size_t>& parents,
                                       const std::vector<lm::Token>& tokens) {
  const at::NoGradGuard no_gradients;
  const Tensor rows = at::tensor(std::vector<std::int64_t>(parents.begin(), parents.end()));
  const Tensor added =
      at::tensor(std::vector<std::int64_t>(tokens.begin(), tokens.end())).unsqueeze(1);
  const std::int64_t n_before = graph_->seen.size(1);
  graph_->seen = at::cat({graph_->seen.index_select(0, rows), added}, 1);
  if (!graph_->uses_cache) return graph_->last_logits(graph_->seen, 0);
  for (DecoderLayer& layer : graph_->layers) {
    layer.keys = layer.keys.index_select(0, rows);
    layer.values = layer.values.index_select(0, rows);
  }
  return graph_->last_logits(added, n_before);
}

std::vector<float> TorchDecoder::all_logits(std::span<const lm::Token> tokens) {
  const at::NoGradGuard no_gradients;
  const Tensor ids =
      at::tensor(std::vector<std::int64_t>(tokens.begin(), tokens.end())).unsqueeze(0);
  return floats_of(graph_->head(graph_->forward(ids, 0)));
}

}  // namespace rung::train
