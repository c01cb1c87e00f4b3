#pragma once
/// What a fit minimises over the residuals.

#include <optional>
#include <string>
#include <string_view>

#include "rung/law/kernel.hpp"

namespace rung {

enum class LossKind { squared, huber, huber_auto, lad, quantile, asymmetric, binomial };

/// A sum over points, never a mean. squared: r^2. huber: r^2/2 up to `parameter`, then linear. lad:
/// |r|. quantile: pinball loss at level `parameter`. asymmetric: Huber(1e-3) with predictions above
/// the observation weighted `parameter` times as much, for envelopes of under-tuned runs.
/// huber_auto: Huber with a delta by the residuals' own scale, which is estimated before the fit
/// (huber_scale.hpp). binomial: the deviance of shares of questions, a point's weight being how
/// many it has; raw residuals alone.
struct Loss {
  LossKind kind = LossKind::squared;
  double parameter = 0;

  static Loss huber(double delta = 1e-3) { return {LossKind::huber, delta}; }

  /// Kinked at zero (lad, quantile): smoothed to a Huber loss and fitted with ever smaller delta.
  bool kinked() const { return kind == LossKind::lad || kind == LossKind::quantile; }

  /// Descended by itself, without continuation from wider deltas.
  bool smooth() const { return kind == LossKind::squared || kind == LossKind::binomial; }

  /// The kernels' form. A kinked loss is smoothed to a Huber loss with this delta; a Huber loss
  /// takes it where it is wider than its own, which makes the objective smoother on the way to its
  /// minimum.
  LossShape shape(double huber_delta = 0) const;

  std::string text() const;
};

/// "squared", "huber:1e-3", "huber:auto", "lad", "quantile:0.9", "asymmetric:10", "binomial".
/// InputError on anything else.
Loss parse_loss(std::string_view text);
Residual parse_residual(std::string_view text);
std::string_view residual_name(Residual residual);

}  // namespace rung
