#include "rung/fit/optimum/profile_walk.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/fit/optimum/descend.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// 2 sin(x) and noise that every frequency leaves some of.
Points wave() {
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(0.2 * i);
    y.push_back(2 * std::sin(x.back()) + 0.1 * std::cos(37.0 * i));
  }
  return Points::from_columns({x}, y);
}

/// A search that ended where a descent from these parameters leads, and nowhere else.
SearchResult ended_from(const FitProblem& problem, const std::vector<double>& theta) {
  SearchResult result;
  result.structure = structure_of(problem);
  result.minima.push_back(descend(problem, problem.coordinates_of(theta)));
  result.enough_searches = true;
  return result;
}

TEST(ProfileWalk, LeadsOverAHillToALowerMinimum) {
  const Law law = formula_law("a * sin(w * x)", {"x"});
  const Points points = wave();
  for (const Loss loss : {Loss{}, Loss{LossKind::lad}}) {
    const FitProblem problem(law, points, loss, Residual::raw);
    const double lowest = ended_from(problem, {2, 1}).minima.front().objective;
    SearchResult result = ended_from(problem, {0.5, 1.9});
    ASSERT_GT(result.minima.front().objective, 3 * lowest) << loss.text();
    walk_along_profiles(problem, result);
    EXPECT_NEAR(result.minima.front().objective, lowest, 1e-9 * lowest) << loss.text();
    EXPECT_FALSE(result.enough_searches) << loss.text();
  }
}

TEST(ProfileWalk, LeavesTheLowestMinimumAlone) {
  const Law law = formula_law("a * sin(w * x)", {"x"});
  const Points points = wave();
  const FitProblem problem(law, points, {}, Residual::raw);
  SearchResult result = ended_from(problem, {2, 1});
  const double before = result.minima.front().objective;
  walk_along_profiles(problem, result);
  EXPECT_EQ(result.minima.front().objective, before);
  EXPECT_TRUE(result.enough_searches);
}

}  // namespace
}  // namespace rung
