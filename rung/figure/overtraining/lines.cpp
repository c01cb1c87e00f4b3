#include "rung/figure/overtraining/lines.hpp"

#include <array>
#include <utility>

namespace rung::overtraining {

double law_loss(const Fit& fit, double ratio, double compute) {
  return predict(*fit.law, fit.theta, std::array{ratio, compute});
}

double law_error(const Fit& fit, double loss) {
  return predict(*fit.law, fit.theta, std::array{loss});
}

Curve line(std::vector<double> x, std::vector<double> y, Colour colour, Dash dash, double width) {
  Curve curve;
  curve.x = std::move(x);
  curve.y = std::move(y);
  curve.colour = colour;
  curve.dash = dash;
  curve.width_px = width;
  return curve;
}

}  // namespace rung::overtraining
