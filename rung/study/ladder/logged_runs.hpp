#pragma once
/// Runs as they were logged become a ladder: which columns are loss and accuracy, which rows
/// checkpoints.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/question_count.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

struct LoggedRequest {
  /// A column of the runs, or a part of one's name that no other has; "": none.
  std::string loss;
  std::vector<std::string> accuracies;
  std::vector<std::string> targets;  // runs that are predicted and not fitted
};

struct LoggedLadder {
  Ladder ladder;
  std::vector<Task> tasks;   // one an accuracy; of the loss alone where there is none
  std::optional<Task> loss;  // alone, which the tasks share
  std::map<std::string, QuestionCount> questions;  // by the tasks' keys, where the runs tell them
  std::vector<std::string> notes;
};

/// What a column of this name is taken for: bits per byte, loss on C4, or any loss.
Metric metric_of_loss(const std::string& name);

/// A run's checkpoints are its rows with tokens and all of the columns. Of a run without one, whose
/// evaluations stand in rows of their own, the end counts, with each column as it was last. Sizes
/// are those without the embedding where every run says them, else those that the runs say.
/// InputError where no column is meant or several are, and for runs that say no size or no tokens,
/// or have nothing of a column.
LoggedLadder logged_ladder(std::vector<Run> runs, const LoggedRequest& request);

}  // namespace rung::ladder
