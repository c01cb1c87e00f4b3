#pragma once
/// The functions of a Pack over an array, so that a test can call them in every instruction set:
/// cmake/tests.cmake compiles this once for each.

#include <cstddef>

#include "rung/law/dual.hpp"

namespace rung::RUNG_ISA {

/// Applies "exp", "log", "sqrt", "sigmoid", "softplus", "tanh", "sin", "cos" or "atan" (by letters:
/// e, l, q, s, p, t, i, c, a); x and y are 64-byte aligned, n is a multiple of 8.
void probe_pack(char function, const double* x, double* y, std::size_t n);

void probe_pack(char function, const double* x, double* y, std::size_t n) {
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Pack at = Pack::load(x + i);
    const Pack value = function == 'e'   ? exp(at)
                       : function == 'l' ? log(at)
                       : function == 'q' ? sqrt(at)
                       : function == 's' ? sigmoid(at)
                       : function == 'p' ? softplus(at)
                       : function == 'i' ? sin(at)
                       : function == 'c' ? cos(at)
                       : function == 'a' ? atan(at)
                                         : tanh(at);
    value.store(y + i);
  }
}

}  // namespace rung::RUNG_ISA
