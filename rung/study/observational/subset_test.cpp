#include "rung/study/observational/subset.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"

namespace rung::observational {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

SubsetProblem random_problem(std::size_t k, std::size_t n_families, std::uint64_t seed) {
  Rng rng(seed);
  SubsetProblem problem;
  problem.all = Matrix(k, k);
  for (std::size_t f = 0; f < n_families; ++f) {
    FamilyGram family{.n_models = 1 + rng.below(5), .gram = Matrix(k, k)};
    for (std::size_t model = 0; model < family.n_models; ++model) {
      std::vector<double> x(k);
      for (std::size_t i = 0; i < k; ++i) x[i] = rng.normal() / (1 + 2 * static_cast<double>(i));
      for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
          family.gram(i, j) += x[i] * x[j];
          problem.all(i, j) += x[i] * x[j];
        }
      }
    }
    problem.families.push_back(std::move(family));
  }
  problem.max_families = n_families;
  problem.budgets = {3, 6, 9, 14, 20};
  return problem;
}

/// Every combination in the published order, in plain double precision.
std::vector<std::optional<Subset>> plain_search(const SubsetProblem& problem) {
  std::vector<std::optional<Subset>> best(problem.budgets.size());
  const std::size_t n = problem.families.size();
  for (std::size_t size = 1; size <= problem.max_families - problem.n_included; ++size) {
    for (std::uint64_t bits = 1; bits < std::uint64_t{1} << n; ++bits) {
      if (static_cast<std::size_t>(std::popcount(bits)) != size) continue;
      Subset subset;
      subset.n_models = problem.included.n_models;
      for (std::size_t f = 0; f < n; ++f) {
        if (!(bits >> f & 1)) continue;
        subset.families.push_back(f);
        subset.n_models += problem.families[f].n_models;
      }
      const auto objective = subset_objective(problem, subset.families);
      if (!objective) continue;
      subset.objective = *objective;
      for (std::size_t b = 0; b < best.size(); ++b) {
        if (subset.n_models > problem.budgets[b]) continue;
        const bool first = !best[b];
        if (first || subset.objective > best[b]->objective * (1 - 1e-11) ||
            (std::abs(subset.objective / best[b]->objective - 1) <= 1e-11 &&
             subset.families.size() == best[b]->families.size() &&
             subset.families < best[b]->families))
          best[b] = subset;
      }
    }
  }
  return best;
}

void expect_same(const std::vector<std::optional<Subset>>& found,
                 const std::vector<std::optional<Subset>>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t b = 0; b < found.size(); ++b) {
    SCOPED_TRACE("budget " + std::to_string(b));
    ASSERT_EQ(found[b].has_value(), wanted[b].has_value());
    if (!found[b]) continue;
    EXPECT_EQ(found[b]->families, wanted[b]->families);
    EXPECT_EQ(found[b]->n_models, wanted[b]->n_models);
    EXPECT_NEAR(found[b]->objective, wanted[b]->objective, -1e-10 * wanted[b]->objective);
  }
}

class SubsetSearch : public testing::TestWithParam<std::size_t> {};

TEST_P(SubsetSearch, BothWaysFindWhatThePlainSearchFinds) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SubsetProblem problem = random_problem(GetParam(), 7 + seed % 5, seed);
    problem.max_families = 3 + seed % 6;
    if (seed % 3 == 0) {
      problem.included = problem.families.back();
      problem.n_included = 1;
      problem.families.pop_back();
    }
    if (seed % 4 == 1) problem.families[2] = problem.families[1];  // a tie
    const auto wanted = plain_search(problem);
    const SubsetResult all = best_subsets(problem);
    EXPECT_EQ(all.method, SubsetMethod::exhaustive);
    expect_same(all.best, wanted);
    const SubsetResult bounded = best_subsets(problem, {.exhaustive_up_to = 0});
    EXPECT_EQ(bounded.method, SubsetMethod::branch_and_bound);
    expect_same(bounded.best, wanted);
  }
}
INSTANTIATE_TEST_SUITE_P(Components, SubsetSearch, testing::Values(1u, 2u, 3u, 4u, 6u));

TEST(SubsetSearch, TheNumberOfThreadsChangesNothing) {
  const SubsetProblem problem = random_problem(3, 26, 9);  // large enough to be shared out
  const SubsetResult one = best_subsets(problem, {.n_threads = 1});
  const SubsetResult three = best_subsets(problem, {.n_threads = 3});
  expect_same(one.best, three.best);
}

TEST(SubsetSearch, CountsCombinations) {
  SubsetProblem problem = random_problem(2, 20, 3);
  problem.max_families = 9;
  EXPECT_EQ(best_subsets(problem).n_combinations, 431909);
}

TEST(SubsetSearch, SaysWhenItStoppedTooEarly) {
  const SubsetProblem problem = random_problem(3, 30, 4);
  const SubsetResult stopped = best_subsets(problem, {.exhaustive_up_to = 0, .most_nodes = 20});
  EXPECT_EQ(stopped.method, SubsetMethod::stopped_too_early);
}

TEST(SubsetSearch, ABudgetTooSmallForTheComponentsHasNoAnswer) {
  SubsetProblem problem = random_problem(4, 6, 5);
  problem.budgets = {3, 12};
  const SubsetResult found = best_subsets(problem);
  EXPECT_FALSE(found.best[0].has_value());
  EXPECT_TRUE(found.best[1].has_value());
}

TEST(SubsetSearch, RefusesWhatHasNoAnswer) {
  SubsetProblem problem = random_problem(3, 6, 5);
  problem.budgets = {};
  EXPECT_THROW(best_subsets(problem), InputError);
  problem.budgets = {0};
  EXPECT_THROW(best_subsets(problem), InputError);
  problem = random_problem(3, 6, 5);
  problem.n_included = problem.max_families;
  EXPECT_THAT([&] { best_subsets(problem); },
              ThrowsMessage<InputError>(HasSubstr("leave none to choose")));
  problem = random_problem(3, 6, 5);
  for (std::size_t j = 0; j < 3; ++j) problem.all(2, j) = problem.all(j, 2) = 0;
  EXPECT_THAT([&] { best_subsets(problem); },
              ThrowsMessage<InputError>(HasSubstr("don't determine")));
}

}  // namespace
}  // namespace rung::observational
