#include "rung/study/table/law_shape.hpp"

#include <algorithm>
#include <cmath>

#include "rung/fit/problem.hpp"

namespace rung::table {
namespace {

/// A share from 0 to 1 of the way over an input's typical range, by logarithm where it is positive.
double typical_input(const InputInfo& input, double share) {
  const double low = input.typical_low, high = input.typical_high;
  return input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
}

}  // namespace

LawShape shape_of(const Law& law) {
  constexpr int kSteps = 120;
  std::vector<double> theta, inputs;
  for (const ParameterInfo& parameter : law.info.parameters) theta.push_back(parameter.typical);
  for (const InputInfo& input : law.info.inputs) inputs.push_back(typical_input(input, 0.5));
  LawShape shape;
  for (int step = 0; step <= kSteps; ++step) {
    shape.x.push_back(typical_input(law.info.inputs[0], step / static_cast<double>(kSteps)));
  }
  if (inputs.size() > 1) {
    for (const double share : {0.0, 0.5, 1.0}) {
      shape.second.push_back(typical_input(law.info.inputs[1], share));
    }
  }
  for (std::size_t c = 0; c < std::max<std::size_t>(1, shape.second.size()); ++c) {
    if (!shape.second.empty()) inputs[1] = shape.second[c];
    std::vector<double> curve;
    for (const double x : shape.x) {
      inputs[0] = x;
      curve.push_back(predict(law, theta, inputs));
    }
    shape.curves.push_back(std::move(curve));
  }
  return shape;
}

}  // namespace rung::table
