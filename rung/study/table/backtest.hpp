#pragma once
/// Would the law have predicted the larger runs from the smaller ones? A row is a run, unless a
/// column says which rows are checkpoints of one.

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

struct BacktestOptions {
  std::string over = "C";    // an input, or C; "1/L": L falls
  bool own_compute = false;  // C is what --x says it is, and else 6 N D
  double tolerance = 0.02;   // a relative error that is good enough
  int n_threads = 0;
  std::optional<double> noise_sd;  // of a row of weight 1, in residual space; absent: from the data
  std::string run_column;          // rows of one value share a run's noise; "": each has its own
  bool whole_runs = false;         // these are fitted as a whole, and predicted at their last row
};

/// One run predicted from all runs of at most `cutoff`.
struct Rollout {
  double cutoff = 0, at = 0;  // of the quantity rolled over
  Prediction prediction;      // with the interval of one more observation, where the fit gave one
  double naive_error = 0;     // of repeating the value of the largest run up to the cutoff

  double extrapolation() const { return at / cutoff; }
};

/// What takes from "predictable".
struct Reservation {
  std::string words;    // "its intervals hold too few"
  std::string details;  // with the numbers
};

struct Backtest {
  std::string law;
  Residual residual = Residual::raw;
  std::string unfit;  // why the law can't be tested on these rows; "": it can
  std::vector<Rollout> rollouts;
  std::size_t n_fits = 0, n_unusable = 0;             // cutoffs; those without a usable fit
  double mean_error = 0, median_error = 0, bias = 0;  // relative; errors are absolute
  std::optional<double> coverage;                     // of the rollouts that have an interval
  std::size_t n_intervals = 0;                        // so many
  /// Mean error of repeating the value of the largest run up to the cutoff.
  double naive_error = 0;
  Criteria criteria{};  // on all rows
  std::string doubt;    // why not to trust the fit of all rows; "": no reason
  std::string note;     // on it, without a doubt
  /// Good: median error within tolerance and better than naive. Absent: nothing could be rolled.
  std::optional<bool> predictable;
  std::vector<Reservation> reservations;

  /// The largest run predicted, by the quantity rolled over; 0 without rollouts.
  double largest() const;
};

/// A place to predict.
struct Target {
  std::string words;  // "N=7e9, D=4e12"
  double at = 0;      // of the quantity rolled over
};

/// Cutoffs are the values of `over`, distinct by 1% or more, that leave more points than the
/// `n_free` parameters below and one above; of more than 40, 40 evenly among them. InputError where
/// there is none, or no such quantity.
std::vector<double> cutoffs_of(const Prepared& prepared, const Sample& sample,
                               const BacktestOptions& options, std::size_t n_free);

/// Whether there is a cutoff with whole runs below it and one above.
bool has_cutoff_between_runs(const Prepared& prepared, const Sample& sample,
                             BacktestOptions options, std::size_t n_free);

/// Leaves the rollouts from these cutoffs, and sums them up anew.
void keep_cutoffs(const std::set<double>& cutoffs, double tolerance, Backtest& law);

/// Named inputs of one or more laws.
using Inputs = std::vector<std::pair<std::string, double>>;
std::optional<double> value_of(const Inputs& inputs, const std::string& name);

/// The runs' own C over 6 N D at the largest of them; 1 where C is 6 N D.
double compute_over_six_nd(const Prepared& prepared, const Sample& sample,
                           const BacktestOptions& options);

/// The quantity rolled over at these inputs; absent where they don't say it.
std::optional<double> quantity_at(const Inputs& inputs, const std::string& over,
                                  double compute_over_six_nd = 1);

/// What runs are missed by that lie about so many times beyond their cutoff.
struct ErrorAtDistance {
  double nearest = 0, furthest = 0;  // of these runs, times beyond the cutoff
  std::size_t n_runs = 0;            // of which it is the median
  double median_error = 0;           // relative, absolute
};

/// A median of one or two errors is these themselves. Of many, those from far below are of one or
/// two cutoffs' fits, which are off together.
std::size_t fewest_in_median(std::size_t n_errors);

/// Of the rollouts within a factor of 1.5 of this distance or, where these are fewer than
/// `fewest_in_median`, of the nearest within a factor of 2, so many or more: distances within 2% of
/// each other are one. Both factors are less where all distances lie within a factor of 11 (1.5^6):
/// 1.5 is then the sixth root of theirs. Where the nearest lie all on one side, or none near, the
/// medians of the nearest below and above, in proportion to the distance's logarithm. Beyond the
/// furthest rollout: at that one's distance. `law` has rollouts.
ErrorAtDistance error_at_distance(const Backtest& law, double factor);

/// Fewer than four rollouts; intervals of `level` that hold fewer values than chance explains at
/// 5%, with as many independent ones as runs are predicted or, if fewer, as there are cutoffs; and,
/// beyond the largest run, errors above the tolerance at the furthest target's distance, or as far
/// as rollouts go where they go less far than half of it.
std::vector<Reservation> reservations_on(const Backtest& law, double level, double tolerance,
                                         const std::vector<Target>& targets);

/// What makes it not predictable, with the numbers; empty where it is, or wasn't tested.
std::vector<std::string> why_not_predictable(const Backtest& law, double tolerance);

/// Predicts, from each cutoff, at most 25 runs up to the next, and so on. The coverage is that of
/// one more observation's intervals at the request's level.
Backtest backtest(const Prepared& prepared, const Sample& sample, const Request& request,
                  const std::vector<double>& cutoffs, const BacktestOptions& options);

}  // namespace rung::table
