/// AdamW and clipping on cases computed by hand.

#include "rung/lm/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rung::lm {
namespace {

TEST(AdamStep, TwoStepsByHand) {
  const AdamOptions options{
      .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8, .weight_decay = 0.1, .n_without_decay = 1};
  std::vector<float> weights = {1, 1};
  AdamState state{{0, 0}, {0, 0}};
  // After one step both moments, freed of their bias, are g and g^2: the step is the rate itself.
  adam_step(options, 0.01, std::vector<float>{0.5F, -2}, weights, state);
  EXPECT_NEAR(weights[0], 1 - 0.01, 1e-6);
  EXPECT_NEAR(weights[1], 1 - 0.01 * 0.1 + 0.01, 1e-6);  // shrunk by rate times decay
  EXPECT_NEAR(state.mean[0], 0.05, 1e-8);
  EXPECT_NEAR(state.square[1], 0.04, 1e-8);
  // m = .9 * .05 + .1 * 1 = .145, over 1 - .81; v = .99 * .0025 + .01 = .012475, over 1 - .9801.
  adam_step(options, 0.01, std::vector<float>{1, 0}, weights, state);
  const double step = 0.145 / 0.19 / std::sqrt(0.012475 / 0.0199);
  EXPECT_NEAR(weights[0], 0.99 - 0.01 * step, 1e-6);
  EXPECT_EQ(state.n_steps, 2);
}

TEST(ClipGradients, ScalesTheWholeToItsNorm) {
  std::vector<float> gradients = {3, -4};
  EXPECT_DOUBLE_EQ(clip_gradients(gradients, 1), 5);
  EXPECT_NEAR(gradients[0], 0.6, 1e-6);
  EXPECT_NEAR(gradients[1], -0.8, 1e-6);
}

TEST(ClipGradients, LeavesSmallOnesAndAllWithoutALimit) {
  std::vector<float> gradients = {3, -4};
  EXPECT_DOUBLE_EQ(clip_gradients(gradients, 6), 5);
  EXPECT_EQ(gradients, (std::vector<float>{3, -4}));
  clip_gradients(gradients, 0);
  EXPECT_EQ(gradients, (std::vector<float>{3, -4}));
}

}  // namespace
}  // namespace rung::lm
