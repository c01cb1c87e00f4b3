// In counts, millions or billions a law fits alike: objective, predictions, status.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/law_names.hpp"
#include "tests/support/simulated_law.hpp"

namespace rung {
namespace {

/// Inputs that come in counts.
bool is_count(const std::string& name) {
  return name == "N" || name == "D" || name == "C" || name == "U" || name == "S1";
}

Points in_units(const Law& law, const Points& counts, double unit) {
  Points points(counts.n_inputs(), counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::vector<double> inputs = counts.inputs(i);
    for (std::size_t k = 0; k < inputs.size(); ++k)
      inputs[k] *= is_count(law.info.inputs[k].name) ? unit : 1;
    points.set(i, inputs, counts.y(i), counts.weight(i));
  }
  return points;
}

class Units : public testing::TestWithParam<std::string> {};

TEST_P(Units, DoNotMatter) {
  const std::string name = GetParam();
  // D^-e^(A N^a + E): no parameter takes up a factor of D, so that it is another law in other
  // units.
  if (name == "farseer") GTEST_SKIP() << "not the same law in other units";
  const SimulatedLaw simulated(find_law(name));
  const Law& law = simulated.law();
  const Points counts = simulated.noisy(1);
  const FitOptions options{.residual = law.info.residual};
  const Fit usual = fit(law, counts, options);
  const std::vector<double> expected = predict(law, usual.theta, counts);
  for (const double unit : {1e-6, 1e-9}) {
    const Points points = in_units(law, counts, unit);
    const Fit other = fit(law, points, options);
    EXPECT_NEAR(other.objective / usual.objective, 1, 1e-8) << unit;
    const std::vector<double> predicted = predict(law, other.theta, points);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(predicted[i] / expected[i], 1, 1e-6) << unit;
    // Of ten parameters: its searches in millions stop before enough of them agree.
    if (name != "five-factor-moe") {
      EXPECT_EQ(other.status, usual.status) << unit;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Units, testing::ValuesIn(names_of_laws()), test_name_of_law);

}  // namespace
}  // namespace rung
