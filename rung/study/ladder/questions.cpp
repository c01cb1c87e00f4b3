#include "rung/study/ladder/questions.hpp"

#include <algorithm>
#include <cmath>

namespace rung::ladder {

double question_variance(const Task& task, double best_seen, double predicted) {
  if (!task.n_examples || !(best_seen < 1)) return 0;
  const double gained = std::abs(predicted - best_seen);
  const double share = std::min(1.0, gained / (1 - best_seen));
  return gained * (1 - share) / *task.n_examples;
}

}  // namespace rung::ladder
