// Tokenizers from arbitrary text: nothing but InputError, what is one is written and read again as
// itself, and brings any text back byte by byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/lm/tokenizer/vocabulary_file.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

/// So that texts much shorter than 256 tokens make a tokenizer.
void add_missing_bytes(rung::lm::Vocabulary& vocabulary) {
  const std::set<std::string> known(vocabulary.tokens.begin(), vocabulary.tokens.end());
  for (int byte = 0; byte < 256; ++byte) {
    const std::string token(1, static_cast<char>(byte));
    if (!known.contains(token)) vocabulary.tokens.push_back(token);
  }
}

void try_text(rung::lm::Vocabulary vocabulary, std::string_view text) {
  add_missing_bytes(vocabulary);
  vocabulary.special.clear();
  vocabulary.adds_prefix_space = false;
  rung::lm::Tokenizer tokenizer(std::move(vocabulary));
  if (tokenizer.decode(tokenizer.encode(text)) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try {
    const rung::lm::Vocabulary vocabulary = rung::lm::read_vocabulary(text, "tokenizer.json");
    if (fuzz::turn_of(text, 2) == 0) {
      try_text(vocabulary, text.substr(0, 200));
    } else {
      const std::string written = rung::lm::tokenizer_json(vocabulary);
      rung::lm::read_vocabulary(written, "tokenizer.json");
    }
  } catch (const rung::InputError&) {
  }
  return 0;
}
