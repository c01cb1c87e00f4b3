/// Files of torch.save, written by PyTorch (tests/reference/open_lm.py).

#include "rung/lm/generate/torch_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/lm/generate/open_lm.hpp"
#include "rung/system/file.hpp"
#include "tests/support/error_of.hpp"

namespace rung::lm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string path_of(const std::string& name) {
  return RUNG_SOURCE_DIR "/tests/reference/open_lm_" + name + ".pt";
}

float formula(int i) {
  return static_cast<float>(0.3 * std::sin(std::fmod(0.7 * i * i, 100) + 0.3 * i));
}

TEST(TorchFile, HasEveryWeightUnderItsPlainName) {
  const NamedTensors tensors = read_torch_file(path_of("swiglu"));
  ASSERT_TRUE(tensors.contains("tok_embeddings.weight"));
  const NamedTensor& embedding = tensors.at("tok_embeddings.weight");
  EXPECT_THAT(embedding.shape, ElementsAre(32, 16));
  for (int i = 0; i < 512; ++i)
    EXPECT_NEAR(embedding.values[static_cast<std::size_t>(i)], formula(i), 1e-6) << i;
  EXPECT_THAT(tensors.at("layers.1.attention.q_norm.weight").shape, ElementsAre(16));
}

TEST(TorchFile, HalfAndBfloat16BecomeFloat) {
  for (const auto& [name, tolerance] : {std::pair{"gelu", 2e-3}, {"geglu", 3e-4}}) {
    const NamedTensors tensors = read_torch_file(path_of(name));
    const NamedTensor& embedding = tensors.at("tok_embeddings.weight");
    for (int i = 0; i < 512; ++i)
      EXPECT_NEAR(embedding.values[static_cast<std::size_t>(i)], formula(i), tolerance);
  }
}

TEST(TorchFile, DamagedFilesAreRefusedWherever) {
  const std::string whole = read_file(path_of("gelu"));
  const auto error = [](std::string_view bytes) {
    return error_of([&] { read_torch_bytes(bytes, "x.pt"); });
  };
  EXPECT_THAT(error("rung checkpoint 1\n"), HasSubstr("torch.save did not write it"));
  EXPECT_THAT(error(""), HasSubstr("x.pt"));
  for (std::size_t n = 4; n < whole.size(); n += 997)
    EXPECT_THAT(error(std::string_view(whole).substr(0, n)), HasSubstr("too early")) << n;
  std::string flipped = whole;
  const std::size_t at = whole.find("data.pkl");
  ASSERT_NE(at, std::string::npos);
  flipped[at + 100] ^= 1;
  EXPECT_THAT(error(flipped), HasSubstr("damaged"));
}

TEST(OpenLm, SaysWhichWeightsAreMissingOrTooMany) {
  const auto model = [](const OpenLmOptions& options, NamedTensors weights) {
    return error_of([&] { open_lm_model(std::move(weights), options, 0, "x.pt"); });
  };
  OpenLmOptions options{.model_norm = "gain_only_lp_layer_norm", .qk_norm = true};
  NamedTensors weights = read_torch_file(path_of("swiglu"));
  EXPECT_EQ(open_lm_model(weights, options, 0, "x.pt").style.n_heads, 2);
  weights.erase("layers.1.ffn_norm.weight");
  EXPECT_THAT(model(options, weights), HasSubstr("'layers.1.ffn_norm.weight' is missing"));
  weights = read_torch_file(path_of("swiglu"));
  options.qk_norm = false;
  EXPECT_THAT(model(options, weights), HasSubstr("k_norm.weight' is not in such a model"));
  options.ffn_type = "moe";
  EXPECT_THAT(model(options, weights), HasSubstr("--ffn-type"));
}

TEST(OpenLm, TakesNormsFromParams) {
  OpenLmOptions options;
  read_params("accum_freq: 1\nmodel_norm: gain_only_lp_layer_norm\nname: a: b\nqk_norm: True\n",
              options);
  EXPECT_EQ(options.model_norm, "gain_only_lp_layer_norm");
  EXPECT_TRUE(options.qk_norm);
}

}  // namespace
}  // namespace rung::lm
