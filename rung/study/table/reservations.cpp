#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/distributions.hpp"
#include "rung/core/numbers.hpp"
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
  const double factor = target.at / law.largest();
  if (!(factor > 1)) return std::nullopt;
  const ErrorAtDistance there = error_at_distance(law, factor);
  const std::string least = times_words(there.nearest), most = times_words(there.furthest);
  const std::string where = target.words + " lies " + times_words(factor) +
                            " times beyond the largest run; predicted from " +
                            (least == most ? least : least + " to " + most) +
                            " times below, runs are missed by " + percent(there.median_error, 1);
  if (there.median_error > tolerance)
    return Reservation{"not at the target's distance",
                       where + ", above the tolerance of " + percent(tolerance, 1)};
  if (there.furthest < factor / 2)
    return Reservation{"untested at the target's distance", where + ", and none from further"};
  return std::nullopt;
}

}  // namespace

std::size_t fewest_in_median(std::size_t n_errors) {
  constexpr std::size_t kFewest = 5, kShare = 40;  // as many cutoffs as a backtest has at most
  return std::max(kFewest, n_errors / kShare);
}

ErrorAtDistance error_at_distance(const Backtest& law, double factor) {
  constexpr double kNear = 1.5, kFar = 2, kRounding = 1 + 1e-9;
  const std::size_t fewest = fewest_in_median(law.rollouts.size());
  double furthest = 0;
  for (const Rollout& rollout : law.rollouts)
    furthest = std::max(furthest, rollout.extrapolation());
  const double centre = std::min(factor, furthest);
  const auto ratio_of = [&](const Rollout& rollout) {
    const double ratio = rollout.extrapolation() / centre;
    return std::max(ratio, 1 / ratio);
  };
  std::vector<double> ratios;
  for (const Rollout& rollout : law.rollouts) ratios.push_back(ratio_of(rollout));
  const auto last = ratios.begin() + static_cast<long>(std::min(fewest, ratios.size()) - 1);
  std::nth_element(ratios.begin(), last, ratios.end());
  double within = *last;
  if (*std::min_element(ratios.begin(), ratios.end()) <= kFar)
    within = std::clamp(within, kNear, kFar);
  ErrorAtDistance there{.nearest = kInfinity};
  std::vector<double> errors;
  for (const Rollout& rollout : law.rollouts) {
    if (ratio_of(rollout) > within * kRounding) continue;
    there.nearest = std::min(there.nearest, rollout.extrapolation());
    there.furthest = std::max(there.furthest, rollout.extrapolation());
    errors.push_back(std::abs(rollout.prediction.relative_error().value_or(kInfinity)));
  }
  there.n_runs = errors.size();
  there.median_error = median(std::move(errors));
  return there;
}

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
