#pragma once
/// One run's loss along its training: smoothed, with what went wrong marked.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rung::runs {

/// One metric of a run, rows without a value left out.
struct Curve {
  std::vector<double> x;  // tokens, FLOPs or steps, growing
  std::vector<double> y;
};

/// The mean over `span` rows with each row in their middle; fewer at the ends, as many on both
/// sides. An even span counts as the next odd one.
std::vector<double> smoothed(const std::vector<double>& y, std::size_t span);

/// A loss that rose at once and came back.
struct Spike {
  std::size_t first = 0, last = 0;  // rows
  double height = 0;                // above what was before, at most
};

/// What stands out lies off the median by so many robust standard deviations, of 1.4826 median
/// deviations each.
inline constexpr double kOutstanding = 8, kPerMad = 1.4826;

/// Fewer rows don't say what is usual.
inline constexpr std::size_t kFewestForSpikes = 10;
bool tells_spikes(const Curve& curve);

/// Rows whose loss stands out from the median of those around by more than eight of their robust
/// standard deviations (1.4826 MAD, of rows about these medians or about their neighbours) and by
/// 1% or more; neighbours are one spike. Below 20 rows:
/// those that are off_neighbours by as much.
std::vector<Spike> spikes_of(const Curve& curve);

/// Where the loss began to rise for good: the row of its least value, if the median of the last
/// rows lies above it by more than eight robust standard deviations and 5%, or the loss ends as no
/// finite number.
std::optional<std::size_t> divergence_of(const Curve& curve);

/// How many rows at the end have no value, of a run where nineteen of twenty rows before have one:
/// a loss that is no number any more is missing to whoever reads the log. 0 below five.
std::size_t n_lost_at_end(const std::vector<double>& y);

/// The rows that are finite and no part of a spike.
Curve without_spikes(const Curve& curve);

/// Those of them that come before a divergence.
Curve without_trouble(const Curve& curve);

}  // namespace rung::runs
