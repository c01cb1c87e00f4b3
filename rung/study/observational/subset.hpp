#pragma once
/// The choice of families whose models determine a regression on all models best.

#include <cstddef>
#include <optional>
#include <vector>

#include "rung/core/linear_algebra.hpp"

namespace rung::observational {

/// What one family adds: its models, and the sum of their outer products x x' [k x k].
struct FamilyGram {
  std::size_t n_models = 0;
  Matrix gram;
};

/// V-optimality: least trace(G_all G_S^-1), the mean variance of a prediction over all the models
/// from a regression on those of the families S, up to a factor.
struct SubsetProblem {
  std::vector<FamilyGram> families;  // to choose among
  /// Always in; at least one of `families` comes with it.
  FamilyGram included;
  std::size_t n_included = 0;        // families that `included` is made of
  Matrix all;                        // G_all
  std::size_t max_families = 0;      // those included count
  std::vector<std::size_t> budgets;  // numbers of models, each a question of its own
};

struct Subset {
  std::vector<std::size_t> families;  // of SubsetProblem::families, ascending
  std::size_t n_models = 0;
  double objective = 0;  // minus the trace, as published
};

enum class SubsetMethod {
  exhaustive,         // every combination was looked at
  branch_and_bound,   // combinations that can't be the best were left out; the best is proven
  stopped_too_early,  // the same, but not all were ruled out: the best that was found
};

struct SubsetResult {
  std::vector<std::optional<Subset>> best;  // by budget; absent where none determines anything
  double n_combinations = 0;                // of 1 to max_families families, whatever their models
  SubsetMethod method = SubsetMethod::exhaustive;
};

struct SubsetOptions {
  /// Above this many combinations, branch and bound.
  double exhaustive_up_to = 2e9;
  /// Of branch and bound, for each budget.
  std::size_t most_nodes = 20'000'000;
  int n_threads = 0;  // 0: all there are; the result is the same on any number
};

/// Of equally good subsets (to 1e-12) that with fewer families, then that with the earlier ones.
/// InputError where the models of all families together don't determine the regression, and for no
/// budget or none of a positive number of models.
SubsetResult best_subsets(const SubsetProblem& problem, const SubsetOptions& options = {});

/// Minus the trace for one choice; absent where it determines nothing.
std::optional<double> subset_objective(const SubsetProblem& problem,
                                       const std::vector<std::size_t>& families);

}  // namespace rung::observational
