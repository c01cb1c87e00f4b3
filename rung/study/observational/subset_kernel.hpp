/// The inner loop of the search over subsets; compiled for each instruction set.
#pragma once

#include "rung/law/simd.hpp"
#include "rung/study/observational/subset_call.hpp"

namespace rung::RUNG_ISA {

/// A fraction whose denominator is not positive for a singular matrix: no division where it costs.
struct Fraction {
  Pack numerator, denominator;
};

/// trace(M^-1) of a packed lower triangle: adjugate over determinant up to 3 x 3.
template <int k>
Fraction trace_of_inverse(const Pack* m) {
  if constexpr (k == 1) {
    return {Pack(1.0), m[0]};
  } else if constexpr (k == 2) {
    return {m[0] + m[2], m[0] * m[2] - m[1] * m[1]};
  } else if constexpr (k == 3) {
    const Pack c00 = m[2] * m[5] - m[4] * m[4], c11 = m[0] * m[5] - m[3] * m[3];
    const Pack c22 = m[0] * m[2] - m[1] * m[1];
    const Pack c01 = m[3] * m[4] - m[1] * m[5], c02 = m[1] * m[4] - m[3] * m[2];
    return {c00 + c11 + c22, m[0] * c00 + m[1] * c01 + m[3] * c02};
  } else {
    // L D L' by columns, then the columns of L^-1: trace = sum of L^-1(i,j)^2 / d(i).
    Pack l[k][k], d[k], inverse_d[k];
    Pack regular = Pack(1.0);
    for (int j = 0; j < k; ++j) {
      d[j] = m[j * (j + 1) / 2 + j];
      for (int p = 0; p < j; ++p) d[j] = d[j] - l[j][p] * l[j][p] * d[p];
      regular = select(d[j] > Pack(0.0), regular, Pack(-1.0));
      inverse_d[j] = Pack(1.0) / d[j];
      for (int i = j + 1; i < k; ++i) {
        Pack value = m[i * (i + 1) / 2 + j];
        for (int p = 0; p < j; ++p) value = value - l[i][p] * l[j][p] * d[p];
        l[i][j] = value * inverse_d[j];
      }
    }
    Pack trace = Pack(0.0);
    for (int j = 0; j < k; ++j) {
      Pack column[k];
      column[j] = Pack(1.0);
      trace += inverse_d[j];
      for (int i = j + 1; i < k; ++i) {
        Pack value = -l[i][j];
        for (int p = j + 1; p < i; ++p) value = value - l[i][p] * column[p];
        column[i] = value;
        trace += value * value * inverse_d[i];
      }
    }
    return {trace, regular};
  }
}

template <int k>
std::size_t find_subset_of(const observational::SubsetScan& scan) {
  constexpr int n = k * (k + 1) / 2;
  Pack base[n];
  for (int e = 0; e < n; ++e) base[e] = Pack(scan.base[e]);
  const Pack below(scan.below);
  for (std::size_t i = scan.first; i < scan.last; i += kLanes) {
    Pack m[n];
    for (int e = 0; e < n; ++e) m[e] = base[e] + Pack::load(scan.table[e] + i);
    const Fraction trace = trace_of_inverse<k>(m);
    if (any((trace.numerator < below * trace.denominator) & (trace.denominator > Pack(0.0))))
      return i;
  }
  return scan.last;
}

inline observational::FindSubset find_subset_for(std::size_t n_components) {
  switch (n_components) {
    case 1:
      return find_subset_of<1>;
    case 2:
      return find_subset_of<2>;
    case 3:
      return find_subset_of<3>;
    case 4:
      return find_subset_of<4>;
    case 5:
      return find_subset_of<5>;
    case 6:
      return find_subset_of<6>;
    case 7:
      return find_subset_of<7>;
    case 8:
      return find_subset_of<8>;
    default:
      return nullptr;
  }
}

}  // namespace rung::RUNG_ISA
