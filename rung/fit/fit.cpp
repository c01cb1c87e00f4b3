#include "rung/fit/fit.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/index.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/huber_scale.hpp"
#include "rung/fit/interval/contradiction.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/fit/optimum/verdict.hpp"
#include "rung/fit/redundant.hpp"
#include "rung/fit/weighing.hpp"
#include "rung/law/recognise.hpp"

namespace rung {
namespace {

/// False when every point has the same inputs: nothing varies, so no law can be told from another.
bool inputs_vary(const Points& points) {
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (points.input(k, i) != points.input(k, 0)) return true;
    }
  }
  return points.n_inputs() == 0;
}

void check_determined(const FitProblem& problem) {
  const std::size_t n = n_weighing(problem.points());
  if (n == 0) throw InputError("all weights are 0", "a row of weight 0 counts nowhere");
  if (n < at(problem.n_free())) {
    throw InputError("law '" + problem.law().info.name + "' has " +
                         std::to_string(problem.n_free()) +
                         " parameters to fit and the data only " + std::to_string(n) +
                         (n == 1 ? " point" : " points"),
                     "add runs");
  }
  if (n > 1 && !inputs_vary(problem.points())) {
    throw InputError("all " + std::to_string(n) + " points have the same inputs",
                     "a law needs points that differ in " + problem.law().info.inputs.front().name);
  }
}

/// Values with their intervals; none for parameters that diverge.
void describe_parameters(const FitProblem& problem, double level, const std::vector<int>& diverging,
                         Fit& fit) {
  const std::vector<double> z = problem.coordinates_of(fit.theta);
  const double t = fit.covariance ? student_t_quantile(0.5 + level / 2, fit.covariance->dof) : 0;
  for (int p = 0; p < problem.n_parameters(); ++p) {
    ParameterEstimate estimate{.name = problem.law().info.parameters[at(p)].name,
                               .value = fit.theta[at(p)]};
    const int coordinate = problem.coordinate_of(p);
    estimate.fixed = coordinate < 0;
    if (coordinate >= 0 && at_bound(problem, z, coordinate)) fit.at_bounds.push_back(at(p));
    const bool diverges = std::find(diverging.begin(), diverging.end(), p) != diverging.end();
    if (fit.covariance && coordinate >= 0 && !diverges) {
      const std::vector<int>& moving = fit.covariance->coordinates;
      const auto found = std::find(moving.begin(), moving.end(), coordinate);
      if (found != moving.end()) {
        const std::size_t i = static_cast<std::size_t>(found - moving.begin());
        const double sd = std::sqrt(fit.covariance->matrix[i * moving.size() + i]);
        set_linear_interval(problem, fit.theta, p, {sd, t}, estimate);
      }
    }
    fit.parameters.push_back(std::move(estimate));
  }
  for (std::string& note : notes_of_bounds(fit)) fit.notes.push_back(std::move(note));
}

/// What is fitted by its logarithm and falls for ever stops anywhere.
std::vector<double> with_zeros(const FitProblem& problem, std::vector<double> z) {
  for (int c = 0; c < problem.n_free(); ++c) {
    if (at_zero(problem, z, c)) z[at(c)] = std::log(1e-300);
  }
  return z;
}

/// Those given whole, and one where constraints give single parameters a start.
std::vector<std::vector<double>> starts(const Law& law, const FitOptions& options) {
  std::vector<double> start;
  for (const ParameterInfo& parameter : law.info.parameters) start.push_back(parameter.typical);
  bool any = false;
  for (const Constraint& constraint : options.constraints) {
    if (!constraint.start) continue;
    any = true;
    start[at(law.parameter_index(constraint.parameter))] = *constraint.start;
  }
  std::vector<std::vector<double>> all = options.extra_starts;
  if (any) all.push_back(std::move(start));
  return all;
}

Points with_inputs_ordered(const Points& points, const std::vector<int>& order) {
  Points ordered(points.n_inputs(), points.size());
  std::vector<double> inputs(order.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) inputs[k] = points.input(at(order[k]), i);
    ordered.set(i, inputs, points.y(i), points.weight(i));
  }
  return ordered;
}

/// A start for a formula that is written like a built-in law: the best fit of that law, which its
/// bounds and search ranges make easier to find.
std::optional<std::vector<double>> start_of(const WrittenLike& like, const Law& formula,
                                            const Points& points, FitOptions options) {
  const auto renamed = [&](std::string& name) {
    for (std::size_t p = 0; p < like.parameters.size(); ++p) {
      if (formula.info.parameters[at(like.parameters[p])].name != name) continue;
      name = like.law->info.parameters[p].name;
      return;
    }
  };
  for (Constraint& constraint : options.constraints) {
    renamed(constraint.parameter);
    renamed(constraint.tied_to);
  }
  options.extra_starts.clear();
  try {
    const Fit found = fit(*like.law, with_inputs_ordered(points, like.inputs), options);
    if (found.status == Status::failed) return std::nullopt;
    std::vector<double> theta(found.theta.size());
    for (std::size_t p = 0; p < theta.size(); ++p) theta[at(like.parameters[p])] = found.theta[p];
    return theta;
  } catch (const InputError&) {
    return std::nullopt;  // the law's own bounds leave no room
  }
}

/// Far out, predictions no longer depend on how far: one of the diverging parameters is fixed, as
/// at an active bound, and the covariance is that of the others. Where the search stopped on its
/// way down there is no curvature of a minimum to take one from.
void find_covariance(const FitProblem& problem, const Verdict& verdict, Fit& fit) {
  const std::vector<int>& diverging = verdict.divergence.diverging;
  if (fit.status != Status::unbounded) {
    if (fit.stopped_early) return;
    fit.covariance = covariance_at(problem, verdict.best.z);
  } else if (!diverging.empty()) {
    fit.covariance =
        covariance_at(problem, verdict.best.z, problem.coordinate_of(diverging.front()));
    if (fit.covariance) fit.notes.push_back("standard errors are of the other parameters");
  }
}

/// Whether each other minimum that was found lies above the best by more than noise does: by the F
/// test of all free parameters at once (Bates and Watts 1988, section 6.1).
bool is_alone_in_noise(const FitProblem& problem, const SearchResult& search, const Fit& fit) {
  constexpr double kChance = 1e-3, kLevel = 0.95;
  if (!fit.covariance || problem.loss().kinked()) return false;
  const double dof = fit.covariance->dof, t = student_t_quantile(0.5 + kLevel / 2, dof);
  const double noise = profile_limit(problem, fit, kLevel) / (t * t);
  const double best = search.minima.front().objective;
  return std::all_of(search.minima.begin() + 1, search.minima.end(), [&](const Minimum& other) {
    const double rise = (other.objective - best) / noise;
    return rise > 0 &&
           incomplete_beta(dof / 2, 0.5 * problem.n_free(), dof / (dof + rise)) < kChance;
  });
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::certified:
      return "certified";
    case Status::local:
      return "local";
    case Status::unbounded:
      return "unbounded";
    case Status::failed:
      break;
  }
  return "failed";
}

double Fit::value(std::string_view parameter) const {
  return theta[at(law->parameter_index(parameter))];
}

Fit fit(const Law& law, const Points& points, const FitOptions& options) {
  if (options.loss.kind == LossKind::huber_auto)
    return fit(law, points, with_estimated_scale(law, points, options));
  const FitProblem given(law, points, options.loss, options.residual, options.constraints);
  Fit fit;
  fit.law = &law;
  fit.n_points = n_weighing(points);
  const FitProblem problem = without_redundant(given, options.constraints, fit.notes);
  if (!options.allow_underdetermined) check_determined(problem);

  std::vector<std::vector<double>> all_starts = starts(law, options);
  if (const auto like = written_like(law); like && options.certify) {
    if (const auto start = start_of(*like, law, points, options)) all_starts.push_back(*start);
  }
  SearchResult search = global_search(problem, all_starts, {.thorough = options.certify});
  if (search.minima.empty()) {
    fit.notes.push_back("no parameters inside the bounds give the law a value at every point");
    for (const ParameterInfo& parameter : law.info.parameters)
      fit.theta.push_back(parameter.typical);
    return fit;
  }
  const bool underdetermined = fit.n_points < at(problem.n_free());
  const bool certify = options.certify && !underdetermined;
  const Verdict verdict = verdict_of(problem, search, certify, options.n_threads);
  fit.status = verdict.status;
  fit.stopped_early = fit.status != Status::unbounded && !verdict.best.converged;
  fit.notes.insert(fit.notes.end(), verdict.notes.begin(), verdict.notes.end());
  fit.theta = problem.theta_at(with_zeros(problem, verdict.best.z));
  fit.objective = problem.exact_objective(fit.theta);
  fit.alternatives = verdict.alternatives;
  find_covariance(problem, verdict, fit);
  // That a lower minimum may have been missed does not make other parameters fit as well.
  const bool only_one = fit.status == Status::certified ||
                        (verdict.by_count_alone && is_alone_in_noise(problem, search, fit));
  fit.identified = only_one && fit.alternatives.empty();
  if (underdetermined) {
    fit.notes.push_back(std::to_string(fit.n_points) + " points can't determine " +
                        std::to_string(problem.n_free()) + " parameters");
  } else if (!fit.alternatives.empty()) {
    fit.notes.push_back(
        "other parameters fit as well and predict differently at ten times the largest inputs");
  }
  // From here on coordinates are those of the problem as it was given.
  if (fit.covariance) {
    for (int& c : fit.covariance->coordinates) c = given.coordinate_of(problem.parameter_of(c));
  }
  describe_parameters(given, options.level, verdict.divergence.diverging, fit);
  withdraw_contradicted_intervals(fit);
  return fit;
}

std::vector<std::string> notes_of_bounds(const Fit& fit) {
  std::vector<std::string> notes;
  for (const std::size_t p : fit.at_bounds) {
    // A bound of 1e-300 stands for 0, which has no logarithm.
    const double bound = std::abs(fit.theta[p]) < 1e-200 ? 0 : fit.theta[p];
    notes.push_back(fit.law->info.parameters[p].name + " is at its bound " + significant(bound));
  }
  return notes;
}

}  // namespace rung
