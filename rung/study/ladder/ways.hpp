#pragma once
/// How many ways of predicting are put together, where not all predict and some stand off.

#include <cstddef>
#include <string>

#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {

/// The fewest and the most that make up a prediction; 0 where nothing is predicted.
struct WayCount {
  std::size_t fewest = 0, most = 0;

  void include(std::size_t n);
};

/// Of one target.
std::size_t ways_put_together(const CombinedTarget& target);
/// At one target (by its place) of all tasks, and at all targets. Those without a prediction count
/// only where there is none at all.
WayCount ways_put_together(const CombinedResult& result, std::size_t target);
WayCount ways_put_together(const CombinedResult& result);

/// "1 way", "3 ways", "1 to 4 ways"
std::string ways_words(const WayCount& count);

/// Why no run of the ladder makes a prediction: "3 runs are too few for any way of predicting,
/// which takes 4 or more"; "" where some target is predicted, or the runs would do.
std::string why_nothing_is_predicted(const TaskData& data, const CombinedResult& result);

/// Says what the ladder would have to measure for more ways, and how many are put together, or why
/// none predicts: first among the notes from `place` on.
void add_ways_note(const TaskData& data, std::size_t place, CombinedResult& result);

}  // namespace rung::ladder
