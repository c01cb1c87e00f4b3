#pragma once
/// What can be said of the best minimum that a search found.

#include <string>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/divergence.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {

struct Verdict {
  Minimum best;  // far out where there is no finite optimum
  Status status = Status::failed;
  /// All that speaks against a certificate is that too few searches agree.
  bool by_count_alone = false;
  Divergence divergence;
  std::vector<Alternative> alternatives;  // other parameters that fit as well
  std::vector<std::string> notes;
};

/// Of a search that found any minimum; one that is found on the way to infinity joins it, as do
/// those that are level with the best. `certify`: whether to look for a divergence and for
/// alternatives; else the status is at best local.
Verdict verdict_of(const FitProblem& problem, SearchResult& search, bool certify, int n_threads);

}  // namespace rung
