#pragma once
/// Signed numbers of parameters and coordinates as indices.

#include <cstddef>

namespace rung {

inline std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace rung
