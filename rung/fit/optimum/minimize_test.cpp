#include "rung/fit/optimum/minimize.hpp"

#include <gtest/gtest.h>

#include "rung/core/rng.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// Nearly collinear columns in a tight box: a Newton step cut off at the bounds often points
/// uphill.
struct Boxed {
  Law law = formula_law("a*x + b*y + c*z", {"x", "y", "z"});
  Points points{3, 12};
  std::vector<Constraint> box;

  explicit Boxed(std::uint64_t seed) {
    Rng rng(seed, 77);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double x = rng.normal();
      const std::vector<double> row = {x, x + 0.05 * rng.normal(), x + 0.05 * rng.normal()};
      points.set(i, row, 3 * rng.normal() + 5 * (row[0] - row[1]) - 4 * row[2]);
    }
    for (const char* name : {"a", "b", "c"}) {
      const double middle = 2 * rng.normal(), half = 0.1 + rng.uniform();
      box.push_back({.parameter = name, .lower = middle - half, .upper = middle + half});
    }
  }
};

TEST(Minimize, NeverEndsAboveItsStartAndFindsTheOptimumOfABox) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const Boxed boxed(seed);
    const FitProblem problem(boxed.law, boxed.points, {}, Residual::raw, boxed.box);
    Rng rng(seed, 78);
    double lowest = kInfinity, highest = -kInfinity;
    for (int start = 0; start < 5; ++start) {
      std::vector<double> z;
      for (int c = 0; c < problem.n_free(); ++c)
        z.push_back(problem.lower(c) + rng.uniform() * (problem.upper(c) - problem.lower(c)));
      const double before = problem.objective(z.data());
      double last = before;
      // What few steps reach is no lower than what more steps do.
      for (const int n_steps : {1, 2, 3, 4, 6, 10, 300}) {
        const Minimum minimum = minimize(problem, z, {.max_iterations = n_steps});
        EXPECT_LE(minimum.objective, last + problem.rounding(last)) << n_steps << " steps";
        last = minimum.objective;
      }
      lowest = std::min(lowest, last);
      highest = std::max(highest, last);
    }
    EXPECT_LE(highest, lowest * (1 + 1e-9));
  }
}

}  // namespace
}  // namespace rung
