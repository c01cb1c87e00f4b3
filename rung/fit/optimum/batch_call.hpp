#pragma once
/// What the descents in lanes need to know, in plain data: they are compiled for each instruction
/// set and may not share inline functions with the rest (see simd.hpp).

#include <cstddef>

#include "rung/law/law.hpp"

namespace rung {

/// One descent: the points weighted in a way of its own, from a start of its own.
struct BatchDescent {
  const double* weights = nullptr;  // [n points]
  double z[kMaxParameters] = {};    // the start; then where the descent ended
  double objective = kInfinity;     // there
  bool converged = false;
};

/// A term of a PowerLawReparametrization; the coordinate of its scale is a logarithm or the scale
/// itself.
struct ReparametrizedTerm {
  int scale, exponent;  // free coordinates
  bool of_log;
  double log_centre;
  double sign;
};

/// A loss over points as a function of coordinates, of which each stands for one parameter.
struct BatchCall {
  static constexpr int kMostCoordinates = 8;

  const Kernel* kernel = nullptr;
  KernelCall law;  // points laid out for derivatives_apart; theta and weights are filled in
  int n = 0;       // coordinates, at most kMostCoordinates
  std::size_t n_points = 0;
  const double* lower = nullptr;  // [n]
  const double* upper = nullptr;
  const ReparametrizedTerm* terms = nullptr;
  int n_terms = 0;
  int floor = -1;

  int max_evaluations = 0;
  double decrement_tolerance = 0;
  double start_damping = 0;
  /// How far off an objective v may be: epsilon (v + min(sqrt(by_root v), by_slope)) + least; see
  /// FitProblem::rounding.
  double rounding_by_root = 0;
  double rounding_by_slope = 0;
  double rounding_least = 0;

  double* weights = nullptr;  // [n_points x lanes], to work in
};

}  // namespace rung
