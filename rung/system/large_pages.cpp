#include "rung/system/large_pages.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace rung {

void use_large_pages(void* begin, std::size_t n_bytes) {
#ifdef MADV_HUGEPAGE
  constexpr std::uintptr_t kLarge = std::uintptr_t{2} << 20;
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + kLarge - 1) / kLarge * kLarge;
  const std::uintptr_t last = (address + n_bytes) / kLarge * kLarge;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#else
  static_cast<void>(begin), static_cast<void>(n_bytes);
#endif
}

}  // namespace rung
