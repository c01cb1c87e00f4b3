#include "rung/law/formula/roles.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/index.hpp"

namespace rung::formula {
namespace {

using Over = SearchRange::Over;

/// factor * node, where the factor is a constant.
struct Scaled {
  double factor;
  Node node;
};
Scaled scaled(const Graph& graph, Node node) {
  const Graph::Item& item = graph[node];
  const bool product = item.operation == Operation::multiply && graph.is_constant(item.a);
  return product ? Scaled{graph[item.a].number, item.b} : Scaled{1, node};
}

class Role {
 public:
  Role(const Graph& graph, Node value, const Derivation& derivation, int which)
      : graph_(graph),
        derivation_(derivation),
        of_value_(derivation.of(value)),
        value_(value),
        which_(which) {
    const std::vector<bool> needed = graph.below(value);
    for (Node node = 0; node <= value; ++node) {
      if (needed[at(node)] && (graph[node].parameters >> which & 1) != 0) users_.push_back(node);
    }
  }

  /// The formula has a value only where the parameter is positive.
  bool must_be_positive() const {
    return std::any_of(users_.begin(), users_.end(), [&](Node node) {
      const Graph::Item& item = graph_[node];
      return (item.operation == Operation::log || item.operation == Operation::sqrt) &&
             is_parameter(item.a);
    });
  }

  /// It multiplies a term that other parameters bend.
  bool scales_a_term() const {
    const int P = static_cast<int>(of_value_.gradient.size());
    bool any = false;
    for (int q = 0; q < P; ++q) {
      const int low = std::min(q, which_), high = std::max(q, which_);
      const bool vanishes =
          graph_.is_constant(of_value_.hessian[at(high * (high + 1) / 2 + low)], 0);
      if (q == which_ && !vanishes) return false;
      any = any || !vanishes;
    }
    return any;
  }

  /// But not that of max(number, formula), which only keeps the whole from where it has no
  /// residual.
  bool moves_a_kink() const {
    const Graph::Item& whole = graph_[value_];
    const bool guarded = whole.operation == Operation::select &&
                         (graph_.is_constant(whole.b) || graph_.is_constant(whole.c));
    return std::any_of(users_.begin(), users_.end(), [&](Node node) {
      return graph_[node].operation == Operation::less && !(guarded && node == whole.a);
    });
  }

  /// It stretches what a sine or cosine is taken of; what is added there only moves the wave.
  bool is_frequency() const {
    return std::any_of(users_.begin(), users_.end(), [&](Node wave) {
      const Operation of = graph_[wave].operation;
      if (of != Operation::sin && of != Operation::cos) return false;
      const std::vector<bool> inside = graph_.below(graph_[wave].a);
      return std::any_of(users_.begin(), users_.end(), [&](Node node) {
        const Graph::Item& item = graph_[node];
        return inside[static_cast<std::size_t>(node)] && item.operation != Operation::add &&
               !item.uniform;
      });
    });
  }

  std::optional<SearchRange> range(bool both_signs) const {
    if (auto found = exponent(both_signs)) return found;
    if (auto found = place()) return found;
    return slope(both_signs);
  }

 private:
  /// A node without what is the same for all points and multiplies it or is added to it.
  Node varying(Node node) const {
    const Graph::Item& item = graph_[node];
    const bool product = item.operation == Operation::multiply || item.operation == Operation::add;
    return product && graph_[item.a].uniform ? varying(item.b) : node;
  }

  bool is_parameter(Node node) const {
    return graph_[node].operation == Operation::parameter && graph_[node].a == which_;
  }

  /// p in x^p, which the graph has as e^(p ln x): from where it can't be told from a line in ln x
  /// to where it is a step.
  std::optional<SearchRange> exponent(bool both_signs) const {
    int input = 0;
    for (const Node node : users_) {
      if (graph_[node].operation != Operation::exp) continue;
      const Node slope = derivation_.of(graph_[node].a).gradient[at(which_)];
      const Graph::Item& by = graph_[scaled(graph_, slope).node];
      if (by.operation != Operation::log_input) return std::nullopt;
      input = by.a;
    }
    const bool any = std::any_of(users_.begin(), users_.end(), [&](Node node) {
      return graph_[node].operation == Operation::exp;
    });
    if (!any) return std::nullopt;
    return SearchRange{.over = Over::inverse_log_span,
                       .low = both_signs ? -100.0 : 0.1,
                       .high = 100,
                       .input = input};
  }

  /// p where an input is compared with it: x - p, ln x - p, or ln x - ln p.
  std::optional<SearchRange> place() const {
    for (const Node node : users_) {
      const Graph::Item& item = graph_[node];
      if (item.operation != Operation::add || !graph_[item.a].uniform) continue;
      const auto [own, mine] = scaled(graph_, item.a);
      const auto [factor, other] = scaled(graph_, item.b);
      const Operation kind = graph_[other].operation;
      const bool of_log = graph_[mine].operation == Operation::log && is_parameter(graph_[mine].a);
      if (!of_log && !is_parameter(mine)) continue;
      if (kind != Operation::log_input && (kind != Operation::input || of_log)) continue;
      return SearchRange{.over = of_log                     ? Over::input_by_log
                                 : kind == Operation::input ? Over::input
                                                            : Over::log_of_input,
                         .low = -0.5,
                         .high = 1.5,
                         .input = graph_[other].a,
                         .unit = -factor / own};
    }
    return std::nullopt;
  }

  /// What multiplies an input inside of a curve.
  std::optional<SearchRange> slope(bool both_signs) const {
    for (const Node node : users_) {
      const Operation operation = graph_[node].operation;
      constexpr Operation kCurves[] = {Operation::exp, Operation::sigmoid, Operation::softplus,
                                       Operation::sin, Operation::cos,     Operation::atan};
      if (std::find(std::begin(kCurves), std::end(kCurves), operation) == std::end(kCurves))
        continue;
      const Node slope = derivation_.of(graph_[node].a).gradient[at(which_)];
      // A phase: the same again after a whole turn.
      const bool turns = operation == Operation::sin || operation == Operation::cos;
      if (turns && graph_.is_constant(slope)) return SearchRange{.low = -3.2, .high = 3.2};
      const Graph::Item& by = graph_[varying(slope)];
      const bool bent = (graph_[slope].parameters >> which_ & 1) != 0;
      if (bent || (by.operation != Operation::input && by.operation != Operation::log_input))
        return std::nullopt;
      return SearchRange{
          .over = by.operation == Operation::input ? Over::inverse_span : Over::inverse_log_span,
          .low = both_signs ? -1000.0 : 0.3,
          .high = both_signs ? 1000.0 : 300.0,
          .input = by.a};
    }
    return std::nullopt;
  }

  const Graph& graph_;
  const Derivation& derivation_;
  const Derivatives& of_value_;
  Node value_;
  int which_;
  std::vector<Node> users_;  // nodes that depend on it
};

/// All numbers: nothing is known, so the place is found from what the data can tell.
constexpr SearchRange kAnywhere{.low = -kInfinity, .high = kInfinity};

/// `found` within the bounds; anywhere where they leave nothing of it.
SearchRange within_bounds(std::optional<SearchRange> found, double lower, double upper) {
  SearchRange range = found.value_or(kAnywhere);
  if (range.over != Over::numbers || !found) return range;
  range.low = std::max(range.low, lower);
  range.high = std::min(range.high, upper);
  return range.low < range.high ? range : kAnywhere;
}

double typical_value(const SearchRange& range, double lower, double upper) {
  constexpr double kExponent = 0.3;
  return std::clamp(range.over == Over::inverse_log_span ? kExponent : 1.0, lower, upper);
}

/// ± A e^(-alpha ln x)
std::optional<PowerTerm> power_term(const Graph& graph, Node node) {
  const Graph::Item& product = graph[node];
  if (product.operation != Operation::multiply) return std::nullopt;
  const auto [sign, scale] = scaled(graph, product.a);
  const Graph::Item& power = graph[product.b];
  if (power.operation != Operation::exp || std::abs(sign) != 1) return std::nullopt;
  const Graph::Item& argument = graph[power.a];
  if (argument.operation != Operation::multiply) return std::nullopt;
  const auto [direction, exponent] = scaled(graph, argument.a);
  if (direction != -1 || graph[scale].operation != Operation::parameter ||
      graph[exponent].operation != Operation::parameter ||
      graph[argument.b].operation != Operation::log_input) {
    return std::nullopt;
  }
  return PowerTerm{.scale = graph[scale].a,
                   .exponent = graph[exponent].a,
                   .input = graph[argument.b].a,
                   .sign = sign};
}

bool add_power_terms(const Graph& graph, Node node, std::vector<PowerTerm>& terms) {
  const Graph::Item& item = graph[node];
  if (item.operation == Operation::add) {
    return add_power_terms(graph, item.a, terms) && add_power_terms(graph, item.b, terms);
  }
  const std::optional<PowerTerm> term = power_term(graph, node);
  if (term) terms.push_back(*term);
  return term.has_value();
}

}  // namespace

PowerLaw power_law(const Graph& graph, Node value) {
  const Graph::Item& sum = graph[value];
  const bool floored =
      sum.operation == Operation::add && graph[sum.a].operation == Operation::parameter;
  PowerLaw law;
  if (!floored || !add_power_terms(graph, sum.b, law.terms)) return {};
  law.floor = graph[sum.a].a;
  std::vector<int> used = {law.floor};
  for (const PowerTerm& term : law.terms) used.insert(used.end(), {term.scale, term.exponent});
  std::sort(used.begin(), used.end());
  const bool each_once = std::adjacent_find(used.begin(), used.end()) == used.end();
  return each_once ? law : PowerLaw{};
}

ParameterInfo described(const Graph& graph, Node value, const Derivation& derivation, int which,
                        const FormulaParameter& known) {
  const Role role(graph, value, derivation, which);
  ParameterInfo info{.name = known.name, .meaning = "a parameter of the formula"};
  if (known.lower) info.lower = *known.lower;
  if (known.upper) info.upper = *known.upper;
  const bool must = role.must_be_positive();
  if (must) info.lower = std::max(info.lower, 0.0);
  info.kinked = role.moves_a_kink();
  info.frequency = role.is_frequency();
  info.of_log = must || (known.lower && info.lower >= 0 && role.scales_a_term() && !info.kinked);
  info.search = within_bounds(role.range(info.lower < 0), info.lower, info.upper);
  info.typical = known.start.value_or(typical_value(info.search, info.lower, info.upper));
  return info;
}

bool may_have_poles(const Graph& graph, Node value, const std::vector<ParameterInfo>& parameters) {
  const std::vector<bool> used = graph.below(value);
  // Operands come before what is made of them.
  std::vector<bool> not_negative(used.size());
  bool found = false;
  for (Node node = 0; node < graph.size(); ++node) {
    const Graph::Item& item = graph[node];
    const auto known = [&](Node operand) {
      return not_negative[static_cast<std::size_t>(operand)];
    };
    bool sure = item.positive;
    if (item.operation == Operation::parameter)
      sure = parameters[static_cast<std::size_t>(item.a)].lower >= 0;
    if (item.operation == Operation::add || item.operation == Operation::multiply)
      sure = sure || (known(item.a) && known(item.b));
    if (item.operation == Operation::reciprocal || item.operation == Operation::sqrt)
      sure = sure || known(item.a);
    not_negative[static_cast<std::size_t>(node)] = sure;
    const bool divides = used[static_cast<std::size_t>(node)] &&
                         item.operation == Operation::reciprocal && !known(item.a);
    if (!divides) continue;
    const Graph::Item& divisor = graph[item.a];
    found = found ||
            (divisor.operation == Operation::add && divisor.parameters != 0 && !divisor.uniform);
  }
  return found;
}

}  // namespace rung::formula
