#pragma once
/// rung allocate: what fitted laws, or the runs' own isoFLOP curves, say to do with budgets and for
/// targets.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/plan/answer.hpp"
#include "rung/study/plan/hardware.hpp"
#include "rung/study/plan/isoflop.hpp"
#include "rung/study/table/predictions.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::plan {

// ---- by a law

struct AllocateRequest {
  std::vector<std::string> budgets;  // "1e21"; with hardware "1000usd"
  std::vector<double> target_losses, target_accuracies;
  std::string fixed_inputs;  // the law's inputs besides N and D: "U=1e11"
  AllocateOptions options;
  int n_threads = 0;

  /// InputError where nothing is asked, for a budget that can't be read, and for what is
  /// fixed_inputs.
  void validate(const std::optional<Hardware>& hardware) const;
};

struct Asked {
  Question question;
  std::string words;                // "1e21 FLOPs", "loss 2.5"
  bool bought_by_hardware = false;  // the budget is in hours, money or energy
};

/// One fitted law with its answers, by AllocateResult::asked.
struct AllocatedLaw {
  Fitted loss;
  std::optional<Fitted> metric;
  std::map<std::string, double> fixed_inputs;
  AllocateOptions options;
  std::vector<Answer> answers;

  /// Whether it was fitted to data, and not given by its coefficients.
  bool has_data() const;
  /// The inputs at an answer that lie outside the data, of the metric's law, too.
  std::vector<table::Beyond> beyond(const Answer& found) const;

  /// What speaks against its fits.
  std::vector<std::string> doubts() const;

  Source source() const { return {&loss, metric ? &*metric : nullptr, fixed_inputs}; }
};

struct AllocateResult {
  std::vector<Asked> asked;
  std::vector<AllocatedLaw> laws;
  std::optional<Hardware> hardware;
  std::vector<std::string> warnings;
  std::string y = "loss", metric_y = "accuracy";  // what the laws predict, in words

  bool any_reachable() const;
};

/// `metrics`: a law from the loss to a metric for each group, or one for all; may be empty.
AllocateResult run(const AllocateRequest& request, std::vector<Fitted> laws,
                   const std::vector<Fitted>& metrics, const std::optional<Hardware>& hardware);

// ---- by the runs' own budgets

struct IsoflopRequest {
  bool parabolas = true;             // approach 2 of Hoffmann et al.; else the envelope, approach 1
  std::vector<std::string> budgets;  // as above, on the power law through the runs' own
  bool own_compute = false;          // the table's C is each run's, which may differ from 6 N D
  Loss loss{};                       // of approach 3, which tells how far off these are

  void validate(const std::optional<Hardware>& hardware) const;
};

/// A budget on the power law.
struct BudgetSplit {
  double budget_flops = 0, n_params = 0, n_tokens = 0;
  table::Beyond runs;  // by what factor the budget lies outside their compute; 1 inside
  /// N at 90% by the runs' noise alone; absent of approach 1, and where that can't be told.
  std::optional<Interval> by_noise{};
};

/// What approach 1 or 2 would say of a budget where the runs lie on a law.
struct SizeBias {
  double budget_flops = 0;
  double by_runs = 0;          // N
  std::optional<double> best;  // N by the law; absent where that has no optimum

  double off() const { return best ? by_runs / *best - 1 : 0; }
};

struct IsoflopRuns {
  std::string label;
  std::vector<IsoflopPoint> points;
  IsoflopFit fit;
  std::vector<BudgetSplit> splits;
  std::vector<SizeBias> biases;  // on the law that approach 3 fits to the runs; where it is known
  bool parabolas = true;
};

struct IsoflopResult {
  std::vector<IsoflopRuns> groups;
  std::optional<Hardware> hardware;
  std::vector<std::string> warnings;
};

/// What the runs' C, where --x says what it is, is over 6 N D, the same for all of them to 5%.
/// Absent where it is not, and for laws without N and D or with C as an input.
std::optional<double> flops_over_six_nd(const table::Request& what,
                                        const table::Prepared& prepared);

/// C is 6 N D but for rounding.
bool counts_six_nd(double over_six_nd);

/// Budgets and training FLOPs in the runs' C. Returns what is to be noted: with which factor, or ""
/// where C is 6 N D.
std::string count_flops_as(double over_six_nd, AllocateOptions& options);

/// InputError for a law without N and D, and for a C that is missing or not positive.
IsoflopResult run(const IsoflopRequest& request, const table::Prepared& prepared,
                  const std::optional<Hardware>& hardware);

}  // namespace rung::plan
