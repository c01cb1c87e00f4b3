#pragma once
/// What part each parameter plays in a formula, and so how and where to look for it.

#include <vector>

#include "rung/law/formula.hpp"
#include "rung/law/formula/derive.hpp"

namespace rung::formula {

/// The description of parameter `which`, named and bounded as in `known`.
ParameterInfo described(const Graph& graph, Node value, const Derivation& derivation, int which,
                        const FormulaParameter& known);

/// Terms ± A x^-alpha of a sum with a floor E, where the whole formula is one; else none. The floor
/// is a parameter as well.
struct PowerLaw {
  int floor = -1;
  std::vector<PowerTerm> terms = {};
};
PowerLaw power_law(const Graph& graph, Node value);

/// Whether a sum of parameters and inputs is divided by whose sign their bounds do not tell.
bool may_have_poles(const Graph& graph, Node value, const std::vector<ParameterInfo>& parameters);

}  // namespace rung::formula
