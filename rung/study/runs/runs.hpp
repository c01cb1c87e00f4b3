#pragma once
/// Training runs looked at together: how far they are, what went wrong, where they will end.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/run.hpp"
#include "rung/study/runs/axis.hpp"
#include "rung/study/runs/compare.hpp"
#include "rung/study/runs/curve.hpp"
#include "rung/study/runs/final_loss.hpp"
#include "rung/study/runs/off_ladder.hpp"

namespace rung::runs {

enum class State {
  finished,  // or nothing says that it is not
  unfinished,
  diverged,
};
std::string_view state_name(State state);

struct Request {
  std::string metric;             // a column or a part of its name; "": the usual names of losses
  std::optional<Axis> axis;       // tokens, else steps, else time: the first that a run says
  std::size_t smooth = 1;         // rows; 1: none
  std::string where;              // of runs, over their columns
  std::string sort;               // a column, "-" before it: descending; "": as they came
  std::size_t first = 0;          // so many; 0: all
  std::string against;            // a run that the others are compared with
  std::optional<double> planned;  // tokens (or steps) of every run
  bool extrapolates = true;       // runs that are under way
  double level = 0.95;
  std::uint64_t seed = 0;
  int n_threads = 0;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

struct RunSummary {
  std::string model;
  std::optional<double> n_params;
  double n_tokens = 0, n_steps = 0;  // at the end; NaN where they are not known
  std::optional<double> planned;     // of the axis, where it is known
  State state = State::finished;
  Curve curve;                        // as logged
  std::vector<double> smooth_y;       // of the same rows
  Curve lr;                           // the learning rate, where it is logged
  std::optional<double> final_value;  // mean over the last tenth; absent without a value
  std::vector<Spike> spikes;
  std::optional<std::size_t> divergence;  // a row of the curve
  std::optional<double> peak_lr, last_lr;
  std::optional<FinalLoss> extrapolated;  // where it is unfinished
  std::optional<Expected> expected;       // by the law of the other runs
  std::optional<Difference> difference;   // from the run that it is compared with
};

struct Result {
  std::string metric;
  Axis axis = Axis::tokens;
  std::vector<RunSummary> runs;
  std::string against;
  /// Settings that are not the same in all runs: name, then a text a run.
  std::vector<std::pair<std::string, std::vector<std::string>>> differing_settings;
  std::vector<std::string> notes;
};

/// InputError where no column is meant, no run has it, or a filter leaves none.
Result run(const Request& request, const std::vector<Run>& runs);

}  // namespace rung::runs
