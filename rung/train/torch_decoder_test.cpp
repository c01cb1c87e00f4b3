/// Agreement with a second implementation in PyTorch (tests/reference/open_lm.py), and with the
/// network that was trained.

#include "rung/train/torch_decoder.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/lm/layout.hpp"
#include "rung/system/file.hpp"
#include "rung/train/torch_network.hpp"

namespace rung::train {
namespace {

const std::vector<lm::Token> kPrompt = {3, 17, 5, 9, 28, 3};

lm::DecoderModel open_lm(const std::string& name, const std::string& positions) {
  lm::OpenLmOptions options{
      .model_norm = name == "gelu" ? "default_layer_norm" : "gain_only_lp_layer_norm",
      .ffn_type = name == "geglu" ? "gemma_geglu" : name,
      .positions = positions,
      .qk_norm = name == "swiglu"};
  const std::string path = RUNG_SOURCE_DIR "/tests/reference/open_lm_" + name + ".pt";
  return lm::open_lm_model(lm::read_torch_file(path), options, 0, path);
}

TEST(TorchDecoder, AgreesWithPyTorchOnOpenLm) {
  const auto golden =
      nlohmann::json::parse(read_file(RUNG_SOURCE_DIR "/tests/reference/open_lm.json"));
  for (const auto& [name, expected] : golden.items()) {
    for (const auto& [positions, values] : expected["logits"].items()) {
      TorchDecoder decoder(open_lm(name, positions), false);
      const std::vector<float> logits = decoder.all_logits(kPrompt);
      ASSERT_EQ((logits.size() + 6) / 7, values.size());
      for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(logits[7 * i], values[i].get<double>(), 2e-5) << name << positions << i;
    }
    for (const bool uses_cache : {false, true}) {
      TorchDecoder decoder(open_lm(name, "rotary"), uses_cache);
      const std::vector<lm::Token> greedy = expected["greedy"];
      EXPECT_EQ(lm::decode(decoder, kPrompt, {.most_tokens = 12, .temperature = 0, .n_beams = 1}),
                greedy)
          << name << uses_cache;
    }
  }
}

TEST(TorchDecoder, WithAndWithoutCacheTheTextIsTheSame) {
  for (const char* positions : {"rotary", "head_rotary", "llama_rotary", "none"}) {
    for (const double temperature : {0.0, 0.8}) {
      for (const std::size_t n_beams : {1u, 4u}) {
        const lm::DecodeOptions options{
            .most_tokens = 20, .temperature = temperature, .n_beams = n_beams};
        TorchDecoder plain(open_lm("swiglu", positions), false);
        TorchDecoder cached(open_lm("swiglu", positions), true);
        EXPECT_EQ(lm::decode(plain, kPrompt, options), lm::decode(cached, kPrompt, options))
            << positions << temperature << n_beams;
      }
    }
  }
}

TEST(TorchDecoder, SaysWhatTheNetworkThatWasTrainedSays) {
  model::Config config{.name = "m", .d_model = 16, .n_heads = 2, .n_layers = 2, .d_hidden = 24};
  config.vocab_size = config.padded_vocab_size = 32;
  config.qk_norm = true;
  for (const auto place : {model::NormPlace::before, model::NormPlace::after}) {
    config.norm_place = place;
    TorchNetwork network(config, Precision::fp32);
    lm::initialize(lm::layout_of(config), 1, network.weights());
    for (float& weight : network.weights()) weight *= 3;
    const std::vector<float> weights(network.weights().begin(), network.weights().end());
    TorchDecoder decoder(lm::rung_model(config, weights), false);
    const std::vector<float> said = decoder.all_logits(kPrompt);
    const std::vector<float> expected =
        network.logits({.n_sequences = 1, .length = kPrompt.size(), .tokens = kPrompt});
    ASSERT_EQ(said.size(), expected.size());
    for (std::size_t i = 0; i < said.size(); ++i) EXPECT_NEAR(said[i], expected[i], 2e-5) << i;
  }
}

}  // namespace
}  // namespace rung::train
