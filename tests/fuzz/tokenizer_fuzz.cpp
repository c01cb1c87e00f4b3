// Tokenizer files from arbitrary text: nothing but InputError, and with what is a tokenizer any
// bytes come back from their tokens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/lm/tokenizer/tokenizer.hpp"
#include "rung/lm/tokenizer/vocabulary_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try {
    rung::lm::Vocabulary vocabulary = rung::lm::read_vocabulary(text, "tokenizer");
    const bool adds_space = vocabulary.adds_prefix_space;
    rung::lm::Tokenizer tokenizer(std::move(vocabulary));
    // Its own file is a text like any other.
    constexpr std::size_t kMost = 1000;
    const std::string_view some = text.substr(0, kMost);
    if (!adds_space && tokenizer.decode(tokenizer.encode(some)) != some) std::abort();
  } catch (const rung::InputError&) {
  }
  return 0;
}
