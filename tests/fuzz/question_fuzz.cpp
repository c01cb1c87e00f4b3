// Questions with their options' scores from arbitrary text: nothing but InputError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/question_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  rung::is_question_file(text);
  try {
    rung::table_of_means(rung::means_of_questions(text, "fuzz.jsonl", 1), "fuzz.jsonl");
  } catch (const rung::InputError&) {
  }
  return 0;
}
