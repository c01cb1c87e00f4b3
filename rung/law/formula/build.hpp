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
  std::vector<const ExpressionNode*> parameters;  // where each appears first, in that order
};

/// InputError where the expression is no formula of these inputs. `expression` must outlive the
/// result.
Built built(const Expression& expression, const std::vector<std::string>& inputs);

}  // namespace rung::formula
