#pragma once
/// What the fitting room needs of a law, whatever evaluates it: the tape of its formula or code of
/// its own.

#include <cstddef>
#include <memory>

namespace rung {

/// How a prediction is compared with an observation: r = t(f) - t(y).
enum class Residual { raw, log, logit };

/// One loss for all: rho(r) = scale * w(r) * (r^2 / 2 if |r| <= delta, else delta (|r| - delta /
/// 2)), where w is weight_over for r > 0 (prediction above the observation) and weight_under
/// otherwise. Least squares r^2 is {infinity, 2}; Huber is {delta, 1}; |r| is the limit {delta ->
/// 0, 1 / delta}. Where `binomial` is set it is the binomial deviance of a share y of a row's
/// questions instead, 2 [y ln(y / f) + (1 - y) ln((1 - y) / (1 - f))], of raw residuals alone.
struct LossShape {
  double delta;
  double scale = 1;
  double weight_over = 1;
  double weight_under = 1;
  bool binomial = false;
};

/// Points laid out for the kernels: arrays of n_padded doubles, 64-byte aligned, n_padded a
/// multiple of 8; the padding repeats a real point with weight 0.
struct PointsView {
  std::size_t n = 0;
  std::size_t n_padded = 0;
  const double* const* inputs = nullptr;  // [n_inputs][n_padded]
  const double* const* log_inputs =
      nullptr;                     // [n_inputs][n_padded]; NaN where the input is not positive
  const double* target = nullptr;  // t(y)
  const double* weight = nullptr;
};

/// What an evaluation asks for: a parameter's coordinate is log(theta) where `of_log` is set, else
/// theta.
struct KernelCall {
  const double* theta = nullptr;  // [n_parameters], natural scale
  const unsigned char* of_log = nullptr;
  PointsView points;
  Residual residual = Residual::raw;
  LossShape loss{};
};

/// Functions of one law, in this machine's instruction set.
struct Kernel {
  /// f[i] for each point; room for n_padded.
  void (*predict)(const void* self, const KernelCall& call, double* f) = nullptr;
  /// f and its gradient by coordinate: jacobian[p * n_padded + i].
  void (*jacobian)(const void* self, const KernelCall& call, double* f, double* jacobian) = nullptr;
  /// The weighted sum of losses; +infinity where a prediction with weight has no residual (log of a
  /// negative).
  double (*objective)(const void* self, const KernelCall& call) = nullptr;
  /// The same with gradient [n_parameters], Hessian and metric, both packed lower triangles. The
  /// metric is the Hessian of iteratively reweighted least squares, positive semidefinite: sum of w
  /// rho'(r) / r (dr/du) (dr/du)'. It measures a step by how far it moves the predictions.
  double (*derivatives)(const void* self, const KernelCall& call, double* gradient, double* hessian,
                        double* metric) = nullptr;
  /// derivatives() of `lanes` fits at once, each with parameters and weights of its own: theta, and
  /// all that comes out, hold `lanes` numbers running where they hold one otherwise, and so does
  /// each point: inputs, target and weight of the first in all lanes, then of the second.
  void (*derivatives_apart)(const void* self, const KernelCall& call, double* objective,
                            double* gradient, double* hessian, double* metric) = nullptr;
  int lanes = 0;
  /// What `self` points at: a formula's tape; empty for code of the law's own.
  std::shared_ptr<const void> self;
};

}  // namespace rung
