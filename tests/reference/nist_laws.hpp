#pragma once
/// The models of the NIST StRD nonlinear regression problems as laws, with kernels of this test's
/// own: an instruction set that is named after the test and is no more than the compiler's
/// baseline.

#include <cmath>

#define RUNG_ISA nist
#define RUNG_LANES 2
#include "rung/law/kernel_impl.hpp"
#include "rung/law/law.hpp"

namespace rung::nist {

// Functions that no law of the catalogue uses.

template <double (*function)(double)>
Pack by_lane(Pack x) {
  Pack y = x;
  for (int i = 0; i < kLanes; ++i) y.v[i] = function(x.v[i]);
  return y;
}
inline Pack sin(Pack x) { return by_lane<std::sin>(x); }
inline Pack cos(Pack x) { return by_lane<std::cos>(x); }
inline Pack atan(Pack x) { return by_lane<std::atan>(x); }

template <int P>
Dual<P> sin(const Dual<P>& x) {
  const Pack value = sin(x.value);
  return chain(x, value, cos(x.value), -value);
}
template <int P>
Dual<P> cos(const Dual<P>& x) {
  const Pack value = cos(x.value);
  return chain(x, value, -sin(x.value), -value);
}
template <int P>
Dual<P> atan(const Dual<P>& x) {
  const Pack first = Pack(1.0) / (Pack(1.0) + x.value * x.value);
  return chain(x, atan(x.value), first, Pack(-2.0) * x.value * first * first);
}

template <class T>
T squared(const T& x) {
  return x * x;
}

inline constexpr double kPi = 3.141592653589793238462643383279;

struct SaturatingExponential {  // Misra1a, BoxBOD
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * (1.0 - exp(-b[1] * x[0]));
  }
};

struct Misra1b {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * (1.0 - 1.0 / squared(1.0 + b[1] * x[0] * 0.5));
  }
};

struct Misra1c {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * (1.0 - 1.0 / sqrt(1.0 + 2.0 * b[1] * x[0]));
  }
};

struct Misra1d {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * b[1] * x[0] / (1.0 + b[1] * x[0]);
  }
};

struct Chwirut {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return exp(-b[0] * x[0]) / (b[1] + b[2] * x[0]);
  }
};

struct Lanczos {
  static constexpr int kParameters = 6, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * exp(-b[1] * x[0]) + b[2] * exp(-b[3] * x[0]) + b[4] * exp(-b[5] * x[0]);
  }
};

struct Gauss {
  static constexpr int kParameters = 8, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * exp(-b[1] * x[0]) + b[2] * exp(-squared((x[0] - b[3]) / b[4])) +
           b[5] * exp(-squared((x[0] - b[6]) / b[7]));
  }
};

struct DanWood {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * pow(x[0], b[1]);
  }
};

struct Kirby2 {
  static constexpr int kParameters = 5, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return (b[0] + x[0] * (b[1] + x[0] * b[2])) / (1.0 + x[0] * (b[3] + x[0] * b[4]));
  }
};

struct CubicOverCubic {  // Hahn1, Thurber
  static constexpr int kParameters = 7, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return (b[0] + x[0] * (b[1] + x[0] * (b[2] + x[0] * b[3]))) /
           (1.0 + x[0] * (b[4] + x[0] * (b[5] + x[0] * b[6])));
  }
};

struct Nelson {  // of log(y)
  static constexpr int kParameters = 3, kInputs = 2;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] - b[1] * x[0] * exp(-b[2] * x[1]);
  }
};

struct Mgh09 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * (x[0] * (x[0] + b[1])) / (x[0] * (x[0] + b[2]) + b[3]);
  }
};

struct Mgh10 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * exp(b[1] / (x[0] + b[2]));
  }
};

struct Mgh17 {
  static constexpr int kParameters = 5, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] + b[1] * exp(-b[3] * x[0]) + b[2] * exp(-b[4] * x[0]);
  }
};

struct Roszman1 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] - b[1] * x[0] - atan(b[2] / (x[0] - b[3])) * (1.0 / kPi);
  }
};

struct Enso {
  static constexpr int kParameters = 9, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    const auto turn = x[0] * (2.0 * kPi);
    const auto year = turn * (1.0 / 12), first = turn / b[3], second = turn / b[6];
    return b[0] + b[1] * cos(year) + b[2] * sin(year) + b[4] * cos(first) + b[5] * sin(first) +
           b[7] * cos(second) + b[8] * sin(second);
  }
};

struct Eckerle4 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] / b[1] * exp(-0.5 * squared((x[0] - b[2]) / b[1]));
  }
};

struct Rat42 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] / (1.0 + exp(b[1] - b[2] * x[0]));
  }
};

struct Rat43 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * exp(-log(1.0 + exp(b[1] - b[2] * x[0])) / b[3]);
  }
};

struct Bennett5 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return b[0] * exp(-log(b[1] + x[0]) / b[2]);
  }
};

}  // namespace rung::nist
