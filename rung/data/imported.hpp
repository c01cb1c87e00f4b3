#pragma once
/// What importers make of other programs' files: training runs, and scores of models on tasks.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/run.hpp"

namespace rung {

/// One metric of one model on one task.
struct Score {
  std::string model, task, metric;
  double value = 0;
  std::optional<double> stderror;
  std::optional<double> n;     // questions
  std::optional<double> step;  // of the checkpoint, where the source says it
  std::optional<double> date;  // seconds since 1970
  std::string file;
};

/// Runs may come in parts, such as the files of a run that was resumed or the metrics of one that
/// keeps each in a file of its own: parts of one run have the same `model`, and a value a
/// checkpoint in metrics[kStep] where the source has steps.
struct Imported {
  std::vector<Run> runs;
  std::vector<Score> scores;
  std::vector<std::string> warnings;
};

/// The metric that holds the steps.
inline constexpr const char* kStep = "step";
/// The metric that holds the wall clock's seconds: since the run began, or since 1970.
inline constexpr const char* kSeconds = "seconds";

/// The description that says that `model` is an identifier, and `label` the name that somebody
/// gave, which several runs may share.
inline constexpr const char* kRunId = "run_id";

/// Does it say where a row stands, and nothing that was measured there?
inline bool is_place(std::string_view metric) { return metric == kStep || metric == kSeconds; }

/// A checkpoint by its name: "org/OLMo-190M/step4000-hf" is step 4000 of "OLMo-190M".
struct CheckpointName {
  std::string model;
  std::optional<double> step;
};

/// Reads a model's path or name, as evaluations write it: the last folder counts, "__" stands for
/// "/", and an end such as "step4000", "-step4000-unsharded" or "checkpoint-500" says the step.
/// Where it doesn't, `revision` may, as of public checkpoints: "step1000", "step1000-tokens4B".
CheckpointName parse_checkpoint_name(std::string_view text, std::string_view revision = {});

}  // namespace rung
