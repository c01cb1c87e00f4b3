#pragma once
/// Where a task's accuracy may level off below its maximum for all that its runs say, and intervals
/// that hold it then.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rung/study/ladder/combined.hpp"

namespace rung::ladder {

/// What the checkpoints through the task's own loss say.
struct CheckpointsSay {
  std::optional<LowerEnd> lower_end;
  std::vector<std::string> wrong_runs;  // in words, a phrase a run
  std::set<std::size_t> runs_off;       // the same, by Ladder::runs
  /// Where none is off, the run whose loss is the least likely by the others' law, by Ladder::runs.
  std::optional<std::size_t> fits_least;
};

/// The runs that do not belong with the others (wrong_runs.hpp), by the loss that the lower end is
/// asked through, and that end. It is asked of the points without those runs and without wrong
/// checkpoints: one that stands off hides a bend of all others. The end is
/// what they leave open (doubt_of_top). Absent where they tell, and where the task's signal is not
/// clear.
CheckpointsSay what_checkpoints_say(const Ladder& ladder, const TaskData& data, Signal signal,
                                    const MemberSettings& settings);

/// Where an accuracy comes to lie, in the logit: normal around `middle`, or, where the lower end is
/// true, around a point that is `apart` below.
struct LogitInterval {
  double middle = 0, apart = 0, sd = 1;

  /// Both ends of an interval of `level`, as accuracies. The lower is as far below the lower point
  /// as it takes to hold `level` if that is true, the upper what it is without (Imbens and Manski
  /// 2004, Confidence Intervals for Partially Identified Parameters, Econometrica 72:1845).
  double lower(double level) const;
  double upper(double level) const;
  /// How far that of 90% reaches from `predicted`: its further end's distance as a share of it.
  double reach(double predicted) const;
};

}  // namespace rung::ladder
