#pragma once
/// A fitted law that predicts with intervals, with or without the data it came from.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/fit/diagnose.hpp"
#include "rung/fit/interval/conformal.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/fit/interval/resample.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

enum class IntervalFor {
  mean,         // where the law itself lies
  observation,  // where one more run lands: its noise on top
  conformal,    // the same by split-conformal
};

/// All that predicting takes.
struct Predictor {
  std::string group;
  std::shared_ptr<const Law> law;
  std::vector<Constraint> constraints;
  Loss loss{};
  Residual residual = Residual::raw;
  std::vector<double> theta;
  double level = 0.95;
  IntervalFor interval_for = IntervalFor::mean;
  std::optional<Covariance> covariance;
  std::size_t n_replicates = 0;
  std::vector<double> replicates;  // [n_replicates x parameters]; empty: delta method
  std::vector<double> residuals;   // of the points, widened
  std::optional<Conformal> conformal;
  std::vector<double> lowest, highest;  // of each input among the points
  /// What was fitted, where it is at hand and delta-method intervals may be checked against it.
  std::shared_ptr<const Points> points;
  Status status = Status::certified;

  double predict(std::span<const double> inputs) const;
  std::vector<double> replicate_predictions(std::span<const double> inputs) const;
  /// By bootstrap where there are replicates, else by the delta method or, where the points are at
  /// hand and the law is curved, by profile likelihood; absent where none of them can say.
  std::optional<Interval> interval(std::span<const double> inputs) const;
  /// The largest factor by which an input lies above the points' range, or below; 1 inside.
  double extrapolation(std::span<const double> inputs) const;

 private:
  std::optional<Interval> interval_without_replicates(std::span<const double> inputs) const;
};

struct UncertaintyOptions {
  ResampleOptions resample{};
  std::string cluster_column;  // for clusters, in the bootstrap and in the covariance
  bool sandwich = false;
  bool profiles = false;
  IntervalFor interval_for = IntervalFor::mean;
  /// Standard deviation of the noise in residual space, which priors are weighed against; absent:
  /// from a fit without them.
  std::optional<double> noise_sd;
};

struct FittedGroup {
  std::string label;
  Fit fit;
  Diagnosis diagnosis;
  std::vector<std::optional<Interval>> bootstrap;  // by parameter; empty without bootstrap
  std::vector<Profile> profiles;
  Predictor predictor;
  std::shared_ptr<const Points> points;
  std::vector<std::string> notes;
};

/// Fits one group of a prepared table with everything asked for. With priors, observations weigh
/// 1 / noise^2, so that the optimum is the posterior's mode and its covariance Laplace's.
FittedGroup fit_group(const Prepared& prepared, const Sample& sample, const Request& request,
                      const UncertaintyOptions& options);

}  // namespace rung::table
