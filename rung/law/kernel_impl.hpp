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

/// The loss of one Pack of points by the prediction: times their weights, none where the weight is
/// 0, infinite where a prediction has no residual.
struct WeighedLoss {
  Pack value, slope, curve;
  Pack size;  // of the metric (see Kernel::derivatives)
};

/// q - ln(1 + q), where ln(1 + q) is known as `log_of_1_plus_q`: without cancellation near zero, by
/// ln(1 + q) = 2 artanh(q / (2 + q)).
inline Pack beyond_log(Pack q, Pack log_of_1_plus_q) {
  const Mask near = abs(q) <= Pack(0.25);
  const Pack small = select(near, q, 0.0);
  const Pack s = small / (Pack(2.0) + small), z = s * s;
  Pack series = 1.0 / 19;
  for (int k = 17; k >= 3; k -= 2) series = series * z + Pack(1.0 / k);
  return select(near, small * s - Pack(2.0) * s * z * series, q - log_of_1_plus_q);
}

/// Twice the log likelihood ratio of a share y of one question, and its derivatives; the metric is
/// Fisher's information.
inline WeighedLoss deviance_at(Pack f, Pack y, Pack weight) {
  const Mask valid = (f > Pack(0.0)) & (f < Pack(1.0)), counts = weight > Pack(0.0);
  const Pack p = select(valid, f, 0.5), q = Pack(1.0) - p, miss = Pack(1.0) - y;
  const Mask any_right = y > Pack(0.0), any_wrong = miss > Pack(0.0);
  const Pack right = select(any_right, y, 1.0), wrong = select(any_wrong, miss, 1.0);
  const Pack value = select(any_right, right * beyond_log((p - right) / right, log(p / right)), p) +
                     select(any_wrong, wrong * beyond_log((q - wrong) / wrong, log(q / wrong)), q);
  const Pack twice = Pack(2.0) * weight, information = Pack(1.0) / (p * q);
  return {select(counts, select(valid, twice * max(value, 0.0), __builtin_inf()), 0.0),
          select(counts, twice * (p - y) * information, 0.0),
          select(counts, twice * (y / (p * p) + miss / (q * q)), 0.0),
          select(counts, twice * information, 0.0)};
}

inline WeighedLoss weighed_loss(const KernelCall& call, std::size_t i, Pack f) {
  const Pack weight = Pack::load(call.points.weight + i);
  const Pack target = Pack::load(call.points.target + i);
  if (call.loss.binomial) return deviance_at(f, target, weight);
  const ResidualValue residual = residual_at(call.residual, f, target);
  const Mask counts = weight > Pack(0.0);
  const LossValue loss = loss_at(call.loss, residual.r);
  const Pack square = residual.first * residual.first;
  const Pack value = select(residual.valid, weight * loss.value, __builtin_inf());
  return {select(counts, value, 0.0), select(counts, weight * loss.first * residual.first, 0.0),
          select(counts, weight * (loss.second * square + loss.first * residual.second), 0.0),
          select(counts, weight * loss.secant * square, 0.0)};
}

inline Input input_at(const PointsView& points, int input, std::size_t i) {
  return {Pack::load(points.inputs[input] + i), Pack::load(points.log_inputs[input] + i)};
}

/// Adds the loss of one Pack of points, and clears `exist` where one with weight has no residual.
inline void add_loss(const KernelCall& call, std::size_t i, Pack f, Pack& total, Mask& exist) {
  const Pack weight = Pack::load(call.points.weight + i);
  if (call.loss.binomial) {
    total += deviance_at(f, Pack::load(call.points.target + i), weight).value;
    return;
  }
  const ResidualValue residual = residual_at(call.residual, f, Pack::load(call.points.target + i));
  const Mask counts = weight > Pack(0.0);
  exist = exist & !(counts & !residual.valid);
  const LossValue loss = loss_at(call.loss, residual.r);
  total += select(counts, weight * loss.value, 0.0);
}

/// The sums that one evaluation with derivatives builds up.
template <int P>
struct Sums {
  static constexpr int kHessian = P * (P + 1) / 2;
  Pack value = 0.0;
  Pack gradient[P];
  Pack hessian[kHessian];
  Pack metric[kHessian];

  Sums() {
    for (Pack& g : gradient) g = 0.0;
    for (Pack& h : hessian) h = 0.0;
    for (Pack& m : metric) m = 0.0;
  }

  template <unsigned Set>
  void add(const KernelCall& call, std::size_t i, const Dual<Set>& f) {
    const WeighedLoss loss = weighed_loss(call, i, f.value);
    const Pack slope = loss.slope, curve = loss.curve, size = loss.size;
    value += loss.value;
    each_parameter<Set>([&](auto p, auto at) __attribute__((always_inline)) {
      gradient[decltype(p)::value] += slope * f.gradient[decltype(at)::value];
    });
    each_pair<Set>([&](auto p, auto q, auto at) __attribute__((always_inline)) {
      constexpr int row = decltype(p)::value, column = decltype(q)::value,
                    k = packed_place(row, column);
      const Pack product = f.gradient[place_in(Set, row)] * f.gradient[place_in(Set, column)];
      hessian[k] += curve * product + slope * f.hessian[decltype(at)::value];
      metric[k] += size * product;
    });
  }

  double store(double* gradient_out, double* hessian_out, double* metric_out) const {
    for (int p = 0; p < P; ++p) gradient_out[p] = sum(gradient[p]);
    for (int k = 0; k < kHessian; ++k) hessian_out[k] = sum(hessian[k]);
    for (int k = 0; k < kHessian; ++k) metric_out[k] = sum(metric[k]);
    return sum(value);
  }

  void store_apart(double* value_out, double* gradient_out, double* hessian_out,
                   double* metric_out) const {
    value.store(value_out);
    for (int p = 0; p < P; ++p) gradient[p].store(gradient_out + p * kLanes);
    for (int k = 0; k < kHessian; ++k) hessian[k].store(hessian_out + k * kLanes);
    for (int k = 0; k < kHessian; ++k) metric[k].store(metric_out + k * kLanes);
  }
};

/// A law's parameters as values, or its inputs: what its value() takes apart by structured binding.
template <class T, int n>
struct Row {
  T items[n];
  template <unsigned long i>
  const T& get() const {
    return items[i];
  }
};

/// A law's parameters as variables: the i-th depends on itself alone. A parameter's coordinate is
/// itself, or its logarithm u, by which theta = e^u has slope and curvature theta.
template <int n>
struct Variables {
  Pack value[n], slope[n], curvature[n];
  template <unsigned long i>
  Dual<(1u << i)> get() const {
    return {value[i], {slope[i]}, {curvature[i]}};
  }
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
template <int n>
struct std::tuple_size<rung::RUNG_ISA::Variables<n>> {
  static constexpr unsigned long value = n;
};
template <unsigned long i, int n>
struct std::tuple_element<i, rung::RUNG_ISA::Variables<n>> {
  using type = rung::RUNG_ISA::Dual<(1u << i)>;
};

namespace rung::RUNG_ISA {

template <class L>
struct LawKernel {
  static constexpr int P = L::kParameters, X = L::kInputs;
  using Theta = Row<Pack, P>;
  using Inputs = Row<Input, X>;

  static Theta constants(const KernelCall& call) {
    Theta theta;
    for (int p = 0; p < P; ++p) theta.items[p] = call.theta[p];
    return theta;
  }
  static Variables<P> variables(const KernelCall& call, bool apart = false) {
    Variables<P> theta;
    for (int p = 0; p < P; ++p) {
      const bool of_log = call.of_log != nullptr && call.of_log[p] != 0;
      theta.value[p] = apart ? Pack::load(call.theta + p * kLanes) : Pack(call.theta[p]);
      theta.slope[p] = of_log ? theta.value[p] : Pack(1.0);
      theta.curvature[p] = of_log ? theta.value[p] : Pack(0.0);
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
    const Variables<P> theta = variables(call);
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes) {
      store(L::value(theta, inputs(call, i)), call.points.n_padded, i, f, jacobian);
    }
  }

  template <unsigned Set>
  static void store(const Dual<Set>& value, std::size_t n_padded, std::size_t i, double* f,
                    double* jacobian) {
    value.value.store(f + i);
    for (int p = 0; p < P; ++p) {
      const Pack slope = contains(Set, p) ? value.gradient[place_in(Set, p)] : Pack(0.0);
      slope.store(jacobian + static_cast<std::size_t>(p) * n_padded + i);
    }
  }

  static double objective(const void*, const KernelCall& call) {
    const Theta theta = constants(call);
    Pack total = 0.0;
    Mask exist = !Mask{};
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes)
      add_loss(call, i, L::value(theta, inputs(call, i)), total, exist);
    return any(!exist) ? __builtin_inf() : sum(total);
  }

  /// Not inlined: the bulk of a law's code, for two callers.
  __attribute__((noinline)) static void add_all(const KernelCall& call, const Variables<P>& theta,
                                                Sums<P>& sums) {
    for (std::size_t i = 0; i < call.points.n_padded; i += kLanes)
      sums.add(call, i, L::value(theta, inputs(call, i)));
  }

  static double derivatives(const void*, const KernelCall& call, double* gradient, double* hessian,
                            double* metric) {
    Sums<P> sums;
    add_all(call, variables(call), sums);
    return sums.store(gradient, hessian, metric);
  }

  static void derivatives_apart(const void*, const KernelCall& call, double* objective,
                                double* gradient, double* hessian, double* metric) {
    Sums<P> sums;
    add_all(call, variables(call, true), sums);
    sums.store_apart(objective, gradient, hessian, metric);
  }
};

template <class L>
Kernel kernel_of() {
  using K = LawKernel<L>;
  return {K::predict, K::jacobian, K::objective, K::derivatives, K::derivatives_apart, kLanes, {}};
}

}  // namespace rung::RUNG_ISA
