#include "rung/figure/scene.hpp"

#include "rung/core/text.hpp"
#include "rung/figure/glyphs.hpp"

namespace rung {
double text_width_px(std::string_view text, double size_px, bool bold) {
  double em = 0;
  for (const char32_t c : characters(text)) em += advance_em(c, bold);
  return em * size_px;
}

std::string with_minus_sign(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Not in "7B-4T" or "1e-5".
    const bool begins = i == 0 || text[i - 1] == ' ' || text[i - 1] == '(';
    const bool has_digit = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (text[i] == '-' && begins && has_digit)
      result += "−";
    else
      result += text[i];
  }
  return result;
}

std::string shortened(const std::string& text, double size_px, bool bold, double width_px) {
  if (text_width_px(text, size_px, bold) <= width_px) return text;
  double room = width_px / size_px - advance_em(U'…', bold);
  std::string beginning;
  for (const char32_t c : characters(text)) {
    room -= advance_em(c, bold);
    if (room < 0) break;
    beginning += utf8(c);
  }
  return beginning + "…";
}

std::vector<std::string> wrapped(const std::string& text, double size_px, bool bold,
                                 double width_px) {
  constexpr std::size_t kMostLines = 5;
  std::vector<std::string> lines;
  if (trimmed(text).empty()) return lines;
  for (const std::string& word : split(text, ' ')) {
    const std::string longer = lines.empty() ? word : lines.back() + " " + word;
    if (!lines.empty() && text_width_px(longer, size_px, bold) <= width_px) {
      lines.back() = longer;
    } else if (lines.size() < kMostLines) {
      lines.push_back(shortened(word, size_px, bold, width_px));
    } else {
      lines.back() = shortened(longer + "…", size_px, bold, width_px);
      break;
    }
  }
  return lines;
}

}  // namespace rung
