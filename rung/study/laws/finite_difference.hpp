#pragma once
#include <functional>

namespace rung::laws {

/// The derivative of g at u by Ridders' method: Richardson's extrapolation of central differences
/// over shrinking steps, the one that agrees best with its neighbours.
double finite_difference(const std::function<double(double)>& g, double u, double step);

}  // namespace rung::laws
