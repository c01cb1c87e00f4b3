#pragma once
/// A formula as a graph of operations, every value in it once, simplified as it grows.

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "rung/law/formula/operation.hpp"

namespace rung::formula {

/// A node of a Graph.
using Node = int;

/// Values of points and of parameters. What depends on no input is `uniform`: one value a call.
/// Sums and products keep their uniform part as first operand, apart from what varies with the
/// points, so that the uniform part is computed once, and equal values meet in one node.
///
/// Rewritten where that keeps digits or time: 1 / (1 + e^x) is sigmoid(-x), 1 - sigmoid(x) is
/// sigmoid(-x), ln(1 + e^x) is softplus(x), ln sigmoid(x) is -softplus(-x), 1 / e^x is e^-x, ln(x
/// y) is ln x + ln y where one factor is positive, a uniform x^y times e^z is e^(y ln x + z), so
/// that neither overflows alone. An input under a logarithm is taken to be positive.
class Graph {
 public:
  struct Item {
    Operation operation = Operation::constant;
    Node a = -1, b = -1, c = -1;
    double number = 0;  // of a constant
    // What it depends on, a bit for each.
    std::uint32_t parameters = 0, inputs = 0, log_inputs = 0;
    bool uniform = true;
    bool positive = false;  // where the inputs are
  };

  Node constant(double value);
  Node parameter(int which);
  Node input(int which);
  Node log_input(int which);

  Node add(Node a, Node b);
  Node subtract(Node a, Node b) { return add(a, negate(b)); }
  Node multiply(Node a, Node b);
  Node divide(Node a, Node b) { return multiply(a, reciprocal(b)); }
  Node negate(Node a) { return multiply(constant(-1), a); }
  Node reciprocal(Node a);
  Node exp(Node a);
  Node log(Node a);
  Node sqrt(Node a);
  Node sin(Node a);
  Node cos(Node a);
  Node atan(Node a);
  Node sigmoid(Node a);
  Node softplus(Node a);
  /// x^y: products for a small whole number y, else e^(y ln x).
  Node power(Node x, Node y);
  Node less(Node a, Node b);
  Node select(Node condition, Node yes, Node no);

  /// Which nodes `root` is made of, itself among them.
  std::vector<bool> below(Node root) const;

  const Item& operator[](Node node) const { return items_[static_cast<std::size_t>(node)]; }
  int size() const { return static_cast<int>(items_.size()); }
  bool is_constant(Node node) const { return (*this)[node].operation == Operation::constant; }
  bool is_constant(Node node, double value) const {
    return is_constant(node) && (*this)[node].number == value;
  }

 private:
  /// uniform + varying, or uniform * varying.
  struct Parts {
    Node uniform, varying;
  };
  /// `varying` is -1 where nothing varies.
  Parts parts(Node node, Operation operation, double neutral);
  /// Whether x + y is 0 whatever they are.
  bool cancel(Node x, Node y) const;
  bool is_power(Node node) const;
  Node whole_power(Node x, int n);
  /// e^-|a|: one node for a and -a.
  Node decay(Node a);
  Node folded(Item item);
  Node made(Item item);

  std::vector<Item> items_;
  std::map<std::tuple<Operation, Node, Node, Node, std::uint64_t>, Node> known_;
};

}  // namespace rung::formula
