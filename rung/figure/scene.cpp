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
