// JSON, JSON lines and trainer states from arbitrary text: nothing but InputError, whether or not a
// column must hold numbers (which says where one doesn't).
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  static const rung::TableOptions kOptions[] = {
      {},
      {.columns = {"a.b"}, .optional_columns = {"a", "b"}, .number_columns = {"a", "b", "a.b"}}};
  static const rung::Format* const kFormats[] = {
      &rung::find_format("json"), &rung::find_format("jsonl"), &rung::find_format("trainer_state")};
  const std::size_t turn = fuzz::turn_of(text, 6);
  try {
    kFormats[turn % 3]->read(text, "fuzz.json", kOptions[turn / 3]);
  } catch (const rung::InputError&) {
  }
  return 0;
}
