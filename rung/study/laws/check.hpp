#pragma once
/// The checks that every law must pass, by its own description of itself: what the tests ask of the
/// built-in laws, and `rung laws --check` of a user's.

#include <string>
#include <vector>

#include "rung/law/law.hpp"

namespace rung::laws {

enum class Verdict { passed, failed, not_applicable };

struct Check {
  std::string name;  // "derivatives"
  Verdict verdict = Verdict::passed;
  std::string finding;  // what was found, in words
};

struct CheckedLaw {
  std::string name;
  std::vector<Check> checks;
};

/// At typical inputs and parameters: it has a value; the exact derivatives are those by finite
/// differences; no parameters predict the same; an input's unit changes no fit, where the law has a
/// parameter that takes the unit up; a fit to data simulated from it finds its parameters again.
/// Deterministic. A law without a value is checked no further.
std::vector<Check> check_law(const Law& law);

/// The first two derivatives by each coordinate, natural and logarithmic, against Richardson
/// extrapolations of finite differences.
Check check_derivatives(const Law& law);

}  // namespace rung::laws
