// Any content as standard input would bring it: the format guessed, gzip unpacked.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/system/gzip.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string content(reinterpret_cast<const char*>(bytes), size);
  if (fuzz::turn_of(content, 4) == 0) {
    if (rung::gunzip(rung::gzip(content), "") != content) __builtin_trap();
    return 0;
  }
  try {
    rung::parse_table(content, "standard input", {.n_threads = 1, .most_unpacked_bytes = 1 << 20});
  } catch (const rung::InputError&) {
  }
  return 0;
}
