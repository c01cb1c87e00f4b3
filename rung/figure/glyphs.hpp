#pragma once
/// Characters of any bytes, and how wide they are drawn.

#include <string>
#include <string_view>

#include "rung/core/utf8.hpp"

namespace rung {

/// UTF-8 as characters that any XML may hold. A tab or a line's end becomes a blank; what is not
/// UTF-8 and what would act instead of being seen (control and direction characters) becomes
/// U+FFFD.
std::u32string characters(std::string_view text);

/// In DejaVu Sans, in em; characters that it lacks as wide as a Chinese one.
double advance_em(char32_t character, bool bold);

}  // namespace rung
