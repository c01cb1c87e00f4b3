#pragma once
/// Exact first and second derivatives of a formula's value by its parameters, as more of its graph.

#include <vector>

#include "rung/law/formula/graph.hpp"

namespace rung::formula {

/// A node's derivatives, each a node; those that vanish are the constant 0.
struct Derivatives {
  std::vector<Node> gradient;  // [n_parameters]
  std::vector<Node> hessian;   // [n_parameters (n_parameters + 1) / 2], packed lower triangle
};

/// g' and g'' of a function of one value.
struct Slopes {
  Node first, second;
};

/// root = g(inner): of all functions of one value that end a formula, together. The kernels go
/// through them at each point once, not in every derivative.
struct Outermost {
  Node inner;
  Node first = -1, second = -1;  // g' and g'' where they vary, else -1: root is inner

  bool any() const { return first >= 0; }
};

Outermost outermost(Graph& graph, Node root);

/// By the chain rule forwards. Holds the derivatives of every node below `root`.
class Derivation {
 public:
  Derivation(Graph& graph, Node root, int n_parameters);

  /// Of `root` or any node that it depends on.
  const Derivatives& of(Node node) const { return known_[static_cast<std::size_t>(node)]; }

 private:
  Derivatives derived(Node node);
  Derivatives parameter(int which);
  Derivatives sum(const Derivatives& a, const Derivatives& b);
  Derivatives product(Node a, Node b);
  Derivatives chosen(Node condition, const Derivatives& yes, const Derivatives& no);
  /// Of g(x), from g' and g'' at x.
  Derivatives chain(const Derivatives& x, const Slopes& slopes);
  Derivatives none();

  Graph& graph_;
  int n_parameters_;
  std::vector<Derivatives> known_;
};

}  // namespace rung::formula
