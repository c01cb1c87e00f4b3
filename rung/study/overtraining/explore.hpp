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
#include "rung/study/overtraining/fits.hpp"

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
  std::vector<std::size_t> models;  // by Testbed::models
  std::vector<double> tokens_per_parameter, loss_nats;
  std::vector<double> lower, upper;  // 95%, over sequences; NaN: not known
};

/// Every run whose loss was measured, by training set, then size; a curve may be one point.
std::vector<TokenCurve> token_curves(const Testbed& testbed, std::string_view loss_set);

/// The curves of the chosen training sets on one loss set, c4_val by default, with its laws.
struct TokensResult {
  Fits fits;
  std::vector<TokenCurve> curves;
};
TokensResult run_tokens(const Choice& choice, const Testbed& testbed, const Study& study,
                        int n_threads);

/// How a downstream error moves with a loss, over the runs of one training set.
struct TaskCorrelation {
  std::string error_set;
  std::size_t n_models = 0;
  std::optional<double> pearson, spearman;  // absent where the error or the loss never changes
  double chance_error = 0, best_error = 0;  // NaN: of no run
  /// (chance - best error) / standard error of guessing: how clearly the best run beats guessing.
  /// Absent for task sets, and where guessing never succeeds by chance.
  std::optional<double> best_over_chance_sigmas;
};

/// For every error set; `train_set` "" means all runs together.
std::vector<TaskCorrelation> task_correlations(const Testbed& testbed, const Study& study,
                                               std::string_view loss_set,
                                               std::string_view train_set = "");

/// Those of each chosen training set, on one loss set, c4_val by default.
struct CorrelationResult {
  Choice choice;                                           // complete
  std::vector<std::vector<TaskCorrelation>> by_train_set;  // [training set][error set]

  const std::string& loss_set() const { return choice.loss_sets.front(); }
};
CorrelationResult run_correlation(const Choice& choice, const Testbed& testbed, const Study& study);

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

/// Largest mean range first, what can't be told last; none without runs. Tokens follow the size, so
/// the effects of hidden_dim and n_layers are those of more compute as well; the other effects are
/// at equal compute.
std::vector<Sensitivity> grid_sensitivity(const std::vector<GridRun>& grid);

/// What to look at, and which of its rows to list.
struct ExploreRequest {
  std::string what = "runs";  // one of subjects()
  std::string where;          // a condition on rows; "": all
  std::string sort;           // a column; "-NAME" has the greatest first; "": as they stand
  std::string columns;        // "a,b"; "": the usual ones
  std::size_t n_first = 0;    // no more rows than this; 0: all

  static const std::vector<std::string>& subjects();
  /// Whether rows are listed: of runs, of the search, or of its best settings.
  bool lists_rows() const;
  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

/// Which rows and columns of a table to list, in order.
struct Listing {
  Table table;
  std::vector<std::size_t> rows;
  std::vector<std::string> columns;  // of the text
  std::vector<std::string> csv_columns;
  bool none_fits = false;  // the condition, of rows that there are
};
/// Of a request that lists rows. InputError for a column that is not there, and as where().
Listing run(const ExploreRequest& request, const Testbed& testbed, const Study& study);

/// The search's runs of grid_frontier(), as grid_table() has them.
Table best_settings(const Testbed& testbed);

}  // namespace rung::overtraining
