#pragma once
/// A ladder's diagnosis, described.

#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/diagnose.hpp"

namespace rung::ladder {

/// Results, an element a task: {"task", "runs": [{"model", "length", "n", "d", "actual",
/// "predicted", "predicted_without", "z", "loss", "loss_without", "loss_z", "leverage",
/// "influence": {target: change}, "falls_off" (either), "loss_falls_off", "accuracy_falls_off",
/// "high_leverage", "at_chance"}], "n_at_chance", "z_threshold", "loss_z_threshold", "notes"}.
Document describe(const std::vector<TaskDiagnosis>& diagnoses);

}  // namespace rung::ladder
