#pragma once
/// Parameters that no local search brings back from where they are.

#include <vector>

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// theta with these parameters doubled, or 1 where they are 0: enough to see whether they matter.
std::vector<double> doubled(std::vector<double> theta, const std::vector<int>& parameters);

/// Whether predictions are the same whatever the parameters' values: their terms' scales are zero.
bool have_no_effect(const FitProblem& problem, const std::vector<double>& theta,
                    const std::vector<int>& parameters);

/// Which nonlinear parameters of the best minimum lie on a bound, or have no effect on any
/// prediction: a search that ends there does not say that it is lowest there. In the order of the
/// structure's nonlinear coordinates.
std::vector<bool> without_way_back(const FitProblem& problem, const SearchResult& search);
bool any_without_way_back(const FitProblem& problem, const SearchResult& search);

}  // namespace rung
