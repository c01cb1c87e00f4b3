#include "rung/study/ladder/maximum.hpp"

#include "rung/core/distributions.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/points.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {

std::string doubt_of_maximum(const Ladder& ladder, const Task& task, Metric metric,
                             const Location& where) {
  constexpr double kFalseAlarms = 1e-3;  // of all scores together
  double n_scores = 0, most = task.maximum;
  std::size_t best = ladder.runs.size();
  for (std::size_t i = 0; i < ladder.runs.size(); ++i) {
    for (const double accuracy : series(ladder.runs[i], task, metric)) {
      ++n_scores;
      if (accuracy > most) most = accuracy, best = i;
    }
  }
  if (best == ladder.runs.size()) return "";
  const std::string words = "run " + run_name(origin_of(ladder, best)) + " scores " +
                            percent(most, 1) + ", above the maximum of " + percent(task.maximum, 1);
  const double by_chance =
      normal_quantile(1 - kFalseAlarms / n_scores) * score_error(task, task.maximum);
  if (most > task.maximum + by_chance)
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
