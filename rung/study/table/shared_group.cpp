#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/shared_names.hpp"

namespace rung::table {
namespace {

constexpr std::string_view kMultiplier = " multiplier";

std::string multiplier_of_group(const std::string& input) {
  return input + std::string(kMultiplier);
}

ExpressionNode name_of(std::string name) { return {.op = Op::name, .text = std::move(name)}; }

/// The law's formula with each multiplied input times a parameter.
std::string formula_with_multipliers(const Law& law, const std::vector<std::string>& multipliers) {
  std::map<std::string, ExpressionNode> by_name;
  for (const std::string& input : multipliers) {
    const bool of_compute = is_of_compute(law, input);
    ExpressionNode factor = name_of(multiplier_of_group(input));
    if (of_compute) {
      ExpressionNode root{.op = Op::sqrt};
      root.operands.push_back(std::move(factor));
      factor = std::move(root);
    }
    const std::vector<std::string> targets =
        of_compute ? std::vector<std::string>{"N", "D"} : std::vector<std::string>{input};
    for (const std::string& target : targets) {
      ExpressionNode product{.op = Op::multiply};
      product.operands.push_back(by_name.count(target) > 0 ? by_name[target] : name_of(target));
      product.operands.push_back(factor);
      by_name[target] = std::move(product);
    }
  }
  Expression expression = parse_expression(law.info.formula);
  substitute(expression.root, by_name);
  return to_text(expression.root);
}

/// What the law's inputs are in columns, in the law's own order.
std::string mapping_in_order(const Request& request, const Law& law) {
  const Mapping given = request.x.empty() ? Mapping() : parse_mapping(request.x, "--x");
  std::vector<std::string> parts;
  for (const InputInfo& input : law.info.inputs) {
    const auto found = std::find_if(given.begin(), given.end(),
                                    [&](const auto& entry) { return entry.first == input.name; });
    parts.push_back(
        quoted_if_needed(input.name) + "=" +
        (found == given.end() ? quoted_if_needed(input.name) : to_text(found->second.root)));
  }
  return join(parts, ", ");
}

/// Texts of constraints that speak of the law's own parameters alone.
std::vector<std::string> of_law(const std::vector<std::string>& texts, const Law& law,
                                std::vector<std::string> ConstraintTexts::*kind) {
  std::vector<std::string> kept;
  for (const std::string& text : texts) {
    ConstraintTexts one;
    (one.*kind).push_back(text);
    const std::vector<Constraint> constraints = constraints_from(one);
    if (std::all_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
          return law.parameter_index(constraint.parameter) >= 0;
        }))
      kept.push_back(text);
  }
  return kept;
}

/// Where a group's parameters stand among the shared fit's; -1: a multiplier that is 1.
std::vector<int> places_in(const Law& shared, const Law& law, const GroupOfShared& group) {
  std::vector<int> places;
  for (const ParameterInfo& parameter : law.info.parameters) {
    const int own = shared.parameter_index(own_name(parameter.name, group.sample.label));
    const int place = own >= 0 ? own : shared.parameter_index(parameter.name);
    if (place < 0 && !(group.is_reference && parameter.name.ends_with(kMultiplier)))
      throw InputError("a group's '" + parameter.name + "' is not among the shared parameters");
    places.push_back(place);
  }
  return places;
}

std::vector<double> picked(const std::vector<double>& theta, const std::vector<int>& places) {
  std::vector<double> own;
  for (const int place : places)
    own.push_back(place < 0 ? 1 : theta[static_cast<std::size_t>(place)]);
  return own;
}

/// The shared covariance's rows and columns of the group's parameters, each in the coordinate that
/// its problem has for it.
std::optional<Covariance> covariance_of(const Fitted& shared, const FitProblem& problem,
                                        const std::vector<int>& places) {
  if (!shared.fit.covariance) return std::nullopt;
  const Covariance& all = *shared.fit.covariance;
  const std::size_t n_all = all.coordinates.size();
  Covariance own = all;
  own.coordinates.clear();
  std::vector<std::size_t> rows;
  std::vector<double> scales;  // d own coordinate / d shared coordinate
  for (std::size_t p = 0; p < places.size(); ++p) {
    const int coordinate = problem.coordinate_of(static_cast<int>(p));
    const auto taken = std::find(own.coordinates.begin(), own.coordinates.end(), coordinate);
    if (places[p] < 0 || coordinate < 0 || taken != own.coordinates.end()) continue;
    const auto found = std::find(all.coordinates.begin(), all.coordinates.end(),
                                 shared.problem->coordinate_of(places[p]));
    if (found == all.coordinates.end()) continue;
    const double value = shared.fit.theta[static_cast<std::size_t>(places[p])];
    own.coordinates.push_back(coordinate);
    rows.push_back(static_cast<std::size_t>(found - all.coordinates.begin()));
    scales.push_back((shared.problem->of_log(places[p]) ? value : 1) /
                     (problem.of_log(static_cast<int>(p)) ? value : 1));
  }
  own.matrix.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j)
      own.matrix.push_back(scales[i] * scales[j] * all.matrix[rows[i] * n_all + rows[j]]);
  }
  return own;
}

}  // namespace

std::string own_name(const std::string& parameter, const std::string& group) {
  return parameter + "[" + group + "]";
}

std::string multiplier_name(const std::string& input, const std::string& group) {
  return own_name(multiplier_of_group(input), group);
}

bool is_multiplier(const std::string& parameter) {
  return parameter.find(std::string(kMultiplier) + "[") != std::string::npos;
}

bool is_of_compute(const Law& law, const std::string& input) {
  return input == kCompute && std::none_of(law.info.inputs.begin(), law.info.inputs.end(),
                                           [](const InputInfo& info) { return info.name == "C"; });
}

void substitute(ExpressionNode& node, const std::map<std::string, ExpressionNode>& by_name) {
  if (node.op == Op::name) {
    if (const auto found = by_name.find(node.text); found != by_name.end()) node = found->second;
    return;
  }
  for (ExpressionNode& operand : node.operands) substitute(operand, by_name);
}

Request request_of_group(const Request& request, const Law& law,
                         const std::vector<std::string>& multipliers) {
  Request own = request;
  ConstraintTexts& constraints = own.constraints;
  for (const auto kind : {&ConstraintTexts::param, &ConstraintTexts::fix, &ConstraintTexts::tie,
                          &ConstraintTexts::prior})
    constraints.*kind = of_law(constraints.*kind, law, kind);
  if (multipliers.empty()) return own;
  own.law.clear();
  own.formula = formula_with_multipliers(law, multipliers);
  own.x = mapping_in_order(request, law);
  own.residual = request.residual.value_or(law.info.residual);
  return own;
}

Fitted fit_of_group(const Fitted& shared, const Request& of_group, const GroupOfShared& group) {
  Fitted own;
  own.law = law_of(of_group);
  own.label = group.sample.label;
  own.options = shared.options;
  own.options.constraints = constraints_from(of_group.constraints);
  own.options.extra_starts.clear();
  const FitProblem problem(*own.law, group.sample.points, own.options.loss, own.options.residual,
                           own.options.constraints);
  const std::vector<int> places = places_in(*shared.law, *own.law, group);
  Fit& fit = own.fit;
  fit = {.law = own.law.get(),
         .theta = picked(shared.fit.theta, places),
         .objective = problem.exact_objective(picked(shared.fit.theta, places)),
         .n_points = group.sample.points.size(),
         .status = shared.fit.status,
         .identified = shared.fit.identified,
         .covariance = covariance_of(shared, problem, places)};
  for (const Alternative& other : shared.fit.alternatives)
    fit.alternatives.push_back({picked(other.theta, places), other.objective});
  for (std::size_t i = 0; i < shared.replicates.n; ++i) {
    const std::vector<double> theta = picked(shared.replicates.theta_of(i), places);
    own.replicates.theta.insert(own.replicates.theta.end(), theta.begin(), theta.end());
  }
  own.replicates.n = shared.replicates.n;
  own.replicates.seed = shared.replicates.seed;
  own.covariance_kind = shared.covariance_kind;
  own.interval_for = shared.interval_for;
  own.possible = shared.possible;
  own.residuals = shared.residuals;
  own.doubts = shared.doubts;
  own.set_ranges(group.sample.points);
  return own;
}

}  // namespace rung::table
