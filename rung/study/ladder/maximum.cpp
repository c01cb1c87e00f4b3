#include "rung/study/ladder/maximum.hpp"

#include <cmath>

#include "rung/core/text.hpp"
#include "rung/study/ladder/points.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {

std::string doubt_of_maximum(const Ladder& ladder, const Task& task, Metric metric,
                             const Location& where) {
  constexpr double kStandardErrors = 3, kUnknownQuestions = 500;
  double most = task.maximum;
  std::size_t best = ladder.runs.size();
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    for (const double accuracy : series(ladder.runs[i], task, metric)) {
      if (accuracy > most) most = accuracy, best = i;
    }
  }
  if (best == ladder.runs.size()) return "";
  const std::string words = "run " + run_name(origin_of(ladder, best)) + " scores " +
                            percent(most, 1) + ", above the maximum of " + percent(task.maximum, 1);
  const double error =
      std::sqrt(task.maximum * (1 - task.maximum) / task.n_examples.value_or(kUnknownQuestions));
  if (most > task.maximum + kStandardErrors * error)
    throw InputError(where, "task '" + task.key + "': " + words,
                     "a maximum is what nothing passes: leave it out where it is not known");
  return words + ", by chance or because it is too low: leave it out where it is not known";
}

std::string beyond_maximum(const Task& task, double predicted) {
  constexpr double kRounding = 1e-9;
  if (predicted >= 0 && predicted <= task.maximum + kRounding) return "";
  return predicted < 0 || predicted > 1 ? ", which is no accuracy"
                                        : ", above the maximum of " + percent(task.maximum, 0);
}

}  // namespace rung::ladder
