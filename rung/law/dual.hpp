/// A second-order dual number: a Pack of values with their gradient and Hessian in the parameters
/// that they depend on, so that a law written once as value(theta, x) gives its exact first and
/// second derivatives. Compiled once for each instruction set, as simd.hpp says.
#pragma once
#include <utility>

#include "rung/law/simd.hpp"

namespace rung::RUNG_ISA {

// Which parameters a number depends on is a set of bits known to the compiler: A N^-alpha carries
// two slopes and three curvatures whatever else the law has, and zeros are neither stored nor
// computed.

constexpr int size_of_set(unsigned set) { return __builtin_popcount(set); }
/// The place of parameter p among those of the set.
constexpr int place_in(unsigned set, int p) { return __builtin_popcount(set & ((1u << p) - 1)); }
constexpr bool contains(unsigned set, int p) { return (set >> p & 1u) != 0; }
/// The i-th parameter of the set.
constexpr int member_of(unsigned set, int i) {
  int p = 0;
  for (;; ++p) {
    if (contains(set, p) && i-- == 0) return p;
  }
}
constexpr int packed_place(int i, int j) { return i * (i + 1) / 2 + j; }  // j <= i

template <int i>
struct Index {
  static constexpr int value = i;
};

/// Calls body(Index<0>), …, body(Index<n - 1>), unrolled.
template <int n, class Body>
__attribute__((always_inline)) inline void unrolled(const Body& body) {
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    (body(Index<i>{}), ...);
  }
  (std::make_integer_sequence<int, n>{});
}

/// value, and by place in Set: gradient[i], hessian[packed_place(i, j)].
template <unsigned Set>
struct Dual {
  static constexpr int kSize = size_of_set(Set);
  static constexpr int kHessian = kSize * (kSize + 1) / 2;
  Pack value;
  Pack gradient[kSize];
  Pack hessian[kHessian];
};

template <unsigned Set>
Pack value_of(const Dual<Set>& x) {
  return x.value;
}

/// The slope of x by parameter p; a number that does not depend on it gives nothing to add.
template <int p, unsigned Set>
const Pack& slope(const Dual<Set>& x) {
  return x.gradient[place_in(Set, p)];
}
template <int p, int q, unsigned Set>
const Pack& curvature(const Dual<Set>& x) {
  return x.hessian[packed_place(place_in(Set, p), place_in(Set, q))];
}

/// Calls body(p, i) for each parameter p of Set and its place i; and body(p, q, k) for each pair
/// with q <= p and its packed place k.
template <unsigned Set, class Body>
__attribute__((always_inline)) inline void each_parameter(const Body& body) {
  unrolled<size_of_set(Set)>([&](auto i) __attribute__((always_inline)) {
    body(Index<member_of(Set, decltype(i)::value)>{}, i);
  });
}
template <unsigned Set, class Body>
__attribute__((always_inline)) inline void each_pair(const Body& body) {
  unrolled<size_of_set(Set)>([&](auto i) __attribute__((always_inline)) {
    unrolled<decltype(i)::value + 1>([&](auto j) __attribute__((always_inline)) {
      constexpr int row = decltype(i)::value, column = decltype(j)::value;
      body(Index<member_of(Set, row)>{}, Index<member_of(Set, column)>{},
           Index<packed_place(row, column)>{});
    });
  });
}

/// g(x) by the chain rule, from g, g' and g'' at x.
template <unsigned Set>
Dual<Set> chain(const Dual<Set>& x, Pack value, Pack first, Pack second) {
  Dual<Set> y;
  y.value = value;
  for (int i = 0, k = 0; i < Dual<Set>::kSize; ++i) {
    y.gradient[i] = first * x.gradient[i];
    const Pack scaled = second * x.gradient[i];
    for (int j = 0; j <= i; ++j, ++k) y.hessian[k] = first * x.hessian[k] + scaled * x.gradient[j];
  }
  return y;
}

template <unsigned Set>
Dual<Set> scaled(const Dual<Set>& a, Pack factor) {
  Dual<Set> y;
  y.value = a.value * factor;
  for (int i = 0; i < Dual<Set>::kSize; ++i) y.gradient[i] = a.gradient[i] * factor;
  for (int k = 0; k < Dual<Set>::kHessian; ++k) y.hessian[k] = a.hessian[k] * factor;
  return y;
}
template <unsigned Set>
Dual<Set> shifted(Dual<Set> a, Pack offset) {
  a.value = a.value + offset;
  return a;
}
template <unsigned Set>
Dual<Set> operator-(const Dual<Set>& a) {
  return scaled(a, Pack(-1.0));
}

template <unsigned A, unsigned B>
Dual<A | B> operator+(const Dual<A>& a, const Dual<B>& b) {
  Dual<A | B> y;
  y.value = a.value + b.value;
  each_parameter<A | B>([&](auto p, auto i) __attribute__((always_inline)) {
    constexpr int P = decltype(p)::value, at = decltype(i)::value;
    if constexpr (contains(A, P) && contains(B, P)) {
      y.gradient[at] = slope<P>(a) + slope<P>(b);
    } else if constexpr (contains(A, P)) {
      y.gradient[at] = slope<P>(a);
    } else {
      y.gradient[at] = slope<P>(b);
    }
  });
  each_pair<A | B>([&](auto p, auto q, auto k) __attribute__((always_inline)) {
    constexpr int P = decltype(p)::value, Q = decltype(q)::value, at = decltype(k)::value;
    constexpr bool in_a = contains(A, P) && contains(A, Q), in_b = contains(B, P) && contains(B, Q);
    if constexpr (in_a && in_b) {
      y.hessian[at] = curvature<P, Q>(a) + curvature<P, Q>(b);
    } else if constexpr (in_a) {
      y.hessian[at] = curvature<P, Q>(a);
    } else if constexpr (in_b) {
      y.hessian[at] = curvature<P, Q>(b);
    } else {
      y.hessian[at] = 0.0;
    }
  });
  return y;
}
template <unsigned A, unsigned B>
Dual<A | B> operator-(const Dual<A>& a, const Dual<B>& b) {
  return a + scaled(b, Pack(-1.0));
}
template <unsigned A, unsigned B>
Dual<A | B> operator*(const Dual<A>& a, const Dual<B>& b) {
  Dual<A | B> y;
  y.value = a.value * b.value;
  each_parameter<A | B>([&](auto p, auto i) __attribute__((always_inline)) {
    constexpr int P = decltype(p)::value, at = decltype(i)::value;
    if constexpr (contains(A, P) && contains(B, P)) {
      y.gradient[at] = b.value * slope<P>(a) + a.value * slope<P>(b);
    } else if constexpr (contains(A, P)) {
      y.gradient[at] = b.value * slope<P>(a);
    } else {
      y.gradient[at] = a.value * slope<P>(b);
    }
  });
  each_pair<A | B>([&](auto p, auto q, auto k) __attribute__((always_inline)) {
    constexpr int P = decltype(p)::value, Q = decltype(q)::value, at = decltype(k)::value;
    Pack sum;
    bool empty = true;
    const auto add = [&](Pack term) __attribute__((always_inline)) {
      sum = empty ? term : sum + term;
      empty = false;
    };
    if constexpr (contains(A, P) && contains(A, Q)) add(b.value * curvature<P, Q>(a));
    if constexpr (contains(B, P) && contains(B, Q)) add(a.value * curvature<P, Q>(b));
    if constexpr (contains(A, P) && contains(B, Q)) add(slope<P>(a) * slope<Q>(b));
    if constexpr (contains(A, Q) && contains(B, P)) add(slope<Q>(a) * slope<P>(b));
    y.hessian[at] = empty ? Pack(0.0) : sum;
  });
  return y;
}
template <unsigned Set>
Dual<Set> reciprocal(const Dual<Set>& a) {
  const Pack inverse = Pack(1.0) / a.value;
  return chain(a, inverse, -inverse * inverse, Pack(2.0) * inverse * inverse * inverse);
}
template <unsigned A, unsigned B>
Dual<A | B> operator/(const Dual<A>& a, const Dual<B>& b) {
  return a * reciprocal(b);
}

// With constants: cheaper than making them dual numbers.
template <unsigned Set>
Dual<Set> operator+(const Dual<Set>& a, Pack b) {
  return shifted(a, b);
}
template <unsigned Set>
Dual<Set> operator+(Pack b, const Dual<Set>& a) {
  return shifted(a, b);
}
template <unsigned Set>
Dual<Set> operator-(const Dual<Set>& a, Pack b) {
  return shifted(a, -b);
}
template <unsigned Set>
Dual<Set> operator-(Pack b, const Dual<Set>& a) {
  return shifted(-a, b);
}
template <unsigned Set>
Dual<Set> operator*(const Dual<Set>& a, Pack b) {
  return scaled(a, b);
}
template <unsigned Set>
Dual<Set> operator*(Pack b, const Dual<Set>& a) {
  return scaled(a, b);
}
template <unsigned Set>
Dual<Set> operator/(const Dual<Set>& a, Pack b) {
  return scaled(a, Pack(1.0) / b);
}
template <unsigned Set>
Dual<Set> operator/(Pack b, const Dual<Set>& a) {
  return scaled(reciprocal(a), b);
}
template <unsigned Set>
Dual<Set> operator+(const Dual<Set>& a, double b) {
  return shifted(a, Pack(b));
}
template <unsigned Set>
Dual<Set> operator+(double b, const Dual<Set>& a) {
  return shifted(a, Pack(b));
}
template <unsigned Set>
Dual<Set> operator-(const Dual<Set>& a, double b) {
  return shifted(a, -Pack(b));
}
template <unsigned Set>
Dual<Set> operator-(double b, const Dual<Set>& a) {
  return shifted(-a, Pack(b));
}
template <unsigned Set>
Dual<Set> operator*(const Dual<Set>& a, double b) {
  return scaled(a, Pack(b));
}
template <unsigned Set>
Dual<Set> operator*(double b, const Dual<Set>& a) {
  return scaled(a, Pack(b));
}
template <unsigned Set>
Dual<Set> operator/(const Dual<Set>& a, double b) {
  return scaled(a, Pack(1.0) / Pack(b));
}
template <unsigned Set>
Dual<Set> operator/(double b, const Dual<Set>& a) {
  return scaled(reciprocal(a), Pack(b));
}
template <unsigned Set>
Dual<Set> operator+(const Dual<Set>& a, const Input& b) {
  return shifted(a, b.value);
}
template <unsigned Set>
Dual<Set> operator+(const Input& b, const Dual<Set>& a) {
  return shifted(a, b.value);
}
template <unsigned Set>
Dual<Set> operator-(const Dual<Set>& a, const Input& b) {
  return shifted(a, -b.value);
}
template <unsigned Set>
Dual<Set> operator-(const Input& b, const Dual<Set>& a) {
  return shifted(-a, b.value);
}
template <unsigned Set>
Dual<Set> operator*(const Dual<Set>& a, const Input& b) {
  return scaled(a, b.value);
}
template <unsigned Set>
Dual<Set> operator*(const Input& b, const Dual<Set>& a) {
  return scaled(a, b.value);
}
template <unsigned Set>
Dual<Set> operator/(const Dual<Set>& a, const Input& b) {
  return scaled(a, Pack(1.0) / b.value);
}
template <unsigned Set>
Dual<Set> operator/(const Input& b, const Dual<Set>& a) {
  return scaled(reciprocal(a), b.value);
}

template <unsigned Set>
Dual<Set> exp(const Dual<Set>& x) {
  const Pack value = exp(x.value);
  return chain(x, value, value, value);
}
template <unsigned Set>
Dual<Set> log(const Dual<Set>& x) {
  const Pack inverse = Pack(1.0) / x.value;
  return chain(x, log(x.value), inverse, -inverse * inverse);
}
template <unsigned Set>
Dual<Set> sqrt(const Dual<Set>& x) {
  const Pack root = sqrt(x.value), first = Pack(0.5) / root;
  return chain(x, root, first, Pack(-0.5) * first / x.value);
}
template <unsigned Set>
Dual<Set> pow(const Input& x, const Dual<Set>& exponent) {
  return exp(scaled(exponent, x.log_value));
}
template <unsigned A, unsigned B>
Dual<A | B> pow(const Dual<A>& x, const Dual<B>& exponent) {
  return exp(exponent * log(x));
}
template <unsigned Set>
Dual<Set> pow(Pack x, const Dual<Set>& exponent) {
  return exp(scaled(exponent, log(x)));
}
template <unsigned Set>
Dual<Set> pow(double x, const Dual<Set>& exponent) {
  return exp(scaled(exponent, log(Pack(x))));
}
template <unsigned Set>
Dual<Set> pow(const Dual<Set>& x, Pack exponent) {
  const Pack value = exp(exponent * log(x.value)), first = exponent * value / x.value;
  return chain(x, value, first, (exponent - Pack(1.0)) * first / x.value);
}
template <unsigned Set>
Dual<Set> pow(const Dual<Set>& x, double exponent) {
  return pow(x, Pack(exponent));
}

/// The larger of x and a constant; where the constant wins there is no derivative.
template <unsigned Set>
Dual<Set> floored(const Dual<Set>& x, double least) {
  const Pack one = select(x.value > Pack(least), 1.0, 0.0);
  return chain(x, max(x.value, Pack(least)), one, Pack(0.0));
}
inline Pack floored(Pack x, double least) { return max(x, Pack(least)); }

/// 1 / (1 + e^-x), without overflow.
inline Pack decay(Pack x) { return exp(-abs(x)); }
/// `small` is decay(x).
inline Pack sigmoid(Pack x, Pack small) {
  const Pack upper = Pack(1.0) / (Pack(1.0) + small);
  return select(x < Pack(0.0), small * upper, upper);
}
inline Pack sigmoid(Pack x) { return sigmoid(x, decay(x)); }
template <unsigned Set>
Dual<Set> sigmoid(const Dual<Set>& x) {
  const Pack value = sigmoid(x.value), first = value * sigmoid(-x.value);
  return chain(x, value, first, first * (Pack(1.0) - Pack(2.0) * value));
}

/// ln(1 + e^x), without overflow.
inline Pack softplus(Pack x, Pack small) {
  // ln(1 + small) keeps its digits when what 1 + small rounds away is added back.
  const Pack sum = Pack(1.0) + small;
  const Pack tail = log(sum) + (small - (sum - Pack(1.0))) / sum;
  return max(x, Pack(0.0)) + tail;
}
inline Pack softplus(Pack x) { return softplus(x, decay(x)); }
template <unsigned Set>
Dual<Set> softplus(const Dual<Set>& x) {
  const Pack first = sigmoid(x.value);
  return chain(x, softplus(x.value), first, first * sigmoid(-x.value));
}

inline Pack tanh(Pack x) { return Pack(2.0) * sigmoid(Pack(2.0) * x) - Pack(1.0); }
template <unsigned Set>
Dual<Set> tanh(const Dual<Set>& x) {
  const Pack value = tanh(x.value), first = Pack(1.0) - value * value;
  return chain(x, value, first, Pack(-2.0) * value * first);
}

}  // namespace rung::RUNG_ISA
