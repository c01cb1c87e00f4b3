#include "rung/figure/table/sweep.hpp"

#include <gtest/gtest.h>

#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// What is given away is told from a sweep's bottom, not from its best run.
TEST(SweepFigure, SaysOverWhatTheSharesAre) {
  const Law law = formula_law("a + b*N", {"N"});
  table::Sweep sweep{.group = "", .column = "lr", .inputs = {1e9}};
  sweep.runs = {{.value = 1e-3, .loss = 3, .given_away = 0.1},
                {.value = 2e-3, .loss = 2.91, .given_away = 0.01},
                {.value = 4e-3, .loss = 2.95, .given_away = 0.05}};
  sweep.best = 1;
  const table::Sweep edge = sweep;
  sweep.optimum = 2.2e-3, sweep.bottom = 2.9;
  const auto subtitle = [&](std::vector<table::Sweep> sweeps) {
    return sweep_figure({std::move(sweeps), {}}, law).subtitle;
  };
  EXPECT_EQ(subtitle({sweep}), "Over the bottom of each sweep's parabola, the star");
  EXPECT_EQ(subtitle({edge}), "Over the best run of each sweep");
  EXPECT_EQ(subtitle({sweep, edge}),
            "Over the bottom of each sweep's parabola, the star; over the best run of a sweep "
            "without one");
}

}  // namespace
}  // namespace rung
