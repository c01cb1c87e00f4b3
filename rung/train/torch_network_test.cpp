/// Agreement with a second implementation in PyTorch (tests/reference/language_model.py), whose
/// numbers lie beside it.

#include "rung/train/torch_network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/lm/layout.hpp"
#include "rung/lm/optimizer.hpp"
#include "rung/system/file.hpp"

namespace rung::train {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;  // relative, in fp32
constexpr double kZLoss = 1e-4, kLearningRate = 1e-3, kClip = 1.0;
constexpr int kVocabulary = 32;

model::Config config_of(const std::string& name) {
  model::Config config{.name = name, .d_model = 16, .n_heads = 2, .n_layers = 2, .d_hidden = 24};
  config.vocab_size = config.padded_vocab_size = kVocabulary;
  config.norm_place = name == "norm_after" ? model::NormPlace::after : model::NormPlace::before;
  config.norm = name == "open_lm" ? model::NormKind::layer_norm : model::NormKind::rms;
  config.norm_epsilon = name == "open_lm" ? 1e-5 : 1e-6;
  config.qk_norm = name != "norm_before";
  config.rope_theta = name == "norm_after" ? 500000 : 10000;
  return config;
}

/// The script's weights.
void set_weights(const lm::Layout& layout, std::span<float> weights) {
  for (const lm::Parameter& parameter : layout.parameters) {
    for (std::size_t i = parameter.offset; i < parameter.offset + parameter.size(); ++i) {
      const auto x = static_cast<double>(i);
      const double wave = std::sin(std::fmod(0.7 * x * x, 100) + 0.3 * x);
      weights[i] = static_cast<float>(parameter.init_sd == 0 ? 1 + 0.1 * wave : 0.2 * wave);
    }
  }
}

lm::Batch batch_of(int step) {
  lm::Batch batch{.n_sequences = 3, .length = 12};
  for (int s = 0; s < 3; ++s) {
    for (int t = 0; t < 12; ++t)
      batch.tokens.push_back((7 * t * t + 3 * s + 5 * step + s * t) % kVocabulary);
  }
  return batch;
}

class Agreement : public ::testing::TestWithParam<const char*> {
 protected:
  Agreement()
      : config_(config_of(GetParam())),
        layout_(lm::layout_of(config_)),
        network_(config_, Precision::fp32) {
    set_threads(1);
    golden_ =
        json::parse(read_file(RUNG_SOURCE_DIR "/tests/reference/language_model.json"))[GetParam()];
    set_weights(layout_, network_.weights());
  }

  double n_targets() const { return 3 * 11; }
  double add_gradients(const lm::Batch& batch) {
    return network_.add_gradients(batch, {1 / n_targets(), kZLoss}).cross_entropy / n_targets();
  }
  static double largest(const std::vector<double>& values) {
    double most = 0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
  }

  model::Config config_;
  lm::Layout layout_;
  TorchNetwork network_;
  json golden_;
};

TEST_P(Agreement, LogitsAndLoss) {
  const std::vector<double> expected = golden_["logits"];
  const std::vector<float> logits = network_.logits(batch_of(0));
  ASSERT_EQ((logits.size() + 6) / 7, expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(logits[7 * i], expected[i], kTolerance * largest(expected)) << i;
  const double loss = golden_["loss"];
  EXPECT_NEAR(add_gradients(batch_of(0)), loss, kTolerance * loss);
  double sum = 0;
  for (const float each : network_.log_likelihoods(batch_of(0))) sum -= each;
  EXPECT_NEAR(sum / n_targets(), loss, kTolerance * loss);
}

TEST_P(Agreement, Gradients) {
  const std::vector<double> expected = golden_["gradients"];
  add_gradients(batch_of(0));
  ASSERT_EQ((layout_.n_weights + 10) / 11, expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(network_.gradients()[11 * i], expected[i], kTolerance * largest(expected)) << i;
}

TEST_P(Agreement, TenStepsOfTraining) {
  const std::vector<double> expected = golden_["curve"];
  lm::AdamState state{std::vector<float>(layout_.n_weights), std::vector<float>(layout_.n_weights)};
  for (int step = 0; step < 10; ++step) {
    std::fill(network_.gradients().begin(), network_.gradients().end(), 0.0F);
    const double loss = add_gradients(batch_of(step));
    EXPECT_NEAR(loss, expected[static_cast<std::size_t>(step)], kTolerance * loss) << step;
    lm::clip_gradients(network_.gradients(), kClip);
    lm::adam_step({.n_without_decay = layout_.n_embedding}, kLearningRate, network_.gradients(),
                  network_.weights(), state);
  }
}

TEST_P(Agreement, GradientsOfPartsAddUp) {
  const lm::Batch whole = batch_of(0);
  add_gradients(whole);
  const std::vector<float> at_once(network_.gradients().begin(), network_.gradients().end());
  std::fill(network_.gradients().begin(), network_.gradients().end(), 0.0F);
  for (std::size_t s = 0; s < 3; ++s) {
    const auto begin = whole.tokens.begin() + static_cast<long>(12 * s);
    add_gradients({.n_sequences = 1, .length = 12, .tokens = {begin, begin + 12}});
  }
  for (std::size_t i = 0; i < at_once.size(); ++i)
    EXPECT_NEAR(network_.gradients()[i], at_once[i], 2e-6) << i;
}

TEST_P(Agreement, WhatDoesNotCountHasNoGradient) {
  lm::Batch batch = batch_of(0);
  batch.counted = {false, true, false};
  const double one = network_.add_gradients(batch, {1, 0}).cross_entropy;
  const std::vector<float> gradients(network_.gradients().begin(), network_.gradients().end());
  std::fill(network_.gradients().begin(), network_.gradients().end(), 0.0F);
  const lm::Batch alone{.n_sequences = 1,
                        .length = 12,
                        .tokens = {batch.tokens.begin() + 12, batch.tokens.begin() + 24}};
  EXPECT_NEAR(network_.add_gradients(alone, {1, 0}).cross_entropy, one, 1e-4);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    EXPECT_NEAR(network_.gradients()[i], gradients[i], 2e-5) << i;
}

TEST_P(Agreement, Bf16IsNearFp32) {
  TorchNetwork narrow(config_, Precision::bf16);
  set_weights(layout_, narrow.weights());
  const double loss = narrow.add_gradients(batch_of(0), {1 / n_targets(), 0}).cross_entropy;
  EXPECT_NEAR(loss / n_targets(), golden_["loss"].get<double>(), 0.02);
}

INSTANTIATE_TEST_SUITE_P(Torch, Agreement,
                         ::testing::Values("norm_after", "norm_before", "open_lm"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace rung::train
