#pragma once
/// One training run from its settings to its last checkpoint, over any Network.

#include <cstdint>
#include <filesystem>
#include <functional>

#include "rung/lm/evaluate.hpp"
#include "rung/lm/network.hpp"
#include "rung/lm/process_group.hpp"
#include "rung/lm/settings.hpp"

namespace rung::lm {

/// What a run's folder holds.
inline constexpr const char* kSettingsFile = "run.toml";
inline constexpr const char* kMetricsFile = "metrics.csv";  // a row an evaluation
inline constexpr const char* kStepsFile = "steps.csv";      // a row a step

struct StepReport {
  std::int64_t step = 0, n_steps = 0;
  double cross_entropy = 0;  // nats, mean over the step's targets
  double learning_rate = 0;
  double tokens_per_second = 0;  // since this start
};

/// Who watches a run.
struct TrainWatch {
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(std::int64_t step)> on_saved = {};
  std::function<void(std::int64_t step, const LogRow&)> on_evaluated = {};
  /// What the user should know: logs that lack rows, a run with nothing left to train.
  std::function<void(const std::string& sentence)> on_notice = {};
  /// Asked after each step; where it says so, a checkpoint is written and the run stops.
  std::function<bool()> should_stop = {};
};

/// What a folder is trained with.
struct TrainTools {
  Network& network;
  DataMix mix;
  Encode encode;                  // for tasks
  ProcessGroup* group = nullptr;  // null: this process alone
};

/// Trains to the end, or on from the folder's last checkpoint. The losses are the same, bit for
/// bit, however often it was interrupted. The step that it ended with. InputError where data or a
/// checkpoint are bad, Failure for what goes wrong once a step was begun. Of several processes, all
/// of which must see the folder, the one of rank 0 writes; where another is gone it writes a
/// checkpoint first.
std::int64_t train(const Settings& settings, const std::filesystem::path& folder,
                   const TrainTools& tools, const TrainWatch& watch);

/// Evaluates these checkpoints of a run's folder and merges what comes out into its metrics.
void evaluate_checkpoints(const Settings& settings, const std::filesystem::path& folder,
                          const std::vector<std::int64_t>& steps, const TrainTools& tools,
                          const TrainWatch& watch);

EvaluateOptions evaluate_options(const Settings& settings);

}  // namespace rung::lm
