#include "rung/lm/generate/open_lm.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/layout.hpp"

namespace rung::lm {
namespace {

/// Checks the names and shapes of a file's weights.
class Weights {
 public:
  Weights(const NamedTensors& tensors, const std::string& source)
      : tensors_(tensors), source_(source) {}

  void expect(const std::string& name, const std::vector<std::size_t>& shape) {
    expected_.push_back(name);
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
      problem("'" + name + "' is missing");
    } else if (found->second.shape != shape) {
      problem("'" + name + "' is " + text(found->second.shape) + ", not " + text(shape));
    }
  }
  void check() {
    for (const auto& [name, tensor] : tensors_) {
      if (!contains(expected_, name)) problem("'" + name + "' is not in such a model");
    }
    if (!problems_.empty())
      throw InputError(
          std::vector<Problem>(
              problems_.begin(),
              problems_.begin() + static_cast<long>(std::min(problems_.size(), kMostProblems))),
          problems_.size() - std::min(problems_.size(), kMostProblems));
  }

 private:
  static std::string text(const std::vector<std::size_t>& shape) {
    std::vector<std::string> numbers;
    for (const std::size_t n : shape) numbers.push_back(std::to_string(n));
    return "[" + join(numbers, ", ") + "]";
  }
  void problem(const std::string& what) {
    problems_.push_back(
        {Location{source_}, what, "is --model-norm, --qk-norm or --ffn-type another?"});
  }

  const NamedTensors& tensors_;
  const std::string& source_;
  std::vector<std::string> expected_;
  std::vector<Problem> problems_;
};

/// An OpenLM norm: what it computes, and which vectors it has.
struct NormChoice {
  DecoderStyle::Norm norm;
  bool has_gain, has_bias;
};

NormChoice norm_of(const std::string& name) {
  using enum DecoderStyle::Norm;
  if (name == "default_layer_norm" || name == "lp_layer_norm") return {layer, true, true};
  if (name == "gain_only_layer_norm" || name == "gain_only_lp_layer_norm")
    return {layer, true, false};
  if (name == "no_wb_layer_norm") return {layer, false, false};
  if (name == "rms_norm") return {rms, true, false};
  throw InputError("--model-norm: there is no '" + name + "'",
                   "default_layer_norm, lp_layer_norm, gain_only_layer_norm, "
                   "gain_only_lp_layer_norm, no_wb_layer_norm or rms_norm");
}

DecoderStyle::FeedForward feed_forward_of(const std::string& name) {
  if (name == "swiglu" || name == "swiglu_torch") return DecoderStyle::FeedForward::swiglu;
  if (name == "gelu") return DecoderStyle::FeedForward::gelu;
  if (name == "gemma_geglu") return DecoderStyle::FeedForward::geglu;
  throw InputError("--ffn-type: '" + name + "' is not here",
                   "swiglu, swiglu_torch, gelu or gemma_geglu");
}

DecoderStyle::Positions positions_of(const std::string& name) {
  if (name == "rotary") return DecoderStyle::Positions::rotary;
  if (name == "head_rotary") return DecoderStyle::Positions::head_rotary;
  if (name == "llama_rotary") return DecoderStyle::Positions::llama_rotary;
  if (name == "none") return DecoderStyle::Positions::none;
  throw InputError("--positional-embedding-type: there is no '" + name + "'",
                   "rotary, head_rotary, llama_rotary or none");
}

void expect_norm(Weights& weights, const NormChoice& norm, const std::string& name, std::size_t d) {
  if (norm.has_gain) weights.expect(name + ".weight", {d});
  if (norm.has_bias) weights.expect(name + ".bias", {d});
}

std::size_t rows_of(const NamedTensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  return found == tensors.end() || found->second.shape.empty() ? 0 : found->second.shape[0];
}

void expect_feed_forward(Weights& weights, const NamedTensors& tensors,
                         DecoderStyle::FeedForward kind, const std::string& layer, std::size_t d) {
  const std::string at = layer + "feed_forward.";
  if (kind == DecoderStyle::FeedForward::swiglu) {
    const std::size_t hidden = rows_of(tensors, at + "w12.weight") / 2;
    weights.expect(at + "w12.weight", {2 * hidden, d});
    weights.expect(at + "w3.weight", {d, hidden});
  } else if (kind == DecoderStyle::FeedForward::gelu) {
    const std::size_t hidden = rows_of(tensors, at + "0.weight");
    weights.expect(at + "0.weight", {hidden, d});
    weights.expect(at + "2.weight", {d, hidden});
  } else {
    const std::size_t hidden = rows_of(tensors, at + "gate_proj.weight");
    for (const char* name : {"gate_proj", "up_proj"}) {
      weights.expect(at + name + ".weight", {hidden, d});
      weights.expect(at + name + ".bias", {hidden});
    }
    weights.expect(at + "down_proj.weight", {d, hidden});
    weights.expect(at + "down_proj.bias", {d});
  }
}

/// Where OpenLM has what the layout calls so.
std::string open_lm_name(const std::string& name) {
  static const std::pair<const char*, const char*> kNames[] = {
      {"embedding", "tok_embeddings"},
      {"head", "output"},
      {"attention.qkv", "attention.in_proj"},
      {"attention.output", "attention.out_proj"},
      {"feed_forward.gate_up", "feed_forward.w12"},
      {"feed_forward.down", "feed_forward.w3"},
      {"feed_forward_norm", "ffn_norm"}};
  for (const auto& [ours, theirs] : kNames) {
    if (name.ends_with(ours))
      return name.substr(0, name.size() - std::string_view(ours).size()) + theirs + ".weight";
  }
  return name + ".weight";
}

}  // namespace

void read_params(std::string_view text, OpenLmOptions& options) {
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string> parts = split(line, ':');
    if (parts.size() != 2) continue;
    const std::string_view name = trimmed(parts[0]), value = trimmed(parts[1]);
    if (name == "model_norm") options.model_norm = value;
    if (name == "qk_norm") options.qk_norm = value == "True";
  }
}

DecoderModel open_lm_model(NamedTensors weights, const OpenLmOptions& options, int n_heads,
                           const std::string& source) {
  const NormChoice norm = norm_of(options.model_norm);
  DecoderStyle style{.norm = norm.norm,
                     .qk_norm = options.qk_norm,
                     .feed_forward = feed_forward_of(options.ffn_type),
                     .positions = positions_of(options.positions)};
  const std::size_t n_vocabulary = rows_of(weights, "output.weight");
  const std::size_t d =
      n_vocabulary == 0 ? 0 : weights["output.weight"].values.size() / n_vocabulary;
  std::size_t n_frequencies = 0;
  std::erase_if(weights, [&](const auto& each) {
    const bool is_frequencies = each.first.ends_with("inv_freq");
    if (is_frequencies) n_frequencies = each.second.values.size();
    return is_frequencies || each.first.find("._ff_w") != std::string::npos;
  });
  if (n_heads == 0 && n_frequencies > 0) n_heads = static_cast<int>(d / (2 * n_frequencies));
  if (n_heads <= 0 || d % static_cast<std::size_t>(n_heads) != 0)
    throw InputError(Location{source}, "it doesn't say how many heads the model has",
                     "name its configuration: --model open-lm-11M");
  style.n_heads = n_heads;
  Weights names(weights, source);
  names.expect("tok_embeddings.weight", {n_vocabulary, d});
  names.expect("output.weight", {n_vocabulary, d});
  expect_norm(names, norm, "norm", d);
  for (std::size_t i = 0;
       i == 0 || rows_of(weights, "layers." + std::to_string(i) + ".attention.in_proj.weight");
       ++i) {
    const std::string layer = "layers." + std::to_string(i) + ".";
    names.expect(layer + "attention.in_proj.weight", {3 * d, d});
    names.expect(layer + "attention.out_proj.weight", {d, d});
    if (style.qk_norm) {
      expect_norm(names, norm, layer + "attention.q_norm", d);
      expect_norm(names, norm, layer + "attention.k_norm", d);
    }
    expect_norm(names, norm, layer + "attention_norm", d);
    expect_norm(names, norm, layer + "ffn_norm", d);
    expect_feed_forward(names, weights, style.feed_forward, layer, d);
  }
  names.check();
  return {style, std::move(weights)};
}

DecoderModel rung_model(const model::Config& config, const std::vector<float>& weights) {
  DecoderModel made;
  made.style = {.n_heads = config.n_heads,
                .norm = config.norm == model::NormKind::rms ? DecoderStyle::Norm::rms
                                                            : DecoderStyle::Norm::layer,
                .norm_after = config.norm_place == model::NormPlace::after,
                .norm_epsilon = config.norm_epsilon,
                .qk_norm = config.qk_norm,
                .rope_theta = config.rope_theta};
  for (const Parameter& parameter : layout_of(config).parameters) {
    NamedTensor tensor{.shape = {parameter.n_rows}};
    if (parameter.init_sd != 0) tensor.shape.push_back(parameter.n_columns);
    const auto begin = weights.begin() + static_cast<long>(parameter.offset);
    tensor.values.assign(begin, begin + static_cast<long>(parameter.size()));
    made.weights.emplace(open_lm_name(parameter.name), std::move(tensor));
  }
  return made;
}

}  // namespace rung::lm
