// A Parquet file of arbitrary bytes: nothing but InputError, with DuckDB and without. What lies
// between the marks is mutated; the marks are put there, which random bytes would seldom have.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/read_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string content(reinterpret_cast<const char*>(bytes), size);
  for (const std::string& file : {content, "PAR1" + content + "PAR1"}) {
    try {
      rung::parse_table(file, "x.parquet", {.n_threads = 1});
    } catch (const rung::InputError&) {
    }
  }
  return 0;
}
