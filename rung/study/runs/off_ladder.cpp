#include "rung/study/runs/off_ladder.hpp"

#include <cmath>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/fit/fitted.hpp"

namespace rung::runs {
namespace {

constexpr std::size_t kFewestRuns = 8, kFewestSizes = 3;
constexpr double kOutlier = 3.5;      // Iglewicz and Hoaglin 1993
constexpr double kNoticeable = 0.01;  // of the loss
constexpr double kPerMedian = 1.4826;

std::optional<double> expected_by_others(const std::vector<LadderPlace>& runs, std::size_t which) {
  Points points(2, runs.size() - 1);
  std::size_t i = 0;
  for (std::size_t other = 0; other < runs.size(); ++other) {
    if (other == which) continue;
    points.set(i++, std::vector<double>{runs[other].n_params, runs[other].n_tokens},
               runs[other].loss);
  }
  try {
    const Fitted fitted(find_law("chinchilla"), std::move(points),
                        {.loss = Loss::huber(), .residual = Residual::log, .certify = false});
    if (fitted.fit.status == Status::failed) return std::nullopt;
    const double loss =
        fitted.predict(std::vector<double>{runs[which].n_params, runs[which].n_tokens});
    return loss > 0 && std::isfinite(loss) ? std::optional(loss) : std::nullopt;
  } catch (const InputError&) {  // such as all of one length
    return std::nullopt;
  }
}

}  // namespace

std::vector<std::optional<Expected>> off_ladder(const std::vector<LadderPlace>& runs,
                                                int n_threads) {
  std::vector<std::optional<Expected>> result(runs.size());
  std::set<double> sizes;
  for (const LadderPlace& run : runs) sizes.insert(run.n_params);
  if (runs.size() < kFewestRuns || sizes.size() < kFewestSizes) return result;
  parallel_for(runs.size(), n_threads, [&](std::size_t i) {
    if (const auto loss = expected_by_others(runs, i)) result[i] = Expected{.loss = *loss};
  });
  std::vector<double> deviations;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (result[i]) deviations.push_back(std::abs(std::log(runs[i].loss / result[i]->loss)));
  }
  if (deviations.empty()) return result;
  const double sd = kPerMedian * median(deviations);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!result[i] || !(sd > 0)) continue;
    const double off = std::log(runs[i].loss / result[i]->loss);
    result[i]->z = off / sd;
    result[i]->falls_off = std::abs(result[i]->z) > kOutlier && std::abs(off) > kNoticeable;
  }
  return result;
}

}  // namespace rung::runs
