#include "rung/study/plan/grid.hpp"

#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung::plan {
namespace {

TEST(Grid, RangesListsAndExpressionsMakeEveryCombination) {
  const Table grid = candidate_grid("N = 1e8..1e10:3, ratio=10|40, D=ratio*N");
  ASSERT_EQ(grid.n_rows(), 6u);
  const std::vector<double>&n = grid.numbers("N"), &d = grid.numbers("D");
  EXPECT_DOUBLE_EQ(n[0], 1e8);
  EXPECT_NEAR(n[2], 1e9, 1e-3);
  EXPECT_EQ(n[5], 1e10);
  EXPECT_DOUBLE_EQ(d[0], 1e9);
  EXPECT_DOUBLE_EQ(d[5], 4e11);
}

TEST(Grid, SaysWhatItCannotRead) {
  for (const char* wrong :
       {"N=1e8..1e9", "N=1e8..1e9:1", "N=1e9..1e8:4", "N=0..1e8:4", "1e8..1e9:3", "N=1e8|many",
        "N=1e8..1e9:3, D=20*M", "N=1..9:1000, D=1..9:1001", "N=1e8..1e9:2.5", ""})
    EXPECT_THROW(candidate_grid(wrong), InputError) << wrong;
}

}  // namespace
}  // namespace rung::plan
