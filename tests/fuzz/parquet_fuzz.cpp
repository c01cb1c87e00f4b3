// A Parquet file of arbitrary bytes: nothing but InputError, with DuckDB and without. What lies
// between the marks is mutated; the marks are put there, which random bytes would seldom have.
// DuckDB, which takes some 10 ms to open a file, is asked for one text in 512: its own readers are
// fuzzed by its makers, and the others reach what stands before it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/read_table.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string content(reinterpret_cast<const char*>(bytes), size);
  const bool whole = fuzz::turn_of(content, 512) == 0;
  // Without its end no reader takes it.
  content = whole ? "PAR1" + content + "PAR1" : "PAR1" + content + "PAR";
  try {
    rung::parse_table(content, "x.parquet", {.n_threads = 1});
  } catch (const rung::InputError&) {
  }
  return 0;
}
