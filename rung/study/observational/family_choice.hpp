#pragma once
/// Which families to evaluate when only so many models can be: those that determine a regression on
/// components best, and how well predictions from them come out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/metric_fit.hpp"
#include "rung/study/observational/subset.hpp"

namespace rung::observational {

struct CandidateOptions {
  std::vector<std::string> families;                 // empty: all
  std::optional<double> max_size_b, max_flops_1e21;  // inclusive
  bool exclude_missing = false;                      // models that lack a score
};

/// The models to choose among, as rows of `models`: a model without a known size or compute is
/// above every limit on it. InputError for a family that isn't there, and where none is left.
std::vector<std::size_t> candidates(const Models& models, const CandidateOptions& options);

/// The models beyond the limits on size and compute, which a choice among the others is tried on.
/// Without limits there are none.
std::vector<std::size_t> beyond_limits(const Models& models, const CandidateOptions& options);

struct ChoiceOptions {
  std::vector<std::size_t> budgets;
  std::size_t max_families = 10;
  std::vector<std::string> include_families;
  PredictorOptions predictor{};  // components, learnt from the candidates
  std::size_t n_random = 0;      // draws at random beside each choice
  std::uint64_t seed = 0;
  SubsetOptions subset{};
};

struct ChosenFamilies {
  std::vector<std::string> families;  // in the table's order, those included last
  std::vector<std::size_t> models;    // rows
  std::optional<double> objective;    // minus the trace; absent where they determine nothing
};

struct BudgetChoice {
  std::size_t budget = 0;
  std::optional<ChosenFamilies> best;  // absent where no choice determines the regression
  std::vector<ChosenFamilies> random;
};

struct FamilyChoice {
  std::size_t n_candidates = 0;
  double n_combinations = 0;
  SubsetMethod method = SubsetMethod::exhaustive;
  std::vector<BudgetChoice> budgets;
};

/// `rows` are the candidates. A random draw takes families in random order, each that the budget
/// still has room for.
FamilyChoice choose_families(const Models& models, const std::vector<std::size_t>& rows,
                             const ChoiceOptions& options);

/// What metrics a choice is judged by.
struct ChoiceErrors {
  std::vector<std::optional<double>> mse;  // by metric; absent where nothing can be fitted
  std::optional<double> geometric_mean;    // of those that are there, where all are
};

/// Learns each metric from the chosen models and tries it on `test`.
ChoiceErrors choice_errors(const Models& models, const std::vector<std::string>& metrics,
                           const std::vector<std::size_t>& chosen,
                           const std::vector<std::size_t>& test, const MetricFitOptions& options);

}  // namespace rung::observational
