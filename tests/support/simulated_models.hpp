#pragma once
/// Families of models with benchmark scores, for tests.

#include <cmath>
#include <string>

#include "rung/core/rng.hpp"
#include "rung/study/observational/metric_fit.hpp"

namespace rung::observational {

/// Each family turns compute into two skills at rates of its own; benchmarks and the metric "task"
/// are sigmoids of them, with a little noise.
inline Models simulated_models(std::size_t n_families, std::size_t per_family, std::uint64_t seed) {
  Rng rng(seed);
  Models models;
  models.metrics = {"A", "B", "C", "D", "E"};
  const std::size_t n = n_families * per_family;
  models.scores = Matrix(n, models.metrics.size());
  std::vector<double> task;
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::size_t f = 0; f < n_families; ++f) {
    const double intercept = 0.4 * rng.normal(), second = 0.5 * rng.normal();
    for (std::size_t i = 0; i < per_family; ++i) {
      const double log10_size = -0.5 + 0.5 * static_cast<double>(i) + 0.1 * rng.uniform();
      const std::size_t row = models.names.size();
      models.names.push_back("f" + std::to_string(f) + "-" + std::to_string(i));
      models.families.push_back("f" + std::to_string(f));
      models.size_b.push_back(std::pow(10, log10_size));
      models.tokens_t.push_back(1 + static_cast<double>(f % 3));
      models.flops_1e21.push_back(6 * models.size_b.back() * models.tokens_t.back());
      const double skill = 1.2 * std::log10(models.flops_1e21.back()) - 1 + intercept;
      for (std::size_t j = 0; j < 5; ++j) {
        const double side = (j % 2 == 0 ? 1 : -1) * second;
        models.scores(row, j) = 0.2 +
                                0.75 * sigmoid(skill + 0.3 * side - 0.4 * static_cast<double>(j)) +
                                0.01 * rng.normal();
      }
      task.push_back(sigmoid(2 * skill + 0.5 * second - 1 + 0.3 * rng.normal()));
    }
  }
  models.table.add({"task", task});
  models.table.add({"Model", models.names});
  models.table.add({"Model Family", models.families});
  return models;
}

}  // namespace rung::observational
