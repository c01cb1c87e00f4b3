#pragma once
/// One recipe's small runs extrapolated to the target by a setup.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/decide/evaluations.hpp"
#include "rung/study/decide/setups.hpp"

namespace rung::decide {

/// A model's size and training; what laws are asked at.
struct Place {
  double n_params = kNaN, n_tokens = kNaN, compute_flops = kNaN;
};

/// Values of the task: its own metric, the loss of its right answer, the metric that the
/// intermediate setups go through; NaN where one is missing.
struct TaskValues {
  double gold = kNaN, loss = kNaN, through = kNaN;
};

/// One run as laws see it: its end, and its checkpoints.
struct SmallRun {
  std::size_t size = 0;
  Place at;
  TaskValues end;  // means over the last tenth of the checkpoints
  std::vector<TaskValues> checkpoints;
};

/// Which metrics of the evaluations those are; absent where the table has none.
struct TaskMetrics {
  std::size_t gold = 0;
  std::optional<std::size_t> loss, through;
};

SmallRun small_run(const Evaluations& evaluations, const Series& series,
                   const TaskMetrics& metrics);

/// The laws of a setup fitted to the runs of all recipes together: what a recipe with too few runs
/// takes parameters over from. Absent where nothing could be fitted.
std::optional<Fitted> fit_first_step(const Setup& setup, const std::vector<SmallRun>& runs,
                                     const Fitted* of_all);

/// By setup_key: the fits of all recipes.
using FitsOfAll = std::map<std::string, std::optional<Fitted>>;

/// What setups with the same first step share.
std::string first_step_key(const Setup& setup);
/// Whether a recipe with these runs needs the fit of all recipes.
bool borrows(const Setup& setup, const std::vector<SmallRun>& runs);

/// The runs that a setup uses, `n_sizes` small ones being there.
std::vector<SmallRun> used_runs(const Setup& setup, const std::vector<SmallRun>& runs,
                                const std::vector<std::size_t>& sizes);

struct Extrapolated {
  std::optional<double> first;    // the loss, the metric on the way, or of single steps the metric
  std::optional<double> second;   // the metric, at the target's own loss; absent without one
  std::optional<double> chained;  // the metric, at the predicted loss
};

/// One recipe on one task; fits are kept, since setups share steps.
class RecipeExtrapolation {
 public:
  /// `sizes`: the small ones, ascending. All must outlive it.
  RecipeExtrapolation(const std::vector<SmallRun>& runs, const std::vector<std::size_t>& sizes,
                      const FitsOfAll& of_all)
      : runs_(runs), sizes_(sizes), of_all_(of_all) {}

  /// `actual`: the target's, for Extrapolated::second.
  Extrapolated at(const Setup& setup, const Place& target, const TaskValues& actual);

 private:
  const std::optional<Fitted>& first_step(const Setup& setup);
  std::optional<double> second_step(const Setup& setup, double from);

  const std::vector<SmallRun>& runs_;
  const std::vector<std::size_t>& sizes_;
  const FitsOfAll& of_all_;
  std::map<std::string, std::optional<Fitted>> first_, second_;
};

}  // namespace rung::decide
