#include "rung/figure/glyphs.hpp"

#include <array>
#include <cstddef>

namespace rung {
namespace {

constexpr char32_t kReplacement = 0xfffd;

/// Thousandths of an em of the characters from 32 to 126, as the fonts' own tables have them.
constexpr std::array<short, 95> kBook{
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838};
constexpr std::array<short, 95> kBold{
    348,  456, 521, 838, 696, 1002, 872, 306,  457, 457, 523, 838, 380, 415,  380, 365,
    696,  696, 696, 696, 696, 696,  696, 696,  696, 696, 400, 400, 838, 838,  838, 580,
    1000, 774, 762, 734, 830, 683,  683, 821,  837, 372, 372, 775, 637, 995,  837, 850,
    733,  850, 770, 720, 682, 812,  774, 1103, 771, 724, 725, 457, 365, 457,  838, 500,
    500,  675, 716, 593, 716, 678,  435, 716,  712, 343, 343, 665, 343, 1042, 712, 687,
    716,  716, 493, 595, 478, 712,  652, 924,  645, 652, 582, 712, 365, 712,  838};

/// How many bytes follow the first one of a character; -1 where no character begins with it.
int n_following(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

/// The character that begins at `at`, which moves behind it; a byte that begins none is one.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const int following = n_following(first);
  const std::size_t end = at + 1 + static_cast<std::size_t>(following < 0 ? 0 : following);
  if (following < 0 || end > text.size()) return ++at, kReplacement;
  constexpr std::array<unsigned char, 4> kFirstBits{0x7f, 0x1f, 0x0f, 0x07};
  char32_t character = first & kFirstBits[static_cast<std::size_t>(following)];
  for (std::size_t i = at + 1; i < end; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return ++at, kReplacement;
    character = character << 6 | (byte(i) & 0x3f);
  }
  const bool overlong =
      (following == 2 && character < 0x800) || (following == 3 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  if (overlong || surrogate || character > 0x10ffff) return ++at, kReplacement;
  at = end;
  return character;
}

bool acts(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool direction = c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
                         (c >= 0x2066 && c <= 0x2069);
  const bool no_character = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
  return control || direction || no_character;
}

}  // namespace

std::u32string characters(std::string_view text) {
  std::u32string result;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    result += blank ? U' ' : acts(c) ? kReplacement : c;
  }
  return result;
}

std::string utf8(char32_t c) {
  const auto following = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), following(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | c >> 12), following(6), following(0)};
  return {static_cast<char>(0xf0 | c >> 18), following(12), following(6), following(0)};
}

double advance_em(char32_t c, bool bold) {
  if (c >= 32 && c < 127) return (bold ? kBold : kBook)[c - 32] / 1000.0;
  const bool combining = c >= 0x300 && c < 0x370;
  if (combining) return 0;
  const bool superscript = c == 0xb2 || c == 0xb3 || c == 0xb9 || (c >= 0x2070 && c < 0x20a0);
  if (superscript) return bold ? 0.46 : 0.42;
  constexpr double kMathSign = 0.838;  // −, ×, ±
  if (c == 0x2212 || c == 0xd7 || c == 0xb1) return kMathSign;
  return c < 0x370 ? (bold ? 0.75 : 0.68) : c < 0x1100 ? (bold ? 0.85 : 0.78) : 1.0;
}

}  // namespace rung
