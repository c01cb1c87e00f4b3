// 500 made-up ladders, two tasks each: do the combined predictor's 90% intervals hold 90 to 98% of
// what the targets turn out to score? They are to hold 90% whichever of two ends is true where runs
// leave both open, and these tasks end between. docs/predictor.md has the result.
#include <gtest/gtest.h>

#include <iostream>

#include "rung/core/parallel.hpp"
#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

constexpr std::size_t kLadders = 500;

struct Count {
  int n_inside = 0, n = 0;

  double share() const { return static_cast<double>(n_inside) / n; }
};

TEST(CombinedCoverage, Of500Ladders) {
  std::vector<std::vector<Count>> counts(kLadders);
  parallel_for(kLadders, 0, [&](std::size_t seed) {
    const SimulatedLadder made = simulate_ladder({}, seed);
    const CombinedResult result = run_combined(made.ladder, made.tasks, {.n_threads = 1});
    counts[seed].resize(2);
    for (const CombinedTask& task : result.tasks) {
      for (std::size_t k = 0; k < 2; ++k) {
        const TargetPrediction& target = task.targets[k].prediction;
        counts[seed][k].n_inside +=
            target.interval->lower <= *target.actual && *target.actual <= target.interval->upper;
        ++counts[seed][k].n;
      }
    }
  });
  for (const std::size_t k : {0, 1}) {
    Count total;
    for (const auto& of : counts) total.n_inside += of[k].n_inside, total.n += of[k].n;
    std::cout << "target " << k << ": " << 100 * total.share() << "% of " << total.n << "\n";
    EXPECT_GE(total.share(), 0.90);
    EXPECT_LE(total.share(), 0.98);
  }
}

}  // namespace
}  // namespace rung::ladder
