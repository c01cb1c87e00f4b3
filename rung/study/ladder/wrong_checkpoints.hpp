#pragma once
/// Which checkpoints do not belong with those around them in their own run: slips of a log, spikes,
/// evaluations that failed. rung/fit/neighbours.hpp has the test.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/points.hpp"

namespace rung::ladder {

struct WrongCheckpoint {
  Origin origin;
  Metric metric = Metric::rc_bpb;
  std::string what;      // the column, or the metric's name where it is made of several
  Location location;     // where it was read
  std::string name;      // "step 3600"
  double n_tokens = 0;   // so far
  double value = 0;      // as it counts: with the metric's sign
  double by_others = 0;  // what the checkpoints around it say

  bool is_same(const WrongCheckpoint& other) const {
    return what == other.what && location.file == other.location.file &&
           origin.model == other.origin.model && n_tokens == other.n_tokens;
  }
};

/// Of a metric in the training runs, among the checkpoints that the options use; all after the
/// first token tell what belongs there. Losses by their logarithms, and none that is off by less
/// than 3%; accuracies none by less than 3 points, or than chance draws on so many questions.
std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const Step1Options& options);
std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const Step2Options& options);
/// Of these metrics.
std::vector<WrongCheckpoint> wrong_checkpoints(const Ladder& ladder, const Task& task,
                                               const std::vector<Metric>& metrics,
                                               const Step2Options& options);

/// Those of `more` that `known` lacks go behind it.
void add_wrong_checkpoints(const std::vector<WrongCheckpoint>& more,
                           std::vector<WrongCheckpoint>& known);

/// "train/loss of 190M-1xC is 25.9 at step 3600 (runs.csv:18), and the checkpoints around it say
/// 2.59": a phrase each, of many the first few and how many more there are.
std::vector<std::string> in_words(const std::vector<WrongCheckpoint>& checkpoints);

}  // namespace rung::ladder
