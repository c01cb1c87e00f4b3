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

// Derivatives of functions that no compiled law uses.

template <unsigned Set>
Dual<Set> sin(const Dual<Set>& x) {
  const Pack value = sin(x.value);
  return chain(x, value, cos(x.value), -value);
}
template <unsigned Set>
Dual<Set> cos(const Dual<Set>& x) {
  const Pack value = cos(x.value);
  return chain(x, value, -sin(x.value), -value);
}
template <unsigned Set>
Dual<Set> atan(const Dual<Set>& x) {
  const Pack first = Pack(1.0) / (Pack(1.0) + x.value * x.value);
  return chain(x, atan(x.value), first, Pack(-2.0) * x.value * first * first);
}

/// A law's parameter or input by number, as NIST writes them.
template <unsigned long i, class Row>
auto at(const Row& row) {
  return row.template get<i>();
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
    return at<0>(b) * (1.0 - exp(-at<1>(b) * at<0>(x)));
  }
};

struct Misra1b {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * (1.0 - 1.0 / squared(1.0 + at<1>(b) * at<0>(x) * 0.5));
  }
};

struct Misra1c {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * (1.0 - 1.0 / sqrt(1.0 + 2.0 * at<1>(b) * at<0>(x)));
  }
};

struct Misra1d {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * at<1>(b) * at<0>(x) / (1.0 + at<1>(b) * at<0>(x));
  }
};

struct Chwirut {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return exp(-at<0>(b) * at<0>(x)) / (at<1>(b) + at<2>(b) * at<0>(x));
  }
};

struct Lanczos {
  static constexpr int kParameters = 6, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * exp(-at<1>(b) * at<0>(x)) + at<2>(b) * exp(-at<3>(b) * at<0>(x)) +
           at<4>(b) * exp(-at<5>(b) * at<0>(x));
  }
};

struct Gauss {
  static constexpr int kParameters = 8, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * exp(-at<1>(b) * at<0>(x)) +
           at<2>(b) * exp(-squared((at<0>(x) - at<3>(b)) / at<4>(b))) +
           at<5>(b) * exp(-squared((at<0>(x) - at<6>(b)) / at<7>(b)));
  }
};

struct DanWood {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * pow(at<0>(x), at<1>(b));
  }
};

struct Kirby2 {
  static constexpr int kParameters = 5, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return (at<0>(b) + at<0>(x) * (at<1>(b) + at<0>(x) * at<2>(b))) /
           (1.0 + at<0>(x) * (at<3>(b) + at<0>(x) * at<4>(b)));
  }
};

struct CubicOverCubic {  // Hahn1, Thurber
  static constexpr int kParameters = 7, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return (at<0>(b) + at<0>(x) * (at<1>(b) + at<0>(x) * (at<2>(b) + at<0>(x) * at<3>(b)))) /
           (1.0 + at<0>(x) * (at<4>(b) + at<0>(x) * (at<5>(b) + at<0>(x) * at<6>(b))));
  }
};

struct Nelson {  // of log(y)
  static constexpr int kParameters = 3, kInputs = 2;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) - at<1>(b) * at<0>(x) * exp(-at<2>(b) * at<1>(x));
  }
};

struct Mgh09 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * (at<0>(x) * (at<0>(x) + at<1>(b))) /
           (at<0>(x) * (at<0>(x) + at<2>(b)) + at<3>(b));
  }
};

struct Mgh10 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * exp(at<1>(b) / (at<0>(x) + at<2>(b)));
  }
};

struct Mgh17 {
  static constexpr int kParameters = 5, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) + at<1>(b) * exp(-at<3>(b) * at<0>(x)) + at<2>(b) * exp(-at<4>(b) * at<0>(x));
  }
};

struct Roszman1 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) - at<1>(b) * at<0>(x) - atan(at<2>(b) / (at<0>(x) - at<3>(b))) * (1.0 / kPi);
  }
};

struct Enso {
  static constexpr int kParameters = 9, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    const auto turn = at<0>(x) * (2.0 * kPi);
    const auto year = turn * (1.0 / 12), first = turn / at<3>(b), second = turn / at<6>(b);
    return at<0>(b) + at<1>(b) * cos(year) + at<2>(b) * sin(year) + at<4>(b) * cos(first) +
           at<5>(b) * sin(first) + at<7>(b) * cos(second) + at<8>(b) * sin(second);
  }
};

struct Eckerle4 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) / at<1>(b) * exp(-0.5 * squared((at<0>(x) - at<2>(b)) / at<1>(b)));
  }
};

struct Rat42 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) / (1.0 + exp(at<1>(b) - at<2>(b) * at<0>(x)));
  }
};

struct Rat43 {
  static constexpr int kParameters = 4, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * exp(-log(1.0 + exp(at<1>(b) - at<2>(b) * at<0>(x))) / at<3>(b));
  }
};

struct Bennett5 {
  static constexpr int kParameters = 3, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& b, const X& x) {
    return at<0>(b) * exp(-log(at<1>(b) + at<0>(x)) / at<2>(b));
  }
};

}  // namespace rung::nist
