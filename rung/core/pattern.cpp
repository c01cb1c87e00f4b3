#include "rung/core/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdint>
#include <new>
#include <utility>

#include "rung/core/error.hpp"

namespace rung {
namespace {

constexpr std::uint32_t kMostTried = 10'000'000;

template <class Made>
std::shared_ptr<Made> owned(Made* made, void (*release)(Made*)) {
  if (!made) throw std::bad_alloc();
  return {made, release};
}

}  // namespace

Pattern::Pattern(std::string text, std::string option)
    : text_(std::move(text)), option_(std::move(option)) {
  int error = 0;
  std::size_t at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(), 0,
                                   &error, &at, nullptr);
  if (!code)
    throw InputError(option_ + ": '" + text_ + "' is no regular expression",
                     "such as '^190M' or 'loss|acc'");
  code_ = owned(code, pcre2_code_free);
}

bool Pattern::is_found_in(std::string_view name) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const auto match =
      owned(pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  const auto limits = owned(pcre2_match_context_create(nullptr), pcre2_match_context_free);
  pcre2_set_match_limit(limits.get(), kMostTried);
  const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(), 0, 0,
                                match.get(), limits.get());
  if (found >= 0) return true;
  if (found == PCRE2_ERROR_NOMATCH) return false;
  throw InputError(
      option_ + ": '" + text_ + "' takes too long on the name '" + std::string(name) + "'",
      "leave out a repetition within a repetition");
}

}  // namespace rung
