/// A Pack: kLanes doubles worked on at once, with exp and log of our own.
///
/// Compiled once for each instruction set, with RUNG_ISA naming the set and RUNG_LANES its width,
/// so that each has types of its own and no inline function compiled for one machine can be linked
/// into code that runs on another. For the same reason nothing here calls a function of the
/// standard library.
#ifndef RUNG_ISA
#error "rung/law/simd.hpp belongs to the kernel sources, which define RUNG_ISA and RUNG_LANES"
#endif
#pragma once

namespace rung::RUNG_ISA {

inline constexpr int kLanes = RUNG_LANES;
typedef double Vec __attribute__((vector_size(8 * RUNG_LANES)));
typedef long long Bits __attribute__((vector_size(8 * RUNG_LANES)));

/// Lanes where a condition holds: all ones or all zeros.
struct Mask {
  Bits bits;
};

struct Pack {
  Vec v;
  Pack() = default;
  Pack(Vec lanes) : v(lanes) {}  // NOLINT: a Pack is its lanes
  Pack(double all) {             // NOLINT: a number is a Pack of equal lanes
    v = Vec{} + all;
  }
  static Pack load(const double* aligned) { return *reinterpret_cast<const Vec*>(aligned); }
  void store(double* aligned) const { *reinterpret_cast<Vec*>(aligned) = v; }
};

inline Pack operator+(Pack a, Pack b) { return a.v + b.v; }
inline Pack operator-(Pack a, Pack b) { return a.v - b.v; }
inline Pack operator*(Pack a, Pack b) { return a.v * b.v; }
inline Pack operator/(Pack a, Pack b) { return a.v / b.v; }
inline Pack operator-(Pack a) { return -a.v; }
inline Pack& operator+=(Pack& a, Pack b) { return a = a + b; }
inline Mask operator<(Pack a, Pack b) { return {(Bits)(a.v < b.v)}; }
inline Mask operator<=(Pack a, Pack b) { return {(Bits)(a.v <= b.v)}; }
inline Mask operator>(Pack a, Pack b) { return {(Bits)(a.v > b.v)}; }
inline Mask operator&(Mask a, Mask b) { return {a.bits & b.bits}; }
inline Mask operator!(Mask a) { return {~a.bits}; }

inline bool any(Mask mask) {
  long long all = 0;
  for (int i = 0; i < kLanes; ++i) all |= mask.bits[i];
  return all != 0;
}

inline Pack select(Mask mask, Pack yes, Pack no) {
  return (Vec)((mask.bits & (Bits)yes.v) | (~mask.bits & (Bits)no.v));
}
inline Pack abs(Pack a) { return (Vec)((Bits)a.v & 0x7fffffffffffffffLL); }
/// The larger; NaN where a is.
inline Pack max(Pack a, Pack b) { return select(a < b, b, a); }

/// The sum of the lanes, in a fixed order: halves are added until one is left.
inline double sum(Pack a) {
#if RUNG_LANES == 8
  typedef double Half __attribute__((vector_size(32)));
  const Half half =
      __builtin_shufflevector(a.v, a.v, 0, 1, 2, 3) + __builtin_shufflevector(a.v, a.v, 4, 5, 6, 7);
  return (half[0] + half[2]) + (half[1] + half[3]);
#elif RUNG_LANES == 4
  return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
#else
  return a.v[0] + a.v[1];
#endif
}

/// Neighbouring lanes added: a's sums in the lower half, b's in the upper.
inline Pack neighbours_added(Pack a, Pack b) {
#if RUNG_LANES == 8
  return __builtin_shufflevector(a.v, b.v, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(a.v, b.v, 1, 3, 5, 7, 9, 11, 13, 15);
#elif RUNG_LANES == 4
  return __builtin_shufflevector(a.v, b.v, 0, 2, 4, 6) +
         __builtin_shufflevector(a.v, b.v, 1, 3, 5, 7);
#else
  return __builtin_shufflevector(a.v, b.v, 0, 2) + __builtin_shufflevector(a.v, b.v, 1, 3);
#endif
}

constexpr int whole_lanes(int n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// The sum of each of n Packs. kLanes of them together take as many steps as two alone: `packs` and
/// `out` hold whole_lanes(n).
inline void sums(const Pack* packs, int n, double* out) {
  for (int first = 0; first < n; first += kLanes) {
    Pack level[kLanes];
#pragma GCC unroll 8
    for (int i = 0; i < kLanes; ++i) level[i] = packs[first + i];
#pragma GCC unroll 3
    for (int width = kLanes; width > 1; width /= 2) {
#pragma GCC unroll 4
      for (int i = 0; i < width / 2; ++i)
        level[i] = neighbours_added(level[2 * i], level[2 * i + 1]);
    }
    __builtin_memcpy(out + first, &level[0].v, sizeof level[0].v);
  }
}

/// e^x within 1.5 units in the last place: x = n ln 2 + r, |r| <= ln(2)/2, Taylor to r^13
/// (remainder 4e-18). Below -708 it is e^-708 (3e-308), above 709.4 (1e308) infinity.
inline Pack exp(Pack x) {
  constexpr double kLog2E = 1.4426950408889634, kLn2High = 0x1.62e42fefa3800p-1,
                   kLn2Low = 0x1.ef35793c76730p-45, kShift = 0x1.8p52;
  const Mask overflow = x > Pack(709.4);
  Pack clamped = select(x < Pack(-708.0), -708.0, x);
  clamped = select(overflow, 709.0, clamped);
  const Vec shifted = clamped.v * kLog2E + kShift;
  const Vec n = shifted - kShift;
  const Vec r = (clamped.v - n * kLn2High) - n * kLn2Low;
  const Vec r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const Vec p23 = 0.5 + r * (1.0 / 6), p45 = 1.0 / 24 + r * (1.0 / 120);
  const Vec p67 = 1.0 / 720 + r * (1.0 / 5040), p89 = 1.0 / 40320 + r * (1.0 / 362880);
  const Vec pab = 1.0 / 3628800 + r * (1.0 / 39916800);
  const Vec pcd = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const Vec tail = (r2 * p23 + r4 * (p45 + r2 * p67)) + r8 * ((p89 + r2 * pab) + r4 * pcd);
  const Vec polynomial = 1.0 + (r + tail);
  const Vec power = (Vec)(((Bits)shifted + 1023) << 52);
  return select(overflow, Pack(__builtin_inf()), Pack(polynomial * power));
}

/// ln x for normal positive x (the method and coefficients of fdlibm's e_log); NaN below zero and
/// of NaN, -infinity at zero.
inline Pack log(Pack x) {
  constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  const Bits bits = (Bits)x.v;
  Vec exponent = (Vec)(((bits >> 52) & 0x7ff) | 0x4330000000000000LL) - (0x1p52 + 1023);
  Pack m = (Vec)((bits & 0x000fffffffffffffLL) | 0x3ff0000000000000LL);
  const Mask high = m > Pack(1.4142135623730951);
  m = select(high, m * 0.5, m);
  exponent = select(high, Pack(exponent + 1.0), Pack(exponent)).v;
  const Vec f = m.v - 1.0;
  const Vec s = f / (2.0 + f), z = s * s, w = z * z;
  const Vec even = w * (3.999999999940941908e-01 +
                        w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const Vec odd = z * (6.666666666666735130e-01 +
                       w * (2.857142874366239149e-01 +
                            w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const Vec half = 0.5 * f * f;
  const Pack result =
      exponent * kLn2High - ((half - (s * (half + (even + odd)) + exponent * kLn2Low)) - f);
  const Pack not_below = select(x <= Pack(0.0), Pack(-__builtin_inf()), x);  // -infinity or NaN
  const Pack no_log = select(x < Pack(0.0), Pack(__builtin_nan("")), not_below);
  return select(x > Pack(0.0), select(x > Pack(1.7e308), x, result), no_log);
}

inline Pack sqrt(Pack x) {
  Pack root = x;
  for (int i = 0; i < kLanes; ++i) root.v[i] = __builtin_sqrt(x.v[i]);
  return root;
}

/// sin(x + quarters * pi/2), by fdlibm's polynomials on |r| <= pi/4 after taking off multiples of
/// pi/2 in three parts; within 1e-16 of the value. NaN beyond 1e6, where the parts end.
inline Pack sin_after_quarters(Pack x, long long quarters) {
  constexpr double kTwoOverPi = 0.63661977236758138, kShift = 0x1.8p52;
  constexpr double kHalfPi1 = 1.57079632673412561417e+00, kHalfPi2 = 6.07710050630396597660e-11,
                   kHalfPi3 = 2.02226624879595063154e-21;
  const Mask known = abs(x) <= Pack(1e6);
  const Vec angle = select(known, x, 0.0).v;
  const Vec shifted = angle * kTwoOverPi + kShift;
  const Vec n = shifted - kShift;
  const Vec r = ((angle - n * kHalfPi1) - n * kHalfPi2) - n * kHalfPi3;
  const Vec z = r * r;
  const Vec sine =
      r + r * z *
              (-1.66666666666666324348e-01 +
               z * (8.33333333332248946124e-03 +
                    z * (-1.98412698298579493134e-04 +
                         z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 +
                                                                z * 1.58969099521155010221e-10)))));
  const Vec cosine =
      1.0 -
      (0.5 * z -
       z * z *
           (4.16666666666666019037e-02 +
            z * (-1.38888888888741095749e-03 +
                 z * (2.48015872894767294178e-05 +
                      z * (-2.75573143513906633035e-07 +
                           z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))))));
  const Bits quarter = ((Bits)shifted + quarters) & 3;
  const Pack size = select({(Bits)((quarter & 1) != 0)}, cosine, sine);
  const Pack value = select({(Bits)((quarter & 2) != 0)}, -size, size);
  return select(known, value, Pack(__builtin_nan("")));
}

inline Pack sin(Pack x) { return sin_after_quarters(x, 0); }
inline Pack cos(Pack x) { return sin_after_quarters(x, 1); }

/// fdlibm's polynomial on |t| <= 7/16, to which the others are brought: atan x = pi/2 - atan(1/x)
/// and atan x = pi/4 + atan((x - 1)/(x + 1)) for positive x. Within 2e-16 of the value.
inline Pack atan(Pack x) {
  constexpr double kHalfPi = 1.5707963267948966, kQuarterPi = 0.7853981633974483;
  const Pack size = abs(x);
  const Mask large = size > Pack(2.4375);  // beyond: its reciprocal
  const Mask small = size <= Pack(0.4375);
  const Pack middle = (size - Pack(1.0)) / (size + Pack(1.0));
  const Pack t = select(large, Pack(1.0) / size, select(small, size, middle));
  const Vec z = t.v * t.v, w = z * z;
  const Vec odd =
      z * (3.33333333333329318027e-01 +
           w * (1.42857142725034663711e-01 +
                w * (9.09088713343650656196e-02 +
                     w * (6.66107313738753120669e-02 +
                          w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)))));
  const Vec even =
      w * (-1.99999999998764832476e-01 +
           w * (-1.11111104054623557880e-01 +
                w * (-7.69187620504482999495e-02 +
                     w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02))));
  const Pack angle = t.v - t.v * (odd + even);
  const Pack value =
      select(large, Pack(kHalfPi) - angle, select(small, angle, Pack(kQuarterPi) + angle));
  return select(x < Pack(0.0), -value, value);
}

/// An input of a law with its logarithm, taken once when the points are laid out.
struct Input {
  Pack value;
  Pack log_value;
  operator Pack() const { return value; }  // NOLINT(google-explicit-constructor): used as a number
};

inline Pack log(const Input& x) { return x.log_value; }
inline Pack pow(const Input& x, Pack exponent) { return exp(exponent * x.log_value); }
inline Pack pow(Pack x, Pack exponent) { return exp(exponent * log(x)); }
inline Pack value_of(Pack x) { return x; }

}  // namespace rung::RUNG_ISA
