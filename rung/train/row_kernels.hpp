#pragma once
/// Loops over one row of numbers, of which a decoder has many: what libtorch would do with several
/// passes over memory. Compiled for each kind of vector unit, the widest that is there is taken.

#include <cstddef>
#include <cstdint>

namespace rung::train {

/// x becomes exp(x) / sum(exp(x)). Returns log(sum(exp(x))).
float softmax_row(float* x, std::size_t n);

/// The gradient of a softmax's outputs becomes that of its inputs.
void softmax_gradient_row(const float* shares, float* gradient, std::size_t n);

/// normal = x * scale * gain. Returns scale, 1 / sqrt(mean(x^2) + epsilon).
float rms_norm_row(const float* x, const float* gain, std::size_t n, double epsilon, float* normal);

/// What rms_norm_row was given and returned.
struct NormedRow {
  const float *x, *gain;
  std::size_t n;
  float scale;
};
/// From the gradient of rms_norm_row's output: `to_x`; and `to_gain`, to which it is added.
void rms_norm_gradient_row(const NormedRow& row, const float* gradient, float* to_x,
                           float* to_gain);

struct GatedRow {
  const float *gate, *up;
  std::size_t n;
};
/// product = gate * sigmoid(gate) * up.
void swiglu_row(const GatedRow& row, float* product);
void swiglu_gradient_row(const GatedRow& row, const float* gradient, float* to_gate, float* to_up);

/// By which coordinates i and i + half turn.
struct RowAngles {
  const float *cosine, *sine;
  std::size_t half;
};
void turn_row(const float* x, const RowAngles& angles, float scale, float* turned);
/// Back by the same angles.
void turn_back_row(const float* x, const RowAngles& angles, float scale, float* turned);

void scale_row(float* x, std::size_t n, float by);

/// Between fp32 and the bits of bfloat16, rounded to the nearest, ties to even.
void widen_row(const std::uint16_t* x, std::size_t n, float* wide);
void narrow_row(const float* x, std::size_t n, std::uint16_t* narrow);

}  // namespace rung::train
