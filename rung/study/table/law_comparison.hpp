#pragma once
/// rung backtest: several laws rolled forward over the same table, and their average.

#include <string>
#include <utility>
#include <vector>

#include "rung/study/table/average.hpp"

namespace rung::table {

struct BacktestRequest {
  Request what;                       // without a law
  std::vector<std::string> laws;      // of the catalogue
  std::vector<std::string> formulas;  // further laws
  BacktestOptions options;
  std::vector<std::string> at;  // places to predict: "N=7e9, D=4e12"
  AverageBy average = AverageBy::akaike;

  /// One a law; a formula takes of --x the inputs that it names.
  std::vector<Request> requests() const;
  /// What each of them is called: "formula" where there is one formula, else "formula 1", …
  std::vector<std::string> names() const;
  /// What each formula is called, and it.
  std::vector<std::pair<std::string, std::string>> named_formulas() const;
  /// InputError where there is no law, an unknown one, or one twice.
  void validate() const;
};

/// The laws on one group of rows.
struct GroupBacktest {
  std::string label;
  std::vector<Backtest> laws;
  std::string run_column;     // rows of one value are one run's checkpoints; "": each row is a run
  bool whole_runs = false;    // which are held out as a whole
  bool unnamed_runs = false;  // rows look like checkpoints, and no column says of which run
  std::string left_out;       // rollouts that not all laws have, in words
  std::vector<double> akaike_weights;
  std::size_t best = 0;                 // whose rolled predictions are best
  std::vector<double> average_weights;  // what each law counts in `averages`
  std::vector<AverageAt> averages;      // one for each of BacktestRequest::at
  std::vector<Target> targets;          // where these are, as far as they say it
};

struct BacktestResult {
  std::string y;
  std::vector<GroupBacktest> groups;
  std::vector<std::string> warnings;
};

BacktestResult run(const BacktestRequest& request, const Table& runs);

}  // namespace rung::table
