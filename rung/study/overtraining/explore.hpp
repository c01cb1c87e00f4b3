#pragma once
/// Looking at the testbed without any law: what was trained, what the hyperparameter search says,
/// which tasks follow the loss.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/data/testbed.hpp"
#include "rung/study/overtraining/study.hpp"

namespace rung::overtraining {

/// One row a model: name, train_set, model, what it was trained with, tokens_per_parameter,
/// compute_flops, loss_SET with its loss_SET_lower and _upper (95%, over sequences), error_SET for
/// every error set.
Table model_table(const Testbed& testbed, const Study& study);

/// One row a run of the search: architecture, its sizes, batch, learning rates, warm-up, tokens,
/// compute, loss.
Table grid_table(const Testbed& testbed);

/// Loss against tokens per parameter, for one training set and architecture, by growing ratio.
struct TokenCurve {
  std::string train_set, architecture;
  double n_params = 0;
  std::vector<double> tokens_per_parameter, loss_nats, lower, upper;  // 95%, over sequences
};

/// Every curve of more than one point, by training set, then size.
std::vector<TokenCurve> token_curves(const Testbed& testbed, std::string_view loss_set);

/// How a downstream error moves with a loss, over the runs of one training set.
struct TaskCorrelation {
  std::string error_set;
  std::size_t n_models = 0;
  std::optional<double> pearson, spearman;  // absent where the error or the loss never changes
  double chance_error = 0, best_error = 0;
  /// (chance - best error) / standard error of guessing: how clearly the best run beats guessing.
  /// Absent for task sets, and where guessing never succeeds by chance.
  std::optional<double> best_over_chance_sigmas;
};

/// For every error set; `train_set` "" means all runs together.
std::vector<TaskCorrelation> task_correlations(const Testbed& testbed, const Study& study,
                                               std::string_view loss_set,
                                               std::string_view train_set = "");

/// The runs of the search that no run with as little or less compute beats, by growing compute:
/// indices into Testbed::grid.
std::vector<std::size_t> grid_frontier(const std::vector<GridRun>& grid);

/// What one value of a hyperparameter costs against the best value, all other settings being equal.
struct SettingEffect {
  double value = 0;
  std::size_t n_runs = 0;       // in groups that compare at least two values
  std::size_t n_best = 0;       // how often it had the lowest loss of its group
  double mean_excess_nats = 0;  // loss above the best of its group
};

struct Sensitivity {
  std::string hyperparameter;
  std::size_t n_values = 0;  // in the whole search
  /// Groups of runs that agree in every other setting and compare at least two values. None: the
  /// search can't tell.
  std::size_t n_groups = 0;
  double mean_range_nats = 0, largest_range_nats = 0;  // highest minus lowest loss of a group
  std::vector<SettingEffect> effects;                  // by value
};

/// Largest mean range first, what can't be told last. Tokens follow the size, so the effects of
/// hidden_dim and n_layers are those of more compute as well; the other effects are at equal
/// compute.
std::vector<Sensitivity> grid_sensitivity(const std::vector<GridRun>& grid);

}  // namespace rung::overtraining
