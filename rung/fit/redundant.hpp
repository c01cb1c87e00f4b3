#pragma once
/// Parameters that no data can tell apart.

#include <string>
#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// The problem with one of each group of redundant parameters fixed at its typical value, so that
/// the others are determined; predictions do not depend on which value that is. A note for each.
/// Only of formulas and laws of the user's own: no built-in law has any.
FitProblem without_redundant(const FitProblem& given, const std::vector<Constraint>& constraints,
                             std::vector<std::string>& notes);

}  // namespace rung
