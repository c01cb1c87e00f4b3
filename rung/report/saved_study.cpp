#include "rung/report/saved_study.hpp"

#include "rung/core/text.hpp"
#include "rung/fit/possible.hpp"

namespace rung {
namespace {

/// "A=1..", "b=0.5..1".
std::string bounds_text(const Constraint& constraint) {
  const auto end = [](std::optional<double> bound) { return bound ? shortest(*bound) : ""; };
  return constraint.parameter + "=" + end(constraint.lower) + ".." + end(constraint.upper);
}

}  // namespace

SavedFit saved_fit_of(std::vector<Fitted> groups, const std::string& y,
                      const std::vector<std::string>& group_by) {
  SavedFit saved;
  const Fitted& first = groups.front();
  saved.request.law = first.law->info.name;
  saved.request.y = y;
  saved.request.group_by = group_by;
  saved.request.loss = first.options.loss;
  saved.request.residual = first.options.residual;
  saved.request.level = first.options.level;
  for (const Constraint& constraint : first.options.constraints)
    saved.request.constraints.param.push_back(bounds_text(constraint));
  saved.groups = std::move(groups);
  // A study says of shares that they are, and its other fits are of losses.
  for (Fitted& group : saved.groups) group.possible = group.possible.value_or(kPossibleLosses);
  return saved;
}

}  // namespace rung
