#include "rung/law/formula.hpp"

#include <algorithm>

#include "rung/core/index.hpp"
#include "rung/core/text.hpp"
#include "rung/law/formula/build.hpp"
#include "rung/law/formula/compile.hpp"
#include "rung/law/formula/identify.hpp"
#include "rung/law/formula/roles.hpp"

namespace rung {
namespace {

using formula::Built;

void require_known(const Built& built, const std::vector<std::string>& inputs,
                   const FormulaOptions& options) {
  std::vector<Problem> problems;
  std::vector<std::string> names;
  for (const ExpressionNode* parameter : built.parameters) names.push_back(parameter->text);
  for (const FormulaParameter& known : options.parameters) {
    if (std::find(names.begin(), names.end(), known.name) != names.end()) continue;
    const bool is_input = std::find(inputs.begin(), inputs.end(), known.name) != inputs.end();
    const std::string hint = did_you_mean(known.name, names);
    problems.push_back({Location{options.source},
                        is_input ? "'" + known.name + "' is an input, not a parameter"
                                 : "the formula has no parameter '" + known.name + "'",
                        hint.empty() ? "its parameters are " + join(names, ", ") : hint});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

void require_effects(const Built& built, const Expression& expression,
                     const formula::Derivatives& derivatives) {
  std::vector<Problem> problems;
  for (std::size_t p = 0; p < built.parameters.size(); ++p) {
    if (!built.graph.is_constant(derivatives.gradient[p], 0)) continue;
    problems.push_back(expression.problem(
        *built.parameters[p], "'" + built.parameters[p]->text + "' has no effect on the formula",
        "it cancels; leave it out"));
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

FormulaParameter known_of(const std::string& name, const FormulaOptions& options) {
  FormulaParameter merged{.name = name};
  for (const FormulaParameter& known : options.parameters) {
    if (known.name != name) continue;
    if (known.lower) merged.lower = known.lower;
    if (known.upper) merged.upper = known.upper;
    if (known.start) merged.start = known.start;
    merged.known = merged.known || known.known;
  }
  return merged;
}

std::vector<InputInfo> described_inputs(const Built& built,
                                        const std::vector<std::string>& inputs) {
  // The value and its derivatives take logarithms of the same inputs.
  const std::uint32_t of_log = built.graph[built.value].log_inputs;
  std::vector<InputInfo> infos;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    infos.push_back({inputs[k], "an input of the formula", (of_log >> k & 1) != 0});
  }
  return infos;
}

/// One problem for each group, under the parameter that the others make up.
std::vector<Problem> warnings_about(const Law& law, const Built& built,
                                    const Expression& expression, const FormulaOptions& options) {
  std::vector<int> checked;
  for (int p = 0; p < law.n_parameters(); ++p) {
    if (!known_of(law.info.parameters[at(p)].name, options).known) checked.push_back(p);
  }
  std::vector<Problem> problems;
  for (const std::vector<int>& group : formula::indistinct(law, checked)) {
    std::vector<std::string> names;
    for (const int p : group) names.push_back("'" + law.info.parameters[at(p)].name + "'");
    const std::string last = names.back();
    names.pop_back();
    problems.push_back(
        expression.problem(*built.parameters[at(group.back())],
                           join(names, ", ") + " and " + last +
                               " can't be told apart: many values of them predict the same",
                           "hold one, as --fix " + built.parameters[at(group.back())]->text +
                               "=1 does, or write the formula without it"));
  }
  return problems;
}

/// The law of a graph whose inputs are `inputs`.
Law law_of(Built& built, const Expression& expression, const std::vector<std::string>& inputs,
           const FormulaOptions& options) {
  const auto P = static_cast<int>(built.parameters.size());
  const formula::Derivation derivation(built.graph, built.value, P);
  const formula::Derivatives& derivatives = derivation.of(built.value);
  require_effects(built, expression, derivatives);

  Law law;
  law.info = {.name = kFormulaName,
              .title = "a formula of one's own",
              .formula = std::string(trimmed(expression.text)),
              .output = "in the unit of the data",
              .source = options.source,
              .inputs = described_inputs(built, inputs),
              .parameters = {}};
  for (int p = 0; p < P; ++p) {
    const FormulaParameter known = known_of(built.parameters[at(p)]->text, options);
    law.info.parameters.push_back(
        formula::described(built.graph, built.value, derivation, p, known));
  }
  formula::PowerLaw power_law = formula::power_law(built.graph, built.value);
  law.info.power_terms = std::move(power_law.terms);
  law.info.floor = power_law.floor;
  law.info.may_have_poles = formula::may_have_poles(built.graph, built.value, law.info.parameters);
  const formula::Outermost outer = formula::outermost(built.graph, built.value);
  const auto program = formula::compiled(
      built.graph, {built.value, outer, derivation.of(outer.inner)}, law.n_inputs());
  law.kernel = formula::kernel_of(program, instruction_set());
  return law;
}

/// Null where there are more sides than a law has inputs.
std::shared_ptr<const Law> pieces_of(const Expression& expression,
                                     const std::vector<std::string>& inputs,
                                     const FormulaOptions& options) {
  Built built = formula::built(expression, inputs, options.order, formula::Kinks::given);
  std::vector<std::string> all = inputs;
  for (int k = 0; k < built.n_sides; ++k) all.push_back("side " + std::to_string(k + 1));
  if (all.size() > static_cast<std::size_t>(formula::Tape::kMostInputs)) return nullptr;
  return std::make_shared<const Law>(law_of(built, expression, all, options));
}

}  // namespace

Law formula_law(std::string_view formula, const std::vector<std::string>& inputs,
                const FormulaOptions& options, std::vector<Problem>* warnings) {
  if (inputs.empty()) throw InputError("a formula needs an input", "name the columns that it uses");
  if (inputs.size() > static_cast<std::size_t>(formula::Tape::kMostInputs)) {
    throw InputError("a formula has at most " + std::to_string(formula::Tape::kMostInputs) +
                     " inputs");
  }
  const Expression expression = parse_expression(formula, options.source);
  Built built = formula::built(expression, inputs, options.order);
  require_known(built, inputs, options);
  Law law = law_of(built, expression, inputs, options);
  const auto& parameters = law.info.parameters;
  if (std::any_of(parameters.begin(), parameters.end(),
                  [](const ParameterInfo& parameter) { return parameter.kinked; }))
    law.pieces = pieces_of(expression, inputs, options);
  if (warnings != nullptr) *warnings = warnings_about(law, built, expression, options);
  return law;
}

}  // namespace rung
