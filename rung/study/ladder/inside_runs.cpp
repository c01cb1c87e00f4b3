#include "rung/study/ladder/inside_runs.hpp"

#include <cmath>
#include <set>
#include <vector>

#include "rung/core/statistics.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {
namespace {

struct Curve {
  const LadderRun* run;
  std::vector<double> losses;
};

/// Between two checkpoints, by a power law; absent outside of the run.
std::optional<double> loss_at(const Curve& curve, double n_tokens) {
  const std::vector<double>& d = curve.run->n_tokens;
  for (std::size_t i = 1; i < d.size(); ++i) {
    if (!(d[i - 1] > 0 && d[i - 1] <= n_tokens && n_tokens <= d[i])) continue;
    const double share = std::log(n_tokens / d[i - 1]) / std::log(d[i] / d[i - 1]);
    return curve.losses[i - 1] * std::pow(curve.losses[i] / curve.losses[i - 1], share);
  }
  return std::nullopt;
}

}  // namespace

InsideRuns inside_runs(const Ladder& ladder, const Task& task, Metric metric) {
  constexpr double kLonger = 1.2;  // times the shorter one's tokens
  constexpr double kErrors = 2;
  constexpr std::size_t kFewest = 3;
  std::vector<Curve> curves;
  for (const LadderRun& run : ladder.runs) {
    if (run.mode == Mode::train) curves.push_back({&run, series(run, task, metric)});
  }
  std::vector<double> gaps;
  std::set<double> sizes;
  for (const Curve& shorter : curves) {
    const double end = shorter.run->n_tokens.back();
    for (const Curve& longer : curves) {
      if (n_params(*longer.run) != n_params(*shorter.run)) continue;
      if (!(longer.run->n_tokens.back() > kLonger * end)) continue;
      const std::optional<double> inside = loss_at(longer, end);
      if (!inside) continue;
      gaps.push_back(*inside / shorter.losses.back() - 1);
      sizes.insert(n_params(*shorter.run));
    }
  }
  if (gaps.size() < kFewest) return {};
  const double gap = mean(gaps);
  const double error = sample_sd(gaps) / std::sqrt(static_cast<double>(sizes.size()));
  return {gap > kErrors * error ? std::optional(gap) : std::nullopt, true};
}

}  // namespace rung::ladder
