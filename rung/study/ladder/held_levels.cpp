#include "rung/study/ladder/held_levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/study/ladder/chained.hpp"

namespace rung::ladder {
namespace {

/// Of the training runs' ends about the curve.
struct Squares {
  double sum = 0, n = 0;
};

Squares squares_of(const Step2Result& step2) {
  Squares squares;
  for (const Step2Point& end : run_ends(step2)) {
    if (end.origin.mode != Mode::train) continue;
    const double off = end.y - step2_curve(step2, end.x);
    squares.sum += off * off;
    ++squares.n;
  }
  return squares;
}

}  // namespace

Step2Result with_free_levels(const Step2Result& step2) {
  Step2Settings settings = step2.settings;
  settings.fixed_levels = settings.use_log_sigmoid = false;
  settings.test_runs = settings.intervals = false;
  return fit_step2(step2.task, {step2.points, {}, step2.checkpoint_sd}, settings);
}

std::optional<ValueRange> levels_preferred(const Step2Result& held, const Step2Result& free) {
  if (free.fitted.fit.status == Status::failed || held.fitted.fit.status == Status::failed)
    return std::nullopt;
  const Squares of_held = squares_of(held), of_free = squares_of(free);
  const double left = of_free.n - static_cast<double>(free.fitted.fit.theta.size());
  if (left < 1) return std::nullopt;
  constexpr double kChance = 0.01;
  const double more = (of_held.sum - of_free.sum) / (of_free.sum / left);
  // The tails of F with one degree of freedom above, as Student's t has it, and with two.
  const double tail = held.settings.use_log_sigmoid
                          ? 2 * student_t_cdf(-std::sqrt(std::max(0.0, more)), left)
                          : std::pow(1 + more / left, -left / 2);
  if (!(tail < kChance)) return std::nullopt;
  const auto level = [&](const char* name) { return free.fitted.value(name); };
  return ValueRange{level("a") + level("b"), level("b")};
}

}  // namespace rung::ladder
