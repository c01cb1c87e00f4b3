#include "rung/lm/tokenizer/split.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rung/core/error.hpp"

namespace rung::lm {

struct Splitter::Compiled {
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;

  ~Compiled() {
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }
};

Splitter::Splitter(const std::string& pattern)
    : pattern_(pattern), compiled_(std::make_unique<Compiled>()) {
  int error = 0;
  PCRE2_SIZE at = 0;
  compiled_->code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &at, nullptr);
  if (!compiled_->code) {
    PCRE2_UCHAR message[256] = {};
    pcre2_get_error_message(error, message, sizeof message);
    throw InputError("the tokenizer's pattern is no regular expression: " +
                     std::string(reinterpret_cast<const char*>(message)) + " at its character " +
                     std::to_string(at));
  }
  pcre2_jit_compile(compiled_->code, PCRE2_JIT_COMPLETE);  // where that fails it is interpreted
  compiled_->match = pcre2_match_data_create_from_pattern(compiled_->code, nullptr);
}

Splitter::~Splitter() = default;
Splitter::Splitter(Splitter&&) noexcept = default;
Splitter& Splitter::operator=(Splitter&&) noexcept = default;

void Splitter::split(std::string_view text,
                     const std::function<void(std::string_view)>& piece) const {
  const auto* const subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  std::size_t at = 0;  // all before it has been passed on
  while (at < text.size()) {
    const int n =
        pcre2_match(compiled_->code, subject, text.size(), at, 0, compiled_->match, nullptr);
    if (n < 0) break;  // no match, or one beyond the limits: the rest is one piece
    const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(compiled_->match);
    const std::size_t begin = ends[0], end = ends[1];
    if (end <= at) break;  // an empty match would never end
    if (begin > at) piece(text.substr(at, begin - at));
    if (end > begin) piece(text.substr(begin, end - begin));
    at = end;
  }
  if (at < text.size()) piece(text.substr(at));
}

}  // namespace rung::lm
