#pragma once
/// Characters of any bytes, and text from outside made fit to be shown.

#include <cstddef>
#include <string>
#include <string_view>

namespace rung {

inline constexpr char32_t kReplacementCharacter = 0xfffd;

/// The character that begins at `at`, which moves behind it; a byte that is no UTF-8 is one,
/// U+FFFD.
char32_t next_character(std::string_view text, std::size_t& at);

/// UTF-8 of one character.
std::string utf8(char32_t character);

/// Control and direction characters, and what Unicode says is none: they would act instead of being
/// seen.
bool acts_unseen(char32_t character);

/// Columns of a terminal that UTF-8 `text` takes: combining marks none, East Asian wide characters
/// two.
std::size_t display_width(std::string_view text);

/// Text in which every character and byte that would act on a terminal, or can't be seen, is
/// written out: "\x1b", "\u202e". Line ends stay where `keeps_lines`, else they become "\n".
std::string shown(std::string_view text, bool keeps_lines = true);

}  // namespace rung
