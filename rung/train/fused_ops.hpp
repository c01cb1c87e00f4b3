#pragma once
/// A decoder's operations that libtorch would do by several passes over memory, forward and
/// backward: here a row at a time (row_kernels.hpp), or a head of one sequence, which a cache
/// holds. Tensors are fp32 or bfloat16; sums and exponentials are fp32. No number of threads
/// changes a result.

#include <ATen/core/Tensor.h>

namespace rung::train {

/// gain * x / sqrt(mean(x^2) + epsilon) over the last dimension, to fp32.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon);

/// silu(first half of the last dimension) * second half.
at::Tensor swiglu(const at::Tensor& gate_up);

/// Sums over rows, each weighted.
struct LogitLoss {
  double cross_entropy = 0;  // nats
  double z_squared = 0;      // logsumexp(logits)^2
  at::Tensor gradient;       // of scale * (cross_entropy + z_loss * z_squared), as logits
};

/// logits: [N, V]; targets: [N], int64; weights: [N], fp32.
LogitLoss logit_loss(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& weights,
                     double scale, double z_loss);

}  // namespace rung::train
