/// Configurations: the published counts and FLOPs, and files of the user's own.

#include "rung/data/model/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/fields.hpp"
#include "tests/support/error_of.hpp"

namespace rung::model {
namespace {

using ::testing::HasSubstr;

struct Published {
  const char* name;
  double n_params, flops_per_token;
};

TEST(Configs, OlmoLadderCountsAsPublished) {
  const Configs configs = Configs::embedded();
  for (const Published& published : {Published{"190M", 190354176, 1903391232},
                                     {"370M", 371262464, 3443922944},
                                     {"600M", 597382464, 5180751744},
                                     {"760M", 758220288, 6373843968},
                                     {"1B", 1279395840, 10109071360},
                                     {"3B", 3169537280, 22970355200},
                                     {"7B", 6887575552, 49412071424},
                                     {"13B", 13202396160, 91335915520}}) {
    const Config& config = configs.config(published.name);
    EXPECT_EQ(config.n_params_non_embedding(), published.n_params) << published.name;
    EXPECT_EQ(config.flops_per_token(), published.flops_per_token) << published.name;
  }
}

TEST(Configs, DataDecideCountsAsPublished) {
  const Configs configs = Configs::embedded();
  const std::pair<const char*, double> counts[] = {
      {"4M", 3744832},     {"6M", 6010464},     {"8M", 8538240},     {"10M", 9900432},
      {"14M", 14380224},   {"16M", 16004560},   {"20M", 19101888},   {"60M", 57078144},
      {"90M", 97946640},   {"150M", 151898880}, {"300M", 319980544}, {"530M", 530074944},
      {"750M", 681297408}, {"1B", 1176832000}};
  for (const auto& [size, count] : counts) {
    const Config& config = configs.config(std::string("datadecide-") + size);
    EXPECT_EQ(config.n_params_non_embedding(), count) << size;
    EXPECT_EQ(config.flops_per_token(), 6 * count) << size;
  }
}

TEST(Configs, OpenLmCountsAsPublished) {
  const Configs configs = Configs::embedded();
  const std::pair<const char*, double> counts[] = {
      {"d=96_l=8_h=4", 10569312},     {"d=512_l=8_h=4", 78914048}, {"d=576_l=24_h=8", 153677376},
      {"d=1024_l=24_h=8", 411616256}, {"open_lm_1b", 1439795200},  {"open_lm_7b", 6889410560}};
  for (const auto& [alias, count] : counts)
    EXPECT_EQ(configs.config(alias).n_params_total(), count) << alias;
}

TEST(Configs, TinySizesAreWhatTheyAreCalled) {
  const Configs configs = Configs::embedded();
  const std::pair<const char*, double> counts[] = {
      {"tiny-20k", 20560}, {"tiny-160k", 160368}, {"tiny-1.7M", 1707136}, {"tiny-8.7M", 8659200}};
  for (const auto& [name, count] : counts)
    EXPECT_EQ(configs.config(name).n_params_non_embedding(), count) << name;
}

TEST(Configs, AFileOfOnesOwnAddsToAFamily) {
  Configs configs = Configs::embedded();
  configs.add_text(R"([models.mine]
family = "tiny"
d_model = 24
n_heads = 2
n_layers = 3
)",
                   "mine.toml");
  const Config& mine = configs.config("mine");
  EXPECT_EQ(mine.d_hidden, 96);
  EXPECT_TRUE(mine.qk_norm);
  EXPECT_EQ(mine.n_params_non_embedding(), 3 * (16 * 576 + 96) + 24 + 1024 * 24);
}

TEST(Configs, WrittenAndReadBack) {
  for (const Config& config : Configs::embedded().all()) {
    const std::string text =
        "name = '" + config.name + "'\nfamily = '" + config.family + "'\n" + toml_of(config);
    Config back;
    read_toml_fields(text, "back.toml", [&](Fields& fields) { back = read_config(fields); });
    EXPECT_EQ(toml_of(back), toml_of(config)) << config.name;
    EXPECT_EQ(back.n_params_total(), config.n_params_total()) << config.name;
  }
}

TEST(Configs, WhatIsWrongIsSaidWithItsPlace) {
  Configs configs = Configs::embedded();
  const auto error = [&](const std::string& model) {
    return error_of([&] { configs.add_text("[models.mine]\n" + model, "mine.toml"); });
  };
  EXPECT_THAT(error("family = 'tinny'\n"), HasSubstr("mine.toml:2"));
  EXPECT_THAT(error("family = 'tiny'\nn_heads = 2\nn_layers = 1\n"), HasSubstr("'d_model'"));
  EXPECT_THAT(error("family = 'tiny'\nd_model = 25\nn_heads = 2\nn_layers = 1\n"),
              HasSubstr("d_model 25 is no multiple of n_heads 2"));
  EXPECT_THAT(error("family = 'tiny'\nd_model = 6\nn_heads = 2\nn_layers = 1\n"),
              HasSubstr("3 numbers"));
  EXPECT_THAT(error_of([&] { configs.config("191M"); }), HasSubstr("190M"));
}

TEST(ModelConfig, MemoryOfTrainingIsCounted) {
  Config config{.name = "m", .d_model = 2, .n_heads = 1, .n_layers = 1, .d_hidden = 3};
  config.vocab_size = config.padded_vocab_size = 5;
  config.sequence_length = 7;
  // 4 d^2 + 3 d h + 2 d of the layer, d of the last norm, two matrices of the vocabulary.
  EXPECT_EQ(config.training_state_bytes(), 16 * (16 + 18 + 4 + 2 + 2 * 10));
  EXPECT_EQ(config.bytes_per_sequence(), 4 * 7 * (27 * 2 + 4 * 3 + 3 * 7 + 4 * 5));
}

}  // namespace
}  // namespace rung::model
