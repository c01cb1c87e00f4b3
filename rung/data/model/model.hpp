#pragma once
/// What a language model is made of, as data: named configurations of families
/// (rung/data/model/families/*.toml, and files of the user's own), their counts and FLOPs.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rung {
class Fields;
}

namespace rung::model {

/// Where a block's norms stand: x + f(norm(x)), or x + norm(f(x)).
enum class NormPlace { before, after };
enum class NormKind {
  rms,         // x / sqrt(mean(x^2) + epsilon) * gain
  layer_norm,  // (x - mean) / sqrt(variance + epsilon) * gain, without bias
};
enum class Initialization {
  normal,   // every matrix with one standard deviation
  open_lm,  // 1/sqrt(fan in); what writes into the residual stream less, by its depth
};
/// Forward and backward FLOPs of a token, as a family's publication counts them.
enum class FlopsRule {
  with_attention,    // 6 N + 12 L d T + 4 V d
  six_n,             // 6 N, N without the embedding
  six_n_with_total,  // 6 N, N with the embedding
};

/// What a publication says of how a size was trained; absent where a rule says it (recipe.hpp).
struct PublishedRecipe {
  std::optional<double> learning_rate, batch_sequences, n_steps, batch_size_divisor;
};

/// One model. All are decoders without biases: rotary positions, causal attention, SwiGLU, an
/// output matrix apart from the embedding.
struct Config {
  std::string name;                  // "190M"
  std::vector<std::string> aliases;  // "d=96_l=8_h=4"
  std::string family;                // "olmo"

  int d_model = 0, n_heads = 0, n_layers = 0;
  int d_hidden = 0;           // of the feed-forward layer, after gating
  int vocab_size = 0;         // tokens that the tokenizer has
  int padded_vocab_size = 0;  // rows of the embedding, V
  int eos_token = 0, pad_token = 0;
  int sequence_length = 0;
  bool vocab_of_data = false;  // vocabulary, eos and pad are those of what it is trained on

  NormPlace norm_place = NormPlace::after;
  NormKind norm = NormKind::rms;
  double norm_epsilon = 1e-6;
  bool qk_norm = false;  // over the full width, before the heads are parted
  double rope_theta = 10000;
  Initialization initialization = Initialization::normal;
  double init_sd = 0.02;  // of `normal`, cut at three of them

  bool counts_qk_gains = true;  // in the counts below, as the family's publication has them
  FlopsRule flops_rule = FlopsRule::with_attention;
  PublishedRecipe recipe;

  int d_head() const { return d_model / n_heads; }
  /// Parameters, by the family's way of counting them.
  double n_params_total() const;
  /// Without the embedding; the output matrix counts.
  double n_params_non_embedding() const;
  /// Of training, forward and backward.
  double flops_per_token() const;
  /// Memory that training in fp32 takes: weights, gradients and AdamW's two moments …
  double training_state_bytes() const;
  /// … and, about, what is kept of each sequence that is taken at once.
  double bytes_per_sequence() const;

  /// InputError naming the field, its value and the constraint.
  void validate() const;
};

/// A line a field, without name and family; read_config reads them back.
std::string toml_of(const Config& config);
/// A configuration with all that it needs, `name` and `family` among it; problems go to `fields`.
Config read_config(Fields& fields);

struct Family {
  std::string key, title, source;
};

/// Configurations by name.
class Configs {
 public:
  /// What Rung brings along.
  static Configs embedded();

  /// Merges a file of the user's own over what is here; `source` is its name in errors. InputError
  /// with every problem; this then stays as it was.
  void add_text(std::string_view toml, const std::string& source);

  /// By name or alias. InputError with the nearest names.
  const Config& config(const std::string& name) const;
  /// By family, then by size.
  std::vector<Config> all() const;
  const Family& family(const std::string& key) const { return families_.at(key); }

 private:
  std::map<std::string, Family> families_;
  std::map<std::string, Config> defaults_;  // of each family
  std::map<std::string, Config> configs_;
};

}  // namespace rung::model
