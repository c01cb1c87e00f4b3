#include "rung/fit/optimum/probes.hpp"

#include <algorithm>
#include <cmath>

namespace rung {

Points probes_of(const FitProblem& problem) {
  const Points& points = problem.points();
  const std::size_t n_inputs = points.n_inputs();
  Points probes(n_inputs, n_inputs + 1);
  std::vector<double> largest(n_inputs, -kInfinity);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < n_inputs; ++k)
      largest[k] = std::max(largest[k], points.input(k, i));
  }
  for (std::size_t row = 0; row <= n_inputs; ++row) {
    std::vector<double> inputs = largest;
    for (std::size_t k = 0; k < n_inputs; ++k) {
      if (row != n_inputs && row != k) continue;
      inputs[k] =
          problem.law().info.inputs[k].positive ? 10 * inputs[k] : inputs[k] + std::abs(inputs[k]);
    }
    probes.set(row, inputs, 1);
  }
  return probes;
}

bool predict_differently(const std::vector<double>& f, const std::vector<double>& expected,
                         double share) {
  for (std::size_t i = 0; i < f.size(); ++i) {
    if (!(std::abs(f[i] - expected[i]) <= share * (std::abs(expected[i]) + 1e-12))) return true;
  }
  return false;
}

}  // namespace rung
