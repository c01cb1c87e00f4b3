#pragma once
/// Predictions averaged over laws that were fitted to, and rolled forward over, the same table.

#include <string>
#include <string_view>
#include <vector>

#include "rung/fit/average.hpp"
#include "rung/study/table/backtest.hpp"

namespace rung::table {

enum class AverageBy {
  akaike,    // by AICc (AIC where it is absent) on all rows
  backtest,  // by the inverse mean squared error of the rollouts
};

/// "akaike" or "backtest". InputError on anything else.
AverageBy parse_average_by(const std::string& text);
std::string_view average_by_name(AverageBy by);

/// What each law counts, by the order of the backtests.
std::vector<double> law_weights(const std::vector<Backtest>& backtests, AverageBy by);

struct AverageAt {
  Inputs inputs;                     // of all laws, each once
  std::vector<LawPrediction> laws;   // in their order
  AveragedPrediction average{};      // of those that can be; its value is NaN where none can
  std::vector<std::string> notes{};  // on those that can't, which stay in `laws` without a weight
};

/// Laws with the rows of one group, null for one that can't be fitted to them.
struct LawsOnGroup {
  const std::vector<Prepared>& prepared;
  const std::vector<Request>& requests;
  const std::vector<std::string>& names;
  std::vector<const Sample*> samples{};
};

/// The laws' predictions and their average for each of `at` ("N=7e9, D=4e12"); weights[i] is what a
/// law counts; one without rows predicts nothing. Intervals are `fit`'s, of the law itself, at the
/// first request's level, by the noise and the runs that `how` names; where runs share noise, none
/// with priors. Each law takes the inputs that it has; InputError for one that no law has, and one
/// that a law lacks.
std::vector<AverageAt> average_at(const LawsOnGroup& laws, const std::vector<double>& weights,
                                  const std::vector<std::string>& at, const BacktestOptions& how);

}  // namespace rung::table
