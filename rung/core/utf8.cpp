#include "rung/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rung {
namespace {

/// How many bytes follow the first one of a character; -1 where no character begins with it.
int n_following(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

bool is_unseen(char32_t c) {
  const bool no_width = c == 0xad || c == 0x200b || c == 0x2060 || c == 0xfeff;
  return acts_unseen(c) || no_width;
}

std::string written_out(char32_t c) {
  const auto number = static_cast<unsigned>(c);
  return number < 0x100 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }

struct CodePoints {
  char32_t first, last;
};

// Unicode 15: the combining blocks, and East_Asian_Width W and F, in blocks rather than single
// characters.
constexpr CodePoints kNoWidth[] = {{0x300, 0x36F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                   {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
                                   {0xFE20, 0xFE2F}};
constexpr CodePoints kDoubleWidth[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
                                       {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                       {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t n>
bool within(char32_t code_point, const CodePoints (&blocks)[n]) {
  return std::any_of(std::begin(blocks), std::end(blocks), [&](const CodePoints& block) {
    return block.first <= code_point && code_point <= block.last;
  });
}

}  // namespace

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const int following = n_following(first);
  const std::size_t end = at + 1 + static_cast<std::size_t>(following < 0 ? 0 : following);
  if (following < 0 || end > text.size()) return ++at, kReplacementCharacter;
  constexpr std::array<unsigned char, 4> kFirstBits{0x7f, 0x1f, 0x0f, 0x07};
  char32_t character = first & kFirstBits[static_cast<std::size_t>(following)];
  for (std::size_t i = at + 1; i < end; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return ++at, kReplacementCharacter;
    character = character << 6 | (byte(i) & 0x3f);
  }
  const bool overlong =
      (following == 2 && character < 0x800) || (following == 3 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  if (overlong || surrogate || character > 0x10ffff) return ++at, kReplacementCharacter;
  at = end;
  return character;
}

std::string utf8(char32_t c) {
  const auto following = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), following(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | c >> 12), following(6), following(0)};
  return {static_cast<char>(0xf0 | c >> 18), following(12), following(6), following(0)};
}

bool acts_unseen(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool direction = c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
                         (c >= 0x2066 && c <= 0x2069);
  const bool no_character = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
  return control || direction || no_character;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t code_point = next_character(text, position);
    if (within(code_point, kNoWidth)) continue;
    width += within(code_point, kDoubleWidth) ? 2 : 1;
  }
  return width;
}

std::string shown(std::string_view text, bool keeps_lines) {
  const auto is_good = [keeps_lines](char c) { return is_plain(c) || (keeps_lines && c == '\n'); };
  if (std::all_of(text.begin(), text.end(), is_good)) return std::string(text);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_character(text, at);
    const bool no_utf8 = c == kReplacementCharacter && at == begin + 1;
    if (no_utf8) {
      result += written_out(static_cast<unsigned char>(text[begin]));
    } else if (c == U'\n') {
      result += keeps_lines ? "\n" : "\\n";
    } else if (c == U'\t' && keeps_lines) {
      result += '\t';
    } else if (is_unseen(c)) {
      result += c == U'\t' ? "\\t" : c == U'\r' ? "\\r" : written_out(c);
    } else {
      result += text.substr(begin, at - begin);
    }
  }
  return result;
}

}  // namespace rung
