// Every law, fitted to data simulated from it, finds a fit as good as the truth with every loss,
// and its 99% intervals hold the truth. tests/slow/coverage_test.cpp counts over many more seeds.
#include <gtest/gtest.h>

#include <algorithm>

#include "rung/fit/optimum/descend.hpp"
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

/// Kinked and lopsided losses, whose minima are found by continuation: no worse than the truth, and
/// than where it leads downhill.
TEST_P(Recovery, EveryLossFitsNoWorseThanFromTheTruth) {
  const SimulatedLaw simulated(find_law(GetParam()));
  const Points points = simulated.noisy(1);
  for (const char* text : {"lad", "asymmetric:10"}) {
    const Loss loss = parse_loss(text);
    const Residual residual = simulated.law().info.residual;
    const Fit fitted = fit(simulated.law(), points, {.loss = loss, .residual = residual});
    const FitProblem problem(simulated.law(), points, loss, residual);
    const std::vector<double> truth = problem.coordinates_of(simulated.truth());
    const std::vector<double> below = problem.theta_at(descend(problem, truth).z);
    EXPECT_LE(fitted.objective, problem.exact_objective(simulated.truth())) << text;
    EXPECT_LE(fitted.objective, problem.exact_objective(below) * (1 + 1e-4)) << text;
    EXPECT_NE(fitted.status, Status::failed) << text;
  }
}

TEST_P(Recovery, IntervalsHoldTheTruth) {
  using Verdict = SimulatedLaw::Verdict;
  constexpr int kSeeds = 4, kMostMisses = 2;  // 1% of seeds miss
  // Of the narrowest of the seeds, in standard errors at the truth: 5.2 where the law is straight.
  constexpr double kWidest = 52;
  const SimulatedLaw simulated(find_law(GetParam()));
  std::vector<int> misses(simulated.quantities().size());
  std::vector<double> narrowest(misses.size(), kInfinity);
  int n_said = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const auto outcomes = simulated.outcomes(static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      misses[i] += outcomes[i].verdict == Verdict::misses ? 1 : 0;
      narrowest[i] = std::min(narrowest[i], outcomes[i].width);
      n_said += outcomes[i].verdict == Verdict::says_nothing ? 0 : 1;
    }
  }
  EXPECT_GT(n_said, 0);
  for (std::size_t i = 0; i < misses.size(); ++i) {
    const std::string& name = simulated.quantities()[i].name;
    EXPECT_LE(misses[i], kMostMisses) << name;
    // The first is a prediction, which the data may determine to any number of digits.
    if (i > 0) {
      EXPECT_LT(narrowest[i], kWidest) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Recovery, testing::ValuesIn(names_of_laws()), test_name_of_law);

}  // namespace
}  // namespace rung
