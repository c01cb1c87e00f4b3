#pragma once
/// Fitting a law to points: the optimum, whether it is the global one, and its covariance.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/problem.hpp"

namespace rung {

/// How sure a fit is of its optimum.
enum class Status {
  certified,  // stationary, and the global search found nothing better
  local,      // stationary; the search does not cover this law's parameters
  unbounded,  // the infimum lies at infinity; the notes say along what
  failed,     // no finite objective was found
};
std::string_view status_name(Status status);

struct ParameterEstimate {
  std::string name;
  double value = 0;
  /// From the delta method, or refits where there are; absent where the curvature is singular, at
  /// a bound, or for a fixed parameter.
  std::optional<double> stderror;
  std::optional<double> lower, upper;  // at FitOptions::level
  bool fixed = false;
};

/// Covariance of the free coordinates without an active bound, and the residual degrees of freedom.
struct Covariance {
  std::vector<int> coordinates;  // which free coordinates of the problem
  std::vector<double> matrix;    // [coordinates x coordinates], row-major
  double residual_variance = 0;  // of one observation of weight 1, in residual space
  double dof = 0;
  /// The same as one more observation would move the estimate by: greater under a loss that makes
  /// less of an observation than least squares do.
  double estimate_variance = 0;
  /// The mean of psi', the curvature of the loss over its scale; 1 for least squares.
  double mean_slope = 1;
};

/// Another optimum with an objective as good as the best within rounding.
struct Alternative {
  std::vector<double> theta;
  double objective = 0;
};

struct Fit {
  const Law* law = nullptr;
  std::vector<double> theta;  // natural scale
  double objective = 0;       // a sum over points, in the loss's own form
  std::size_t n_points = 0;
  Status status = Status::failed;
  /// False where other parameters fit as well within rounding but predict differently.
  bool identified = false;
  /// The search ended on its way down: not at a minimum, of whatever kind.
  bool stopped_early = false;
  std::vector<std::string> notes;
  /// Those that ended at a bound, by their place in `theta`; the notes say them, too.
  std::vector<std::size_t> at_bounds;
  std::vector<ParameterEstimate> parameters;
  std::optional<Covariance> covariance;
  std::vector<Alternative> alternatives;

  double value(std::string_view parameter) const;
  /// Whether the optimum is known to be the best and the only one.
  bool is_sure() const { return status == Status::certified && identified; }
};

struct FitOptions {
  Loss loss{};
  Residual residual = Residual::raw;
  std::vector<Constraint> constraints;
  double level = 0.95;  // of the parameters' intervals
  std::vector<std::vector<double>> extra_starts;
  /// Fit even where the points can't determine the parameters (then identified is false); else an
  /// InputError.
  bool allow_underdetermined = false;
  /// Whether the optimum is finite and the only one is looked into; else the status is at best
  /// local and identified is false.
  bool certify = true;
  int n_threads = 1;  // 0: all there are; the answer is the same on any number
};

/// Finds the global optimum that the law's structure allows, says whether it did, and how well the
/// parameters are determined. Deterministic. InputError for input that can't be fitted: see
/// FitProblem; fewer points than free parameters, or all points alike.
Fit fit(const Law& law, const Points& points, const FitOptions& options = {});

/// A note for each parameter that ended at a bound: "E is at its bound 0".
std::vector<std::string> notes_of_bounds(const Fit& fit);

}  // namespace rung
