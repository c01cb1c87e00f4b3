#include "rung/lm/generate_request.hpp"

#include "rung/core/error.hpp"
#include "rung/core/options.hpp"
#include "rung/core/text.hpp"

namespace rung::lm {
namespace {

void describe_open_lm(GenerateRequest& request, Options& options) {
  options.add("--model-norm", request.model_norm, "its norm; a params.txt knows better")
      .group(kOpenLmGroup)
      .value_name("NORM");
  options.add_flag("--qk-norm", request.qk_norm, "queries and keys have norms; likewise")
      .group(kOpenLmGroup);
  options.add("--ffn-type", request.ffn_type, "swiglu, swiglu_torch, gelu or gemma_geglu")
      .group(kOpenLmGroup)
      .value_name("TYPE");
  options
      .add("--positional-embedding-type", request.positions,
           "rotary, head_rotary, llama_rotary or none")
      .group(kOpenLmGroup)
      .value_name("TYPE");
  options.add("--attn-name", request.attn_name, "auto, torch_attn or xformers_attn: all the same")
      .group(kOpenLmGroup)
      .value_name("NAME");
  options.add("--attn-activation", request.attn_activation, "only of custom_attn, not here")
      .group(kOpenLmGroup)
      .value_name("NAME");
  options.add("--attn-seq-scalar", request.attn_seq_scalar, "likewise")
      .group(kOpenLmGroup)
      .value_name("NAME");
  options.add("--attn-seq-scalar-alpha", request.attn_seq_scalar_alpha, "likewise")
      .group(kOpenLmGroup);
  options.add("--moe-freq", request.moe_freq, "0: no mixture of experts, which is not here")
      .group(kOpenLmGroup)
      .range(0, 1e6);
}

}  // namespace

void GenerateRequest::describe(Options& options) {
  options.add("--checkpoint", checkpoint, "weights: OpenLM's .pt, or a checkpoint of rung train")
      .value_name("FILE");
  options.add("--params", params, "OpenLM's params.txt: the norm, and those of queries and keys")
      .value_name("FILE");
  options.add("--tokenizer", tokenizer, "tokenizer.json or tiktoken ranks").value_name("FILE");
  options.add("--model", model, "whose heads the weights have; default: as the file says")
      .value_name("NAME");
  options.add("--input-text", input_text, "what the text begins with").value_name("TEXT");
  options.add("--max-gen-len", max_gen_len, "tokens to add").range(1, 1e6);
  options.add("--temperature", temperature, "0: the likeliest, nothing is drawn").range(0, 1000);
  options.add("--top-p", top_p, "draw among the likeliest that make up this share").range(0, 1);
  options.add("--top-k", top_k, "draw among so many of the likeliest; 0: all").range(0, 1e6);
  options.add_flag("--use-cache", use_cache, "keep keys and values: same text, sooner");
  options.add("--num-beams", num_beams, "sequences that a search follows; 1: none").range(1, 1000);
  describe_open_lm(*this, options);
}

void GenerateRequest::validate() const {
  if (moe_freq > 0) throw InputError("--moe-freq: mixtures of experts are not here", "only 0");
  if (attn_name == "custom_attn" || !attn_activation.empty() || !attn_seq_scalar.empty())
    throw InputError("--attn-name, --attn-activation: only softmax attention is here",
                     "leave out --attn-activation and --attn-seq-scalar");
  if (input_text.empty())
    throw InputError("--input-text is missing or empty", "the text to go on from: 'A fit is'");
}

std::vector<std::string> words_of(const GenerateRequest& request) {
  const auto flag = [](bool is_set) { return is_set ? "1" : "0"; };
  return {"--checkpoint",
          request.checkpoint,
          "--params",
          request.params,
          "--tokenizer",
          request.tokenizer,
          "--model",
          request.model,
          "--input-text",
          request.input_text,
          "--max-gen-len",
          std::to_string(request.max_gen_len),
          "--temperature",
          shortest(request.temperature),
          "--top-p",
          shortest(request.top_p),
          "--top-k",
          std::to_string(request.top_k),
          "--use-cache",
          flag(request.use_cache),
          "--num-beams",
          std::to_string(request.num_beams),
          "--model-norm",
          request.model_norm,
          "--qk-norm",
          flag(request.qk_norm),
          "--ffn-type",
          request.ffn_type,
          "--positional-embedding-type",
          request.positions};
}

GenerateRequest parse_generate_request(const std::vector<std::string>& words) {
  GenerateRequest request;
  Options options;
  request.describe(options);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    Option* const option = options.find(words[i]);
    if (!option) throw InputError("there is no option '" + words[i] + "'");
    if (!option->is_flag()) {
      if (!words[i + 1].empty()) option->set({words[i + 1]});
    } else if (words[i + 1] == "1") {
      option->set({});
    }
  }
  request.validate();
  return request;
}

}  // namespace rung::lm
