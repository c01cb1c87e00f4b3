// Numbers from arbitrary text: no crash, and what is printed reads back as the same double.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rung/core/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto value = rung::parse_double(text);
  if (value && !std::isnan(*value) && rung::parse_double(rung::shortest(*value)) != value) {
    std::abort();
  }
  const auto parts = rung::split(text, ',');
  if (rung::join(parts, ",") != text) std::abort();
  return 0;
}
