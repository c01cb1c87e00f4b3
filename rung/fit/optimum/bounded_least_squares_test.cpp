#include "rung/fit/optimum/bounded_least_squares.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/rng.hpp"
#include "rung/law/law.hpp"

namespace rung {
namespace {

struct Drawn {
  NormalEquations equations;
  Matrix gram;
  std::vector<double> rhs;
  std::vector<double> lower, upper;
};

/// A random regression of m unknowns whose columns differ in size, with bounds that often bind.
Drawn drawn(int m, std::uint64_t stream) {
  Rng rng(31, stream);
  Matrix x(at(m + 4), at(m));
  std::vector<double> y(x.n_rows);
  for (std::size_t i = 0; i < x.n_rows; ++i) {
    y[i] = rng.normal();
    for (std::size_t j = 0; j < x.n_columns; ++j)
      x(i, j) = (rng.normal() + 0.8) * std::pow(10, static_cast<double>(j) - 1);
  }
  Drawn out{{m, {}, {}}, gram(x), transposed_product(x, y), {}, {}};
  out.equations.gram = out.gram.values;
  out.equations.rhs = out.rhs;
  for (int j = 0; j < m; ++j) {
    const double low = rng.normal() * 0.1, width = rng.uniform() * 0.2;
    out.lower.push_back(rng.uniform() < 0.3 ? -kInfinity : low);
    out.upper.push_back(rng.uniform() < 0.3 ? kInfinity : low + width);
  }
  return out;
}

std::vector<double> solved(const NormalEquations& equations, const std::vector<double>& lower,
                           const std::vector<double>& upper) {
  std::vector<double> b(lower.size());
  bounded_least_squares(equations, lower.data(), upper.data(), b.data());
  return b;
}

double objective(const Drawn& drawn, const std::vector<double>& b) {
  return quadratic_form(drawn.gram, b) / 2 - dot(drawn.rhs, b);
}

/// Sets b's free elements to the best, given the others.
void set_free(const Drawn& drawn, const std::vector<std::size_t>& free, std::vector<double>& b) {
  const std::vector<double> used = product(drawn.gram, b);
  Matrix gram(free.size(), free.size());
  std::vector<double> rhs;
  for (std::size_t i = 0; i < free.size(); ++i) {
    rhs.push_back(drawn.rhs[free[i]] - used[free[i]]);
    for (std::size_t j = 0; j < free.size(); ++j) gram(i, j) = drawn.gram(free[i], free[j]);
  }
  const std::vector<double> inside = symmetric_solve(gram, rhs);
  for (std::size_t i = 0; i < free.size(); ++i) b[free[i]] = inside[i];
}

/// The least objective over every choice of which bounds are active.
double least_by_trying_all(const Drawn& drawn) {
  const int m = drawn.equations.m;
  double least = kInfinity;
  for (int code = 0; code < std::pow(3, m); ++code) {
    std::vector<double> b(at(m));
    std::vector<std::size_t> free;
    bool possible = true;
    int rest = code;
    for (std::size_t j = 0; j < b.size(); ++j, rest /= 3) {
      if (rest % 3 == 0) {
        free.push_back(j);
      } else {
        b[j] = rest % 3 == 1 ? drawn.lower[j] : drawn.upper[j];
        possible = possible && std::isfinite(b[j]);
      }
    }
    if (!possible) continue;
    if (!free.empty()) set_free(drawn, free, b);
    for (const std::size_t j : free)
      possible = possible && b[j] >= drawn.lower[j] && b[j] <= drawn.upper[j];
    if (possible) least = std::min(least, objective(drawn, b));
  }
  return least;
}

TEST(BoundedLeastSquares, IsAsLowAsAnyActiveSet) {
  for (int m = 1; m <= 5; ++m) {
    for (std::uint64_t stream = 0; stream < 200; ++stream) {
      const Drawn problem = drawn(m, stream);
      const std::vector<double> b = solved(problem.equations, problem.lower, problem.upper);
      for (std::size_t j = 0; j < b.size(); ++j) {
        ASSERT_GE(b[j], problem.lower[j]);
        ASSERT_LE(b[j], problem.upper[j]);
      }
      const double least = least_by_trying_all(problem);
      const double found = objective(problem, b);
      ASSERT_NEAR(found, least, 1e-10 * (1 + std::abs(least))) << m << " unknowns, draw " << stream;
    }
  }
}

TEST(BoundedLeastSquares, ColumnsThatAreTheSameShareWhatTheyCan) {
  const NormalEquations equations{2, {4, 4, 4, 4}, {8, 8}};  // b1 + b2 = 2
  const std::vector<double> b = solved(equations, {-10, -10}, {10, 10});
  EXPECT_NEAR(b[0] + b[1], 2, 1e-6);
}

TEST(BoundedLeastSquares, AColumnOfZerosIsNoTrouble) {
  const NormalEquations equations{2, {4, 0, 0, 0}, {8, 0}};
  const std::vector<double> b = solved(equations, {-10, -10}, {10, 10});
  EXPECT_NEAR(b[0], 2, 1e-12);
  EXPECT_TRUE(std::isfinite(b[1]));
}

}  // namespace
}  // namespace rung
