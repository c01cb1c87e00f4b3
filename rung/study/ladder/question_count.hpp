#pragma once
/// How many questions a benchmark has, by what was logged of it.

#include <optional>
#include <string>
#include <vector>

#include "rung/data/run.hpp"

namespace rung::ladder {

/// By the standard errors beside accuracies, sqrt(p (1 - p) / (n - 1)) each, as
/// lm-evaluation-harness has them: the median of what they say. Accuracies are shares, or both are
/// percent. Absent where there are none, or they differ among themselves.
std::optional<double> questions_by_errors(const std::vector<double>& accuracies,
                                          const std::vector<double>& standard_errors);

/// By the accuracies themselves: of n questions they are multiples of 1/n. The least n that all are
/// multiples of, as far as they were written out; absent where that might be chance.
std::optional<double> questions_by_steps(std::vector<double> accuracies);

struct QuestionCount {
  double n = 0;
  const char* by = "";           // what it was taken from; "": a column of counts
  std::string doubt{};           // of that column
  std::vector<double> scores{};  // by whose steps it was told

  /// Whether the scores, as far as they were written out, may be of so many questions; true where
  /// it was not told by their steps.
  bool allows(double n_questions) const;
};

/// Of the accuracies that the runs have in a column: by TASK_n where the column is TASK_METRIC, by
/// the accuracies' steps, which are exact, or by COLUMN_stderr. InputError for a TASK_n that is no
/// number of questions.
std::optional<QuestionCount> logged_questions(const std::vector<Run>& runs,
                                              const std::string& column);

}  // namespace rung::ladder
