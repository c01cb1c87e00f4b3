#pragma once
/// Fits that no parameters of double precision reach: exp(-k x) and x^-p are steps at the lowest or
/// the highest x as k and p grow, and where x is far from 0 and from 1 the scale beside them
/// overflows before they are.

#include <string>

#include "rung/fit/optimum/search.hpp"

namespace rung {

/// Which step fits better than the best minimum of the search, in words; empty where none does.
std::string lower_step_out_of_numbers(const FitProblem& problem, const SearchResult& search);

}  // namespace rung
