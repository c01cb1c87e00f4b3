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

/// A run by the law of others, and how badly that law fits these.
struct ByOthers {
  double loss, misfit;
};

std::optional<ByOthers> by_others(const std::vector<LadderPlace>& runs, std::size_t which,
                                  const std::vector<char>& is_off) {
  std::vector<const LadderPlace*> others;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i != which && !is_off[i]) others.push_back(&runs[i]);
  }
  Points points(2, others.size());
  for (std::size_t i = 0; i < others.size(); ++i)
    points.set(i, std::vector<double>{others[i]->n_params, others[i]->n_tokens}, others[i]->loss);
  try {
    const Fitted fitted(find_law("chinchilla"), std::move(points),
                        {.loss = Loss::huber(), .residual = Residual::log, .certify = false});
    if (fitted.fit.status == Status::failed) return std::nullopt;
    const double loss =
        fitted.predict(std::vector<double>{runs[which].n_params, runs[which].n_tokens});
    if (!(loss > 0) || !std::isfinite(loss)) return std::nullopt;
    return ByOthers{loss, fitted.fit.objective};
  } catch (const InputError&) {  // such as all of one length
    return std::nullopt;
  }
}

/// Each run against the others that are not off.
class Look {
 public:
  Look(const std::vector<LadderPlace>& runs, const std::vector<char>& is_off, int n_threads)
      : by_others_(runs.size()), expected_(runs.size()) {
    parallel_for(runs.size(), n_threads,
                 [&](std::size_t i) { by_others_[i] = by_others(runs, i, is_off); });
    std::vector<double> deviations;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!by_others_[i]) continue;
      expected_[i] = Expected{.loss = by_others_[i]->loss};
      if (!is_off[i]) deviations.push_back(std::abs(std::log(runs[i].loss / expected_[i]->loss)));
    }
    const double sd = deviations.empty() ? 0 : kPerMedian * median(deviations);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!expected_[i] || !(sd > 0)) continue;
      const double off = std::log(runs[i].loss / expected_[i]->loss);
      expected_[i]->z = off / sd;
      expected_[i]->falls_off = std::abs(expected_[i]->z) > kOutlier && std::abs(off) > kNoticeable;
    }
  }

  /// Of the runs that fall off, the one without which the others fit best: it may be what puts
  /// others off. Absent where there is none but those known already.
  std::optional<std::size_t> worst(const std::vector<char>& is_off) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      if (is_off[i] || !expected_[i] || !expected_[i]->falls_off) continue;
      if (!found || by_others_[i]->misfit < by_others_[*found]->misfit) found = i;
    }
    return found;
  }

  const std::vector<std::optional<Expected>>& expected() const { return expected_; }

 private:
  std::vector<std::optional<ByOthers>> by_others_;
  std::vector<std::optional<Expected>> expected_;
};

}  // namespace

std::vector<std::optional<Expected>> off_ladder(const std::vector<LadderPlace>& runs,
                                                int n_threads) {
  std::set<double> sizes;
  for (const LadderPlace& run : runs) sizes.insert(run.n_params);
  if (runs.size() < kFewestRuns || sizes.size() < kFewestSizes)
    return std::vector<std::optional<Expected>>(runs.size());
  std::vector<char> is_off(runs.size(), 0);
  for (std::size_t n_on = runs.size();; --n_on) {
    const Look look(runs, is_off, n_threads);
    const std::optional<std::size_t> worst = look.worst(is_off);
    if (!worst || n_on <= kFewestRuns) return look.expected();
    is_off[*worst] = 1;
  }
}

}  // namespace rung::runs
