#pragma once
/// How the prediction error falls as the ladder grows: by model size, by run length, by compute.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// What the ladder grows by, one key at a time; each ladder holds the ones before it.
enum class Vary {
  model_size,  // "190M", "370M", …
  run_length,  // "1", "2", "5", "10": all sizes, runs of up to so many times Chinchilla's length
  compute,     // a run at a time, by its nominal FLOPs
};

/// "N", "xC", "flops". InputError for another word.
Vary parse_vary(const std::string& text);
std::string_view vary_name(Vary vary);

struct TaskError {
  Task task;
  std::optional<double> step1, step2, chained;  // |relative error| at the target
  /// False where other parameters fit this ladder as well and predict differently.
  bool identified = false;
  /// Why not to trust what each is the error of, with the step ("step 1: ..."); of a mean, what
  /// speaks against any of its values. Empty: no reason.
  std::vector<std::string> step1_doubts, step2_doubts, chained_doubts;
};

/// One of a TaskError's errors, with its doubts.
struct ErrorOfStep {
  std::optional<double> TaskError::*error;
  std::vector<std::string> TaskError::*doubts;

  /// Whether this ladder says what it is: only step 2 does not rest on step 1's law.
  bool is_known(const TaskError& task) const {
    return (task.*error).has_value() && (task.identified || error == &TaskError::step2);
  }
  bool in_doubt(const TaskError& task) const { return !(task.*doubts).empty(); }
};
inline constexpr ErrorOfStep kErrorOfStep1{&TaskError::step1, &TaskError::step1_doubts},
    kErrorOfStep2{&TaskError::step2, &TaskError::step2_doubts},
    kErrorOfChain{&TaskError::chained, &TaskError::chained_doubts};

struct ComputeError {
  std::string key;  // "190M", "1", "7246369391459696640"
  double x = 0;     // parameters, run length, or the newest run's nominal FLOPs F x 20 N x xC
  double cumulative_flops = 0;  // of all runs so far, at the tokens that they really saw
  std::size_t n_runs = 0;
  std::vector<TaskError> tasks;
  TaskError mean;  // over the tasks that have a number; identified: all of them are
};

/// "190M", "2xC", "1.29e21 FLOPs"
std::string shown_key(const ComputeError& entry, Vary vary);

/// Which errors a table or figure shows: "step1", "step2", "stacked" or "all".
struct ErrorSelection {
  std::string which_step = "stacked";
  bool do_average = false;  // means over the tasks instead of a column a task
};

/// A growing part of a ladder: the target, then the training runs up to a key.
struct LadderPart {
  std::string key;
  double x = 0;
  double cumulative_flops = 0;
  Ladder ladder;
};

/// InputError as of run_compute_error.
std::vector<LadderPart> growing_parts(const Ladder& ladder, Vary vary, const std::string& target);

struct ComputeErrorRequest {
  Vary vary = Vary::compute;
  std::string target;  // an eval model; "": the first
  ChainSettings chain;
};

struct ComputeErrors {
  Vary vary = Vary::compute;
  std::string target;
  std::vector<ComputeError> errors;  // a growing part each
};

/// Predicts the target from growing parts of the ladder's training runs. InputError where there is
/// no such model, or where a run has no length in its name ("190M-1xC.csv") or no known FLOPs and
/// `vary` needs them.
ComputeErrors run_compute_error(const ComputeErrorRequest& request, const Ladder& ladder,
                                const std::vector<Task>& tasks);

}  // namespace rung::ladder
