#pragma once
/// What a guess scores in tasks that are known by the names of their columns alone.

#include <optional>
#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"
#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {

/// Gives logged tasks what the catalogue knows of them: all that it says of a task of the column's
/// name, else the chance of guessing right of the benchmark whose name stands in the column's:
/// "downstream/piqa_acc_norm" has PIQA's. Of any other it is that of 2, 3, 4, 5 or 10 answers where
/// all runs stay near it, 0 where a run ends clearly below a quarter, and else a quarter.
void take_chances(const Catalogue& catalogue, const Ladder& ladder, std::vector<Task>& tasks);

/// The same of a configuration's tasks whose file says no chance. An average stays as it is.
void assume_chances(const Catalogue& catalogue, const Ladder& ladder, std::vector<Task>& tasks);

/// Standard error of a score on the task's questions (500 where their number is not known) of which
/// each is answered right with this probability.
double score_error(const Task& task, double probability);

/// Where a task's chance is assumed and its smallest runs lie near that of fewer answers, this; no
/// run may be clearly worse than that.
std::optional<double> other_chance(const TaskData& data);

}  // namespace rung::ladder
