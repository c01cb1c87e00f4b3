/// The kernels of a law, from its value(theta, x). Compiled once for each instruction set, as
/// simd.hpp says.
#pragma once
#include <utility>

#include "rung/law/dual.hpp"
#include "rung/law/kernel.hpp"

namespace rung::RUNG_ISA {

/// rho and its first two derivatives by the residual.
struct LossValue {
  Pack value, first, second;
  Pack
      secant;  // rho'(r) / r: the curvature of the parabola that touches rho at r and -r from above
};

inline LossValue loss_at(const LossShape& shape, Pack r) {
  const Pack scale = select(r > Pack(0.0), Pack(shape.scale * shape.weight_over),
                            Pack(shape.scale * shape.weight_under));
  const Pack size = abs(r), delta = shape.delta;
  const Mask inside = size <= delta;
  const Pack sign = select(r > Pack(0.0), 1.0, -1.0);
  return {scale * select(inside, Pack(0.5) * r * r, delta * (size - Pack(0.5) * delta)),
          scale * select(inside, r, delta * sign), scale * select(inside, 1.0, 0.0),
          scale * select(inside, 1.0, delta / size)};
}

/// r = t(f) - target with dr/df and d2r/df2; `valid` where t(f) exists.
struct ResidualValue {
  Pack r, first, second;
  Mask valid;
};

inline ResidualValue residual_at(Residual kind, Pack f, Pack target) {
  if (kind == Residual::raw) return {f - target, 1.0, 0.0, f <= f};
  if (kind == Residual::log) {
    const Mask valid = f > Pack(0.0);
    const Pack safe = select(valid, f, 1.0), inverse = Pack(1.0) / safe;
    return {log(safe) - target, inverse, -inverse * inverse, valid};
  }
  const Mask valid = (f > Pack(0.0)) & (f < Pack(1.0));
  const Pack safe = select(valid, f, 0.5);
  const Pack first = Pack(1.0) / (safe * (Pack(1.0) - safe));
  return {log(safe) - log(Pack(1.0) - safe) - target, first,
          (Pack(2.0) * safe - Pack(1.0)) * first * first, valid};
}

inline Input input_at(const PointsView& points, int input, std::size_t i) {
  return {Pack::load(points.inputs[input] + i), Pack::load(points.log_inputs[input] + i)};
}

/// Adds the loss of one Pack of points; false where a point with weight has no residual.
inline bool add_loss(const KernelCall& call, std::size_t i, Pack f, Pack& total) {
  const Pack weight = Pack::load(call.points.weight + i);
  const ResidualValue residual = residual_at(call.residual, f, Pack::load(call.points.target + i));
  const Mask counts = weight > Pack(0.0);
  if (any(counts & !residual.valid)) return false;
  const LossValue loss = loss_at(call.loss, residual.r);
  total += select(counts, weight * loss.value, 0.0);
  return true;
}

/// The sums that one evaluation with derivatives builds up.
template <int P>
struct Sums {
  Pack value = 0.0;
  Pack gradient[P];
  Pack hessian[Dual<P>::kHessian];
  Pack metric[Dual<P>::kHessian];

  Sums() {
    for (Pack& g : gradient) g = 0.0;
    for (Pack& h : hessian) h = 0.0;
    for (Pack& m : metric) m = 0.0;
  }

  bool add(const KernelCall& call, std::size_t i, const Dual<P>& f) {
    const Pack weight = Pack::load(call.points.weight + i);
    const ResidualValue residual =
        residual_at(call.residual, f.value, Pack::load(call.points.target + i));
    const Mask counts = weight > Pack(0.0);
    if (any(counts & !residual.valid)) return false;
    const LossValue loss = loss_at(call.loss, residual.r);
    value += select(counts, weight * loss.value, 0.0);
    const Pack slope = select(counts, weight * loss.first * residual.first, 0.0);
    const Pack curve = select(
        counts,
        weight * (loss.second * residual.first * residual.first + loss.first * residual.second),
        0.0);
    const Pack size = select(counts, weight * loss.secant * residual.first * residual.first, 0.0);
    for (int p = 0, k = 0; p < P; ++p) {
      gradient[p] += slope * f.gradient[p];
      for (int q = 0; q <= p; ++q, ++k) {
        const Pack product = f.gradient[p] * f.gradient[q];
        hessian[k] += curve * product + slope * f.hessian[k];
        metric[k] += size * product;
      }
    }
    return true;
  }

  double store(double* gradient_out, double* hessian_out, double* metric_out) const {
    for (int p = 0; p < P; ++p) gradient_out[p] = sum(gradient[p]);
    for (int k = 0; k < Dual<P>::kHessian; ++k) hessian_out[k] = sum(hessian[k]);
    for (int k = 0; k < Dual<P>::kHessian; ++k) metric_out[k] = sum(metric[k]);
    return sum(value);
  }
};

/// A law's parameters and inputs as the arrays that its value() takes apart by structured binding.
template <class T, int n>
struct Row {
  T items[n];
  template <unsigned long i>
  const T& get() const {
    return items[i];
  }
  const T& operator[](int i) const { return items[i]; }
};

}  // namespace rung::RUNG_ISA

template <class T, int n>
struct std::tuple_size<rung::RUNG_ISA::Row<T, n>> {
  static constexpr unsigned long value = n;
};
template <unsigned long i, class T, int n>
struct std::tuple_element<i, rung::RUNG_ISA::Row<T, n>> {
  using type = T;
};

namespace rung::RUNG_ISA {

template <class L>
struct LawKernel {
  static constexpr int P = L::kParameters, X = L::kInputs;
  using Theta = Row<Pack, P>;
  using DualTheta = Row<Dual<P>, P>;
  using Inputs = Row<Input, X>;

  static Theta constants(const KernelCall& call) {
    Theta theta;
    for (int p = 0; p < P; ++p) theta.items[p] = call.theta[p];
    return theta;
  }
  static DualTheta variables(const KernelCall& call) {
    DualTheta theta;
    for (int p = 0; p < P; ++p) {
      theta.items[p] =
          Dual<P>::parameter(p, call.theta[p], call.of_log != nullptr && call.of_log[p] != 0);
    }
    return theta;
  }
  static Inputs inputs(const KernelCall& call, std::size_t i) {
    Inputs x;
    for (int k = 0; k < X; ++k) x.items[k] = input_at(call.points, k, i);
    return x;
  }

  static void predict(const void*, const KernelCall& call, double* f) {
    const Theta theta = constants(call);
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes) {
      L::value(theta, inputs(call, i)).store(f + i);
    }
  }

  static void jacobian(const void*, const KernelCall& call, double* f, double* jacobian) {
    const DualTheta theta = variables(call);
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes) {
      const Dual<P> value = L::value(theta, inputs(call, i));
      value.value.store(f + i);
      for (int p = 0; p < P; ++p) {
        value.gradient[p].store(jacobian + static_cast<std::size_t>(p) * call.points.n_padded + i);
      }
    }
  }

  static double objective(const void*, const KernelCall& call) {
    const Theta theta = constants(call);
    Pack total = 0.0;
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes) {
      if (!add_loss(call, i, L::value(theta, inputs(call, i)), total)) return __builtin_inf();
    }
    return sum(total);
  }

  static double derivatives(const void*, const KernelCall& call, double* gradient, double* hessian,
                            double* metric) {
    const DualTheta theta = variables(call);
    Sums<P> sums;
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes) {
      if (!sums.add(call, i, L::value(theta, inputs(call, i)))) return __builtin_inf();
    }
    return sums.store(gradient, hessian, metric);
  }
};

template <class L>
Kernel kernel_of() {
  using K = LawKernel<L>;
  return {K::predict, K::jacobian, K::objective, K::derivatives, {}};
}

}  // namespace rung::RUNG_ISA
