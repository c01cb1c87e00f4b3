#pragma once
/// How much a task's runs say about where it goes.

#include <span>
#include <string>

#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {

enum class Signal {
  clear,
  weak,       // above chance, but hardly more than the runs differ among themselves
  at_chance,  // nothing that a curve could follow
};

struct TaskSignal {
  Signal signal = Signal::clear;
  double reached = 0;       // mean accuracy of the largest quarter of the runs
  double above_chance = 0;  // the same on the way from chance (0) to 1
  double trend = 0;         // t of the slope of accuracy in ln C, over all runs or the larger half

  /// So near to chance that accuracy may still rise faster than it did.
  bool early() const { return above_chance < 0.3; }
};

/// What some of a task's training runs say. The bounds were set on the ladders of docs/predictor.md
/// together.
TaskSignal signal_of(const TaskData& data, std::span<const std::size_t> runs);

/// The same of runs' accuracies at their ends, with their compute.
TaskSignal signal_of(const Task& task, std::span<const double> compute_flops,
                     std::span<const double> accuracies);

/// "weak"
std::string_view signal_name(Signal signal);

}  // namespace rung::ladder
