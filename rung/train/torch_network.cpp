#include "rung/train/torch_network.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/autograd/variable.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "rung/lm/layout.hpp"

namespace rung::train {
namespace {

using at::Tensor;

/// Weights of a layer; the norms of queries and keys are undefined where there are none.
struct Layer {
  Tensor qkv, q_norm, k_norm, output, gate_up, down, attention_norm, feed_forward_norm;
};

std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }

Tensor normalized(const Tensor& x, const Tensor& gain, const model::Config& config) {  // [..., d]
  if (config.norm == model::NormKind::layer_norm)
    return at::layer_norm(x, {x.size(-1)}, gain, {}, config.norm_epsilon);
  return x * at::rsqrt(x.square().mean(-1, true) + config.norm_epsilon) * gain;
}

/// Two halves of a head are the coordinates that each angle turns: GPT-NeoX's order.
Tensor rotated(const Tensor& x, const Tensor& cosine, const Tensor& sine) {  // [B, H, T, dh]
  const auto halves = x.chunk(2, -1);
  return x * cosine + at::cat({-halves[1], halves[0]}, -1) * sine;
}

}  // namespace

struct TorchNetwork::Graph {
  Graph(const model::Config& model_config, Precision used_precision)
      : config(model_config), precision(used_precision), layout(lm::layout_of(config)) {
    weights = at::zeros({whole(layout.n_weights)}, at::kFloat);
    gradients = at::zeros_like(weights);
    embedding = next("embedding");
    layers.resize(static_cast<std::size_t>(config.n_layers));
    for (Layer& layer : layers) {
      layer.qkv = next("qkv");
      if (config.qk_norm) {
        layer.q_norm = next("q_norm");
        layer.k_norm = next("k_norm");
      }
      layer.output = next("output");
      layer.gate_up = next("gate_up");
      layer.down = next("down");
      layer.attention_norm = next("attention_norm");
      layer.feed_forward_norm = next("feed_forward_norm");
    }
    norm = next("norm");
    head = next("head");
  }

  /// The layout's next parameter as a leaf over the flat arrays: the backward pass adds straight
  /// into `gradients`.
  Tensor next(const char* name) {
    const lm::Parameter& parameter = layout.parameters[n_bound++];
    TORCH_CHECK(parameter.name.ends_with(name), parameter.name, " is not ", name);
    const auto view = [&](const Tensor& flat) {
      Tensor part = flat.narrow(0, whole(parameter.offset), whole(parameter.size())).detach();
      return parameter.init_sd == 0
                 ? part
                 : part.view({whole(parameter.n_rows), whole(parameter.n_columns)});
    };
    Tensor leaf = view(weights).requires_grad_(true);
    leaf.mutable_grad() = view(gradients);
    return leaf;
  }

  Tensor linear(const Tensor& x, const Tensor& matrix) const {
    if (precision == Precision::fp32) return at::linear(x, matrix);
    return at::linear(x.to(at::kBFloat16), matrix.to(at::kBFloat16));
  }

  /// Angles of rotary positions, and minus infinity over what comes later.
  void prepare(std::int64_t length) {
    if (mask.defined() && mask.size(0) == length) return;
    const std::int64_t n = config.d_head();
    const Tensor exponents = at::arange(0, n, 2, at::kDouble) / static_cast<double>(n);
    const Tensor frequencies = at::pow(config.rope_theta, -exponents);
    const Tensor half = at::outer(at::arange(length, at::kDouble), frequencies);
    const Tensor angles = at::cat({half, half}, -1);
    cosine = angles.cos().to(at::kFloat);
    sine = angles.sin().to(at::kFloat);
    mask = at::full({length, length}, -std::numeric_limits<float>::infinity(), at::kFloat).triu(1);
  }

  Tensor attention(const Tensor& x, const Layer& layer) const {  // [B, T, d]
    const std::int64_t b = x.size(0), t = x.size(1), d = x.size(2), h = config.n_heads;
    const auto parts = linear(x, layer.qkv).chunk(3, -1);
    const auto heads = [&](Tensor part, const Tensor& gain) {
      part = part.to(at::kFloat);
      if (gain.defined()) part = normalized(part, gain, config);
      return rotated(part.view({b, t, h, d / h}).transpose(1, 2), cosine, sine);
    };
    const Tensor q = heads(parts[0], layer.q_norm) / std::sqrt(static_cast<double>(d / h));
    const Tensor k = heads(parts[1], layer.k_norm);
    const Tensor v = parts[2].reshape({b, t, h, d / h}).transpose(1, 2);
    const auto narrow = [&](const Tensor& y) {
      return precision == Precision::fp32 ? y : y.to(at::kBFloat16);
    };
    const Tensor scores = at::matmul(narrow(q), narrow(k).transpose(-1, -2));  // [B, H, T, T]
    const Tensor shares = at::softmax(scores.to(at::kFloat) + mask, -1);
    const Tensor mixed = at::matmul(narrow(shares), narrow(v));
    return linear(mixed.transpose(1, 2).reshape({b, t, d}), layer.output).to(at::kFloat);
  }

  Tensor feed_forward(const Tensor& x, const Layer& layer) const {
    const auto parts = linear(x, layer.gate_up).chunk(2, -1);
    return linear(at::silu(parts[0]) * parts[1], layer.down).to(at::kFloat);
  }

  /// Logits in fp32: [B, T, V].
  Tensor forward(const Tensor& tokens) {  // [B, T]
    prepare(tokens.size(1));
    Tensor x = at::embedding(embedding, tokens);
    for (const Layer& layer : layers) {
      if (config.norm_place == model::NormPlace::after) {
        x = x + normalized(attention(x, layer), layer.attention_norm, config);
        x = x + normalized(feed_forward(x, layer), layer.feed_forward_norm, config);
      } else {
        x = x + attention(normalized(x, layer.attention_norm, config), layer);
        x = x + feed_forward(normalized(x, layer.feed_forward_norm, config), layer);
      }
    }
    return linear(normalized(x, norm, config), head).to(at::kFloat);
  }

  model::Config config;
  Precision precision;
  lm::Layout layout;
  std::size_t n_bound = 0;
  Tensor weights, gradients;  // flat; below, leaves over them
  Tensor embedding, norm, head;
  std::vector<Layer> layers;
  Tensor cosine, sine, mask;
};

namespace {

Tensor tensor_of(const lm::Batch& batch) {  // [B, T]
  return at::tensor(batch.tokens, at::kInt)
      .to(at::kLong)
      .view({whole(batch.n_sequences), whole(batch.length)});
}

/// Logits of each target, [B (T - 1), V], and the targets, [B (T - 1)].
std::pair<Tensor, Tensor> targets_of(const Tensor& logits, const Tensor& tokens) {
  const std::int64_t last = tokens.size(1) - 1;
  return {logits.narrow(1, 0, last).reshape({-1, logits.size(2)}),
          tokens.narrow(1, 1, last).reshape(-1)};
}

std::vector<float> copied(const Tensor& tensor) {
  const Tensor flat = tensor.contiguous();
  const float* const data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

}  // namespace

TorchNetwork::TorchNetwork(const model::Config& config, Precision precision)
    : graph_(std::make_unique<Graph>(config, precision)) {}

TorchNetwork::~TorchNetwork() = default;

std::span<float> TorchNetwork::weights() {
  return {graph_->weights.data_ptr<float>(), graph_->layout.n_weights};
}

std::span<float> TorchNetwork::gradients() {
  return {graph_->gradients.data_ptr<float>(), graph_->layout.n_weights};
}

lm::LossSums TorchNetwork::add_gradients(const lm::Batch& batch, const lm::Objective& objective) {
  const Tensor tokens = tensor_of(batch);
  const auto [logits, targets] = targets_of(graph_->forward(tokens), tokens);
  const Tensor sums = at::logsumexp(logits, -1);
  Tensor entropies = sums - logits.gather(1, targets.unsqueeze(1)).squeeze(1);
  Tensor squares = sums.square();
  if (!batch.counted.empty()) {
    std::vector<float> counted(batch.counted.begin(), batch.counted.end());
    const Tensor weight = at::tensor(counted).repeat_interleave(whole(batch.length) - 1);
    entropies = entropies * weight;
    squares = squares * weight;
  }
  const Tensor cross_entropy = entropies.sum(), z_squared = squares.sum();
  Tensor loss = cross_entropy * objective.scale;
  if (objective.z_loss > 0) loss = loss + z_squared * (objective.scale * objective.z_loss);
  torch::autograd::backward({loss}, {});
  return {cross_entropy.item<float>(), z_squared.item<float>()};
}

std::vector<float> TorchNetwork::log_likelihoods(const lm::Batch& batch) {
  const at::NoGradGuard no_gradients;
  const Tensor tokens = tensor_of(batch);
  const auto [logits, targets] = targets_of(graph_->forward(tokens), tokens);
  return copied(logits.gather(1, targets.unsqueeze(1)).squeeze(1) - at::logsumexp(logits, -1));
}

std::vector<float> TorchNetwork::logits(const lm::Batch& batch) {
  const at::NoGradGuard no_gradients;
  return copied(graph_->forward(tensor_of(batch)));
}

void set_threads(int n_threads) { at::set_num_threads(n_threads); }

double measured_flops_per_second(Precision precision) {
  const at::NoGradGuard no_gradients;
  constexpr std::int64_t kSize = 1024;
  const Tensor a =
      at::ones({kSize, kSize}, precision == Precision::fp32 ? at::kFloat : at::kBFloat16);
  double fastest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 4; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const Tensor product = at::mm(a, a);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    fastest = std::min(fastest, taken.count());
  }
  return 2.0 * kSize * kSize * kSize / fastest;
}

}  // namespace rung::train
