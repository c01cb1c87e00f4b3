#pragma once
/// What a user says of a law's parameters, as text.

#include <string>
#include <vector>

#include "rung/fit/problem.hpp"
#include "rung/law/formula.hpp"

namespace rung {

/// Each text holds one or more, with commas between. Names that are no plain words go into
/// backticks.
struct ConstraintTexts {
  std::vector<std::string> param;  // alpha=0..1, A=0.., E=..3, alpha=0..1@0.3 (a start), k=@2
  std::vector<std::string> fix;    // beta=0.28
  std::vector<std::string> tie;    // alpha=beta, a=b=c: equal to the last
  std::vector<std::string> prior;  // alpha ~ normal(0.3, 0.1)
};

/// One constraint a parameter, in order of appearance; the bounds of a tied parameter move to the
/// one that it is tied to. InputError, with a caret and a hint, with every problem: what can't be
/// read, impossible bounds, the same said twice, a value outside of its own bounds, a parameter
/// both fixed and tied.
std::vector<Constraint> constraints_from(const ConstraintTexts& texts);

/// The same for formula_law(), which takes bounds and starts into account.
std::vector<FormulaParameter> formula_parameters(const std::vector<Constraint>& constraints);

}  // namespace rung
