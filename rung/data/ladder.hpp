#pragma once
/// A ladder: runs of one recipe at growing size and length, and what each is there for.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/data/run.hpp"

namespace rung::ladder {

enum class Mode {
  train,  // the fit sees it
  eval,   // a target: it is predicted and compared
};

struct LadderRun : Run {
  Mode mode = Mode::train;
  std::string cluster;  // runs of one name share a training; empty: alone
};

/// Ladders count parameters without the embedding. InputError where the run doesn't say.
inline double n_params(const Run& run) { return run.params(ParameterCount::non_embedding); }

/// All that a configuration names, in its order.
struct Ladder {
  std::vector<LadderRun> runs;
  std::vector<LadderRun> external_points;  // one checkpoint each, of unknown size and tokens
  std::vector<std::string> warnings;
};

/// One entry of a ladder's configuration file. The entry "external" is no model of the ladder: its
/// files are JSON objects (column name to value), each a point of step 2.
struct ModelConfig {
  std::string name;  // "7B-4T", unique
  Location where;
  std::vector<std::filesystem::path> paths;  // resolved
  Mode mode = Mode::train;
  double n_params = 0;                    // without the embedding; 0 for "external"
  std::optional<double> flops_per_token;  // "flops"
  std::string label;                      // the name where the file gives none
  std::string color;                      // as written; may be empty

  bool is_external() const { return name == "external"; }
};

/// Which runs belong to which model, and what each model is for.
struct Config {
  std::filesystem::path file;
  std::vector<ModelConfig> models;  // in the file's order
};

}  // namespace rung::ladder
