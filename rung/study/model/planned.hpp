#pragma once
/// What a ladder takes to train, and how far it is.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/prediction.hpp"
#include "rung/study/plan/hardware.hpp"

namespace rung::model {

struct RungRow {
  std::string name;
  double n_params = 0, n_tokens = 0, flops = 0;
  std::optional<double> hours;  // as measured on this machine
  bool is_target = false;
  std::string state;                   // "", "done", "failed: why"
  std::optional<double> loss;          // at its end
  std::optional<Prediction> expected;  // by the rungs before it
};

/// What the rungs so far say of a held-out one.
struct TargetForecast {
  std::string target, after;  // names of rungs
  std::size_t n_rungs = 0;    // that it rests on
  Prediction prediction;
};

struct LadderRows {
  std::string name;
  std::vector<RungRow> rungs;
  std::optional<plan::Hardware> hardware;  // absent: money is not asked for
  std::vector<TargetForecast> forecasts;   // in the order in which they were made
  std::string table_path;                  // of all that is done; "": nothing yet
};

}  // namespace rung::model
