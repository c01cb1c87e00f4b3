#pragma once
/// The coefficients of Hoffmann et al. 2022 (arXiv 2203.15556), approach 3.

namespace rung {

inline constexpr double kA = 406.4, kB = 410.7, kE = 1.69, kAlpha = 0.34, kBeta = 0.28;

}  // namespace rung
