#pragma once
/// From a parsed formula to its graph.

#include <string>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/law/formula/graph.hpp"

namespace rung::formula {

struct Built {
  Graph graph;
  Node value = -1;
  std::vector<const ExpressionNode*> parameters;  // where each appears first
  int n_sides = 0;                                // inputs that give the side of a kink
};

/// On which side of a kink (of abs, min, max) a point lies: computed, or given by one more input
/// for each comparison that a parameter has a say in, 1 where it holds and 0 elsewhere.
enum class Kinks { computed, given };

/// Parameters stand in the order of `order`, which names all of them, or else of their appearance.
/// InputError where the expression is no formula of these inputs and parameters. `expression` must
/// outlive the result.
Built built(const Expression& expression, const std::vector<std::string>& inputs,
            const std::vector<std::string>& order = {}, Kinks kinks = Kinks::computed);

}  // namespace rung::formula
