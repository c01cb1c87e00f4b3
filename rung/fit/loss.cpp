#include "rung/fit/loss.hpp"

#include <algorithm>
#include <limits>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr double kAsymmetricDelta = 1e-3;

struct NamedLoss {
  std::string_view name;
  LossKind kind;
  double low, high, standard;  // bounds and default of its parameter; high = 0: it has none
};
constexpr NamedLoss kLosses[] = {{"squared", LossKind::squared, 0, 0, 0},
                                 {"huber", LossKind::huber, 0, 1e300, 1e-3},
                                 {"huber:auto", LossKind::huber_auto, 0, 0, 0},
                                 {"lad", LossKind::lad, 0, 0, 0},
                                 {"quantile", LossKind::quantile, 0, 1, 0.5},
                                 {"asymmetric", LossKind::asymmetric, 0, 1e300, 10},
                                 {"binomial", LossKind::binomial, 0, 0, 0}};

constexpr std::string_view kHint =
    "one of squared, huber:DELTA, huber:auto, lad, quantile:LEVEL, asymmetric:PENALTY, "
    "binomial:QUESTIONS";

}  // namespace

LossShape Loss::shape(double huber_delta) const {
  switch (kind) {
    case LossKind::squared:
      return {.delta = std::numeric_limits<double>::infinity(), .scale = 2};
    case LossKind::huber:
      return {.delta = std::max(parameter, huber_delta)};
    case LossKind::huber_auto:
      break;
    case LossKind::lad:
      return {.delta = huber_delta, .scale = huber_delta > 0 ? 1 / huber_delta : 1};
    case LossKind::quantile:
      // A pinball at level q charges q for an observation above the prediction (r < 0).
      return {.delta = huber_delta,
              .scale = huber_delta > 0 ? 1 / huber_delta : 1,
              .weight_over = 1 - parameter,
              .weight_under = parameter};
    case LossKind::binomial:
      // Finite, as the deviance is no parabola.
      return {.delta = 1e300, .scale = 2, .binomial = true};
    case LossKind::asymmetric:
      return {.delta = std::max(kAsymmetricDelta, huber_delta), .weight_over = parameter};
  }
  return {.delta = 1};  // huber_auto, before its scale is known
}

std::string Loss::text() const {
  for (const NamedLoss& loss : kLosses) {
    if (loss.kind == kind)
      return std::string(loss.name) + (loss.high > 0 ? ":" + shortest(parameter) : "");
  }
  return {};
}

Loss parse_loss(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (text == "huber:auto") return {LossKind::huber_auto};
  for (const NamedLoss& loss : kLosses) {
    if (loss.name != name) continue;
    if (colon == std::string_view::npos) return {loss.kind, loss.standard};
    const std::optional<double> parameter = parse_double(text.substr(colon + 1));
    if (loss.high == 0 || !parameter || !(*parameter > loss.low && *parameter < loss.high)) {
      const std::string takes = loss.high == 0   ? "takes no number"
                                : loss.high == 1 ? "needs a number between 0 and 1"
                                                 : "needs a number above 0";
      throw InputError("--loss '" + std::string(text) + "': " + std::string(name) + " " + takes,
                       std::string(kHint));
    }
    return {loss.kind, *parameter};
  }
  throw InputError("--loss: there is no loss '" + std::string(text) + "'", std::string(kHint));
}

Residual parse_residual(std::string_view text) {
  for (const Residual residual : {Residual::raw, Residual::log, Residual::logit}) {
    if (residual_name(residual) == text) return residual;
  }
  throw InputError("--residual: there is no residual '" + std::string(text) + "'",
                   "one of raw, log, logit");
}

std::string_view residual_name(Residual residual) {
  switch (residual) {
    case Residual::log:
      return "log";
    case Residual::logit:
      return "logit";
    case Residual::raw:
      break;
  }
  return "raw";
}

}  // namespace rung
