#include "rung/study/table/prior_conflict.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"

namespace rung::table {

std::vector<std::string> prior_conflicts(const Fitted& posterior) {
  constexpr double kFar = 3;
  std::vector<std::string> conflicts;
  const double with = posterior.problem->exact_objective(posterior.fit.theta);
  for (std::size_t i = 0; i < posterior.options.constraints.size(); ++i) {
    if (!posterior.options.constraints[i].prior_mean) continue;
    FitOptions options = posterior.options;
    Constraint& without = options.constraints[i];
    without.prior_mean = without.prior_sd = std::nullopt;
    options.allow_underdetermined = true;
    options.certify = false;
    options.extra_starts = {posterior.fit.theta};
    const Fit others = fit(*posterior.law, *posterior.points, options);
    if (others.status == Status::failed) continue;
    const double distance = std::sqrt(std::max(0.0, 2 * (with - others.objective)));
    if (!(distance > kFar)) continue;
    conflicts.push_back(without.parameter + ": its prior and what else there is lie " +
                        significant(distance, 2) + " standard deviations apart (without it " +
                        without.parameter + " is " + significant(others.value(without.parameter)) +
                        "): what lies between is neither's");
  }
  return conflicts;
}

}  // namespace rung::table
