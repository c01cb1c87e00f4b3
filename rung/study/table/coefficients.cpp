#include "rung/study/table/coefficients.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/constraint_text.hpp"

namespace rung::table {
namespace {

constexpr const char* kSource = "--coefficients";

std::vector<Constraint> values_in(const std::string& text) {
  try {
    return constraints_from({.fix = {text}});
  } catch (const InputError& error) {
    // It reads what --fix does, and would name that.
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      if (problem.location.file == "--fix") problem.location.file = kSource;
      if (problem.hint.find("--fix") != std::string::npos)
        problem.hint = "write \"A=406.4, B=410.7, E=1.69, alpha=0.34, beta=0.28\"";
    }
    throw InputError(std::move(problems));
  }
}

}  // namespace

void require_within_bounds(const LawInfo& info, const ParameterInfo& parameter, double value,
                           const std::string& source) {
  const bool below = value < parameter.lower;
  if (!below && !(value > parameter.upper)) return;
  throw InputError(Location{source},
                   parameter.name + " = " + significant(value) + " is " +
                       (below ? "below " : "above ") +
                       significant(below ? parameter.lower : parameter.upper),
                   "rung laws " + info.name + " says within which bounds its parameters lie");
}

Fitted with_coefficients(const Request& request, const std::string& text) {
  Fitted fitted;
  fitted.law = law_of(request);
  const LawInfo& info = fitted.law->info;
  fitted.fit.law = fitted.law.get();
  std::vector<Constraint> given = values_in(text);
  std::vector<std::string> names, missing;
  for (const ParameterInfo& parameter : info.parameters) {
    names.push_back(parameter.name);
    const auto found = std::find_if(given.begin(), given.end(), [&](const Constraint& constraint) {
      return constraint.parameter == parameter.name;
    });
    if (found == given.end()) {
      missing.push_back(parameter.name);
      continue;
    }
    require_within_bounds(info, parameter, *found->fixed, kSource);
    fitted.fit.theta.push_back(*found->fixed);
    fitted.fit.parameters.push_back(
        {.name = parameter.name, .value = *found->fixed, .fixed = true});
    given.erase(found);
  }
  const std::string of_law = "'" + info.name + "' has " + join(names, ", ");
  if (!given.empty())
    throw InputError(Location{kSource}, "there is no parameter '" + given.front().parameter + "'",
                     of_law);
  if (!missing.empty())
    throw InputError(Location{kSource},
                     join(missing, ", ") + (missing.size() > 1 ? " are" : " is") + " not given",
                     of_law);
  fitted.fit.status = Status::certified;
  fitted.fit.identified = true;
  fitted.options.residual = request.residual.value_or(info.residual);
  // Without data nothing lies beyond them.
  fitted.lowest.assign(info.inputs.size(), 0);
  fitted.highest.assign(info.inputs.size(), kInfinity);
  return fitted;
}

}  // namespace rung::table
