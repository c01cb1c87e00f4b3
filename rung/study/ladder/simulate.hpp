#pragma once
/// Made-up ladders whose truth is known: what predictors and their intervals are tested on.

#include <cstdint>
#include <optional>
#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// A model to train, or to predict.
struct SimulatedSize {
  std::string name;
  double n_params = 0;
  double tokens_per_param = 0;  // of a target; training runs have the lengths below
};

/// How a task's accuracy goes with its loss.
enum class TaskKind {
  ordinary,    // well on its way up in every run
  flat,        // at chance, now and at the targets
  emerging,    // at chance in nearly all runs, on its way up at the targets
  saturating,  // near its top in the largest runs
  noisy,       // ordinary, with 60 questions and runs that differ
};

/// By default the shape of the OLMo ladder, with noise and departures of the size seen there.
struct SimulationSettings {
  std::vector<SimulatedSize> sizes = {
      {"190M", 190e6}, {"370M", 371e6}, {"760M", 758e6}, {"1.3B", 1.28e9}};
  std::vector<double> lengths = {1, 2, 5, 10};  // x 20 tokens per parameter
  std::vector<SimulatedSize> targets = {{"7B-4T", 6.9e9, 573}, {"13B-5T", 13.2e9, 379}};
  std::size_t n_tasks = 2;
  std::size_t n_checkpoints = 24;  // a run
  double n_examples = 1500;        // a task: which questions it asks is drawn
  double run_sd = 0.003;           // of the log loss, a draw a run and loss
  double run_logit_sd = 0.015;     // of the logit of accuracy, a draw a run
  double checkpoint_sd = 0.002;    // of the log loss, a draw a checkpoint
  double checkpoint_logit_sd = 0.02;
  /// How far the truth leaves the fitted laws: the sd of the relative loss at 8 e-folds of compute
  /// from the ladder's middle (where a 13B model is), growing as the square of that distance; and
  /// the sd of the log exponent that skews the sigmoid of step 2.
  double law_departure = 0.01;
  double sigmoid_departure = 0.1;
  std::optional<double> top = {};    // that accuracy goes to with falling loss; empty: 0.95 to 1
  std::vector<TaskKind> kinds = {};  // of the tasks in turn; empty: all ordinary
  /// Runs of one size are cuts of one trajectory: they share their noise.
  bool shared_trajectories = false;
  /// No task's own loss is measured, and a run has its last checkpoint only.
  bool validation_loss_only = false;
};

struct SimulatedLadder {
  Ladder ladder;  // training runs, then targets with the accuracies that they turn out to have
  std::vector<Task> tasks;
};

/// Every task's law, departures, questions and noise are drawn anew for a seed; C4 loss is common
/// to the tasks.
SimulatedLadder simulate_ladder(const SimulationSettings& settings, std::uint64_t seed);

}  // namespace rung::ladder
