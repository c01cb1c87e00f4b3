#pragma once
/// How numbers of the observational study read.

#include <cmath>

#include "rung/core/text.hpp"
#include "rung/report/text_table.hpp"

namespace rung::observational {

/// Fixed decimals; "0.00" where it would be "-0.00".
inline NumberFormat decimals(int n) {
  return [n](double x) { return fixed(std::abs(x) < 0.5 * std::pow(10, -n) ? 0 : x, n); };
}

}  // namespace rung::observational
