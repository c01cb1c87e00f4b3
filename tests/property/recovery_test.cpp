// Every law, fitted to data simulated from it, finds a fit as good as the truth, and its 99%
// intervals hold the truth. tests/slow/coverage_test.cpp counts over many more seeds.
#include <gtest/gtest.h>

#include "tests/support/law_names.hpp"
#include "tests/support/simulated_law.hpp"

namespace rung {
namespace {

class Recovery : public testing::TestWithParam<std::string> {};

TEST_P(Recovery, FitsNoWorseThanTheTruth) {
  const SimulatedLaw simulated(find_law(GetParam()));
  const Points points = simulated.noisy(1);
  const Residual residual = simulated.law().info.residual;
  const Fit fitted = fit(simulated.law(), points, {.residual = residual});
  const FitProblem problem(simulated.law(), points, {}, residual);
  EXPECT_LE(fitted.objective, problem.exact_objective(simulated.truth()));
  EXPECT_NE(fitted.status, Status::failed);
}

TEST_P(Recovery, IntervalsHoldTheTruth) {
  constexpr int kSeeds = 4, kMostMisses = 2;  // 1% of seeds miss
  const SimulatedLaw simulated(find_law(GetParam()));
  std::vector<CoveredQuantity> quantities = simulated.quantities();
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const std::vector<bool> inside = simulated.covered(static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < inside.size(); ++i) quantities[i].n_inside += inside[i] ? 1 : 0;
  }
  for (const CoveredQuantity& quantity : quantities) {
    EXPECT_GE(quantity.n_inside, kSeeds - kMostMisses) << quantity.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Recovery, testing::ValuesIn(names_of_laws()), test_name_of_law);

}  // namespace
}  // namespace rung
