#pragma once
/// Which measurements of a ladder's runs do not belong with those of the others: a loss by the law
/// of scale, an accuracy by the curve from loss. rung/fit/deletion.hpp has the test.

#include <string>
#include <vector>

#include "rung/fit/deletion.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {

/// Of what step 1 is fitted to: [training runs].
Deletions wrong_losses(const Step1Result& step1);

/// Of accuracies by a sigmoid of the loss, whose levels are fitted: [runs], with the losses in that
/// order. Runs whose loss is off (`left_out`) tell nothing of the curve and are not judged.
Deletions wrong_accuracies(const std::vector<double>& losses, const std::vector<double>& accuracies,
                           double maximum, const std::vector<bool>& left_out = {});

/// Of accuracies where there is no loss, by -ln accuracy = A / N^alpha + B / D^beta: [scales].
Deletions wrong_accuracies(const std::vector<Scale>& scales, const std::vector<double>& accuracies);

}  // namespace rung::ladder
