#pragma once
/// OpenLM's models as they are stored: what params.txt says, weights by OpenLM's names, and the
/// architecture that both make.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/model/model.hpp"
#include "rung/lm/generate/torch_file.hpp"

namespace rung::lm {

/// What a decoder computes, beside its weights. All are causal, with two sublayers a layer.
struct DecoderStyle {
  enum class Norm { layer, rms };
  enum class FeedForward { swiglu, gelu, geglu };
  /// Which coordinates turn by which angle; `head_rotary` turns by the head's number (an error that
  /// some models of OpenLM were trained with).
  enum class Positions { rotary, head_rotary, llama_rotary, none };

  int n_heads = 0;
  Norm norm = Norm::layer;
  bool norm_after = false;  // x + norm(f(x)) in place of x + f(norm(x))
  double norm_epsilon = 1e-5;
  bool qk_norm = false;
  FeedForward feed_forward = FeedForward::swiglu;
  Positions positions = Positions::rotary;
  double rope_theta = 10000;
};

/// The options of open_lm that say what a model is, with their defaults there.
struct OpenLmOptions {
  std::string model_norm = "default_layer_norm";
  std::string ffn_type = "swiglu";
  std::string positions = "rotary";
  bool qk_norm = false;
};

/// Takes model_norm and qk_norm from a run's params.txt ("name: value" lines), as generate.py does.
void read_params(std::string_view text, OpenLmOptions& options);

struct DecoderModel {
  DecoderStyle style;
  NamedTensors weights;  // by OpenLM's names
};

/// `n_heads`: 0 where it is to be told from the rotary frequencies that the file holds. InputError
/// with the names of weights that are missing or too many.
DecoderModel open_lm_model(NamedTensors weights, const OpenLmOptions& options, int n_heads,
                           const std::string& source);

/// Weights of Rung's own, laid out as layout.hpp says.
DecoderModel rung_model(const model::Config& config, const std::vector<float>& weights);

}  // namespace rung::lm
