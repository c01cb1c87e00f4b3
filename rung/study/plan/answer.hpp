#pragma once
/// Questions to fitted laws, answered with intervals: what to do with a budget, what a target
/// costs.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/study/plan/allocate.hpp"

namespace rung::plan {

/// A law of N and D, and what else is known.
struct Source {
  const Fitted* loss = nullptr;
  /// A law from the loss to a metric (accuracy, error); with none, a target metric is asked of the
  /// first law itself.
  const Fitted* metric = nullptr;
  std::map<std::string, double> fixed_inputs;  // the first law's other inputs
};

/// One of these.
struct Question {
  std::optional<double> budget_flops;   // over the model's life
  std::optional<double> target_loss;    // reach it
  std::optional<double> target_metric;  // reach it, from the side of worse losses
};

struct Answer {
  std::optional<Allocation> best;  // absent where there is none
  std::string why_not;             // then, in words: "not reachable: …"
  /// Then, of what the second law gives at a loss of 0, where the target lies in it.
  std::optional<Interval> ceiling;
  bool is_reached_by_all = false;  // so that no model is the cheapest
  std::optional<double> metric;    // there
  bool is_possible = true;         // of the first law's value there: no accuracy is above 1
  /// By bootstrap, where the laws have replicates. A bound that is infinite: so many replicates
  /// can't reach the target.
  std::optional<Interval> n_params, n_tokens, training_flops, loss, metric_interval;
  /// Share of the replicates that reach the target; absent without replicates.
  std::optional<double> reachable_share;
  bool is_outside_metric = false;  // the loss there lies outside the data of the second law
  std::vector<std::string> warnings;
  /// Whether the data determine `best`, or it is one of many that fit as well; of those the
  /// smallest and the largest model, where they are known.
  bool determined = true;
  std::optional<std::pair<Allocation, Allocation>> others;
};

/// "86%", of the replicates that reach a target where not all do, or where the fit doesn't and some
/// do; "" elsewhere.
std::string reached_share(const Answer& found);

/// InputError for a first law that has not N and D, or other inputs that are not fixed_inputs, and
/// for a second one that has not one input.
Answer answer(const Source& source, const Question& question, const AllocateOptions& options,
              int n_threads);

}  // namespace rung::plan
