#include <gtest/gtest.h>

#include "rung/fit/problem.hpp"

namespace rung {
namespace {

TEST(Predict, APointAloneIsAsAmongOthers) {
  for (const Law* law : built_in_laws()) {
    std::vector<double> theta;
    for (const ParameterInfo& parameter : law->info.parameters) theta.push_back(parameter.typical);
    Points points(law->info.inputs.size(), 3);
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<double> inputs;
      for (const InputInfo& input : law->info.inputs) {
        const double share = 0.5 * static_cast<double>(i);
        inputs.push_back(input.typical_low + share * (input.typical_high - input.typical_low));
      }
      points.set(i, inputs, 0);
    }
    const std::vector<double> together = predict(*law, theta, points);
    for (std::size_t i = 0; i < points.size(); ++i)
      EXPECT_EQ(predict(*law, theta, points.inputs(i)), together[i]) << law->info.name;
  }
}

}  // namespace
}  // namespace rung
