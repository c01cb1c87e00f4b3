#include "rung/law/formula/graph.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "rung/core/error.hpp"

namespace rung::formula {
namespace {

// Beyond this a formula with its derivatives would take longer to prepare than to fit.
constexpr std::size_t kMostNodes = 20'000;
constexpr int kMostProducts = 8;

double value_of(Operation operation, double a, double b, double c) {
  switch (operation) {
    case Operation::add:
      return a + b;
    case Operation::multiply:
      return a * b;
    case Operation::reciprocal:
      return 1 / a;
    case Operation::exp:
      return std::exp(a);
    case Operation::log:
      return std::log(a);
    case Operation::sqrt:
      return std::sqrt(a);
    case Operation::sin:
      return std::sin(a);
    case Operation::cos:
      return std::cos(a);
    case Operation::atan:
      return std::atan(a);
    case Operation::decay:
      return std::exp(-std::abs(a));
    case Operation::sigmoid:
      return 1 / (1 + std::exp(-a));
    case Operation::softplus:
      return std::max(a, 0.0) + std::log1p(std::exp(-std::abs(a)));
    case Operation::less:
      return a < b ? 1 : 0;
    case Operation::select:
      return a != 0 ? b : c;
    default:
      return 0;
  }
}

}  // namespace

Node Graph::made(Item item) {
  const auto key =
      std::tuple(item.operation, item.a, item.b, item.c, std::bit_cast<std::uint64_t>(item.number));
  const auto [place, is_new] = known_.try_emplace(key, size());
  if (is_new) {
    if (items_.size() == kMostNodes) {
      throw InputError("the formula has too many operations to differentiate",
                       "write it shorter, or with fewer parameters");
    }
    items_.push_back(item);
  }
  return place->second;
}

/// An operation on nodes: a constant where they all are.
Node Graph::folded(Item item) {
  bool all_constant = true;
  double values[3] = {};
  const Node operands[3] = {item.a, item.b, item.c};
  for (int i = 0; i < 3; ++i) {
    if (operands[i] < 0) continue;
    const Item& operand = (*this)[operands[i]];
    item.parameters |= operand.parameters;
    item.inputs |= operand.inputs;
    item.log_inputs |= operand.log_inputs;
    item.uniform = item.uniform && operand.uniform;
    all_constant = all_constant && operand.operation == Operation::constant;
    values[i] = operand.number;
  }
  if (all_constant) return constant(value_of(item.operation, values[0], values[1], values[2]));
  return made(item);
}

Node Graph::constant(double value) {
  return made({.operation = Operation::constant, .number = value + 0.0, .positive = value > 0});
}

Node Graph::parameter(int which) {
  return made({.operation = Operation::parameter, .a = which, .parameters = 1u << which});
}

Node Graph::input(int which) {
  return made({.operation = Operation::input,
               .a = which,
               .inputs = 1u << which,
               .uniform = false,
               .positive = true});
}

Node Graph::log_input(int which) {
  return made(
      {.operation = Operation::log_input, .a = which, .log_inputs = 1u << which, .uniform = false});
}

std::vector<bool> Graph::below(Node root) const {
  std::vector<bool> needed(static_cast<std::size_t>(size()), false);
  needed[static_cast<std::size_t>(root)] = true;
  // Operands stand before what is made of them.
  for (Node node = root; node >= 0; --node) {
    const Item& item = (*this)[node];
    if (!needed[static_cast<std::size_t>(node)] || item.operation < Operation::add) continue;
    for (const Node operand : {item.a, item.b, item.c}) {
      if (operand >= 0) needed[static_cast<std::size_t>(operand)] = true;
    }
  }
  return needed;
}

Graph::Parts Graph::parts(Node node, Operation operation, double neutral) {
  const Item& item = (*this)[node];
  if (item.uniform) return {node, -1};
  if (item.operation == operation && (*this)[item.a].uniform) return {item.a, item.b};
  return {constant(neutral), node};
}

bool Graph::cancel(Node x, Node y) const {
  const auto negates = [&](Node negated, Node node) {
    const Item& item = (*this)[negated];
    return item.operation == Operation::multiply && is_constant(item.a, -1) && item.b == node;
  };
  if (negates(x, y) || negates(y, x)) return true;
  const Item &a = (*this)[x], &b = (*this)[y];
  return a.operation == Operation::multiply && b.operation == Operation::multiply && a.b == b.b &&
         (negates(a.a, b.a) || negates(b.a, a.a));
}

Node Graph::add(Node a, Node b) {
  const auto both_positive = [&](Node x, Node y) {
    return (*this)[x].positive && (*this)[y].positive;
  };
  const auto sum = [&](Node x, Node y) {
    if (is_constant(x, 0)) return y;
    if (is_constant(y, 0)) return x;
    if (x == y) return multiply(constant(2), x);
    if (cancel(x, y)) return constant(0);
    if (is_constant(y) || (x > y && !is_constant(x))) std::swap(x, y);
    return folded({.operation = Operation::add, .a = x, .b = y, .positive = both_positive(x, y)});
  };
  const Parts left = parts(a, Operation::add, 0), right = parts(b, Operation::add, 0);
  const Node uniform = sum(left.uniform, right.uniform);
  if (left.varying < 0 && right.varying < 0) return uniform;
  const Node varying = left.varying < 0    ? right.varying
                       : right.varying < 0 ? left.varying
                                           : sum(left.varying, right.varying);
  if ((*this)[varying].uniform) return sum(uniform, varying);  // what varied cancelled
  if (is_constant(uniform, 0)) return varying;
  const Parts product = parts(varying, Operation::multiply, 1);
  if (is_constant(uniform, 1) && is_constant(product.uniform, -1) &&
      (*this)[product.varying].operation == Operation::sigmoid) {
    return sigmoid(negate((*this)[product.varying].a));
  }
  return folded({.operation = Operation::add,
                 .a = uniform,
                 .b = varying,
                 .positive = both_positive(uniform, varying)});
}

/// e^(x y): its logarithm may be in the thousands, such as that of A^(1 / alpha) for a small alpha.
bool Graph::is_power(Node node) const {
  const Item& item = (*this)[node];
  return item.operation == Operation::exp && (*this)[item.a].operation == Operation::multiply;
}

Node Graph::multiply(Node a, Node b) {
  const auto product = [&](Node x, Node y) {
    if (is_constant(x, 0) || is_constant(y, 0)) return constant(0);
    if (is_constant(x, 1)) return y;
    if (is_constant(y, 1)) return x;
    if (is_constant(y) || (x > y && !is_constant(x))) std::swap(x, y);
    return folded({.operation = Operation::multiply,
                   .a = x,
                   .b = y,
                   .positive = (*this)[x].positive && (*this)[y].positive});
  };
  const Parts left = parts(a, Operation::multiply, 1), right = parts(b, Operation::multiply, 1);
  // Constants of uniform products meet as well: -1 * (2 * A) is -2 * A.
  const auto scaled = [&](Node x, Node y) {
    const auto is_scaled = [&](Node node) {
      return (*this)[node].operation == Operation::multiply && is_constant((*this)[node].a);
    };
    if (is_constant(y)) std::swap(x, y);
    if (is_constant(x) && is_scaled(y)) return product(product(x, (*this)[y].a), (*this)[y].b);
    return product(x, y);
  };
  const Node uniform = scaled(left.uniform, right.uniform);
  if (is_constant(uniform, 0)) return uniform;
  if (left.varying < 0 && right.varying < 0) return uniform;
  const Node varying = left.varying < 0    ? right.varying
                       : right.varying < 0 ? left.varying
                                           : product(left.varying, right.varying);
  if (is_constant(uniform, 1)) return varying;
  if (is_power(uniform) && (*this)[varying].operation == Operation::exp)
    return exp(add((*this)[uniform].a, (*this)[varying].a));
  return folded({.operation = Operation::multiply,
                 .a = uniform,
                 .b = varying,
                 .positive = (*this)[uniform].positive && (*this)[varying].positive});
}

Node Graph::reciprocal(Node a) {
  const Item item = (*this)[a];
  if (item.operation == Operation::reciprocal) return item.a;
  if (item.operation == Operation::exp) return exp(negate(item.a));
  if (item.operation == Operation::multiply && !item.uniform && (*this)[item.a].uniform) {
    return multiply(reciprocal(item.a), reciprocal(item.b));
  }
  if (item.operation == Operation::add && is_constant(item.a, 1) &&
      (*this)[item.b].operation == Operation::exp) {
    return sigmoid(negate((*this)[item.b].a));
  }
  return folded({.operation = Operation::reciprocal, .a = a, .positive = item.positive});
}

Node Graph::exp(Node a) {
  const Item& item = (*this)[a];
  if (item.operation == Operation::log_input) return input(item.a);
  return folded({.operation = Operation::exp, .a = a, .positive = true});
}

Node Graph::log(Node a) {
  const Item item = (*this)[a];
  if (item.operation == Operation::input) return log_input(item.a);
  if (item.operation == Operation::exp) return item.a;
  if (item.operation == Operation::reciprocal) return negate(log(item.a));
  if (item.operation == Operation::sigmoid) return negate(softplus(negate(item.a)));
  if (item.operation == Operation::add && is_constant(item.a, 1) &&
      (*this)[item.b].operation == Operation::exp) {
    return softplus((*this)[item.b].a);
  }
  if (item.operation == Operation::multiply &&
      ((*this)[item.a].positive || (*this)[item.b].positive)) {
    return add(log(item.a), log(item.b));
  }
  return folded({.operation = Operation::log, .a = a});
}

Node Graph::sqrt(Node a) {
  return folded({.operation = Operation::sqrt, .a = a, .positive = (*this)[a].positive});
}

Node Graph::sin(Node a) { return folded({.operation = Operation::sin, .a = a}); }

Node Graph::cos(Node a) { return folded({.operation = Operation::cos, .a = a}); }

Node Graph::atan(Node a) {
  return folded({.operation = Operation::atan, .a = a, .positive = (*this)[a].positive});
}

Node Graph::decay(Node a) {
  const Node opposite = negate(a);
  const bool known = known_.contains(std::tuple(Operation::decay, opposite, Node{-1}, Node{-1},
                                                std::bit_cast<std::uint64_t>(0.0)));
  return folded({.operation = Operation::decay, .a = known ? opposite : a, .positive = true});
}

Node Graph::sigmoid(Node a) {
  return folded({.operation = Operation::sigmoid, .a = a, .b = decay(a), .positive = true});
}

Node Graph::softplus(Node a) {
  return folded({.operation = Operation::softplus, .a = a, .b = decay(a), .positive = true});
}

Node Graph::whole_power(Node x, int n) {
  if (n == 0) return constant(1);
  const Node half = whole_power(x, n / 2);
  const Node square = multiply(half, half);
  return n % 2 == 0 ? square : multiply(square, x);
}

Node Graph::power(Node x, Node y) {
  if (is_constant(x) && is_constant(y))
    return constant(std::pow((*this)[x].number, (*this)[y].number));
  const Item base = (*this)[x];
  if (base.operation == Operation::exp) return exp(multiply(y, base.a));
  if (is_constant(y)) {
    const double exponent = (*this)[y].number;
    if (exponent == 0.5) return sqrt(x);
    if (exponent == std::round(exponent) && std::abs(exponent) <= kMostProducts) {
      const Node product = whole_power(x, static_cast<int>(std::abs(exponent)));
      return exponent < 0 ? reciprocal(product) : product;
    }
  }
  if (base.positive || base.uniform) return exp(multiply(y, log(x)));
  // 0 has a power though no logarithm: 0^y is 0 for y > 0, with all its derivatives. So small a
  // logarithm makes it so for any y above 1e-5.
  constexpr double kLogOfZero = -1e8;
  return exp(multiply(y, select(x, log(x), constant(kLogOfZero))));
}

Node Graph::less(Node a, Node b) { return folded({.operation = Operation::less, .a = a, .b = b}); }

Node Graph::select(Node condition, Node yes, Node no) {
  if (yes == no) return yes;
  if (is_constant(condition)) return is_constant(condition, 0) ? no : yes;
  return folded({.operation = Operation::select,
                 .a = condition,
                 .b = yes,
                 .c = no,
                 .positive = (*this)[yes].positive && (*this)[no].positive});
}

}  // namespace rung::formula
