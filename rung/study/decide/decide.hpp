#pragma once
/// Which data recipe is best at the target size, from small runs of each: every published method,
/// how far to trust it, and what it says.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/study/decide/agreement.hpp"
#include "rung/study/decide/evaluations.hpp"
#include "rung/study/decide/gaps.hpp"
#include "rung/study/decide/methods.hpp"
#include "rung/study/decide/noise.hpp"

namespace rung::decide {

/// The row that is the mean over tasks, subtasks of MMLU first; and the task whose values are the
/// means over tasks.
inline constexpr const char* kAverage = "average";
inline constexpr const char* kMeanOfTasks = "mean of tasks";

struct Request {
  Columns columns;
  NamedSizes sizes = published_sizes();
  std::string target;  // a size of the table, or another ("7B"); "": the largest of the table
  std::optional<double> target_tokens;   // of a target that is not in the table
  std::vector<std::string> small_sizes;  // "": all below the target
  std::string gold;     // the metric that is to be best at the target; "": by the usual names
  std::string loss;     // through which two-step setups go; "": by the usual names
  std::string through;  // of the intermediate setups; "": the metric itself
  std::vector<std::string> proxies;  // of single scales; "": the published ones that are there
  std::string by;                    // the method that decides; "": by rehearsal
  std::size_t most_dropped = 2;
  std::size_t n_last = 5;  // checkpoints that say a run's noise
  double worth = 0.8;      // the share of pairs that a benchmark worth running puts in order
  double level = 0.95;
  int n_threads = 0;

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// How well a method does on a task.
struct Score {
  std::size_t method = 0;
  std::string task;
  Agreement agreement;                    // of single scales: the mean over seeds
  std::vector<double> seed_accuracies;    // of single scales, a run of each recipe
  std::optional<double> relative_error;   // mean |predicted / actual - 1| over recipes
  std::optional<double> absolute_error;   // mean |predicted - actual|
  std::optional<double> first_error;      // relative, of the first step alone
  std::optional<double> second_error;     // relative, of the second at the target's own loss
  std::optional<SignalToNoise> signal;    // of single scales
  std::optional<bool> is_worth_running;   // whether the signal orders enough pairs
  std::optional<double> rehearsal;        // decision accuracy with the largest small size as target
  std::vector<double> predicted, actual;  // [recipe]; NaN where absent
};

struct Decision {
  std::string task;
  std::size_t method = 0;
  std::vector<Estimate> recipes;  // the best at the target first
  std::vector<Gap> gaps;          // of every two, the one that is predicted better first
  /// Compute of the small sizes over which leads were followed to the target, and the target's;
  /// none: order and gaps are those that the method sees.
  std::vector<double> trend_flops;
  double target_flops = kNaN;
  bool assumes_proportional_tokens = false;  // in both, since tokens of some size are not known

  bool follows_leads() const { return !trend_flops.empty(); }
};

struct Result {
  std::vector<std::string> recipes;
  std::string target;
  bool has_actual = false;  // the target was run
  std::string gold, loss, through;
  double level = 0.95;  // of intervals
  std::vector<Method> methods;
  std::vector<Score> scores;  // by method; tasks in the table's order, then their average
  std::string rehearsal;      // the size that stood in for the target; "": none could
  std::size_t decided_by = 0;
  bool is_rehearsed = false;  // that method was chosen so
  std::vector<Decision> decisions;
  std::vector<std::string> notes, warnings;
};

/// InputError where the table lacks what a decision needs.
Result run(const Request& request, const Table& table);

}  // namespace rung::decide
