#include "rung/study/ladder/wrong_runs.hpp"

#include <algorithm>
#include <cmath>

namespace rung::ladder {

Deletions wrong_losses(const Step1Result& step1) {
  return test_deletions(step1.fitted.problem->with_loss(Loss{}));
}

Deletions wrong_accuracies(const std::vector<double>& losses, const std::vector<double>& accuracies,
                           double maximum, const std::vector<bool>& left_out) {
  std::vector<std::size_t> judged;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (left_out.empty() || !left_out[i]) judged.push_back(i);
  }
  Deletions all;
  all.points.resize(losses.size());
  constexpr std::size_t kLeast = 4;  // of the sigmoid's parameters
  if (judged.size() <= kLeast) return all;
  Points points(1, judged.size());
  for (std::size_t k = 0; k < judged.size(); ++k)
    points.set(k, std::vector{losses[judged[k]]}, accuracies[judged[k]]);
  const Deletions found = test_deletions(FitProblem(
      find_law("sigmoid"), points, Loss{}, Residual::raw, {{.parameter = "b", .upper = maximum}}));
  all.threshold = found.threshold;
  for (std::size_t k = 0; k < judged.size(); ++k) all.points[judged[k]] = found.points[k];
  return all;
}

Deletions wrong_accuracies(const std::vector<Scale>& scales,
                           const std::vector<double>& accuracies) {
  constexpr double kLeastAccuracy = 1e-3;  // the law takes logarithms
  Points points(2, scales.size());
  for (std::size_t i = 0; i < scales.size(); ++i)
    points.set(i, std::vector{scales[i].n_params, scales[i].n_tokens},
               -std::log(std::max(kLeastAccuracy, accuracies[i])));
  Deletions found = test_deletions(FitProblem(find_law("chinchilla"), points, Loss{}, Residual::raw,
                                              {{.parameter = "E", .fixed = 0}}));
  for (DeletionTest& test : found.points) {
    if (test.predicted) test.predicted = std::exp(-*test.predicted);
    if (test.t) test.t = -*test.t;  // the law falls as accuracy grows
  }
  return found;
}

}  // namespace rung::ladder
