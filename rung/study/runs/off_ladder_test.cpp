#include "rung/study/runs/off_ladder.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"

namespace rung::runs {
namespace {

TEST(OffLadder, NamesTheRunThatIsOff) {
  std::vector<LadderPlace> places;
  Rng rng(2);
  for (const double n : {1e8, 3e8, 6e8, 1.2e9}) {
    for (const double times : {1.0, 2.0, 5.0}) {
      const double d = 20 * n * times;
      const double loss = 1.7 + 400 * std::pow(n, -0.34) + 410 * std::pow(d, -0.28);
      places.push_back({n, d, loss * std::exp(0.001 * rng.normal())});
    }
  }
  std::size_t n_off = 0;
  for (const auto& expected : off_ladder(places, 1)) n_off += expected && expected->falls_off;
  EXPECT_EQ(n_off, 0u);
  places[4].loss *= 1.06;
  const auto found = off_ladder(places, 2);
  ASSERT_TRUE(found[4]);
  EXPECT_TRUE(found[4]->falls_off);
  EXPECT_GT(found[4]->z, 10);
  EXPECT_NEAR(found[4]->loss, places[4].loss / 1.06, 0.03);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(found[i]->falls_off, i == 4) << i;
  places.resize(7);
  EXPECT_FALSE(off_ladder(places, 1)[0]);
}

TEST(OffLadder, OneThatIsOffPutsNoOtherOff) {
  std::vector<LadderPlace> places;
  Rng rng(1);
  for (const double n : {1e8, 2e8, 4e8}) {
    for (const double times : {5.0, 10.0, 20.0}) {
      const double loss = 1.8 + 300 * std::pow(n, -0.34) + 400 * std::pow(n * times, -0.28);
      places.push_back({n, n * times, loss * std::exp(0.001 * rng.normal())});
    }
  }
  places[7].loss *= 1.03;
  const auto found = off_ladder(places, 2);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(found[i]->falls_off, i == 7) << i;
}

}  // namespace
}  // namespace rung::runs
