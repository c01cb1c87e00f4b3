#pragma once
/// Diagnostics of a fit: what the data determine, influential points and outliers.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/delta.hpp"

namespace rung {

struct PointDiagnosis {
  double residual = 0;  // t(y) - t(f)
  /// Share of the prediction here that this point's own observation makes, 0 to 1.
  double leverage = 0;
  /// The residual over its standard deviation had this point been left out (Student's t). Where the
  /// loss bounds the pull of some point: over the standard deviation of the others, since the fit
  /// does not follow points far out.
  std::optional<double> studentized;
  /// How far all predictions would move without it, in standard errors squared, per parameter
  /// (Cook 1977).
  std::optional<double> cooks_distance;
  /// Beyond t at 5% shared among all points (Bonferroni), or together with others that hide each
  /// other (outliers.hpp).
  bool outlier = false;
  bool influential = false;  // leverage above one half, or Cook's distance above 1
};

struct Diagnosis {
  /// Of the Jacobian in residual space with columns of length 1: above 1e3 or so, parameters can
  /// hardly be told apart (Belsley, Kuh and Welsch 1980 call 30 "strong"). Absent where a column is
  /// zero.
  std::optional<double> condition_number;
  /// The two parameters whose estimates are most correlated, and by how much.
  std::string correlated_first, correlated_second;
  double correlation = 0;
  std::vector<std::string> at_bounds;
  /// Of the alternatives with the same objective: how far apart predictions at ten times the
  /// largest inputs, each alone or all together, lie, relative; 0 where there is none.
  double alternatives_spread = 0;
  std::vector<PointDiagnosis> points;
  /// In words, for people: nothing where all is well.
  std::vector<std::string> doubts;  // those of the notes that later predictions depend on
  std::vector<std::string> notes;
};

Diagnosis diagnose(const FitProblem& problem, const Fit& fit);

/// Covariance that holds when the noise is not the same everywhere or, with clusters, is shared
/// within each: bread, meat, bread (White 1980; Liang and Zeger 1986), times n / (n - p) or, by
/// clusters, G / (G - 1). dof: n - p, or G - 1. Absent as covariance_at is.
std::optional<Covariance> sandwich_covariance(const FitProblem& problem, const Fit& fit,
                                              const std::vector<int>& cluster_of = {});

/// The fit with another covariance: standard errors and intervals follow it.
Fit with_covariance(const FitProblem& problem, Fit fit, Covariance covariance, double level);

}  // namespace rung
