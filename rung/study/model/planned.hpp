#pragma once
/// What a ladder takes to train, and how far it is.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/plan/hardware.hpp"

namespace rung::model {

struct RungRow {
  std::string name;
  double n_params = 0, n_tokens = 0, flops = 0;
  std::optional<double> hours;  // as measured on this machine
  bool is_target = false;
  std::string state;  // "", "done", "failed: why"
};

struct LadderRows {
  std::string name;
  std::vector<RungRow> rungs;
  std::optional<plan::Hardware> hardware;  // absent: money is not asked for
  std::string table_path;                  // of all that is done; "": nothing yet
};

}  // namespace rung::model
