#include "rung/study/laws/simulated.hpp"

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/problem.hpp"

namespace rung::laws {
namespace {

std::string described(const Law& law, const std::vector<std::vector<double>>& inputs,
                      std::size_t point) {
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    parts.push_back(law.info.inputs[k].name + " = " + significant(inputs[k][point]));
  return join(parts, ", ");
}

}  // namespace

std::vector<double> typical_parameters(const Law& law) {
  std::vector<double> theta;
  for (const ParameterInfo& parameter : law.info.parameters) theta.push_back(parameter.typical);
  return theta;
}

double typical_input(const InputInfo& input, double share) {
  const double low = input.typical_low, high = input.typical_high;
  return input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
}

std::vector<double> random_inputs(const Law& law, Rng& rng) {
  std::vector<double> inputs;
  for (const InputInfo& input : law.info.inputs)
    inputs.push_back(typical_input(input, rng.uniform()));
  return inputs;
}

SimulatedData::SimulatedData(const Law& law)
    : residual_(law.info.residual),
      truth_(typical_parameters(law)),
      inputs_(law.info.inputs.size()) {
  Rng rng(1);
  for (std::size_t i = 0; i < kPoints; ++i) {
    const std::vector<double> row = random_inputs(law, rng);
    for (std::size_t k = 0; k < inputs_.size(); ++k) inputs_[k].push_back(row[k]);
  }
  exact_ = predict(law, truth_, Points::from_columns(inputs_, std::vector<double>(kPoints, 1)));
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double t = transformed(residual_, exact_[i]);
    if (!std::isfinite(t)) {
      throw InputError("law '" + law.info.name + "' has no value to fit at its typical parameters",
                       described(law, inputs_, i) + ": " + significant(exact_[i]));
    }
    mean += t / kPoints;
  }
  for (const double f : exact_) squares += std::pow(transformed(residual_, f) - mean, 2) / kPoints;
  noise_ = 0.01 * std::sqrt(squares);
}

std::vector<double> SimulatedData::noisy(std::uint64_t seed) const {
  Rng rng(7, seed);
  std::vector<double> y;
  for (const double f : exact_)
    y.push_back(back_transformed(residual_, transformed(residual_, f) + noise_ * rng.normal()));
  return y;
}

}  // namespace rung::laws
