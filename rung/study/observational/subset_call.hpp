#pragma once
/// One scan of subset_kernel.hpp in plain data: it is compiled for each instruction set and may not
/// share inline functions with the rest (see rung/law/simd.hpp).

#include <cstddef>

namespace rung::observational {

/// Grams packed as lower triangles, in units in which the Gram of all models is the identity.
struct SubsetScan {
  std::size_t n_components = 0;  // k
  const double* const* table =
      nullptr;                      // [k (k + 1) / 2] arrays, a subset a place, 64-byte aligned
  const double* base = nullptr;     // [k (k + 1) / 2] that each subset is added to
  std::size_t first = 0, last = 0;  // places to look at; both multiples of the lanes
  double below = 0;                 // only traces of the inverse below this are of use
};

/// The next place of the scan with a trace below `scan.below` in the same pack, as the pack's first
/// place; `last` where there is none.
using FindSubset = std::size_t (*)(const SubsetScan& scan);

}  // namespace rung::observational
