#include "rung/study/ladder/targets.hpp"

#include <gtest/gtest.h>

#include "rung/core/error.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

TEST(ExtraTargets, OfAnEvalModelsNameHaveItsSizeAndTokens) {
  const Ladder ladder = simulate_ladder({.n_tasks = 1}, 1).ladder;
  const Catalogue catalogue = Catalogue::embedded();
  const auto named = [&](double n, double d) {
    return extra_targets({n, d, "7B-4T"}, catalogue, ladder).size();
  };
  EXPECT_EQ(named(7e9, 4e12), 1U);
  EXPECT_THROW(named(13e9, 4e12), InputError);
  EXPECT_THROW(named(7e9, 1e12), InputError);
}

}  // namespace
}  // namespace rung::ladder
