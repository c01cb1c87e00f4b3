#include "rung/train/generate.hpp"

#include "rung/core/error.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/data_mix.hpp"
#include "rung/lm/generate/decode.hpp"
#include "rung/lm/generate/open_lm.hpp"
#include "rung/lm/tokenize.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/file.hpp"
#include "rung/train/torch_decoder.hpp"

namespace rung::train {
namespace {

lm::DecoderModel read_open_lm(const lm::GenerateRequest& request) {
  lm::OpenLmOptions options{.model_norm = request.model_norm,
                            .ffn_type = request.ffn_type,
                            .positions = request.positions,
                            .qk_norm = request.qk_norm};
  if (!request.params.empty()) lm::read_params(read_file(request.params), options);
  const int n_heads =
      request.model.empty() ? 0 : model::Configs::embedded().config(request.model).n_heads;
  return lm::open_lm_model(lm::read_torch_file(request.checkpoint), options, n_heads,
                           request.checkpoint);
}

/// A checkpoint stands in its run's folder, whose settings say what it is of.
lm::DecoderModel read_own(const std::filesystem::path& path, const std::string& model,
                          std::string& tokenizer) {
  const std::filesystem::path settings_path =
      absolute_path(path).parent_path().parent_path() / lm::kSettingsFile;
  if (!file_exists(settings_path))
    throw InputError(Location{path.string()}, "there is no run.toml in the folder above it",
                     "a checkpoint of rung train stays in its run's folder");
  const lm::Settings settings =
      lm::parse_settings(read_file(settings_path), settings_path.string());
  if (!model.empty() && model != settings.model.name)
    throw InputError(
        "--model: the checkpoint is of '" + settings.model.name + "', not '" + model + "'",
        "a checkpoint of rung train needs no --model");
  if (tokenizer.empty())
    tokenizer = lm::parse_data_mix(read_file(settings.data), settings.data).tokenizer.string();
  return lm::rung_model(settings.model,
                        lm::read_checkpoint(path, model::toml_of(settings.model)).weights);
}

/// Tokens that the tokenizer lacks, of a vocabulary that is padded, are never chosen.
class KnownTokens final : public lm::Continuations {
 public:
  KnownTokens(lm::Continuations& model, std::size_t n_known)
      : model_(model), n_known_(std::min(n_known, model.n_vocabulary())) {}

  std::size_t n_vocabulary() const override { return n_known_; }
  std::vector<float> begin(std::span<const lm::Token> prompt) override {
    return known(model_.begin(prompt));
  }
  std::vector<float> go_on(const std::vector<std::size_t>& parents,
                           const std::vector<lm::Token>& tokens) override {
    return known(model_.go_on(parents, tokens));
  }

 private:
  std::vector<float> known(std::vector<float> logits) const {
    const std::size_t n = model_.n_vocabulary();
    for (std::size_t row = 1; row < logits.size() / n; ++row)
      std::copy_n(logits.begin() + static_cast<long>(row * n), n_known_,
                  logits.begin() + static_cast<long>(row * n_known_));
    logits.resize(logits.size() / n * n_known_);
    return logits;
  }

  lm::Continuations& model_;
  std::size_t n_known_;
};

}  // namespace

std::string generate(const lm::GenerateRequest& request, std::uint64_t seed) {
  std::string tokenizer_path = request.tokenizer;
  const bool is_own = !request.checkpoint.ends_with(".pt");
  const lm::DecoderModel model =
      is_own ? read_own(request.checkpoint, request.model, tokenizer_path) : read_open_lm(request);
  if (tokenizer_path.empty())
    throw InputError("--tokenizer is missing", "OpenLM's models have EleutherAI/gpt-neox-20b's");
  lm::Tokenizer tokenizer = lm::read_tokenizer(tokenizer_path);
  const std::vector<lm::Token> prompt = tokenizer.encode(request.input_text);
  TorchDecoder decoder(model, request.use_cache);
  for (const lm::Token token : prompt) {
    if (static_cast<std::size_t>(token) >= decoder.n_vocabulary())
      throw InputError(Location{tokenizer_path}, "it has more tokens than the model");
  }
  KnownTokens known(decoder, tokenizer.size());
  const lm::Token end = tokenizer.end_of_text().value_or(-1);
  std::vector<lm::Token> text =
      lm::decode(known, prompt,
                 {.most_tokens = static_cast<std::size_t>(request.max_gen_len),
                  .temperature = request.temperature,
                  .top_p = request.top_p,
                  .top_k = static_cast<std::size_t>(request.top_k),
                  .n_beams = static_cast<std::size_t>(request.num_beams),
                  .seed = seed,
                  .end = end});
  text.erase(std::find(text.begin(), text.end(), end), text.end());
  return request.input_text + tokenizer.decode(text);
}

}  // namespace rung::train
