#include "rung/study/table/groups_alike.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/weighing.hpp"

namespace rung::table {
namespace {

/// The shared fit or each group's own ones, all rows together.
struct Together {
  double objective = 0, n_parameters = 0;
  double variance = 0, slope = 0, dof = 0;  // averages over groups by their degrees of freedom
};

/// Absent where one of them has no fit.
std::optional<Together> each_alone(const Prepared& prepared, const Request& of_group) {
  Together all;
  FitOptions options = fit_options(prepared, of_group);
  options.constraints = constraints_from(of_group.constraints);
  options.allow_underdetermined = true;
  for (const Sample& sample : prepared.samples) {
    const Fit alone = fit(*prepared.law, sample.points, options);
    if (alone.status == Status::failed) return std::nullopt;
    const double rows = static_cast<double>(n_weighing(sample.points));
    const FitProblem problem(*prepared.law, sample.points, options.loss, options.residual,
                             options.constraints);
    all.objective += alone.objective;
    all.n_parameters += std::min(rows, static_cast<double>(problem.n_free()));
    if (!alone.covariance || !(alone.covariance->dof >= 1)) continue;
    const Covariance& covariance = *alone.covariance;
    all.variance += covariance.dof * covariance.estimate_variance;
    all.slope += covariance.dof * covariance.mean_slope;
    all.dof += covariance.dof;
  }
  if (all.dof > 0) all.variance /= all.dof, all.slope /= all.dof;
  return all;
}

/// What an objective is to be multiplied by to become a sum of squares over twice the slope of psi.
double scale_of(const FitProblem& problem) {
  if (problem.loss().smooth()) return 1;
  return 2 * (problem.loss().kinked() ? problem.least_huber_delta() : 1);
}

}  // namespace

std::optional<double> chance_of_alike(const Prepared& prepared, const SharedFit& shared,
                                      const Request& of_group) {
  const Fitted& together = shared.group.fitted;
  if (any_prior(prepared.constraints) || together.fit.status == Status::failed ||
      !together.problem ||
      (together.fit.covariance && together.fit.covariance->estimate_variance == 0))
    return std::nullopt;
  const std::optional<Together> alone = each_alone(prepared, of_group);
  if (!alone || alone->dof < 1 || !(alone->variance * alone->slope > 0)) return std::nullopt;
  const double more = alone->n_parameters - static_cast<double>(together.problem->n_free());
  if (more < 1) return std::nullopt;
  const double drop =
      std::max(0.0, together.fit.objective - alone->objective) * scale_of(*together.problem);
  const double ratio = drop / (more * alone->variance * alone->slope);
  return incomplete_beta(alone->dof / 2, more / 2, alone->dof / (alone->dof + more * ratio));
}

std::string doubt_of_sharing(const Prepared& prepared, const SharedFit& shared,
                             const Request& of_group) {
  constexpr double kChance = 0.01;
  const std::optional<double> chance = chance_of_alike(prepared, shared, of_group);
  if (!chance || *chance >= kChance) return "";
  return "groups differ by more than what they share allows (F test against each group's own fit, "
         "p " +
         (*chance < 1e-4 ? "below 0.0001" : "= " + significant(*chance, 1)) +
         "): intervals are too narrow; share fewer parameters, or none";
}

}  // namespace rung::table
