#pragma once
/// What over-training costs and where it pays, from a fitted loss law.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/interval/delta.hpp"
#include "rung/study/overtraining/fits.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::overtraining {

/// A number that follows from a law's parameters, with an interval by the delta method and
/// Student's t on the law's degrees of freedom ("delta-mean": where the law's own value lies).
/// Positive numbers have theirs on the log scale. Absent without a covariance.
struct Estimate {
  double value = 0;
  std::optional<Interval> interval;
};

/// Tokens per parameter at which the law's loss is least for given compute: (b / a)^(1 / (2 eta)),
/// whatever the compute. Absent where a or b is not positive: then the law has no optimum.
std::optional<Estimate> optimal_tokens_per_parameter(const Fit& loss_fit, double level = 0.95);

/// What a cost's Beyond calls its two inputs.
inline constexpr const char* kBeyondInRatio = "tokens/parameter";
inline constexpr const char* kBeyondInCompute = "compute";

/// A run with M tokens per parameter beside the compute-optimal run of the same law.
struct OverTrainingCost {
  double tokens_per_parameter = 0;
  Estimate extra_loss_nats;  // at equal compute, `compute_flops`
  // At equal loss, as ratios to the compute-optimal run; they do not depend on the compute.
  Estimate compute_ratio;   // training compute
  Estimate n_params_ratio;  // size, and so the compute of every token of inference
  // Where it lies outside the fitted runs; empty where these are not known.
  std::vector<table::Beyond> beyond{};
  std::string doubt{};  // why not to trust it; "": no reason
};

/// For each of `tokens_per_parameter`. Intervals of extra loss and compute ratio reach, besides,
/// over what they are with the optimum at either end of its interval, since both have slope 0 at
/// the optimum, where the delta method sees no width. InputError where the law has no optimum.
std::vector<OverTrainingCost> over_training_costs(const Fit& loss_fit, double compute_flops,
                                                  const std::vector<double>& tokens_per_parameter,
                                                  double level = 0.95);

/// The model to train when the same budget must also pay for its inference.
struct BudgetPlan {
  Estimate n_params, n_tokens, tokens_per_parameter, loss_nats;
  double training_flops = 0, inference_flops = 0;
  /// What the budget would give if the size were chosen as if inference were free; absent where
  /// inference of that size alone takes the whole budget.
  std::optional<double> loss_of_free_inference_size;
};

/// Least loss over N with 6 N D + 2 N T = budget, T tokens of inference. InputError where the
/// budget or T is no positive number (T may be 0), or the law has no optimum. The intervals of size
/// and tokens are that of their ratio along the budget, which pays for either end.
BudgetPlan best_for_budget(const Fit& loss_fit, double budget_flops, double n_inference_tokens,
                           double level = 0.95);

/// A loss law's costs, by tokens per parameter.
struct CostRows {
  std::string train_set, loss_set;
  double compute_flops = 0;
  Estimate optimal_ratio;
  std::vector<OverTrainingCost> costs;
  std::vector<OverTrainingCost> curve{};  // on a grid over the costs' ratios, to be drawn
  bool optimum_beyond_runs = false;       // see extrapolation_warning
  std::string law_doubt{};                // see doubt_words
};

struct CostRequest {
  Choice choice;                // training sets and one loss set, c4_val by default
  double compute_flops = 1e21;  // of the extra loss
  std::vector<double> tokens_per_parameter{20, 40, 80, 160, 320, 640};

  /// InputError naming the option, its value and what it must be.
  void validate() const;
};

struct CostResult {
  double compute_flops = 0;
  std::vector<CostRows> rows;  // a loss law each
  std::vector<std::string> warnings;
};
CostResult run(const CostRequest& request, const Testbed& testbed, const Study& study,
               int n_threads);

struct BudgetRow {
  std::string train_set, loss_set;
  double budget_flops = 0, n_inference_tokens = 0;
  BudgetPlan plan;
  std::vector<table::Beyond> beyond;  // where N and D lie outside the fitted runs', as factors
  std::string doubt;                  // why not to trust it; "": no reason
  std::string law_doubt{};            // see doubt_words
};

/// Compute or a ratio more than a hundred times outside the fitted runs', or an interval of the
/// best ratio that spans a factor of ten thousand; "" else.
std::string doubt_of(const Estimate& optimal_ratio, const std::vector<table::Beyond>& beyond);

/// N or D more than a hundred times outside the fitted runs', or an interval of the loss that
/// reaches below 0, where no loss is; "" else.
std::string doubt_of(const BudgetPlan& plan, const std::vector<table::Beyond>& beyond);

struct BudgetRequest {
  Choice choice;  // as above
  double budget_flops = 1e21;
  std::vector<double> n_inference_tokens{0, 1e10, 1e11, 1e12};

  void validate() const;
};

struct BudgetResult {
  double budget_flops = 0;
  std::vector<double> n_inference_tokens;
  std::vector<BudgetRow> rows;  // by loss law, then tokens of inference
  std::vector<std::string> warnings;
};
BudgetResult run(const BudgetRequest& request, const Testbed& testbed, const Study& study,
                 int n_threads);

/// What to say where the law's optimum has not runs on both sides of it; "" where it has.
std::string extrapolation_warning(const Testbed& testbed, const LossLaw& law);

}  // namespace rung::overtraining
