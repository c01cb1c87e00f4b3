#include "rung/fit/optimum/bounded_least_squares.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/eigen.hpp"
#include "rung/core/rng.hpp"
#include "rung/law/law.hpp"

namespace rung {
namespace {

struct Drawn {
  NormalEquations equations;
  Eigen::MatrixXd gram;
  Eigen::VectorXd rhs;
  std::vector<double> lower, upper;
};

/// A random regression of m unknowns whose columns differ in size, with bounds that often bind.
Drawn drawn(int m, std::uint64_t stream) {
  Rng rng(31, stream);
  const int n = m + 4;
  Eigen::MatrixXd x(n, m);
  Eigen::VectorXd y(n);
  for (int i = 0; i < n; ++i) {
    y(i) = rng.normal();
    for (int j = 0; j < m; ++j) x(i, j) = (rng.normal() + 0.8) * std::pow(10, j - 1);
  }
  Drawn out{{m, {}, {}}, x.transpose() * x, x.transpose() * y, {}, {}};
  out.equations.gram.assign(out.gram.data(), out.gram.data() + m * m);
  out.equations.rhs.assign(out.rhs.data(), out.rhs.data() + m);
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

double objective(const Drawn& drawn, const Eigen::VectorXd& b) {
  return b.dot(drawn.gram * b) / 2 - drawn.rhs.dot(b);
}

/// The least objective over every choice of which bounds are active.
double least_by_trying_all(const Drawn& drawn) {
  const int m = drawn.equations.m;
  double least = kInfinity;
  for (int code = 0; code < std::pow(3, m); ++code) {
    Eigen::VectorXd b = Eigen::VectorXd::Zero(m);
    std::vector<int> free;
    bool possible = true;
    for (int j = 0, rest = code; j < m; ++j, rest /= 3) {
      const auto at = static_cast<std::size_t>(j);
      if (rest % 3 == 0) {
        free.push_back(j);
      } else {
        b(j) = rest % 3 == 1 ? drawn.lower[at] : drawn.upper[at];
        possible = possible && std::isfinite(b(j));
      }
    }
    if (!possible) continue;
    if (!free.empty()) {
      const Eigen::VectorXd rhs = drawn.rhs - drawn.gram * b;
      const Eigen::MatrixXd gram = drawn.gram(free, free);
      const Eigen::VectorXd inside = gram.ldlt().solve(Eigen::VectorXd(rhs(free)));
      b(free) = inside;
    }
    for (const int j : free) {
      const auto at = static_cast<std::size_t>(j);
      possible = possible && b(j) >= drawn.lower[at] && b(j) <= drawn.upper[at];
    }
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
      const double found = objective(problem, Eigen::Map<const Eigen::VectorXd>(b.data(), m));
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
