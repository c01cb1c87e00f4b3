#include "rung/law/formula/derive.hpp"

#include <cstddef>

#include "rung/core/index.hpp"

namespace rung::formula {

Derivation::Derivation(Graph& graph, Node root, int n_parameters)
    : graph_(graph), n_parameters_(n_parameters), known_(at(root) + 1) {
  const std::vector<bool> needed = graph.below(root);
  for (Node node = 0; node <= root; ++node) {
    if (needed[at(node)]) known_[at(node)] = derived(node);
  }
}

Derivatives Derivation::derived(Node node) {
  Graph& g = graph_;
  const Graph::Item item = g[node];  // a copy: the graph grows below
  if (item.parameters == 0) return none();
  const auto chained = [&](Node first, Node second) { return chain(of(item.a), first, second); };
  switch (item.operation) {
    case Operation::parameter:
      return parameter(item.a);
    case Operation::add:
      return sum(of(item.a), of(item.b));
    case Operation::multiply:
      return product(item.a, item.b);
    case Operation::reciprocal: {
      const Node square = g.multiply(node, node);
      return chained(g.negate(square), g.multiply(g.constant(2), g.multiply(square, node)));
    }
    case Operation::exp:
      return chained(node, node);
    case Operation::log: {
      const Node inverse = g.reciprocal(item.a);
      return chained(inverse, g.negate(g.multiply(inverse, inverse)));
    }
    case Operation::sqrt: {
      const Node first = g.multiply(g.constant(0.5), g.reciprocal(node));
      return chained(first, g.multiply(g.constant(-0.5), g.multiply(first, g.reciprocal(item.a))));
    }
    case Operation::sin:
      return chained(g.cos(item.a), g.negate(node));
    case Operation::cos:
      return chained(g.negate(g.sin(item.a)), g.negate(node));
    case Operation::atan: {
      const Node square = g.multiply(item.a, item.a);
      const Node first = g.reciprocal(g.add(g.constant(1), square));
      const Node bend = g.multiply(item.a, g.multiply(first, first));
      return chained(first, g.multiply(g.constant(-2), bend));
    }
    case Operation::sigmoid: {
      const Node first = g.multiply(node, g.sigmoid(g.negate(item.a)));
      return chained(first,
                     g.multiply(first, g.add(g.constant(1), g.multiply(g.constant(-2), node))));
    }
    case Operation::softplus: {
      const Node first = g.sigmoid(item.a);
      return chained(first, g.multiply(first, g.sigmoid(g.negate(item.a))));
    }
    case Operation::select:
      return chosen(item.a, of(item.b), of(item.c));
    default:
      return none();  // a comparison is level but at its step
  }
}

Derivatives Derivation::none() {
  const Node zero = graph_.constant(0);
  const int n = n_parameters_;
  return {std::vector<Node>(at(n), zero), std::vector<Node>(at(n * (n + 1) / 2), zero)};
}

Derivatives Derivation::parameter(int which) {
  Derivatives x = none();
  x.gradient[at(which)] = graph_.constant(1);
  return x;
}

Derivatives Derivation::sum(const Derivatives& a, const Derivatives& b) {
  Derivatives y = a;
  for (std::size_t i = 0; i < y.gradient.size(); ++i) {
    y.gradient[i] = graph_.add(a.gradient[i], b.gradient[i]);
  }
  for (std::size_t k = 0; k < y.hessian.size(); ++k) {
    y.hessian[k] = graph_.add(a.hessian[k], b.hessian[k]);
  }
  return y;
}

Derivatives Derivation::product(Node a, Node b) {
  Graph& g = graph_;
  const Derivatives &x = of(a), &y = of(b);
  Derivatives z = none();
  for (std::size_t i = 0, k = 0; i < z.gradient.size(); ++i) {
    z.gradient[i] = g.add(g.multiply(a, y.gradient[i]), g.multiply(b, x.gradient[i]));
    for (std::size_t j = 0; j <= i; ++j, ++k) {
      const Node own = g.add(g.multiply(a, y.hessian[k]), g.multiply(b, x.hessian[k]));
      const Node mixed =
          g.add(g.multiply(x.gradient[i], y.gradient[j]), g.multiply(x.gradient[j], y.gradient[i]));
      z.hessian[k] = g.add(own, mixed);
    }
  }
  return z;
}

Derivatives Derivation::chosen(Node condition, const Derivatives& yes, const Derivatives& no) {
  Derivatives y = none();
  for (std::size_t i = 0; i < y.gradient.size(); ++i) {
    y.gradient[i] = graph_.select(condition, yes.gradient[i], no.gradient[i]);
  }
  for (std::size_t k = 0; k < y.hessian.size(); ++k) {
    y.hessian[k] = graph_.select(condition, yes.hessian[k], no.hessian[k]);
  }
  return y;
}

Derivatives Derivation::chain(const Derivatives& x, Node first, Node second) {
  Derivatives y = none();
  for (std::size_t i = 0, k = 0; i < y.gradient.size(); ++i) {
    y.gradient[i] = graph_.multiply(first, x.gradient[i]);
    const Node bent = graph_.multiply(second, x.gradient[i]);
    for (std::size_t j = 0; j <= i; ++j, ++k) {
      y.hessian[k] =
          graph_.add(graph_.multiply(first, x.hessian[k]), graph_.multiply(bent, x.gradient[j]));
    }
  }
  return y;
}

}  // namespace rung::formula
