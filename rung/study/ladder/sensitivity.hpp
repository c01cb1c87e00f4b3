#pragma once
/// How far a prediction moves with choices that the data do not make: how parameters are counted,
/// which runs are in, how checkpoints are averaged, which law, loss and feature.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

struct Choice {
  std::string name;     // for programs: "drop_smallest"
  std::string meaning;  // "without 190M"
};

struct SensitivityEntry : Prediction {
  Task task;
  std::string target;
  Choice choice;
  bool in_doubt = false;         // see TaskPredictions
  std::optional<double> change;  // predicted minus what the published choice predicts
};

struct SensitivityResult {
  std::vector<Choice> choices;            // the published one first
  std::vector<SensitivityEntry> entries;  // by choice, then task, then target
  std::vector<std::string> notes;         // choices left out, and why
};

/// Every choice on its own against the published two-step (task loss, average of `base`'s
/// checkpoints, Huber 1e-3), at the eval models of the ladder and at `extra`. InputError where
/// there is neither.
SensitivityResult run_sensitivity(const Ladder& ladder, const std::vector<Task>& tasks,
                                  const ChainSettings& base, const std::vector<Target>& extra = {});

}  // namespace rung::ladder
