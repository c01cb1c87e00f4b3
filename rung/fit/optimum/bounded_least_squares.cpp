#include "rung/fit/optimum/bounded_least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "rung/core/index.hpp"
#include "rung/fit/problem.hpp"

namespace rung {
namespace {

enum class Place { inside, at_lower, at_upper };

/// Solves the free unknowns with the others fixed, by Cholesky on columns scaled to unit length.
void solve_free(const NormalEquations& equations, const Place* place, double* b) {
  constexpr double kRidge = 1e-15;
  const int m = equations.m;
  int n = 0, free[kMaxParameters];
  for (int i = 0; i < m; ++i) {
    if (place[i] == Place::inside) free[n++] = i;
  }
  // A Cholesky factor whose diagonal holds its reciprocals.
  double factor[kMaxParameters * kMaxParameters], y[kMaxParameters], scale[kMaxParameters];
  for (int a = 0; a < n; ++a) {
    const double diagonal = equations.gram[at(free[a] * m + free[a])];
    scale[a] = diagonal > 0 ? 1 / std::sqrt(diagonal) : 0;
  }
  for (int a = 0; a < n; ++a) {
    double rhs = equations.rhs[at(free[a])];
    for (int j = 0; j < m; ++j) {
      if (place[j] != Place::inside) rhs -= equations.gram[at(free[a] * m + j)] * b[j];
    }
    for (int c = 0; c <= a; ++c) {
      double sum = equations.gram[at(free[a] * m + free[c])] * scale[a] * scale[c];
      if (a == c) sum += kRidge;
      for (int k = 0; k < c; ++k) sum -= factor[a * n + k] * factor[c * n + k];
      factor[a * n + c] =
          a == c ? 1 / std::sqrt(sum > kRidge ? sum : kRidge) : sum * factor[c * n + c];
    }
    double sum = rhs * scale[a];
    for (int k = 0; k < a; ++k) sum -= factor[a * n + k] * y[k];
    y[a] = sum * factor[a * n + a];
  }
  for (int a = n - 1; a >= 0; --a) {
    double sum = y[a];
    for (int k = a + 1; k < n; ++k) sum -= factor[k * n + a] * y[k];
    y[a] = sum * factor[a * n + a];
  }
  for (int a = 0; a < n; ++a) b[free[a]] = y[a] * scale[a];
}

}  // namespace

void bounded_least_squares(const NormalEquations& equations, const double* lower,
                           const double* upper, double* b) {
  const int m = equations.m;
  Place place[kMaxParameters];
  std::fill_n(place, m, Place::inside);
  std::fill_n(b, m, 0.0);
  for (int round = 0; round < 4 * m + 4; ++round) {
    solve_free(equations, place, b);
    // Hold the unknown that is furthest outside, in units of its own scale.
    int worst = -1;
    double worst_excess = 0;
    for (int i = 0; i < m; ++i) {
      const double excess =
          std::max(lower[i] - b[i], b[i] - upper[i]) * std::sqrt(equations.gram[at(i * m + i)]);
      if (place[i] == Place::inside && excess > worst_excess) worst = i, worst_excess = excess;
    }
    if (worst >= 0) {
      const bool low = b[worst] < lower[worst];
      place[worst] = low ? Place::at_lower : Place::at_upper;
      b[worst] = low ? lower[worst] : upper[worst];
      continue;
    }
    // All inside: release the active bound with the most negative multiplier.
    int released = -1;
    double best_pull = 1e-12;
    for (int i = 0; i < m; ++i) {
      if (place[i] == Place::inside) continue;
      double gradient = -equations.rhs[at(i)];
      for (int j = 0; j < m; ++j) gradient += equations.gram[at(i * m + j)] * b[j];
      const double size = std::sqrt(equations.gram[at(i * m + i)]);
      const double pull =
          size > 0 ? (place[i] == Place::at_lower ? -gradient : gradient) / size : 0;
      if (pull > best_pull) released = i, best_pull = pull;
    }
    if (released < 0) break;
    place[released] = Place::inside;
  }
  for (int i = 0; i < m; ++i) b[i] = std::fmin(std::fmax(b[i], lower[i]), upper[i]);
}

}  // namespace rung
