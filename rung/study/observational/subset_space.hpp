#pragma once
/// A SubsetProblem in units in which the Gram of all models is the identity, for the searches over
/// it: what is looked for is then the least trace of an inverse.

#include <cstdint>
#include <optional>
#include <vector>

#include "rung/study/observational/subset.hpp"

namespace rung::observational {

/// Packed lower triangle [k (k + 1) / 2].
using Packed = std::vector<double>;

struct SubsetSpace {
  explicit SubsetSpace(const SubsetProblem& problem);

  std::size_t k = 0;
  std::vector<Packed> grams;          // by family
  std::vector<std::size_t> n_models;  // by family
  Packed included;
  std::size_t n_included_models = 0;
  std::size_t most = 0;              // families to choose, beside those included
  std::vector<std::size_t> budgets;  // ascending, each once

  std::size_t n_families() const { return grams.size(); }
};

/// trace(M^-1); infinite where M is singular to rounding, which is seen against the identity.
double trace_of_inverse(const double* packed, std::size_t k);

/// A subset that was found: the families as bits.
struct FoundSubset {
  double trace = 0;
  std::uint64_t families = 0;
  std::size_t n_models = 0;
};

/// Whether `a` is the better answer: lower trace, or equal to rounding and before the other in the
/// order of SubsetProblem.
bool better(const FoundSubset& a, const FoundSubset& b);

/// The best subset for each budget of the space so far.
struct Champions {
  explicit Champions(const SubsetSpace& space) : best(space.budgets.size()) {}

  std::vector<std::optional<FoundSubset>> best;

  /// For every budget that has room for it.
  void offer(const SubsetSpace& space, const FoundSubset& found);
  /// What is of use for a budget: a trace below this, or equal to it to rounding.
  double below(std::size_t budget) const;
};

/// Every combination; at most 64 families.
Champions search_all(const SubsetSpace& space, int n_threads);

struct BranchAndBound {
  Champions champions;
  bool complete = true;
};
BranchAndBound branch_and_bound(const SubsetSpace& space, std::size_t most_nodes, int n_threads);

}  // namespace rung::observational
