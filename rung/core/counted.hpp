#pragma once
/// Numbers of things in words.

#include <cstddef>
#include <string>
#include <string_view>

namespace rung {

/// "1 run", "3 runs"; `noun` takes an s.
inline std::string counted(std::size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace rung
