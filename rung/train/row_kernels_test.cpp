/// Rows of odd lengths, against sums in double precision and the standard library's exp.

#include "rung/train/row_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace rung::train {
namespace {

constexpr std::size_t kLengths[] = {1, 3, 16, 37, 256};

/// From -5 to 5 by a formula.
std::vector<float> row_of(std::size_t n, double pace) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = static_cast<float>(5 * std::sin(pace * static_cast<double>(i * i + 1)));
  return values;
}

void expect_near(const std::vector<float>& values, const std::vector<double>& expected) {
  double most = 0;
  for (const double value : expected) most = std::max(most, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(values[i], expected[i], 2e-6 * most) << i << " of " << expected.size();
}

TEST(RowKernels, SoftmaxAndItsGradient) {
  for (const std::size_t n : kLengths) {
    std::vector<float> x = row_of(n, 0.7), gradient = row_of(n, 0.3);
    std::vector<double> expected(n), expected_gradient(n);
    double sum = 0, along = 0;
    for (const float value : x) sum += std::exp(static_cast<double>(value));
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] = std::exp(static_cast<double>(x[i])) / sum;
      along += expected[i] * static_cast<double>(gradient[i]);
    }
    for (std::size_t i = 0; i < n; ++i)
      expected_gradient[i] = expected[i] * (static_cast<double>(gradient[i]) - along);
    EXPECT_NEAR(softmax_row(x.data(), n), std::log(sum), 2e-6 * std::abs(std::log(sum)) + 1e-6);
    expect_near(x, expected);
    softmax_gradient_row(x.data(), gradient.data(), n);
    if (n > 1) expect_near(gradient, expected_gradient);
  }
}

TEST(RowKernels, SoftmaxOfFarNumbers) {
  std::vector<float> x = {1e30F, 0, -200, 1e30F};
  EXPECT_FLOAT_EQ(softmax_row(x.data(), x.size()), 1e30F);
  EXPECT_EQ(x, (std::vector<float>{0.5F, 0, 0, 0.5F}));
  std::vector<float> broken = {0, std::nanf(""), 1};
  EXPECT_TRUE(std::isnan(softmax_row(broken.data(), broken.size())));
}

TEST(RowKernels, RmsNorm) {
  for (const std::size_t n : kLengths) {
    const std::vector<float> x = row_of(n, 0.7), gain = row_of(n, 1.1);
    std::vector<float> normal(n);
    double squares = 0;
    for (const float value : x) squares += static_cast<double>(value) * static_cast<double>(value);
    const double scale = 1 / std::sqrt(squares / static_cast<double>(n) + 1e-3);
    std::vector<double> expected(n);
    for (std::size_t i = 0; i < n; ++i)
      expected[i] = static_cast<double>(x[i]) * scale * static_cast<double>(gain[i]);
    EXPECT_NEAR(rms_norm_row(x.data(), gain.data(), n, 1e-3, normal.data()), scale, 1e-6 * scale);
    expect_near(normal, expected);
  }
}

TEST(RowKernels, SwiGlu) {
  for (const std::size_t n : kLengths) {
    std::vector<float> gate = row_of(n, 0.7);
    const std::vector<float> up = row_of(n, 1.1), gradient = row_of(n, 0.3);
    gate[0] = -120;  // whose sigmoid is below all that fp32 holds
    std::vector<float> product(n), to_gate(n), to_up(n);
    std::vector<double> expected(n), expected_gate(n), expected_up(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double g = gate[i], share = 1 / (1 + std::exp(-g)), out = gradient[i];
      expected[i] = g * share * up[i];
      expected_up[i] = out * g * share;
      expected_gate[i] = out * up[i] * share * (1 + g * (1 - share));
    }
    swiglu_row({gate.data(), up.data(), n}, product.data());
    swiglu_gradient_row({gate.data(), up.data(), n}, gradient.data(), to_gate.data(), to_up.data());
    if (n == 1) continue;  // all of it is nearly zero
    expect_near(product, expected);
    expect_near(to_gate, expected_gate);
    expect_near(to_up, expected_up);
  }
}

TEST(RowKernels, TurningBackUndoesTurning) {
  const std::vector<float> x = row_of(10, 0.7), angles = row_of(5, 0.3);
  std::vector<float> cosine, sine, turned(10), back(10);
  for (const float angle : angles) {
    cosine.push_back(std::cos(angle));
    sine.push_back(std::sin(angle));
  }
  turn_row(x.data(), {cosine.data(), sine.data(), 5}, 2, turned.data());
  EXPECT_NEAR(turned[1], 2 * (x[1] * cosine[1] - x[6] * sine[1]), 1e-5);
  EXPECT_NEAR(turned[6], 2 * (x[6] * cosine[1] + x[1] * sine[1]), 1e-5);
  turn_back_row(turned.data(), {cosine.data(), sine.data(), 5}, 0.5F, back.data());
  expect_near(back, {x.begin(), x.end()});
}

TEST(RowKernels, Bfloat16RoundsToTheNearest) {
  // 1 + 2^-8 lies between 1 and 1 + 2^-7: the even one; a little more is the upper one's.
  const std::vector<float> x = {1,
                                1 + 0x1p-8F,
                                1 + 0x1.1p-8F,
                                1 + 0x1.8p-7F,
                                -0.0F,
                                std::numeric_limits<float>::infinity(),
                                std::nanf("")};
  std::vector<std::uint16_t> narrow(x.size());
  std::vector<float> wide(x.size());
  narrow_row(x.data(), x.size(), narrow.data());
  widen_row(narrow.data(), x.size(), wide.data());
  EXPECT_EQ(std::vector<float>(wide.begin(), wide.end() - 1),
            (std::vector<float>{1, 1, 1 + 0x1p-7F, 1 + 0x1p-6F, -0.0F, x[5]}));
  EXPECT_TRUE(std::isnan(wide.back()));
}

}  // namespace
}  // namespace rung::train
