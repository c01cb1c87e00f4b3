#pragma once
/// The linear parameters of a law, given the others.

#include <vector>

#include "rung/fit/optimum/bounded_least_squares.hpp"
#include "rung/fit/optimum/structure.hpp"
#include "rung/fit/problem.hpp"

namespace rung {

/// Solves the linear parameters of one problem, again and again, by iteratively reweighted bounded
/// least squares. Keeps its working space, so one belongs to one thread.
class LinearSolver {
 public:
  LinearSolver(const FitProblem& problem, const Structure& structure);

  struct Solution {
    double objective = kInfinity;
    unsigned face = 0;  // two bits a linear coordinate: at its lower, at its upper bound
  };

  /// Fills theta [n_parameters], natural scale, from the nonlinear coordinates' values.
  Solution solve(const double* nonlinear, int n_rounds, double* theta);

  /// True for least squares on f itself: one round gives the exact optimum.
  bool exact() const { return exact_; }

  /// Where there is only one.
  int nonlinear_coordinate() const { return structure_.nonlinear.front(); }

  /// For least squares: the derivative of the least sum of squares by the only nonlinear
  /// coordinate's parameter; zero where rounding hides it. Fills theta as solve does, to full
  /// accuracy.
  double slope(double nonlinear, double* theta);

 private:
  void start(const double* nonlinear, double* theta);
  bool is_linear(int parameter) const;
  double share_with_slopes(std::vector<double> theta);
  void leave_floor();
  void set_first_weights();
  void scale_columns();
  void set_normal_equations();
  /// Adds to theta, and takes from the residuals, what the normal equations ask for; the face it
  /// ends on.
  unsigned improve(double* theta);
  void reweigh();
  void evaluate_residuals(const double* theta);
  const double* column(int linear) const;
  const double* scaled(int linear) const {
    return scaled_.data() + static_cast<std::size_t>(linear) * n_;
  }

  const FitProblem& problem_;
  const Structure& structure_;
  std::size_t n_;
  AlignedArray f_, jacobian_;
  AlignedArray target_;  // observations in residual space
  std::vector<double> weight_;
  std::vector<double> residual_;  // y - prediction
  std::vector<double> scaled_;    // [linear][point]: columns times scale_
  std::vector<double> lower_, upper_, scale_, step_lower_, step_upper_, step_;
  std::vector<double> template_;  // theta with fixed parameters in place, linear ones zero
  NormalEquations equations_;
  double huber_delta_;  // of the loss while the nodes are compared
  bool exact_ = false;
};

}  // namespace rung
