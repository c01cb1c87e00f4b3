#include "rung/law/formula/build.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "rung/core/text.hpp"
#include "rung/law/law.hpp"

namespace rung::formula {
namespace {

class Builder {
 public:
  Builder(const Expression& expression, const std::vector<std::string>& inputs,
          const std::vector<std::string>& order, Kinks kinks, Built& out)
      : expression_(expression),
        inputs_(inputs),
        names_(order),
        all_named_(!order.empty()),
        kinks_(kinks),
        out_(out),
        graph_(out.graph) {
    out_.parameters.assign(order.size(), nullptr);
  }

  void build() {
    out_.value = node(right_side());
    require_inputs();
    require_parameters();
    if (out_.parameters.empty()) {
      fail(expression_.root, "the formula has no parameter to fit",
           "every name in it is an input: " + join(inputs_, ", "));
    }
  }

 private:
  /// "loss = E + …" is E + …
  const ExpressionNode& right_side() const {
    const ExpressionNode& root = expression_.root;
    const bool named =
        root.op == Op::equal && root.operands[0].op == Op::name &&
        std::find(inputs_.begin(), inputs_.end(), root.operands[0].text) == inputs_.end();
    return named ? root.operands[1] : root;
  }

  Node node(const ExpressionNode& expression) {
    const Node made = uncertain(expression);
    if (graph_.is_constant(made) && !std::isfinite(graph_[made].number)) {
      fail(expression, "this has no finite value");
    }
    return made;
  }

  Node uncertain(const ExpressionNode& e) {
    if (e.op == Op::number) {
      // 2B is 2e9 elsewhere, but among parameters called A and B it hardly means that.
      if (!e.text.empty())
        fail(e, "a number runs into a name", "write it with *, or as " + shortest(e.number));
      return graph_.constant(e.number);
    }
    if (e.op == Op::name) return named(e);
    require_arithmetic(e);
    std::vector<Node> operands;
    for (const ExpressionNode& operand : e.operands) operands.push_back(node(operand));
    return operands.size() == 1 ? of_one(e.op, operands[0]) : of_more(e, operands);
  }

  Node of_one(Op op, Node x) {
    Graph& g = graph_;
    switch (op) {
      case Op::negate:
        return g.negate(x);
      case Op::log:
        return g.log(x);
      case Op::log2:
        return g.multiply(g.constant(1 / std::numbers::ln2), g.log(x));
      case Op::log10:
        return g.multiply(g.constant(1 / std::numbers::ln10), g.log(x));
      case Op::log1p:
        return g.log(g.add(g.constant(1), x));
      case Op::exp:
        return g.exp(x);
      case Op::expm1:
        return g.subtract(g.exp(x), g.constant(1));
      case Op::sqrt:
        return g.sqrt(x);
      case Op::abs:
        return g.select(less(x, g.constant(0)), g.negate(x), x);
      case Op::sin:
        return g.sin(x);
      case Op::cos:
        return g.cos(x);
      case Op::atan:
        return g.atan(x);
      case Op::tanh: {
        const Node twice = g.multiply(g.constant(2), x);
        return g.add(g.constant(-1), g.multiply(g.constant(2), g.sigmoid(twice)));
      }
      case Op::sigmoid:
        return g.sigmoid(x);
      default:
        return g.softplus(x);
    }
  }

  Node of_more(const ExpressionNode& e, const std::vector<Node>& x) {
    Graph& g = graph_;
    switch (e.op) {
      case Op::add:
        return g.add(x[0], x[1]);
      case Op::subtract:
        return g.subtract(x[0], x[1]);
      case Op::multiply:
        return g.multiply(x[0], x[1]);
      case Op::divide:
        if (g.is_constant(x[1], 0)) fail(e.operands[1], "this divides by 0");
        return g.divide(x[0], x[1]);
      case Op::power:
        require_power(e, x[0], x[1]);
        return g.power(x[0], x[1]);
      default: {
        Node most = x[0];
        for (std::size_t i = 1; i < x.size(); ++i) {
          const Node other_wins = e.op == Op::max ? less(most, x[i]) : less(x[i], most);
          most = g.select(other_wins, x[i], most);
        }
        return most;
      }
    }
  }

  /// Whether a < b at a point: as computed or, where parameters have a say in it, as given.
  Node less(Node a, Node b) {
    Graph& g = graph_;
    const Node computed = g.less(a, b);
    if (kinks_ == Kinks::computed || g[computed].parameters == 0) return computed;
    const auto [side, is_new] = sides_.try_emplace(computed, out_.n_sides);
    if (is_new) ++out_.n_sides;
    const Node given = g.input(static_cast<int>(inputs_.size()) + side->second);
    return g.less(g.constant(0.5), given);
  }

  void require_power(const ExpressionNode& e, Node base, Node exponent) {
    if (!graph_.is_constant(base) || graph_[base].number > 0) return;
    const double power = graph_[exponent].number;
    if (graph_.is_constant(exponent) && power == std::round(power)) return;
    fail(e.operands[0], "only a positive number has a power that isn't whole");
  }

  void require_arithmetic(const ExpressionNode& e) const {
    constexpr std::array kArithmetic = {
        Op::negate, Op::log,     Op::log2,     Op::log10, Op::log1p,    Op::exp,
        Op::expm1,  Op::sqrt,    Op::abs,      Op::sin,   Op::cos,      Op::atan,
        Op::tanh,   Op::sigmoid, Op::softplus, Op::add,   Op::subtract, Op::multiply,
        Op::divide, Op::power,   Op::min,      Op::max};
    if (std::find(kArithmetic.begin(), kArithmetic.end(), e.op) != kArithmetic.end()) return;
    if (e.op == Op::text) fail(e, "a text has no place in a formula", "a name needs no quotes");
    if (e.op == Op::round || e.op == Op::floor || e.op == Op::ceil) {
      fail(e, "a formula that jumps can't be fitted", "leave out round, floor and ceil");
    }
    fail(e, "a condition has no place in a formula",
         "min, max and sigmoid change from one to another");
  }

  Node named(const ExpressionNode& e) {
    const auto input = std::find(inputs_.begin(), inputs_.end(), e.text);
    if (input != inputs_.end()) return graph_.input(static_cast<int>(input - inputs_.begin()));
    const auto known = std::find(names_.begin(), names_.end(), e.text);
    const auto which = static_cast<int>(known - names_.begin());
    if (known == names_.end()) {
      if (all_named_) fail(e, "'" + e.text + "' is neither an input nor a parameter of the law");
      names_.push_back(e.text);
      out_.parameters.push_back(nullptr);
    }
    if (which >= kMaxParameters) {
      fail(e, "a formula has at most " + std::to_string(kMaxParameters) + " parameters");
    }
    if (out_.parameters[static_cast<std::size_t>(which)] == nullptr)
      out_.parameters[static_cast<std::size_t>(which)] = &e;
    return graph_.parameter(which);
  }

  void require_inputs() const {
    const std::vector<std::string> used = names_in(expression_);
    for (const std::string& input : inputs_) {
      if (std::find(used.begin(), used.end(), input) != used.end()) continue;
      // A name that differs by capitals alone was hardly meant as a parameter.
      for (const ExpressionNode* parameter : out_.parameters) {
        if (lower_case(parameter->text) == lower_case(input)) {
          fail(*parameter, "'" + parameter->text + "' is no input",
               "did you mean '" + input + "'?");
        }
      }
      fail(right_side(), "input '" + input + "' isn't in the formula",
           "use it, or leave it out of the inputs");
    }
  }

  void require_parameters() const {
    for (std::size_t p = 0; p < names_.size(); ++p) {
      if (out_.parameters[p] == nullptr)
        fail(right_side(), "parameter '" + names_[p] + "' isn't in the formula");
    }
  }

  [[noreturn]] void fail(const ExpressionNode& where, const std::string& message,
                         std::string hint = "") const {
    throw InputError({expression_.problem(where, message, std::move(hint))});
  }

  const Expression& expression_;
  const std::vector<std::string>& inputs_;
  std::vector<std::string> names_;  // of the parameters
  bool all_named_;
  Kinks kinks_;
  std::map<Node, int> sides_;  // of each comparison, which further input gives it
  Built& out_;
  Graph& graph_;
};

}  // namespace

Built built(const Expression& expression, const std::vector<std::string>& inputs,
            const std::vector<std::string>& order, Kinks kinks) {
  Built out;
  Builder(expression, inputs, order, kinks, out).build();
  return out;
}

}  // namespace rung::formula
