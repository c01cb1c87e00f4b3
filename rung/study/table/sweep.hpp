#pragma once
/// Under-tuned runs: what a sweep over the learning rate or the batch size says of each of its
/// runs.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rung/study/table/table_fit.hpp"

namespace rung::table {

struct SweptRun {
  std::size_t row = 0;    // of Prepared::table
  double value = 0;       // of what is swept
  double loss = 0;        // y
  double given_away = 0;  // y above the sweep's bottom; from the best run where there is no bottom
  bool away = false;      // gives away more than the tolerance
};

/// Runs of the same inputs (and of the same other swept quantities).
struct Sweep {
  std::string group;   // the sample's label
  std::string column;  // what is swept
  std::vector<double> inputs;
  std::vector<std::pair<std::string, double>> held;  // the other swept quantities
  std::vector<SweptRun> runs;                        // by value; the best one is at `best`
  std::size_t best = 0;
  /// Bottom of the parabola in ln(value) through the best run and its two neighbours on each side;
  /// absent for fewer than three values, or where the loss does not rise on both sides.
  std::optional<double> optimum, bottom;
  bool at_edge = false;  // the best run has the smallest or the largest value: go on beyond it
};

struct SweepReport {
  std::vector<Sweep> sweeps;
  std::vector<std::string> notes;  // in words, for people
};

/// Lower y counts as better. `columns` are expressions over the table: "lr, batch". Runs that stand
/// alone make no sweep. `only_best`: best_of_sweeps() will be fitted. InputError for values that
/// are not positive, and where nothing is swept.
SweepReport diagnose_sweeps(const Prepared& prepared, const std::string& columns,
                            bool only_best = false);

/// Only the best run of each group and inputs.
Prepared best_of_sweeps(Prepared prepared);

}  // namespace rung::table
