#pragma once
/// A fit that knows what was fitted, so that it can be asked for predictions, intervals, criteria
/// and a diagnosis, saved, planned with and reported without saying again what it is of.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/fit/compare.hpp"
#include "rung/fit/diagnose.hpp"
#include "rung/fit/interval/conformal.hpp"
#include "rung/fit/interval/resample.hpp"
#include "rung/fit/prediction.hpp"

namespace rung {

/// What an interval of a prediction is about.
enum class IntervalFor {
  mean,         // where the law itself lies
  observation,  // where one more run lands: its noise on top
  conformal,    // the same by split-conformal
};
std::string_view interval_for_name(IntervalFor interval_for);

/// What the parameters' covariance rests on.
enum class CovarianceKind {
  delta,     // the linearized law and one noise for all points; checked by profile likelihood
  sandwich,  // noise that differs between points or is shared within clusters
  laplace,   // the posterior's curvature under priors
};

struct ValueRange {
  double least = 0, most = 1;
};

/// Refits under resampled weights.
struct Replicates {
  std::size_t n = 0;
  std::vector<double> theta;  // [n x parameters], natural scale
  std::size_t n_not_converged = 0;
  std::uint64_t seed = 0;

  std::vector<double> theta_of(std::size_t replicate) const;
  std::vector<double> values_of(std::size_t parameter) const;
};

/// A plain value: copies share the law, the points and the problem, which don't change.
struct Fitted {
  std::string label;  // what it is of, such as a group of rows; "": nothing to tell apart
  std::shared_ptr<const Law> law;
  FitOptions options;  // loss, residual, constraints, level
  Fit fit;
  std::shared_ptr<const Points> points;       // null: read from a file that holds none
  std::shared_ptr<const FitProblem> problem;  // of these; null where they are
  CovarianceKind covariance_kind = CovarianceKind::delta;
  IntervalFor interval_for = IntervalFor::mean;
  Replicates replicates;          // none: intervals are by the covariance
  std::vector<double> residuals;  // of the points, widened; with replicates, but not under priors
  std::optional<Conformal> conformal;
  std::vector<double> lowest, highest;  // of each input among the points
  /// Between which every value lies that there can be, such as a share; absent: nobody says.
  std::optional<ValueRange> possible;
  /// Why not to trust it, besides what the fit says by itself; kept in a file.
  std::vector<std::string> doubts;
  /// Another fit that the data leave possible as well: intervals reach over its own, too. Kept in a
  /// file. Null: none is known.
  std::shared_ptr<const Fitted> rival;

  Fitted() = default;
  /// Fits. InputError as fit().
  Fitted(std::shared_ptr<const Law> law, std::shared_ptr<const Points> points, FitOptions options);
  /// The same for a law that lives on, such as one of the catalogue.
  Fitted(const Law& law, Points points, FitOptions options);

  /// Of the inputs among points that count; once.
  void set_ranges(const Points& among);

  // ---- how sure

  /// Takes another covariance, from which standard errors and intervals follow.
  void use_covariance(Covariance covariance, CovarianceKind kind);
  /// The covariance that holds under noise that is not the same everywhere or, with clusters, is
  /// shared within each. False where there is none: the covariance then stays.
  bool use_sandwich(const std::vector<int>& cluster_of = {});
  /// Leaves no standard error and no interval that would rest on it.
  void withdraw_covariance();
  /// Profile likelihood for the parameters where the law is curved (use_profile_intervals).
  void use_profile_intervals();
  /// Refits, whose spread intervals and standard errors, also the parameters', are taken from.
  void draw_replicates(const ResampleOptions& options);
  /// Split-conformal intervals. False where there are too few points for the level.
  bool draw_conformal(std::uint64_t seed);

  // ---- asked

  double value(std::string_view parameter) const { return fit.value(parameter); }
  double predict(std::span<const double> inputs) const;
  std::vector<double> predict(const Points& at) const;
  /// By each replicate.
  std::vector<double> replicate_predictions(std::span<const double> inputs) const;
  /// Of what interval_for says, at the options' level: by bootstrap where there are replicates,
  /// else by the covariance, with delta-method intervals checked by profile likelihood where the
  /// points are at hand; absent where none of them can say, and where other parameters that fit as
  /// well predict something outside of it. With a rival from the lower of both to the upper.
  std::optional<Interval> interval(std::span<const double> inputs) const;
  /// The same for many rows, in time that grows with the rows alone: by the delta method as it is,
  /// not checked by profiles.
  std::vector<std::optional<Interval>> intervals(const Points& rows) const;
  Prediction prediction(std::span<const double> inputs,
                        std::optional<double> actual = std::nullopt) const;
  /// The middle of a parameter's replicates; absent without.
  std::optional<Interval> bootstrap_interval(std::size_t parameter) const;
  /// Of the prediction, by the covariance's coordinates. Needs a covariance.
  PredictionGradient gradient(std::span<const double> inputs) const;
  /// The largest factor by which an input lies above the points' range, or below; 1 inside.
  double extrapolation(std::span<const double> inputs) const;
  /// "bootstrap", "split-conformal", or what the covariance rests on: "delta", "sandwich",
  /// "laplace"; "" where there is nothing to take intervals from.
  std::string interval_kind() const;
  /// Information criteria and leave-one-out. Needs the points.
  Criteria criteria() const { return criteria_of(*problem, fit); }
  /// What the data determine, influential points and outliers. Needs the points.
  Diagnosis diagnosis() const { return diagnose(*problem, fit); }

 private:
  std::optional<Interval> own_interval(std::span<const double> inputs) const;
  std::vector<std::optional<Interval>> own_intervals(const Points& rows) const;
  std::optional<Interval> interval_of_optimum(std::span<const double> inputs) const;
  std::optional<Interval> interval_of(std::vector<double> replicate_predictions) const;
  std::vector<std::optional<Interval>> replicate_intervals(const Points& rows) const;
  std::optional<Interval> covariance_interval(std::span<const double> inputs) const;
  std::optional<Points> stand_in(std::span<const double> inputs) const;
};

}  // namespace rung
