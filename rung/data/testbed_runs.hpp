#pragma once
/// The testbed's models as runs, and back.

#include <span>
#include <string>
#include <vector>

#include "rung/data/run.hpp"
#include "rung/data/testbed.hpp"

namespace rung {

/// One checkpoint each, its end. The training set is the family; metrics are "loss/SET" with its
/// bounds and counts ("loss_lower_by_tokens/SET", ...), and "accuracy/TASK".
std::vector<Run> runs_of(const Testbed& testbed);

/// What runs_of made of models, as models again: losses and accuracies in the order of these
/// names, NaN where a run lacks one. InputError that names the run and what it lacks: its family,
/// its label, its sizes. Bounds and settings may be absent.
std::vector<TestbedModel> testbed_models(std::span<const Run> runs,
                                         const std::vector<std::string>& loss_sets,
                                         const std::vector<std::string>& tasks);

}  // namespace rung
