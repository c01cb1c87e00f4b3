// JSON and JSON lines from arbitrary text: nothing but InputError, whether or not a column must
// hold numbers (which walks over the text again to say where one doesn't).
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/json_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const rung::TableOptions numbers{
      .columns = {"a.b"}, .optional_columns = {"a", "b"}, .number_columns = {"a", "b", "a.b"}};
  for (const rung::TableOptions& options : {rung::TableOptions{}, numbers}) {
    for (const auto parse : {rung::parse_json_table, rung::parse_jsonl_table}) {
      try {
        parse(text, "fuzz.json", options);
      } catch (const rung::InputError&) {
      }
    }
  }
  return 0;
}
