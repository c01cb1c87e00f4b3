#include "rung/fit/optimum/bounded_least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "rung/core/index.hpp"
#include "rung/fit/problem.hpp"

namespace rung {
namespace {

enum class Place { inside, at_lower, at_upper };

/// The equations for unknowns scaled so that the Gram matrix has a unit diagonal.
struct ScaledEquations {
  int m;
  double size[kMaxParameters];  // square root of the Gram matrix's diagonal
  double gram[kMaxParameters * kMaxParameters];
  double rhs[kMaxParameters];

  explicit ScaledEquations(const NormalEquations& equations) : m(equations.m) {
    double inverse[kMaxParameters];
    for (int i = 0; i < m; ++i) {
      size[i] = std::sqrt(equations.gram[at(i * m + i)]);
      inverse[i] = size[i] > 0 ? 1 / size[i] : 0;
      rhs[i] = equations.rhs[at(i)] * inverse[i];
      for (int j = 0; j <= i; ++j)
        gram[i * m + j] = gram[j * m + i] = equations.gram[at(i * m + j)] * inverse[i] * inverse[j];
    }
  }
};

/// Solves the free unknowns with the others fixed, by L D L'.
void solve_free(const ScaledEquations& equations, const Place* place, double* b) {
  constexpr double kRidge = 1e-15;
  const int m = equations.m;
  int n = 0, free[kMaxParameters];
  for (int i = 0; i < m; ++i) {
    if (place[i] == Place::inside) free[n++] = i;
  }
  // Rows of L times D; the diagonal holds the reciprocals of D.
  double factor[kMaxParameters * kMaxParameters], y[kMaxParameters];
  for (int a = 0; a < n; ++a) {
    const double* gram = equations.gram + free[a] * m;
    double* row = factor + a * n;
    double sum = equations.rhs[free[a]];
    for (int j = 0; j < m; ++j) {
      if (place[j] != Place::inside) sum -= gram[j] * b[j];
    }
    double diagonal = gram[free[a]] + kRidge;
    for (int c = 0; c < a; ++c) {
      double product = gram[free[c]];
      for (int k = 0; k < c; ++k) product -= row[k] * factor[c * n + k] * factor[k * n + k];
      row[c] = product;
      const double share = product * factor[c * n + c];
      diagonal -= product * share;
      sum -= share * y[c];
    }
    row[a] = 1 / (diagonal > kRidge ? diagonal : kRidge);
    y[a] = sum;
  }
  for (int a = n - 1; a >= 0; --a) {
    double sum = y[a];
    for (int k = a + 1; k < n; ++k) sum -= factor[k * n + a] * b[free[k]];
    b[free[a]] = sum * factor[a * n + a];
  }
}

}  // namespace

void bounded_least_squares(const NormalEquations& given, const double* lower, const double* upper,
                           double* b) {
  const ScaledEquations equations(given);
  const double* size = equations.size;
  const int m = given.m;
  Place place[kMaxParameters];
  double least[kMaxParameters], most[kMaxParameters];
  for (int i = 0; i < m; ++i) {
    place[i] = Place::inside;
    b[i] = 0;
    least[i] = size[i] > 0 ? lower[i] * size[i] : lower[i];
    most[i] = size[i] > 0 ? upper[i] * size[i] : upper[i];
  }
  for (int round = 0; round < 4 * m + 4; ++round) {
    solve_free(equations, place, b);
    // Hold the unknown that is furthest outside, in units of its own scale.
    int worst = -1;
    double worst_excess = 0;
    for (int i = 0; i < m; ++i) {
      const double excess = std::max(least[i] - b[i], b[i] - most[i]);
      if (place[i] == Place::inside && size[i] > 0 && excess > worst_excess)
        worst = i, worst_excess = excess;
    }
    if (worst >= 0) {
      const bool low = b[worst] < least[worst];
      place[worst] = low ? Place::at_lower : Place::at_upper;
      b[worst] = low ? least[worst] : most[worst];
      continue;
    }
    // All inside: release the active bound with the most negative multiplier.
    int released = -1;
    double best_pull = 1e-12;
    for (int i = 0; i < m; ++i) {
      if (place[i] == Place::inside) continue;
      double gradient = -equations.rhs[i];
      for (int j = 0; j < m; ++j) gradient += equations.gram[i * m + j] * b[j];
      const double pull = place[i] == Place::at_lower ? -gradient : gradient;
      if (pull > best_pull) released = i, best_pull = pull;
    }
    if (released < 0) break;
    place[released] = Place::inside;
  }
  for (int i = 0; i < m; ++i) {
    const double inside = size[i] > 0 ? b[i] / size[i] : 0;
    b[i] = place[i] == Place::at_lower   ? lower[i]
           : place[i] == Place::at_upper ? upper[i]
                                         : std::fmin(std::fmax(inside, lower[i]), upper[i]);
  }
}

}  // namespace rung
