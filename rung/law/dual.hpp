/// A second-order dual number: a Pack of values with their gradient and Hessian in P parameters, so
/// that a law written once as value(theta, x) gives its exact first and second derivatives.
/// Compiled once for each instruction set, as simd.hpp says.
#pragma once
#include "rung/law/simd.hpp"

namespace rung::RUNG_ISA {

/// value, gradient[i], hessian[i (i + 1) / 2 + j] for j <= i.
template <int P>
struct Dual {
  static constexpr int kHessian = P * (P + 1) / 2;
  Pack value;
  Pack gradient[P];
  Pack hessian[kHessian];

  Dual() = default;
  Dual(Pack constant) : value(constant) {  // NOLINT: a constant has no derivatives
    for (Pack& g : gradient) g = 0.0;
    for (Pack& h : hessian) h = 0.0;
  }
  Dual(double constant) : Dual(Pack(constant)) {}        // NOLINT
  Dual(const Input& constant) : Dual(constant.value) {}  // NOLINT

  /// Parameter i itself; with `of_log` its coordinate is the logarithm, so d/du e^u = e^u.
  static Dual parameter(int i, double theta, bool of_log) {
    Dual x(theta);
    x.gradient[i] = of_log ? theta : 1.0;
    if (of_log) x.hessian[i * (i + 1) / 2 + i] = theta;
    return x;
  }
};

template <int P>
Pack value_of(const Dual<P>& x) {
  return x.value;
}

/// g(x) by the chain rule, from g, g' and g'' at x.
template <int P>
Dual<P> chain(const Dual<P>& x, Pack value, Pack first, Pack second) {
  Dual<P> y;
  y.value = value;
  for (int i = 0, k = 0; i < P; ++i) {
    y.gradient[i] = first * x.gradient[i];
    const Pack scaled = second * x.gradient[i];
    for (int j = 0; j <= i; ++j, ++k) y.hessian[k] = first * x.hessian[k] + scaled * x.gradient[j];
  }
  return y;
}

template <int P>
Dual<P> operator+(const Dual<P>& a, const Dual<P>& b) {
  Dual<P> y;
  y.value = a.value + b.value;
  for (int i = 0; i < P; ++i) y.gradient[i] = a.gradient[i] + b.gradient[i];
  for (int k = 0; k < Dual<P>::kHessian; ++k) y.hessian[k] = a.hessian[k] + b.hessian[k];
  return y;
}
template <int P>
Dual<P> operator-(const Dual<P>& a, const Dual<P>& b) {
  Dual<P> y;
  y.value = a.value - b.value;
  for (int i = 0; i < P; ++i) y.gradient[i] = a.gradient[i] - b.gradient[i];
  for (int k = 0; k < Dual<P>::kHessian; ++k) y.hessian[k] = a.hessian[k] - b.hessian[k];
  return y;
}
template <int P>
Dual<P> operator*(const Dual<P>& a, const Dual<P>& b) {
  Dual<P> y;
  y.value = a.value * b.value;
  for (int i = 0, k = 0; i < P; ++i) {
    y.gradient[i] = a.value * b.gradient[i] + b.value * a.gradient[i];
    for (int j = 0; j <= i; ++j, ++k) {
      y.hessian[k] = a.value * b.hessian[k] + b.value * a.hessian[k] +
                     a.gradient[i] * b.gradient[j] + a.gradient[j] * b.gradient[i];
    }
  }
  return y;
}
template <int P>
Dual<P> scaled(const Dual<P>& a, Pack factor) {
  Dual<P> y;
  y.value = a.value * factor;
  for (int i = 0; i < P; ++i) y.gradient[i] = a.gradient[i] * factor;
  for (int k = 0; k < Dual<P>::kHessian; ++k) y.hessian[k] = a.hessian[k] * factor;
  return y;
}
template <int P>
Dual<P> shifted(Dual<P> a, Pack offset) {
  a.value = a.value + offset;
  return a;
}
template <int P>
Dual<P> reciprocal(const Dual<P>& a) {
  const Pack inverse = Pack(1.0) / a.value;
  return chain(a, inverse, -inverse * inverse, Pack(2.0) * inverse * inverse * inverse);
}

// With constants: cheaper than making them dual numbers.
template <int P>
Dual<P> operator+(const Dual<P>& a, Pack b) {
  return shifted(a, b);
}
template <int P>
Dual<P> operator+(Pack a, const Dual<P>& b) {
  return shifted(b, a);
}
template <int P>
Dual<P> operator-(const Dual<P>& a, Pack b) {
  return shifted(a, -b);
}
template <int P>
Dual<P> operator-(const Dual<P>& a) {
  return scaled(a, Pack(-1.0));
}
template <int P>
Dual<P> operator-(Pack a, const Dual<P>& b) {
  return shifted(-b, a);
}
template <int P>
Dual<P> operator*(const Dual<P>& a, Pack b) {
  return scaled(a, b);
}
template <int P>
Dual<P> operator*(Pack a, const Dual<P>& b) {
  return scaled(b, a);
}
template <int P>
Dual<P> operator/(const Dual<P>& a, Pack b) {
  return scaled(a, Pack(1.0) / b);
}
template <int P>
Dual<P> operator/(const Dual<P>& a, const Dual<P>& b) {
  return a * reciprocal(b);
}
template <int P>
Dual<P> operator/(Pack a, const Dual<P>& b) {
  return scaled(reciprocal(b), a);
}
template <int P>
Dual<P> operator+(const Dual<P>& a, double b) {
  return shifted(a, b);
}
template <int P>
Dual<P> operator+(double a, const Dual<P>& b) {
  return shifted(b, a);
}
template <int P>
Dual<P> operator-(const Dual<P>& a, double b) {
  return shifted(a, -b);
}
template <int P>
Dual<P> operator-(double a, const Dual<P>& b) {
  return shifted(-b, a);
}
template <int P>
Dual<P> operator*(const Dual<P>& a, double b) {
  return scaled(a, b);
}
template <int P>
Dual<P> operator*(double a, const Dual<P>& b) {
  return scaled(b, a);
}
template <int P>
Dual<P> operator/(const Dual<P>& a, double b) {
  return scaled(a, 1.0 / b);
}
template <int P>
Dual<P> operator/(double a, const Dual<P>& b) {
  return scaled(reciprocal(b), a);
}
template <int P>
Dual<P> operator+(const Dual<P>& a, const Input& b) {
  return shifted(a, b.value);
}
template <int P>
Dual<P> operator+(const Input& a, const Dual<P>& b) {
  return shifted(b, a.value);
}
template <int P>
Dual<P> operator-(const Dual<P>& a, const Input& b) {
  return shifted(a, -b.value);
}
template <int P>
Dual<P> operator-(const Input& a, const Dual<P>& b) {
  return shifted(-b, a.value);
}
template <int P>
Dual<P> operator*(const Dual<P>& a, const Input& b) {
  return scaled(a, b.value);
}
template <int P>
Dual<P> operator*(const Input& a, const Dual<P>& b) {
  return scaled(b, a.value);
}
template <int P>
Dual<P> operator/(const Dual<P>& a, const Input& b) {
  return scaled(a, Pack(1.0) / b.value);
}
template <int P>
Dual<P> operator/(const Input& a, const Dual<P>& b) {
  return scaled(reciprocal(b), a.value);
}

template <int P>
Dual<P> exp(const Dual<P>& x) {
  const Pack value = exp(x.value);
  return chain(x, value, value, value);
}
template <int P>
Dual<P> log(const Dual<P>& x) {
  const Pack inverse = Pack(1.0) / x.value;
  return chain(x, log(x.value), inverse, -inverse * inverse);
}
template <int P>
Dual<P> sqrt(const Dual<P>& x) {
  const Pack root = sqrt(x.value), first = Pack(0.5) / root;
  return chain(x, root, first, Pack(-0.5) * first / x.value);
}
template <int P>
Dual<P> pow(const Input& x, const Dual<P>& exponent) {
  return exp(scaled(exponent, x.log_value));
}
template <int P>
Dual<P> pow(const Dual<P>& x, const Dual<P>& exponent) {
  return exp(exponent * log(x));
}
template <int P>
Dual<P> pow(Pack x, const Dual<P>& exponent) {
  return exp(scaled(exponent, log(x)));
}
template <int P>
Dual<P> pow(double x, const Dual<P>& exponent) {
  return exp(scaled(exponent, log(Pack(x))));
}
template <int P>
Dual<P> pow(const Dual<P>& x, Pack exponent) {
  const Pack value = exp(exponent * log(x.value)), first = exponent * value / x.value;
  return chain(x, value, first, (exponent - Pack(1.0)) * first / x.value);
}
template <int P>
Dual<P> pow(const Dual<P>& x, double exponent) {
  return pow(x, Pack(exponent));
}

/// The larger of x and a constant; where the constant wins there is no derivative.
template <int P>
Dual<P> floored(const Dual<P>& x, double least) {
  const Pack one = select(x.value > Pack(least), 1.0, 0.0);
  return chain(x, max(x.value, Pack(least)), one, Pack(0.0));
}
inline Pack floored(Pack x, double least) { return max(x, Pack(least)); }

/// 1 / (1 + e^-x), without overflow.
inline Pack sigmoid(Pack x) {
  const Pack small = exp(-abs(x)), upper = Pack(1.0) / (Pack(1.0) + small);
  return select(x < Pack(0.0), small * upper, upper);
}
template <int P>
Dual<P> sigmoid(const Dual<P>& x) {
  const Pack value = sigmoid(x.value), first = value * sigmoid(-x.value);
  return chain(x, value, first, first * (Pack(1.0) - Pack(2.0) * value));
}

/// ln(1 + e^x), without overflow.
inline Pack softplus(Pack x) {
  // ln(1 + small) keeps its digits when what 1 + small rounds away is added back.
  const Pack small = exp(-abs(x)), sum = Pack(1.0) + small;
  const Pack tail = log(sum) + (small - (sum - Pack(1.0))) / sum;
  return max(x, Pack(0.0)) + tail;
}
template <int P>
Dual<P> softplus(const Dual<P>& x) {
  const Pack first = sigmoid(x.value);
  return chain(x, softplus(x.value), first, first * sigmoid(-x.value));
}

inline Pack tanh(Pack x) { return Pack(2.0) * sigmoid(Pack(2.0) * x) - Pack(1.0); }
template <int P>
Dual<P> tanh(const Dual<P>& x) {
  const Pack value = tanh(x.value), first = Pack(1.0) - value * value;
  return chain(x, value, first, Pack(-2.0) * value * first);
}

}  // namespace rung::RUNG_ISA
