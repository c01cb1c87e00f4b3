// CSV from arbitrary text: nothing but InputError, columns of equal length, a line for each row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/csv.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t turn = fuzz::turn_of(text, 4);
  const char separator = turn % 2 == 0 ? ',' : '\t';
  try {
    if (turn < 2) {
      const rung::Table table = rung::parse_csv(text, "fuzz.csv", {.separator = separator});
      if (table.lines().size() != table.n_rows()) std::abort();
    } else {
      rung::parse_csv(text, "fuzz.csv",
                      {.separator = separator, .columns = {"b"}, .number_columns = {"b"}});
    }
  } catch (const rung::InputError&) {
  }
  return 0;
}
