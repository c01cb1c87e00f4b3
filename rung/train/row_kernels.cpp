#include "rung/train/row_kernels.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace rung::train {
namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RUNG_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RUNG_CLONES
#endif

/// exp(x) to 2 units in the last place, 0 where that is below fp32's normal numbers; x <= 88.
/// x = n log 2 + r, and exp(r) by its series.
[[gnu::always_inline]] inline float exponential(float x) {
  constexpr float kLowest = -87.0F, kToWhole = 12582912.0F;  // 1.5 * 2^23
  const float bounded = x < kLowest ? kLowest : x;
  const float shifted = bounded * 1.44269504F + kToWhole;  // n in its lowest bits
  const float n = shifted - kToWhole;
  const float r = (bounded - n * 0.693359375F) + n * 2.12194440e-4F;
  float series = 1.0F / 5040;
  series = series * r + 1.0F / 720;
  series = series * r + 1.0F / 120;
  series = series * r + 1.0F / 24;
  series = series * r + 1.0F / 6;
  series = series * r + 0.5F;
  series = series * r + 1.0F;
  series = series * r + 1.0F;
  const float power = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127U) << 23);
  return x < kLowest ? 0.0F : series * power;
}

[[gnu::always_inline]] inline float sigmoid(float x) {
  const float bounded = x < -80.0F ? -80.0F : x;
  return 1.0F / (1.0F + exponential(-bounded));
}

[[gnu::always_inline]] inline void turn(const float* x, const RowAngles& angles, float scale,
                                        float direction, float* turned) {
  const std::size_t half = angles.half;
#pragma omp simd
  for (std::size_t i = 0; i < half; ++i) {
    const float a = x[i] * scale, b = x[i + half] * scale;
    const float c = angles.cosine[i], s = angles.sine[i] * direction;
    turned[i] = a * c - b * s;
    turned[i + half] = b * c + a * s;
  }
}

}  // namespace

RUNG_CLONES float softmax_row(float* x, std::size_t n) {
  float most = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : most)
  for (std::size_t i = 0; i < n; ++i) most = x[i] > most ? x[i] : most;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = exponential(x[i] - most);
    sum += x[i];
  }
  const float share = 1.0F / sum;
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) x[i] *= share;
  return most + std::log(sum);
}

RUNG_CLONES void softmax_gradient_row(const float* shares, float* gradient, std::size_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < n; ++i) sum += shares[i] * gradient[i];
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) gradient[i] = shares[i] * (gradient[i] - sum);
}

RUNG_CLONES float rms_norm_row(const float* x, const float* gain, std::size_t n, double epsilon,
                               float* normal) {
  float squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::size_t i = 0; i < n; ++i) squares += x[i] * x[i];
  const float scale =
      1.0F / std::sqrt(squares / static_cast<float>(n) + static_cast<float>(epsilon));
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) normal[i] = x[i] * scale * gain[i];
  return scale;
}

RUNG_CLONES void rms_norm_gradient_row(const NormedRow& row, const float* gradient, float* to_x,
                                       float* to_gain) {
  const auto [x, gain, n, scale] = row;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < n; ++i) {
    const float part = gradient[i] * x[i];
    to_gain[i] += part * scale;
    sum += part * gain[i];
  }
  const float along = sum / static_cast<float>(n) * scale * scale;
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) to_x[i] = scale * (gradient[i] * gain[i] - x[i] * along);
}

RUNG_CLONES void swiglu_row(const GatedRow& row, float* product) {
  const auto [gate, up, n] = row;
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) product[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

RUNG_CLONES void swiglu_gradient_row(const GatedRow& row, const float* gradient, float* to_gate,
                                     float* to_up) {
  const auto [gate, up, n] = row;
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const float share = sigmoid(gate[i]), silu = gate[i] * share;
    to_up[i] = gradient[i] * silu;
    to_gate[i] = gradient[i] * up[i] * (share + silu * (1.0F - share));
  }
}

RUNG_CLONES void turn_row(const float* x, const RowAngles& angles, float scale, float* turned) {
  turn(x, angles, scale, 1, turned);
}

RUNG_CLONES void turn_back_row(const float* x, const RowAngles& angles, float scale,
                               float* turned) {
  turn(x, angles, scale, -1, turned);
}

RUNG_CLONES void scale_row(float* x, std::size_t n, float by) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) x[i] *= by;
}

RUNG_CLONES void widen_row(const std::uint16_t* x, std::size_t n, float* wide) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) wide[i] = std::bit_cast<float>(std::uint32_t{x[i]} << 16);
}

RUNG_CLONES void narrow_row(const float* x, std::size_t n, std::uint16_t* narrow) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(x[i]);
    const std::uint32_t rounded = (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;
    // Rounding would make an infinity of some that are no number.
    narrow[i] = static_cast<std::uint16_t>((bits & 0x7fffffffU) > 0x7f800000U ? 0x7fc0U : rounded);
  }
}

}  // namespace rung::train
