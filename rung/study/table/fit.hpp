#pragma once
/// rung fit: a law fitted to the rows of a table: each group alone, with parameters in common, or
/// partially pooled.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/table/predictions.hpp"
#include "rung/study/table/shared.hpp"
#include "rung/study/table/sweep.hpp"

namespace rung::table {

struct FitRequest {
  Request what;
  UncertaintyOptions uncertainty;
  std::string share;              // parameters that groups have in common, or kPool
  std::string multipliers;        // inputs on which groups differ by a factor
  std::string sweep;              // what runs of the same inputs differ in: "lr, batch"
  bool best_of_sweep = false;     // fit only the best run of each inputs
  std::vector<std::string> at;    // places to predict: "N=7e9, D=4e12"
  bool predicts_table = false;    // the rows of a table are predicted
  bool predicts_own_rows = true;  // where nothing else is to be predicted
  bool is_saved = false;          // a saved fit was asked for

  static constexpr const char* kPool = "pool";
  bool is_pooled() const { return share == kPool; }
  /// One fit with parameters of all groups.
  bool is_shared() const { return !is_pooled() && !(share.empty() && multipliers.empty()); }
  /// InputError for an unknown law.
  void validate() const;
};

struct FitResult {
  std::shared_ptr<const Law> law;  // as it was asked for, before it is shared among groups
  Prepared prepared;               // what was fitted
  std::vector<FittedGroup> groups;
  std::vector<std::optional<Criteria>> criteria;  // by group; absent for a failed fit
  std::vector<Multiplier> multipliers;
  std::vector<SharedGroup> shared_groups;  // where `groups` is one fit for all of them
  Request shared_request;                  // of each one's law alone
  SweepReport sweeps;
  std::vector<GroupPredictions> predictions;  // by group, also of those that share a fit
  bool predicts_own_rows = false;             // nothing else was to be predicted
  std::vector<std::string> warnings;          // of the sweeps
};

/// `prepared`: the runs, by the request's own words; `targets`: a table of inputs to predict.
FitResult run(const FitRequest& request, Prepared prepared, std::optional<Table> targets);

}  // namespace rung::table
