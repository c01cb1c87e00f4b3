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
};

/// Parameters stand in the order of `order`, which names all of them, or else of their appearance.
/// InputError where the expression is no formula of these inputs and parameters. `expression` must
/// outlive the result.
Built built(const Expression& expression, const std::vector<std::string>& inputs,
            const std::vector<std::string>& order = {});

}  // namespace rung::formula
