#pragma once
/// Whether a task's checkpoints go along with the artificial point of step 2: accuracy reaches its
/// maximum where there is no loss.

#include <optional>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// Step 2 of the same checkpoints with the sigmoid's top fitted.
Step2Result without_artificial_point(const Step2Result& step2);

/// The accuracy that the checkpoints bend towards, where it is below the task's maximum by more
/// than chance (2.5%, one-sided); absent else, and where the curve was not held to the maximum. The
/// test is of the likelihood ratio between the sigmoid whose top is fitted and the one whose top is
/// the maximum, over the variance that runs with noise of their own and the draw of the questions
/// (500 where their number is not known) give the top (Kent 1982, Biometrika 69:19), as Student's t
/// with as many degrees of freedom as there are clusters of runs beyond the parameters.
std::optional<double> rejected_top(const Step2Result& step2);

}  // namespace rung::ladder
