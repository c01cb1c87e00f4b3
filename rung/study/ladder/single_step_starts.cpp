#include "rung/study/ladder/single_step_starts.hpp"

#include <algorithm>
#include <cmath>

#include "rung/fit/optimum/search.hpp"

namespace rung::ladder {

std::vector<std::vector<double>> single_step_starts(const Points& points, double maximum) {
  struct Levels {
    double p, q;
  };
  constexpr Levels kLevels[] = {{-1, 1}, {-0.75, 1}, {-0.6, 1}, {-0.5, 0.9}, {-0.5, 0.7}};
  // E has no bound in the single-step law and is not negative in the Chinchilla law.
  constexpr double kShift = 20;
  // Of a logit: d ln(acc) is about a third of it where accuracies lie between chance and 1.
  constexpr double kHuberDelta = 3e-3;
  std::vector<std::vector<double>> starts;
  for (Levels levels : kLevels) {
    levels.q = std::min(levels.q, maximum);
    Points logits(2, points.size());
    bool inside = true;
    for (std::size_t i = 0; i < points.size() && inside; ++i) {
      const double share = (points.y(i) - levels.q) / levels.p;
      inside = share > 0 && share < 1;
      if (inside)
        logits.set(i, std::vector{points.input(0, i), points.input(1, i)},
                   kShift + std::log(share / (1 - share)));
    }
    if (!inside) continue;
    const FitProblem chinchilla(find_law("chinchilla"), logits, Loss::huber(kHuberDelta),
                                Residual::raw);
    const SearchResult found = global_search(chinchilla);
    if (found.minima.empty()) continue;
    // A, B, E, alpha, beta: as in the single-step law.
    std::vector<double> theta = chinchilla.theta_at(found.minima.front().z);
    theta[2] -= kShift;
    theta.insert(theta.end(), {levels.p, levels.q});
    starts.push_back(std::move(theta));
  }
  return starts;
}

}  // namespace rung::ladder
