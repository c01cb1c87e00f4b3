#pragma once
/// Whether a task's checkpoints go along with the artificial point of step 2: accuracy reaches its
/// maximum where there is no loss.

#include <optional>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// Step 2 of the same checkpoints with the sigmoid's top fitted.
Step2Result without_artificial_point(const Step2Result& step2);

/// Step 2 of the same checkpoints with the artificial point at `top`.
Step2Result ending_at(const Step2Result& step2, double top);

/// The highest top that the checkpoints are not against, of a step 2 whose top is fitted, and the
/// curve that has it; absent where that is its own.
std::optional<double> highest_end(const Step2Result& step2);
std::optional<Fitted> highest_curve(const Step2Result& step2);

/// Where the checkpoints say that the task ends, or can't say; nothing where the curve was not held
/// to the maximum. `rejected_for` is set where they reject the maximum (2.5%, one-sided) by the
/// likelihood ratio between the sigmoid whose top is fitted and the one whose top is the maximum,
/// over the variance that runs with noise of their own and the draw of the questions, where their
/// number is known, give the top (Kent 1982, Biometrika 69:19), as Student's t with as many degrees
/// of freedom as there are clusters of runs beyond the parameters. `possible` is the lowest end
/// from 80% of the maximum on that they do not reject, where it lies more than 1% below the
/// maximum.
TopDoubt doubt_of_top(const Step2Result& step2);

}  // namespace rung::ladder
