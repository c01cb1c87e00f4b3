#include "rung/study/laws/finite_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rung::laws {

double finite_difference(const std::function<double(double)>& g, double u, double step) {
  constexpr int kSteps = 10;
  constexpr double kShrink = 1.6;
  double table[kSteps][kSteps];
  double best = 0, least_error = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kSteps; ++i, step /= kShrink) {
    table[i][0] = (g(u + step) - g(u - step)) / (2 * step);
    double factor = kShrink * kShrink;
    for (int j = 1; j <= i; ++j, factor *= kShrink * kShrink) {
      table[i][j] = (table[i][j - 1] * factor - table[i - 1][j - 1]) / (factor - 1);
      const double error = std::max(std::abs(table[i][j] - table[i][j - 1]),
                                    std::abs(table[i][j] - table[i - 1][j - 1]));
      if (error <= least_error) least_error = error, best = table[i][j];
    }
  }
  return best;
}

}  // namespace rung::laws
