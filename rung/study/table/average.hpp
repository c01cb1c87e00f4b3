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
  std::vector<double> inputs;
  std::vector<LawPrediction> laws;  // in their order
  AveragedPrediction average{};
};

/// Laws with the same rows of the same table: the sample of this number of each.
struct LawsOnSample {
  const std::vector<Prepared>& prepared;
  const std::vector<Request>& requests;
  std::size_t sample = 0;
};

/// The laws' predictions and their average for each of `at` ("N=7e9, D=4e12"); weights[i] is what a
/// law counts. Intervals are the delta method's, of the law itself, at the first request's level.
/// InputError for inputs that a law does not have.
std::vector<AverageAt> average_at(const LawsOnSample& laws, const std::vector<double>& weights,
                                  const std::vector<std::string>& at, int n_threads);

}  // namespace rung::table
