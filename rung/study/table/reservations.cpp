#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/distributions.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/backtest.hpp"

namespace rung::table {
namespace {

std::optional<Reservation> too_few_tried(const Backtest& law) {
  constexpr std::size_t kFewest = 4;  // of fewer, all are good by chance now and then
  const std::size_t n = law.rollouts.size();
  if (n == 0 || n >= kFewest) return std::nullopt;
  return Reservation{"hardly tested",
                     "only " + counted(n, "prediction") + " of larger runs could be tried"};
}

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

/// Rollouts from as far below: a column of a figure over the distance.
struct Distance {
  double nearest = 0, furthest = 0;  // times beyond the cutoff
  std::vector<double> errors;

  /// How far it lies from another distance, as a factor of 1 or more.
  double ratio_to(double centre) const {
    return nearest <= centre && centre <= furthest ? 1
                                                   : std::max(nearest / centre, centre / furthest);
  }
};

/// Ascending. Those within 2% of the least of them are one, for C of rounded N and D differs by as
/// much: of runs that tie but for rounding, no median is to take a part.
std::vector<Distance> distances_of(const Backtest& law) {
  constexpr double kSame = 1.02;
  std::vector<const Rollout*> rollouts;
  for (const Rollout& rollout : law.rollouts) rollouts.push_back(&rollout);
  std::stable_sort(rollouts.begin(), rollouts.end(), [](const Rollout* a, const Rollout* b) {
    return a->extrapolation() < b->extrapolation();
  });
  std::vector<Distance> distances;
  for (const Rollout* const rollout : rollouts) {
    const double at = rollout->extrapolation();
    if (distances.empty() || at > kSame * distances.back().nearest)
      distances.push_back({.nearest = at});
    distances.back().furthest = at;
    distances.back().errors.push_back(
        std::abs(rollout->prediction.relative_error().value_or(kInfinity)));
  }
  return distances;
}

std::size_t n_runs_of(const std::vector<Distance>& distances) {
  std::size_t n = 0;
  for (const Distance& one : distances) n += one.errors.size();
  return n;
}

/// How far a median reaches, as factors: to the first in any case, to the second for want of runs.
struct Reach {
  double near, far;
};

/// A factor of 1.5, and 2 for want of runs; less where all distances lie within a factor of 11, as
/// those over a loss do: both reach as far on a third of their axis as 1.5 does on a long one.
Reach reach_of(const std::vector<Distance>& all) {
  constexpr double kNear = 1.5, kFar = 2, kPart = 6;
  const double whole = std::log(all.back().furthest / all.front().nearest);
  const double share = std::clamp(whole / (kPart * std::log(kNear)), 0.0, 1.0);
  return {std::pow(kNear, share), std::pow(kFar, share)};
}

/// Ascending.
std::vector<Distance> nearest_of(const std::vector<Distance>& all, double centre, Reach reach,
                                 std::size_t fewest) {
  constexpr double kRounding = 1 + 1e-9;
  std::vector<double> ratios;
  for (const Distance& one : all)
    ratios.insert(ratios.end(), one.errors.size(), one.ratio_to(centre));
  std::sort(ratios.begin(), ratios.end());
  const double within =
      std::clamp(ratios[std::min(fewest, ratios.size()) - 1], reach.near, reach.far);
  std::vector<Distance> nearest;
  std::copy_if(all.begin(), all.end(), std::back_inserter(nearest),
               [&](const Distance& one) { return one.ratio_to(centre) <= within * kRounding; });
  return nearest;
}

/// Whether there are some on either side, or some just there. Ascending.
bool surrounds(const std::vector<Distance>& distances, double centre) {
  return !distances.empty() && distances.front().nearest <= centre &&
         distances.back().furthest >= centre;
}

ErrorAtDistance error_over(const std::vector<Distance>& distances) {
  std::vector<double> errors;
  for (const Distance& one : distances)
    errors.insert(errors.end(), one.errors.begin(), one.errors.end());
  return {.nearest = distances.front().nearest,
          .furthest = distances.back().furthest,
          .n_runs = errors.size(),
          .median_error = median(std::move(errors))};
}

/// In proportion to the logarithm of the distance.
ErrorAtDistance between(const ErrorAtDistance& below, const ErrorAtDistance& above, double centre) {
  const double share = std::log(centre / below.furthest) / std::log(above.nearest / below.furthest);
  const bool finite = std::isfinite(below.median_error) && std::isfinite(above.median_error);
  return {.nearest = below.nearest,
          .furthest = above.furthest,
          .n_runs = std::min(below.n_runs, above.n_runs),
          .median_error =
              finite ? std::lerp(below.median_error, above.median_error, share) : kInfinity};
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
  const std::size_t fewest = fewest_in_median(law.rollouts.size());
  const std::vector<Distance> all = distances_of(law);
  const double centre = std::min(factor, all.back().furthest);
  const Reach reach = reach_of(all);
  const std::vector<Distance> near = nearest_of(all, centre, {reach.near, reach.near}, fewest);
  if (n_runs_of(near) >= fewest) return error_over(near);
  const std::vector<Distance> wide = nearest_of(all, centre, reach, fewest);
  if (!near.empty() && surrounds(wide, centre)) return error_over(wide);
  const auto above = std::partition_point(
      all.begin(), all.end(), [&](const Distance& one) { return one.furthest < centre; });
  const auto on_side = [&](auto first, auto last) {
    const std::vector<Distance> side(first, last);
    const std::vector<Distance> within = nearest_of(side, centre, reach, fewest);
    return error_over(within.empty() ? nearest_of(side, centre, {1, kInfinity}, fewest) : within);
  };
  if (above == all.begin() || surrounds({*above}, centre)) return on_side(above, all.end());
  return between(on_side(all.begin(), above), on_side(above, all.end()), centre);
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
       {too_few_tried(law), too_few_held(law, level), off_at_distance(law, tolerance, targets)}) {
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
