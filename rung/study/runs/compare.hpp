#pragma once
/// What one run's loss lies above another's at the same place of their training.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/fit/interval/interval.hpp"
#include "rung/study/runs/curve.hpp"

namespace rung::runs {

/// Fewer rows of a stretch don't tell noise from a difference.
inline constexpr std::size_t kFewestToCompare = 6;

/// Why a difference may be none.
enum class DifferenceDoubt {
  none,
  within_noise,  // the interval holds 0
  too_few_rows,  // to say how large noise is
};

/// "", "within noise", "too few rows".
std::string_view doubt_name(DifferenceDoubt doubt);

struct Difference {
  double value = 0;                  // the mean over the stretch less the other's
  double from = 0, to = 0;           // the stretch, as the curves' x
  std::optional<Interval> interval;  // of `value`; absent where there are too few rows
  DifferenceDoubt doubt = DifferenceDoubt::too_few_rows;
};

/// "+0.0132 ± 0.0098", half the interval, in its digits; with " (?)" where there is a doubt.
std::string difference_words(const Difference& difference);

/// How many rows the last tenth of so many are, at least one.
std::size_t n_in_last_tenth(std::size_t n_rows);

/// Over the stretch that ends at the last place of both curves and begins with the last tenth of
/// the rows before it, of the curve where that is earlier; without spikes_of each and, at the ends,
/// what stands out as far. Both means are taken at the middle of the stretch, along straight lines
/// through the rows, so that it doesn't matter where these lie. The interval is Student's, from the
/// scatter about the lines: of the rows' differences where both curves have rows at the same places
/// (runs that saw the same data share noise), else of each curve's. Scatter that is like that of
/// the row before, as of losses averaged over rows, counts as fewer rows: n (1 - r) / (1 + r), by
/// its autocorrelation r at one row. Absent where the curves share no place or one has no finite
/// row in the stretch.
std::optional<Difference> difference_of(const Curve& run, const Curve& other, double level);

}  // namespace rung::runs
