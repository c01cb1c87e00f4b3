#include "rung/study/observational/latent.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "tests/support/simulated_models.hpp"

namespace rung::observational {
namespace {

LatentInput input_of(const Models& models) {
  return {models.scores, models.families, models.size_b, models.tokens_t};
}

double rms_error(const LatentModel& model, const LatentInput& input) {
  const Matrix abilities = model.abilities(input);
  double squares = 0;
  for (std::size_t i = 0; i < input.scores.n_rows; ++i) {
    for (std::size_t j = 0; j < input.scores.n_columns; ++j)
      squares += std::pow(model.items[j].at(abilities.row(i).data()) - input.scores(i, j), 2);
  }
  return std::sqrt(squares / static_cast<double>(input.scores.values.size()));
}

TEST(Latent, AbilitiesExplainScoresToTheirNoise) {
  const LatentInput input = input_of(simulated_models(8, 5, 1));
  EXPECT_LT(rms_error(learn_latent(input, {.n_abilities = 2}), input), 0.015);
  EXPECT_LT(rms_error(learn_latent(input, {.n_abilities = 2, .of_families = true}), input), 0.02);
}

TEST(Latent, AMissingScoreIsFoundFromTheOthers) {
  LatentInput input = input_of(simulated_models(8, 5, 2));
  const double hidden = input.scores(11, 2);
  input.scores(11, 2) = std::nan("");
  for (const bool of_families : {false, true}) {
    const LatentModel model = learn_latent(input, {.n_abilities = 2, .of_families = of_families});
    EXPECT_NEAR(model.items[2].at(model.abilities(input).row(11).data()), hidden, 0.06);
  }
}

TEST(Latent, OneAbilityOrdersModelsByCompute) {
  const Models models = simulated_models(1, 10, 3);
  const LatentInput input = input_of(models);
  const Matrix abilities = learn_latent(input, {.n_abilities = 1}).abilities(input);
  EXPECT_GT(std::abs(*correlation(ranks(abilities.column(0)), ranks(models.flops_1e21))), 0.99);
}

TEST(Latent, ModelsWithoutTokensHaveNoSkill) {
  LatentInput input = input_of(simulated_models(6, 4, 4));
  input.tokens[3] = std::nan("");
  const LatentModel model = learn_latent(input, {.n_abilities = 1, .of_families = true});
  const Matrix skills = model.abilities(input);
  EXPECT_TRUE(std::isnan(skills(3, 0)));
  EXPECT_FALSE(std::isnan(skills(4, 0)));
  for (double& tokens : input.tokens) tokens = std::nan("");
  EXPECT_THROW(learn_latent(input, {.of_families = true}), InputError);
}

}  // namespace
}  // namespace rung::observational
