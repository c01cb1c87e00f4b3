#pragma once
/// What `rung generate` is asked for, and hands to the program that does it: the options of the
/// published generate.py with their defaults, and where the files are.

#include <cstdint>
#include <string>
#include <vector>

namespace rung {
class Options;
}

namespace rung::lm {

/// The heading of the options that OpenLM's models need and those of rung train don't.
inline constexpr const char* kOpenLmGroup = "Models of open_lm";

struct GenerateRequest {
  std::string checkpoint;  // of OpenLM (.pt) or of rung train, in its run's folder
  std::string params;      // OpenLM's params.txt; "": none
  std::string tokenizer;   // "": that of the run's data
  std::string model;       // whose number of heads OpenLM's weights have; "": the file says it
  std::string input_text;
  int max_gen_len = 200;
  double temperature = 0.8, top_p = 0.95;
  int top_k = 50;
  bool use_cache = false;
  int num_beams = 4;

  std::string model_norm = "default_layer_norm", ffn_type = "swiglu", positions = "rotary";
  bool qk_norm = false;
  int moe_freq = 0;
  std::string attn_name = "auto", attn_activation, attn_seq_scalar;
  double attn_seq_scalar_alpha = 0;

  void describe(Options& options);
  /// InputError naming the option, its value and the constraint.
  void validate() const;
};

/// The request as words of a command line, and back.
std::vector<std::string> words_of(const GenerateRequest& request);
GenerateRequest parse_generate_request(const std::vector<std::string>& words);

}  // namespace rung::lm
