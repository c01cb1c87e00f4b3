#include "rung/law/formula/derive.hpp"

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

#include "rung/core/index.hpp"

namespace rung::formula {
namespace {

/// Of a node that is a function of one other.
std::optional<Slopes> slopes_of_unary(Graph& g, Node node) {
  const Node a = g[node].a;
  switch (g[node].operation) {
    case Operation::reciprocal: {
      const Node square = g.multiply(node, node);
      return Slopes{g.negate(square), g.multiply(g.constant(2), g.multiply(square, node))};
    }
    case Operation::exp:
      return Slopes{node, node};
    case Operation::log: {
      const Node inverse = g.reciprocal(a);
      return Slopes{inverse, g.negate(g.multiply(inverse, inverse))};
    }
    case Operation::sqrt: {
      const Node first = g.multiply(g.constant(0.5), g.reciprocal(node));
      return Slopes{first, g.multiply(g.constant(-0.5), g.multiply(first, g.reciprocal(a)))};
    }
    case Operation::sin:
      return Slopes{g.cos(a), g.negate(node)};
    case Operation::cos:
      return Slopes{g.negate(g.sin(a)), g.negate(node)};
    case Operation::atan: {
      const Node first = g.reciprocal(g.add(g.constant(1), g.multiply(a, a)));
      const Node bend = g.multiply(a, g.multiply(first, first));
      return Slopes{first, g.multiply(g.constant(-2), bend)};
    }
    case Operation::sigmoid: {
      const Node first = g.multiply(node, g.sigmoid(g.negate(a)));
      return Slopes{first,
                    g.multiply(first, g.add(g.constant(1), g.multiply(g.constant(-2), node)))};
    }
    case Operation::softplus: {
      const Node first = g.sigmoid(a);
      return Slopes{first, g.multiply(first, g.sigmoid(g.negate(a)))};
    }
    default:
      return std::nullopt;
  }
}

/// Of a choice between a value and one without parameters, and which operand the former is.
std::optional<std::pair<Node, Slopes>> slopes_of_choice(Graph& g, Node node) {
  const Graph::Item item = g[node];
  if (item.operation != Operation::select) return std::nullopt;
  const bool in_first = g[item.c].parameters == 0, in_second = g[item.b].parameters == 0;
  if (in_first == in_second) return std::nullopt;
  const Node one = g.constant(1), zero = g.constant(0);
  const Node chosen = in_first ? g.select(item.a, one, zero) : g.select(item.a, zero, one);
  return std::pair{in_first ? item.b : item.c, Slopes{chosen, zero}};
}

}  // namespace

Outermost outermost(Graph& graph, Node root) {
  Outermost found{root};
  while (true) {
    const Node node = found.inner;
    std::optional<Slopes> slopes = slopes_of_unary(graph, node);
    Node inner = graph[node].a;
    if (const auto choice = slopes_of_choice(graph, node)) std::tie(inner, slopes) = *choice;
    if (!slopes || graph[inner].parameters == 0 || graph[inner].uniform) return found;
    if (!found.any()) {
      found = {inner, slopes->first, slopes->second};
      continue;
    }
    const Node square = graph.multiply(slopes->first, slopes->first);
    found.second = graph.add(graph.multiply(found.second, square),
                             graph.multiply(found.first, slopes->second));
    found.first = graph.multiply(found.first, slopes->first);
    found.inner = inner;
  }
}

Derivation::Derivation(Graph& graph, Node root, int n_parameters)
    : graph_(graph), n_parameters_(n_parameters), known_(at(root) + 1) {
  const std::vector<bool> needed = graph.below(root);
  for (Node node = 0; node <= root; ++node) {
    if (needed[at(node)]) known_[at(node)] = derived(node);
  }
}

Derivatives Derivation::derived(Node node) {
  const Graph::Item item = graph_[node];  // a copy: the graph grows below
  if (item.parameters == 0) return none();
  switch (item.operation) {
    case Operation::parameter:
      return parameter(item.a);
    case Operation::add:
      return sum(of(item.a), of(item.b));
    case Operation::multiply:
      return product(item.a, item.b);
    case Operation::select:
      return chosen(item.a, of(item.b), of(item.c));
    default:
      break;
  }
  const std::optional<Slopes> slopes = slopes_of_unary(graph_, node);
  // A comparison is level but at its step.
  return slopes ? chain(of(item.a), *slopes) : none();
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

Derivatives Derivation::chain(const Derivatives& x, const Slopes& slopes) {
  const auto [first, second] = slopes;
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
