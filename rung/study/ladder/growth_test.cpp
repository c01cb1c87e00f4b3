#include "rung/study/ladder/growth.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

TEST(ShareOfGrowth, IsAllWhereNoFoldSays) {
  EXPECT_EQ(share_of_growth({}), 1);
  const std::vector<std::vector<Growth>> none = {{}, {}};
  EXPECT_EQ(share_of_growth(none), 1);
}

TEST(ShareOfGrowth, IsWhatCameOfWhatWasPredictedAndOneFoldThatCameAsPredicted) {
  const std::vector<std::vector<Growth>> half = {{{0.6, 0.3}}, {{1, 0.5}, {0.4, 0.2}}};
  const double squares = 0.36 + (1 + 0.16) / 2;
  EXPECT_NEAR(share_of_growth(half), (0.5 * squares + 0.03) / (squares + 0.03), 1e-12);
}

TEST(ShareOfGrowth, StaysBetweenNoneAndAll) {
  const std::vector<std::vector<Growth>> fell = {{{2, -1}}}, more = {{{1, 3}}};
  EXPECT_EQ(share_of_growth(fell), 0);
  EXPECT_EQ(share_of_growth(more), 1);
}

TEST(KeptShare, AClearSignalKeepsAllUnlessItsRunsHaveLevelledOff) {
  EXPECT_EQ(kept_share(Signal::weak, 0.7), 0.7);
  EXPECT_EQ(kept_share(Signal::clear, 0.7), 1);
  EXPECT_EQ(kept_share(Signal::clear, 0.3), 0.3);
  EXPECT_EQ(kept_share(Signal::at_chance, 0.3), 1);
}

TEST(KeptShare, HasNoJump) {
  constexpr double kStep = 1e-3;
  for (double share = 0; share < 1; share += kStep)
    EXPECT_NEAR(kept_share(Signal::clear, share), kept_share(Signal::clear, share + kStep), 0.005);
}

}  // namespace
}  // namespace rung::ladder
