#include "rung/train/fused_ops.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "rung/train/row_kernels.hpp"

namespace rung::train {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kRowsAtOnce = 64;

/// The rows of a tensor's last dimension, read and written as fp32 whatever they are kept in.
class Rows {
 public:
  explicit Rows(const Tensor& tensor)
      : rows_(tensor.reshape({-1, tensor.size(-1)})), is_wide_(rows_.scalar_type() == at::kFloat) {
    if (rows_.stride(1) != 1) rows_ = rows_.contiguous();
  }

  std::int64_t n() const { return rows_.size(0); }
  std::size_t width() const { return static_cast<std::size_t>(rows_.size(1)); }
  const Tensor& tensor() const { return rows_; }

  /// Row i; in `room` where it is not kept in fp32.
  const float* read(std::int64_t i, std::vector<float>& room) const {
    if (is_wide_) return wide(i);
    room.resize(width());
    widen_row(narrow(i), width(), room.data());
    return room.data();
  }
  /// Has `fill` write row i.
  template <class Fill>
  void write(std::int64_t i, std::vector<float>& room, const Fill& fill) const {
    if (is_wide_) return fill(wide(i));
    room.resize(width());
    fill(room.data());
    narrow_row(room.data(), width(), narrow(i));
  }

 private:
  float* wide(std::int64_t i) const { return rows_.data_ptr<float>() + i * rows_.stride(0); }
  std::uint16_t* narrow(std::int64_t i) const {
    return reinterpret_cast<std::uint16_t*>(rows_.data_ptr<at::BFloat16>()) + i * rows_.stride(0);
  }

  Tensor rows_;
  bool is_wide_;
};

/// act(begin, end, part) for parts of n rows, which are the same for any number of threads.
template <class Act>
void for_parts(std::int64_t n, const Act& act) {
  const std::int64_t n_parts = (n + kRowsAtOnce - 1) / kRowsAtOnce;
  at::parallel_for(0, n_parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t part = first; part < last; ++part)
      act(part * kRowsAtOnce, std::min(n, (part + 1) * kRowsAtOnce), part);
  });
}

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& gain,
                        double epsilon) {
    const Rows rows(x);
    const Tensor normal = at::empty(x.sizes(), at::kFloat);
    const Tensor scales = at::empty({rows.n()}, at::kFloat);
    const Rows to(normal);
    float* const scale = scales.data_ptr<float>();
    const float* const gains = gain.data_ptr<float>();
    for_parts(rows.n(), [&](std::int64_t begin, std::int64_t end, std::int64_t) {
      std::vector<float> room;
      for (std::int64_t i = begin; i < end; ++i)
        to.write(i, room, [&](float* out) {
          scale[i] = rms_norm_row(rows.read(i, room), gains, rows.width(), epsilon, out);
        });
    });
    context->save_for_backward({rows.tensor(), gain, scales});
    return normal;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const Rows rows(saved[0]), out(gradients[0]);
    const float* const gain = saved[1].data_ptr<float>();
    const float* const scale = saved[2].data_ptr<float>();
    const Tensor to_x = at::empty(gradients[0].sizes(), saved[0].options());
    const Rows to(to_x);
    const std::int64_t n_parts = (rows.n() + kRowsAtOnce - 1) / kRowsAtOnce;
    const Tensor to_gain = at::zeros({n_parts, saved[0].size(1)}, at::kFloat);
    const Rows gain_sums(to_gain);
    for_parts(rows.n(), [&](std::int64_t begin, std::int64_t end, std::int64_t part) {
      std::vector<float> room, x_room, unused;
      gain_sums.write(part, unused, [&](float* sums) {
        for (std::int64_t i = begin; i < end; ++i)
          to.write(i, room, [&](float* to_row) {
            rms_norm_gradient_row({rows.read(i, x_room), gain, rows.width(), scale[i]},
                                  out.read(i, unused), to_row, sums);
          });
      });
    });
    return {to_x, to_gain.sum(0), {}};
  }
};

struct SwiGlu : torch::autograd::Function<SwiGlu> {
  static Tensor forward(AutogradContext* context, const Tensor& gate_up) {
    const Rows rows(gate_up);
    std::vector<std::int64_t> sizes = gate_up.sizes().vec();
    sizes.back() /= 2;
    const Tensor product = at::empty(sizes, gate_up.options());
    const Rows to(product);
    for_parts(rows.n(), [&](std::int64_t begin, std::int64_t end, std::int64_t) {
      std::vector<float> room, to_room;
      for (std::int64_t i = begin; i < end; ++i)
        to.write(i, to_room, [&](float* out) {
          const float* const gate = rows.read(i, room);
          swiglu_row({gate, gate + to.width(), to.width()}, out);
        });
    });
    context->save_for_backward({rows.tensor()});
    return product;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const Tensor saved = context->get_saved_variables()[0];
    const Rows rows(saved), out(gradients[0]);
    std::vector<std::int64_t> sizes = gradients[0].sizes().vec();
    sizes.back() *= 2;
    const Tensor to_gate_up = at::empty(sizes, saved.options());
    const Rows to(to_gate_up);
    for_parts(rows.n(), [&](std::int64_t begin, std::int64_t end, std::int64_t) {
      std::vector<float> room, out_room, to_room;
      for (std::int64_t i = begin; i < end; ++i)
        to.write(i, to_room, [&](float* to_row) {
          const float* const gate = rows.read(i, room);
          swiglu_gradient_row({gate, gate + out.width(), out.width()}, out.read(i, out_room),
                              to_row, to_row + out.width());
        });
    });
    return {to_gate_up};
  }
};

}  // namespace

Tensor rms_norm(const Tensor& x, const Tensor& gain, double epsilon) {
  return RmsNorm::apply(x, gain, epsilon);
}

Tensor swiglu(const Tensor& gate_up) { return SwiGlu::apply(gate_up); }

LogitLoss logit_loss(const Tensor& logits, const Tensor& targets, const Tensor& weights,
                     double scale, double z_loss) {
  const Tensor gradient = at::empty(logits.sizes(), logits.options());
  const Rows rows(logits), to(gradient);
  const std::int64_t* const target = targets.data_ptr<std::int64_t>();
  const float* const weight = weights.data_ptr<float>();
  const Tensor sums = at::zeros({2, rows.n()}, at::kDouble);  // by row, added in one order
  double* const entropy = sums.data_ptr<double>();
  double* const squares = entropy + rows.n();
  for_parts(rows.n(), [&](std::int64_t begin, std::int64_t end, std::int64_t) {
    std::vector<float> room, to_room;
    for (std::int64_t i = begin; i < end; ++i)
      to.write(i, to_room, [&](float* out) {
        const float* const row = rows.read(i, room);
        const float at_target = row[target[i]];
        std::copy_n(row, rows.width(), out);
        const float normalizer = softmax_row(out, rows.width());
        entropy[i] = static_cast<double>(weight[i] * (normalizer - at_target));
        squares[i] = static_cast<double>(weight[i] * normalizer * normalizer);
        const float share = weight[i] * static_cast<float>(scale);
        scale_row(out, rows.width(), share * (1 + 2 * static_cast<float>(z_loss) * normalizer));
        out[target[i]] -= share;
      });
  });
  const Tensor totals = sums.sum(1);
  return {totals[0].item<double>(), totals[1].item<double>(), gradient};
}

}  // namespace rung::train
