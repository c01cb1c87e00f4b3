#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/distributions.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/backtest.hpp"

namespace rung::table {
namespace {

std::optional<Reservation> too_few_held(const Backtest& law, double level) {
  if (!law.coverage) return std::nullopt;
  // Errors go together where one run is predicted from several cutoffs, and where several runs are
  // from one, by the same fit.
  std::set<std::pair<double, double>> runs;
  std::set<double> cutoffs;
  for (const Rollout& rollout : law.rollouts) {
    if (!rollout.prediction.interval) continue;
    runs.emplace(rollout.at, rollout.prediction.actual.value_or(0));
    cutoffs.insert(rollout.cutoff);
  }
  const double n = static_cast<double>(std::min(runs.size(), cutoffs.size()));
  const double n_held = *law.coverage * n;
  // The binomial chance of so few or fewer.
  constexpr double kChance = 0.05;
  if (n_held >= n || incomplete_beta(n - n_held, n_held + 1, 1 - level) >= kChance)
    return std::nullopt;
  return Reservation{"its intervals hold too few", percent(*law.coverage, 0) + " of its " +
                                                       significant(100 * level, 3) +
                                                       "% intervals hold what was measured"};
}

std::string times_words(double times) {
  return times < 9.95 ? significant(times, 2) : short_count(std::round(times));
}

std::optional<Reservation> off_at_distance(const Backtest& law, double tolerance,
                                           const std::vector<Target>& targets) {
  if (law.rollouts.empty() || targets.empty()) return std::nullopt;
  const Target& target = *std::max_element(
      targets.begin(), targets.end(), [](const Target& a, const Target& b) { return a.at < b.at; });
  double furthest = 0;
  for (const Rollout& rollout : law.rollouts)
    furthest = std::max(furthest, rollout.extrapolation());
  const double factor = target.at / law.largest();
  if (!(factor > 1)) return std::nullopt;
  const double from = std::min(factor, furthest) / 2;
  std::vector<double> errors;
  for (const Rollout& rollout : law.rollouts) {
    if (rollout.extrapolation() >= from)
      errors.push_back(std::abs(rollout.prediction.relative_error().value_or(kInfinity)));
  }
  const double error = median(std::move(errors));
  const std::string where = target.words + " lies " + times_words(factor) +
                            " times beyond the largest run; predicted from " + times_words(from) +
                            " to " + times_words(furthest) + " times below, runs are missed by " +
                            percent(error, 1);
  if (error > tolerance)
    return Reservation{"not at the target's distance",
                       where + ", above the tolerance of " + percent(tolerance, 1)};
  if (furthest < factor / 2)
    return Reservation{"untested at the target's distance", where + ", and none from further"};
  return std::nullopt;
}

}  // namespace

double Backtest::largest() const {
  double largest = 0;
  for (const Rollout& rollout : rollouts) largest = std::max(largest, rollout.at);
  return largest;
}

std::vector<Reservation> reservations_on(const Backtest& law, double level, double tolerance,
                                         const std::vector<Target>& targets) {
  std::vector<Reservation> found;
  for (std::optional<Reservation> one :
       {too_few_held(law, level), off_at_distance(law, tolerance, targets)}) {
    if (one) found.push_back(std::move(*one));
  }
  return found;
}

std::vector<std::string> why_not_predictable(const Backtest& law, double tolerance) {
  std::vector<std::string> reasons;
  if (law.predictable.value_or(true)) return reasons;
  if (law.median_error > tolerance)
    reasons.push_back("median error " + percent(law.median_error, 2) + ", above the tolerance of " +
                      significant(100 * tolerance) + "%");
  if (law.mean_error >= law.naive_error)
    reasons.push_back("off by " + percent(law.mean_error, 1) +
                      " on average, where repeating the largest run is off by " +
                      percent(law.naive_error, 1));
  return reasons;
}

}  // namespace rung::table
