#pragma once
/// Which values of series do not belong with those around them: slips of a log, spikes, failed
/// measurements.

#include <cstddef>
#include <span>
#include <vector>

namespace rung {

/// Values in the order of x.
struct Series {
  std::vector<double> x, y;
  double least_sd = 0;  // of a value about a smooth curve, known from elsewhere
};

/// How series go on the whole. Their first values may be worse than the next by any amount, and the
/// last one better than that before by as much as the series goes in all, or five times
/// `least_off`.
enum class Course { falls, rises };

struct OffValue {
  std::size_t series = 0;
  std::size_t place = 0;
  double by_others = 0;  // what the values around it say
};

/// Values that are off, by series, then place. A value is, alone or as one of up to three in a row
/// (and a quarter of the series), where it lies on one side of all that the others around say: the
/// next two on each side, the lines through each two, and the line between the nearest. By how much
/// is in standard deviations, robust ones of single values about the line between their neighbours:
/// that of all series or, where it is more, the series' own without those in question. It takes
/// eight such values to know it, and three in a series to judge any of them.
///
/// A smooth monotone curve has none however it bends. In clean series of normal noise whose sizes
/// differ between series by up to a factor of three, 8 to 16 a set and 4 to 40 values each, a value
/// was called off in 3 of 1,000 sets or fewer (neighbours_test.cpp). None is called off by less
/// than `least_off`.
std::vector<OffValue> off_neighbours(std::span<const Series> series, Course course,
                                     double least_off);

}  // namespace rung
