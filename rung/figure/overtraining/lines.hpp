#pragma once
/// The laws of the over-training study as lines.

#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/fit/fit.hpp"

namespace rung::overtraining {

double law_loss(const Fit& fit, double ratio, double compute);
double law_error(const Fit& fit, double loss);

Curve line(std::vector<double> x, std::vector<double> y, Colour colour, Dash dash, double width);

}  // namespace rung::overtraining
