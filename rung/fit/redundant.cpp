#include "rung/fit/redundant.hpp"

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/law/formula/identify.hpp"

namespace rung {
namespace {

std::string names_of(const Law& law, const std::vector<int>& parameters) {
  std::string text;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    text += i == 0 ? "" : i + 1 == parameters.size() ? " and " : ", ";
    text += law.info.parameters[static_cast<std::size_t>(parameters[i])].name;
  }
  return text;
}

/// The parameters of which nothing is known but the data: free, not tied, without a prior.
std::vector<int> unknown_parameters(const FitProblem& problem,
                                    const std::vector<Constraint>& constraints) {
  std::vector<int> unknown;
  for (int p = 0; p < problem.n_parameters(); ++p) {
    const std::string& name = problem.law().info.parameters[static_cast<std::size_t>(p)].name;
    const bool known =
        std::any_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
          return constraint.parameter == name &&
                 (constraint.prior_mean || !constraint.tied_to.empty());
        });
    if (problem.coordinate_of(p) >= 0 && !known) unknown.push_back(p);
  }
  return unknown;
}

}  // namespace

FitProblem without_redundant(const FitProblem& given, const std::vector<Constraint>& constraints,
                             std::vector<std::string>& notes) {
  const Law& law = given.law();
  FitProblem problem = given;
  if (law.info.name != "formula" && law.definition.empty()) return problem;
  for (const std::vector<int>& group :
       formula::indistinct(law, unknown_parameters(given, constraints))) {
    if (group.size() < 2) continue;
    const ParameterInfo& fixed = law.info.parameters[static_cast<std::size_t>(group.back())];
    problem = problem.with_fixed(group.back(), fixed.typical);
    notes.push_back(names_of(law, group) + " are redundant: no data tell them apart, so " +
                    fixed.name + " stays at " + significant(fixed.typical) +
                    "; predictions don't depend on that");
  }
  return problem;
}

}  // namespace rung
