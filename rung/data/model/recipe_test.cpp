/// Recipes: the published batches, and small cases computed by hand.

#include "rung/data/model/recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_of.hpp"

namespace rung::model {
namespace {

using ::testing::HasSubstr;

Recipe recipe_of(const char* name, const RecipeChoice& choice = {}) {
  return recipe_for(Configs::embedded().config(name), choice);
}

TEST(Recipe, BatchesOfThePublishedLadder) {
  const auto tokens = [](const char* name, double divisor) {
    return recipe_of(name, {.batch_size_divisor = divisor}).batch_tokens();
  };
  EXPECT_EQ(tokens("190M", 32), 524288);
  EXPECT_EQ(tokens("190M", 64), 524288);
  EXPECT_EQ(tokens("370M", 64), 786432);
  EXPECT_EQ(tokens("760M", 64), 1310720);
  EXPECT_EQ(tokens("1B", 64), 1572864);
  EXPECT_EQ(tokens("1B", 128), 1572864);
  EXPECT_EQ(tokens("3B", 128), 3145728);
}

TEST(Recipe, LearningRateFallsWithTheCubeRoot) {
  EXPECT_DOUBLE_EQ(ladder_learning_rate(108e6, 2048), 0.0047);
  EXPECT_DOUBLE_EQ(ladder_learning_rate(8 * 108e6, 2048), 0.0047 / 2);
  EXPECT_DOUBLE_EQ(ladder_learning_rate(108e6, 4096), 0.0047 / 4);
}

TEST(Recipe, DataDecideTrainsAsPublished) {
  // Steps were counted by rounded sizes; those of 750M and 1B are further off than these.
  for (const char* name : {"datadecide-4M", "datadecide-150M"}) {
    const Config config = Configs::embedded().config(name);
    const Recipe recipe = recipe_for(config, {.length = "5xC"});
    EXPECT_EQ(static_cast<double>(recipe.batch_sequences), *config.recipe.batch_sequences);
    EXPECT_EQ(recipe.learning_rate, *config.recipe.learning_rate);
    EXPECT_NEAR(static_cast<double>(recipe.n_steps), *config.recipe.n_steps,
                0.02 * *config.recipe.n_steps)
        << name;
  }
}

TEST(Recipe, LengthsInTokensAndInChinchillas) {
  EXPECT_EQ(length_tokens("2xC", 1e6), 40e6);
  EXPECT_EQ(length_tokens("0.5xC", 1e6), 10e6);
  EXPECT_EQ(length_tokens("400K", 1e6), 400e3);
  EXPECT_EQ(length_tokens("10B", 1e6), 10e9);
  EXPECT_EQ(length_tokens("3T", 1e6), 3e12);
  for (const char* bad : {"", "xC", "-1xC", "0", "1xD", "infxC", "1e-10xC"})
    EXPECT_THAT(error_of([&] { length_tokens(bad, 1e6); }), HasSubstr("--length")) << bad;
}

Recipe ten_steps(Scheduler scheduler) {
  Recipe recipe{.choice = {.scheduler = scheduler}, .n_steps = 10, .n_warmup_steps = 2};
  recipe.learning_rate = 1;
  return recipe;
}

TEST(Recipe, SchedulesByHand) {
  const Recipe cosine = ten_steps(Scheduler::cosine);
  EXPECT_DOUBLE_EQ(cosine.learning_rate_at(1), 0.55);
  EXPECT_DOUBLE_EQ(cosine.learning_rate_at(2), 1);
  EXPECT_DOUBLE_EQ(cosine.learning_rate_at(6), 0.55);
  EXPECT_NEAR(cosine.learning_rate_at(4), 0.1 + 0.9 * (1 + 0.70710678118654752) / 2, 1e-15);
  EXPECT_DOUBLE_EQ(cosine.learning_rate_at(10), 0.1);
  const Recipe linear = ten_steps(Scheduler::linear);
  EXPECT_DOUBLE_EQ(linear.learning_rate_at(6), 0.55);
  EXPECT_DOUBLE_EQ(linear.learning_rate_at(10), 0.1);
  const Recipe constant = ten_steps(Scheduler::constant_then_decay);
  EXPECT_DOUBLE_EQ(constant.learning_rate_at(8), 1);
  EXPECT_DOUBLE_EQ(constant.learning_rate_at(9), 0.55);
  EXPECT_DOUBLE_EQ(constant.learning_rate_at(10), 0.1);
}

TEST(Recipe, WarmsUpForAsManyTokensAsParameters) {
  const Recipe recipe = recipe_of("190M", {.length = "1xC"});
  EXPECT_EQ(recipe.n_steps, 7262);        // 20 * 190354176 / 524288, rounded up
  EXPECT_EQ(recipe.n_warmup_steps, 363);  // 190354176 / 524288
}

TEST(Recipe, RefusesByOption) {
  EXPECT_THAT(error_of([] { recipe_of("190M", {.alpha_f = 1.5}); }), HasSubstr("--alpha_f"));
  EXPECT_THAT(error_of([] { recipe_of("190M", {.batch_sequences = 0}); }),
              HasSubstr("--batch_size"));
  EXPECT_THAT(error_of([] { recipe_of("190M", {.length = "1e300"}); }), HasSubstr("1e300"));
  EXPECT_THAT(error_of([] { recipe_of("190M", {.batch_sequences = 1e300}); }),
              HasSubstr("larger than any"));
  EXPECT_THAT(error_of([] { parse_scheduler("cosin"); }), HasSubstr("cosine_with_warmup"));
}

TEST(Recipe, NothingIsTakenSilently) {
  const auto error = [](const RecipeChoice& choice) {
    return error_of([&] { recipe_of("190M", choice); });
  };
  EXPECT_THAT(error({.batch_sequences = 2.5}), HasSubstr("--batch_size: '2.5' is not a whole"));
  EXPECT_THAT(error({.batch_size_divisor = 0.5}), HasSubstr("--batch_size_divisor: '0.5'"));
  EXPECT_THAT(error({.batch_sequences = 10, .batch_size_divisor = 4}),
              HasSubstr("10 is no multiple of --batch_size_divisor, 4"));
  EXPECT_EQ(error({.batch_sequences = 12, .batch_size_divisor = 4}), "no error");
  EXPECT_THAT(error({.warmup_tokens = 1e12}), HasSubstr("--warmup: 1e12 tokens are more than"));
  // The rule's own warm-up, as many tokens as parameters, is cut to a run that is shorter.
  EXPECT_EQ(recipe_of("190M", {.length = "0.01xC"}).n_warmup_steps,
            recipe_of("190M", {.length = "0.01xC"}).n_steps);
}

}  // namespace
}  // namespace rung::model
