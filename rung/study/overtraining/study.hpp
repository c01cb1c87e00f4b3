#pragma once
/// The over-training study as a file: which runs its laws are fitted on and which tasks are
/// averaged.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/data/testbed.hpp"

namespace rung::overtraining {

/// A run of the testbed, up to its training set.
struct RunChoice {
  std::string architecture;
  double tokens_per_parameter = 0;
  Location where{};  // in the study's file
};

/// An average over tasks; no tasks means all of the testbed's.
struct TaskSet {
  std::string name, title;
  std::vector<std::string> tasks;
  std::vector<Location> places{};  // of the tasks in the study's file
};

struct Study {
  std::vector<RunChoice> loss_runs;   // for the loss law
  std::vector<RunChoice> error_runs;  // for the error law
  std::vector<TaskSet> task_sets;
  std::map<std::string, std::string, std::less<>> titles;  // of training sets, loss sets, tasks

  /// The title, or the name itself where it has none.
  std::string title(std::string_view name) const;
};

/// A file of these tables, or a study's file (rung/study/file.hpp) that has them under [study].
/// Without task sets or without titles, those of the default study. InputError with line and column
/// of `source` for bad TOML and for every entry that is unknown, absent or of the wrong type.
Study parse_study(std::string_view toml, const std::string& source);

/// The published configuration, from rung/study/files/overtraining-fit.toml.
const Study& default_study();

/// The studies that come with Rung: "default" and "wide".
std::vector<std::string> study_names();
/// By its name, or by the path that its file has in the project.
std::optional<Study> named_study(std::string_view name);

/// A downstream error of every model: 1 - accuracy of a task, or its mean over a task set.
struct ErrorSet {
  std::string name, title;
  std::vector<std::size_t> tasks;       // by Testbed::tasks
  std::vector<double> errors;           // by Testbed::models; NaN where a task is not measured
  std::vector<double> standard_errors;  // of `errors`, from the finite number of examples
  double chance_error = 0;              // of guessing
};

/// The task sets of the study, then every task.
std::vector<std::string> error_set_names(const Testbed& testbed, const Study& study);

/// InputError when there is no task set and no task of that name, and for every task of a set that
/// the testbed does not have, at its place in the study's file.
ErrorSet error_set(const Testbed& testbed, const Study& study, std::string_view name);

/// The runs of one training set, as indices of Testbed::models in the order of `choices`; of
/// several runs of a size and ratio (seeds), each. InputError with every choice of which the
/// testbed has no run, at its place in the study's file.
std::vector<std::size_t> chosen_models(const Testbed& testbed,
                                       const std::vector<RunChoice>& choices,
                                       std::string_view train_set);

/// Those of the chosen runs whose loss was measured, and their error where `errors` are given.
/// InputError where none of a size and ratio was, at each such run's place in its file.
std::vector<std::size_t> measured_models(const Testbed& testbed,
                                         const std::vector<std::size_t>& chosen,
                                         std::string_view loss_set,
                                         const ErrorSet* errors = nullptr);

}  // namespace rung::overtraining
