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
#include "rung/train/attention.hpp"
#include "rung/train/fused_ops.hpp"

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
    return at::layer_norm(x.to(at::kFloat), {x.size(-1)}, gain, {}, config.norm_epsilon);
  return rms_norm(x, gain, config.norm_epsilon);
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

  void prepare_rotation(std::int64_t length) {
    if (rotation.cosine.defined() && rotation.cosine.size(0) == length) return;
    const std::int64_t n = config.d_head();
    const Tensor exponents = at::arange(0, n, 2, at::kDouble) / static_cast<double>(n);
    const Tensor frequencies = at::pow(config.rope_theta, -exponents);
    const Tensor angles = at::outer(at::arange(length, at::kDouble), frequencies);
    rotation = {angles.cos().to(at::kFloat), angles.sin().to(at::kFloat)};
  }

  Tensor attention(const Tensor& x, const Layer& layer) const {  // [B, T, d]
    const auto parts = linear(x, layer.qkv).chunk(3, -1);
    const auto prepared = [&](const Tensor& part, const Tensor& gain) {
      return gain.defined() ? normalized(part, gain, config) : part.to(at::kFloat);
    };
    const Tensor mixed =
        rotary_attention(prepared(parts[0], layer.q_norm), prepared(parts[1], layer.k_norm),
                         parts[2].to(at::kFloat), rotation, config.n_heads);
    return linear(mixed, layer.output).to(at::kFloat);
  }

  Tensor feed_forward(const Tensor& x, const Layer& layer) const {
    return linear(swiglu(linear(x, layer.gate_up)), layer.down).to(at::kFloat);
  }

  /// Logits as the last product makes them: [B, T, V].
  Tensor forward(const Tensor& tokens) {  // [B, T]
    prepare_rotation(tokens.size(1));
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
    return linear(normalized(x, norm, config), head);
  }

  model::Config config;
  Precision precision;
  lm::Layout layout;
  std::size_t n_bound = 0;
  Tensor weights, gradients;  // flat; below, leaves over them
  Tensor embedding, norm, head;
  std::vector<Layer> layers;
  Rotation rotation;
};

namespace {

Tensor tensor_of(const lm::Batch& batch) {  // [B, T]
  return at::tensor(batch.tokens, at::kInt)
      .to(at::kLong)
      .view({whole(batch.n_sequences), whole(batch.length)});
}

std::vector<float> copied(const Tensor& tensor) {
  const Tensor flat = tensor.to(at::kFloat).contiguous();
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
  const Tensor logits = graph_->forward(tokens);
  const Tensor rows = logits.flatten(0, 1);
  // Each token's target is the next one; a sequence's last has none, and counts for nothing.
  Tensor weights = at::ones(tokens.sizes(), at::kFloat);
  weights.select(1, tokens.size(1) - 1).zero_();
  if (!batch.counted.empty()) {
    const std::vector<float> counted(batch.counted.begin(), batch.counted.end());
    weights.mul_(at::tensor(counted).unsqueeze(1));
  }
  const LogitLoss loss = logit_loss(rows.detach(), tokens.roll(-1, 1).flatten(), weights.flatten(),
                                    objective.scale, objective.z_loss);
  torch::autograd::backward({rows}, {loss.gradient});
  return {loss.cross_entropy, loss.z_squared};
}

std::vector<float> TorchNetwork::log_likelihoods(const lm::Batch& batch) {
  const at::NoGradGuard no_gradients;
  const Tensor tokens = tensor_of(batch);
  const std::int64_t n_targets = tokens.size(1) - 1;
  const Tensor logits = graph_->forward(tokens).narrow(1, 0, n_targets).to(at::kFloat);
  const Tensor targets = tokens.narrow(1, 1, n_targets).unsqueeze(2);
  return copied(logits.gather(2, targets).squeeze(2) - at::logsumexp(logits, -1));
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
