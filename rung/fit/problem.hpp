#pragma once
/// One fit to make: a law, points, a loss and what is known about the parameters.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/loss.hpp"
#include "rung/fit/optimum/power_law_reparametrization.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung {

/// What a user says of one parameter, beyond the law's own bounds.
struct Constraint {
  std::string parameter;
  std::optional<double> lower, upper;  // natural scale
  std::optional<double> fixed;         // not fitted, but this value
  std::string tied_to;                 // equal to this other parameter
  double offset = 0;                   // but for this: b = a + 1
  std::optional<double> prior_mean;    // normal prior on the natural scale
  std::optional<double> prior_sd;
  std::optional<double> start;  // natural scale: fit() begins a descent here, too
};

/// A loss over points as a function of the free coordinates: log(theta) for parameters fitted by
/// their logarithm, theta for the others; fixed parameters are left out and tied ones share a
/// coordinate, in the natural scale where they are tied with an offset. Refers to the law and the
/// points, which must outlive it.
class FitProblem {
 public:
  /// InputError when a constraint names no parameter of the law or contradicts another, when an
  /// observation has no residual (a log of 0), or when the points do not fit the law's inputs.
  FitProblem(const Law& law, const Points& points, Loss loss, Residual residual,
             const std::vector<Constraint>& constraints = {});

  const Law& law() const { return *law_; }
  const Points& points() const { return *points_; }
  const Loss& loss() const { return loss_; }
  Residual residual() const { return residual_; }

  bool has_priors() const { return !priors_.empty(); }
  int n_parameters() const { return law_->n_parameters(); }
  int n_free() const { return static_cast<int>(free_.size()); }

  /// Which parameter a free coordinate stands for (the first, where several are tied).
  int parameter_of(int coordinate) const {
    return free_[static_cast<std::size_t>(coordinate)].parameter;
  }
  /// The free coordinate that moves a parameter; -1 where it is fixed.
  int coordinate_of(int parameter) const {
    return coordinate_of_[static_cast<std::size_t>(parameter)];
  }
  double lower(int coordinate) const { return free_[static_cast<std::size_t>(coordinate)].lower; }
  double upper(int coordinate) const { return free_[static_cast<std::size_t>(coordinate)].upper; }
  /// What a parameter is above its coordinate: not 0 where it is tied with an offset.
  double offset(int parameter) const { return offset_[static_cast<std::size_t>(parameter)]; }
  bool of_log(int parameter) const { return of_log_[static_cast<std::size_t>(parameter)] != 0; }
  /// Whether a parameter that is fitted by its logarithm is so small that it may underflow to zero.
  bool underflows(int parameter, double z) const { return of_log(parameter) && z < -600; }

  /// The same problem with one parameter fixed at a value; its coordinate disappears.
  FitProblem with_fixed(int parameter, double theta) const;
  /// The same problem with every parameter its own coordinate, none by its logarithm: in what a law
  /// is linear in, it then is quadratic but for the loss.
  FitProblem in_natural_scale() const;
  /// The same problem with another loss.
  FitProblem with_loss(Loss loss) const;
  /// The same problem over other points.
  FitProblem with_points(const Points& points) const;
  /// The same problem with another law of the same parameters, and points that have its inputs.
  FitProblem with_law(const Law& law, const Points& points) const;

  /// All parameters, natural scale, from free coordinates; room for n_parameters.
  void theta_at(const double* z, double* theta) const;
  std::vector<double> theta_at(const std::vector<double>& z) const;
  /// Free coordinates of a parameter vector, moved inside the bounds.
  std::vector<double> coordinates_of(const std::vector<double>& theta) const;

  /// The objective at z; infinity where it does not exist. `weights` (n_padded) replaces the
  /// points' own; `huber_delta` is a wider delta than the loss's own.
  double objective(const double* z, const double* weights = nullptr, double huber_delta = 0) const;
  /// The same of a parameter vector [n_parameters].
  double objective_at(const double* theta, const double* weights = nullptr,
                      double huber_delta = 0) const;
  /// The same with its gradient [n_free], Hessian and metric (see Kernel), packed lower triangles
  /// [n_free (n_free + 1) / 2].
  struct Derivatives {
    double* gradient;
    double* hessian;
    double* metric;
  };
  double derivatives(const double* z, const Derivatives& out, const double* weights = nullptr,
                     double huber_delta = 0) const;
  /// How far off the objective may be at `value` from the rounding of predictions and observations
  /// alone.
  double rounding(double value, double huber_delta = 0) const;
  /// What that rests on: epsilon (value + min(sqrt(by_root value), by_slope)) + least.
  struct RoundingBounds {
    double by_root, by_slope, least;
  };
  RoundingBounds rounding_bounds(double huber_delta = 0) const;
  /// The objective as reported: kinked losses exactly.
  double exact_objective(const std::vector<double>& theta) const;

  /// Predictions for points of this law at theta; [points.size()].
  std::vector<double> predict(const std::vector<double>& theta, const Points& points) const;

  /// Moves the end of a step in the free coordinates to where it ends in the reparametrization of a
  /// power law (see PowerLawReparametrization), inside the bounds.
  void reparametrize_step(const double* from, double* to) const;

  /// Every parameter is free, on its own and without prior: coordinates stand for parameters.
  bool is_plain() const { return plain_; }
  /// What reparametrize_step() uses; null where there is none.
  const PowerLawReparametrization* reparametrization() const {
    return reparametrization_ ? &*reparametrization_ : nullptr;
  }

  /// A loss with a kink is smoothed at least within this distance of it, in residual space, which
  /// is negligible beside the observations' size; 0 for losses without a kink.
  double least_huber_delta() const { return least_huber_delta_; }

  /// A call on the kernels with this problem's points, loss and residual, at theta.
  KernelCall call_at(const double* theta, const double* weights = nullptr,
                     double huber_delta = 0) const;

 private:
  struct Coordinate {
    int parameter;
    double lower, upper;
  };
  struct Prior {
    int parameter;
    double mean, sd;
  };

  void apply(const std::vector<Constraint>& constraints);
  void set_coordinates();
  void check_points() const;
  void move_ties_to_natural_scale();
  void sum_targets();

  const Law* law_;
  const Points* points_;
  Loss loss_;
  Residual residual_;
  AlignedArray target_;
  double target_sum_ = 0, target_squares_ = 0;  // weighted, of |t(y)|
  double least_huber_delta_ = 0;
  std::vector<double> lower_, upper_;  // by parameter, natural scale
  std::vector<double> fixed_;          // by parameter; NaN where free
  std::vector<int> tied_to_;           // by parameter; -1 where it stands alone
  std::vector<double> tie_offset_;     // by parameter, above the one that it is tied to
  std::vector<double> offset_;         // by parameter, above its coordinate
  std::vector<Prior> priors_;
  std::vector<Coordinate> free_;
  std::vector<int> coordinate_of_;
  std::vector<unsigned char> of_log_;
  std::optional<PowerLawReparametrization> reparametrization_;
  bool plain_ = false;
};

/// Predictions of a law for points, without an observation: [points.size()].
std::vector<double> predict(const Law& law, const std::vector<double>& theta, const Points& points);

/// One prediction at one row of inputs.
double predict(const Law& law, const std::vector<double>& theta, std::span<const double> inputs);

}  // namespace rung
