// JSON, JSON lines and trainer states from arbitrary text: nothing but InputError, whether or not a
// column must hold numbers (which says where one doesn't).
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const rung::TableOptions numbers{
      .columns = {"a.b"}, .optional_columns = {"a", "b"}, .number_columns = {"a", "b", "a.b"}};
  for (const rung::TableOptions& options : {rung::TableOptions{}, numbers}) {
    for (const char* format : {"json", "jsonl", "trainer_state"}) {
      try {
        rung::find_format(format).read(text, "fuzz.json", options);
      } catch (const rung::InputError&) {
      }
    }
  }
  return 0;
}
