#include "rung/figure/glyphs.hpp"

#include <array>
#include <cstddef>

namespace rung {
namespace {

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

}  // namespace

std::u32string characters(std::string_view text) {
  std::u32string result;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    result += blank ? U' ' : acts_unseen(c) ? kReplacementCharacter : c;
  }
  return result;
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
