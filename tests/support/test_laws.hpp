#pragma once
/// Laws whose best fits are known in closed form, with kernels of the tests' own.

#define RUNG_ISA test_laws
#define RUNG_LANES 2
#include "rung/law/kernel_impl.hpp"
#include "rung/law/law.hpp"

namespace rung::test_laws {

/// y = a + b x: the fit of every textbook.
struct Line {
  static constexpr int kParameters = 2, kInputs = 1;
  template <class Theta, class X>
  static auto value(const Theta& theta, const X& x) {
    const auto& [a, b] = theta;
    const auto& [input] = x;
    return a + b * input;
  }
};

inline const Law& line() {
  static const Law law{{.name = "line",
                        .inputs = {{.name = "x", .positive = false}},
                        .parameters = {{.name = "a", .typical = 1}, {.name = "b", .typical = 2}}},
                       kernel_of<Line>()};
  return law;
}

}  // namespace rung::test_laws

namespace rung {
using test_laws::line;
}
