#include "rung/fit/bounded_least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rung {
namespace {

enum class Place { inside, at_lower, at_upper };

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Solves the free unknowns with the others held, by Cholesky on columns scaled to unit length.
void solve_free(const NormalEquations& equations, const std::vector<Place>& place, std::vector<double>& b) {
  constexpr double kRidge = 1e-15;
  const int m = equations.m;
  std::vector<int> free;
  for (int i = 0; i < m; ++i) {
    if (place[at(i)] == Place::inside) free.push_back(i);
  }
  const int n = static_cast<int>(free.size());
  std::vector<double> factor(at(n * n)), y(at(n)), scale(at(n));
  for (int a = 0; a < n; ++a) {
    const double diagonal = equations.gram[at(free[at(a)] * m + free[at(a)])];
    scale[at(a)] = diagonal > 0 ? 1 / std::sqrt(diagonal) : 0;
  }
  for (int a = 0; a < n; ++a) {
    double rhs = equations.rhs[at(free[at(a)])];
    for (int j = 0; j < m; ++j) {
      if (place[at(j)] != Place::inside) rhs -= equations.gram[at(free[at(a)] * m + j)] * b[at(j)];
    }
    for (int c = 0; c <= a; ++c) {
      double sum = equations.gram[at(free[at(a)] * m + free[at(c)])] * scale[at(a)] * scale[at(c)];
      if (a == c) sum += kRidge;
      for (int k = 0; k < c; ++k) sum -= factor[at(a * n + k)] * factor[at(c * n + k)];
      factor[at(a * n + c)] = a == c ? std::sqrt(sum > kRidge ? sum : kRidge) : sum / factor[at(c * n + c)];
    }
    double sum = rhs * scale[at(a)];
    for (int k = 0; k < a; ++k) sum -= factor[at(a * n + k)] * y[at(k)];
    y[at(a)] = sum / factor[at(a * n + a)];
  }
  for (int a = n - 1; a >= 0; --a) {
    double sum = y[at(a)];
    for (int k = a + 1; k < n; ++k) sum -= factor[at(k * n + a)] * y[at(k)];
    y[at(a)] = sum / factor[at(a * n + a)];
  }
  for (int a = 0; a < n; ++a) b[at(free[at(a)])] = y[at(a)] * scale[at(a)];
}

}  // namespace

std::vector<double> bounded_least_squares(const NormalEquations& equations, const std::vector<double>& lower,
                                          const std::vector<double>& upper) {
  const int m = equations.m;
  std::vector<Place> place(at(m), Place::inside);
  std::vector<double> b(at(m), 0.0);
  for (int round = 0; round < 4 * m + 4; ++round) {
    solve_free(equations, place, b);
    // Hold the unknown that is furthest outside, in units of its own scale.
    int worst = -1;
    double worst_excess = 0;
    for (int i = 0; i < m; ++i) {
      const double excess = std::max(lower[at(i)] - b[at(i)], b[at(i)] - upper[at(i)]) *
                            std::sqrt(equations.gram[at(i * m + i)]);
      if (place[at(i)] == Place::inside && excess > worst_excess) worst = i, worst_excess = excess;
    }
    if (worst >= 0) {
      const bool low = b[at(worst)] < lower[at(worst)];
      place[at(worst)] = low ? Place::at_lower : Place::at_upper;
      b[at(worst)] = low ? lower[at(worst)] : upper[at(worst)];
      continue;
    }
    // All inside: let go of the held unknown that most wants to come back.
    int released = -1;
    double best_pull = 1e-12;
    for (int i = 0; i < m; ++i) {
      if (place[at(i)] == Place::inside) continue;
      double gradient = -equations.rhs[at(i)];
      for (int j = 0; j < m; ++j) gradient += equations.gram[at(i * m + j)] * b[at(j)];
      const double size = std::sqrt(equations.gram[at(i * m + i)]);
      const double pull = size > 0 ? (place[at(i)] == Place::at_lower ? -gradient : gradient) / size : 0;
      if (pull > best_pull) released = i, best_pull = pull;
    }
    if (released < 0) break;
    place[at(released)] = Place::inside;
  }
  for (int i = 0; i < m; ++i) b[at(i)] = std::fmin(std::fmax(b[at(i)], lower[at(i)]), upper[at(i)]);
  return b;
}

}  // namespace rung
