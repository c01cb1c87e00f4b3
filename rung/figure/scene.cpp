#include "rung/figure/scene.hpp"

#include "rung/core/text.hpp"

namespace rung {
namespace {

/// In em, of DejaVu Sans.
double advance(unsigned char c) {
  constexpr std::string_view kNarrow = " .,:;'|!()[]-/fijlrtI";
  constexpr std::string_view kWide = "mwMW%@+=<>~";
  if (kNarrow.find(static_cast<char>(c)) != std::string_view::npos) return 0.37;
  if (kWide.find(static_cast<char>(c)) != std::string_view::npos) return 0.9;
  if (c >= 'A' && c <= 'Z') return 0.7;
  return 0.625;
}

}  // namespace

double text_width_px(std::string_view text, double size_px, bool bold) {
  double em = 0;
  for (const char byte : text) {
    const auto c = static_cast<unsigned char>(byte);
    if ((c & 0xc0) != 0x80) em += advance(c);  // once a character, not once a byte of it
  }
  return em * size_px * (bold ? 1.12 : 1.0);
}

std::string with_minus_sign(const std::string& text) {
  const bool negative = text.size() > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9';
  return negative ? "−" + text.substr(1) : text;
}

std::vector<std::string> wrapped(const std::string& text, double size_px, bool bold,
                                 double width_px) {
  std::vector<std::string> lines;
  if (trimmed(text).empty()) return lines;
  for (const std::string& word : split(text, ' ')) {
    const std::string longer = lines.empty() ? word : lines.back() + " " + word;
    if (lines.empty() || text_width_px(longer, size_px, bold) > width_px) {
      lines.push_back(word);
    } else {
      lines.back() = longer;
    }
  }
  return lines;
}

}  // namespace rung
