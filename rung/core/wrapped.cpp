#include "rung/core/wrapped.hpp"

#include <algorithm>
#include <string_view>

#include "rung/core/utf8.hpp"

namespace rung {
namespace {

/// How much further a line that goes on is indented: under a note's or a numbered paragraph's text.
std::size_t hanging_of(std::string_view line) {
  if (line.starts_with("note: ") || line.starts_with("warning: ") || line.starts_with('('))
    return 2;
  return line.size() > 2 && line[0] >= '0' && line[0] <= '9' && line.substr(1, 2) == ". " ? 3 : 0;
}

}  // namespace

std::string wrapped_text(const std::string& text, std::size_t width, std::size_t indent) {
  const std::string before(indent, ' ');
  std::string result, line;
  for (std::size_t begin = text.find_first_not_of(' '); begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > width) {
      result += before + line + "\n";
      line.clear();
    }
    const std::size_t next = std::min(text.find_first_not_of(' ', end), text.size());
    line += (line.empty() ? "" : " ") + word;
    begin = next;
  }
  return result + before + line + "\n";
}

std::string wrapped_lines(const std::string& text, std::size_t width) {
  if (width == 0) return text;
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = shown(text.substr(begin, end - begin));
    begin = end + 1;
    if (display_width(line) <= width) {
      result += line + "\n";
      continue;
    }
    const std::size_t indent = line.find_first_not_of(' ');
    const std::size_t hanging = hanging_of(std::string_view(line).substr(indent));
    result += wrapped_text(line, width, indent + hanging).substr(hanging);
  }
  return result;
}

std::string wrapped_errors(const std::string& text, std::size_t width) {
  constexpr std::string_view kMark = "error:", kHint = " (";
  constexpr std::size_t kIndent = 2;
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t mark = line.find(kMark), hint = line.find(kHint);
    const bool points = line.find_first_not_of(' ') == line.find('^') && hint != line.npos;
    if (width > 0 && points && display_width(line) > width) {
      result += line.substr(0, hint) + "\n" + wrapped_text(line.substr(hint + 1), width, kIndent);
      continue;
    }
    if (width == 0 || mark == line.npos || display_width(line) <= width) {
      result += line + "\n";
      continue;
    }
    // A word as wide as the place, less the indent, stands for it while lines are broken.
    const std::size_t rest = mark + kMark.size();
    const std::string stand_in(display_width(line.substr(0, rest)) - kIndent, 'x');
    const std::string wrapped =
        wrapped_text(stand_in + line.substr(rest), width, kIndent).substr(kIndent);
    result += line.substr(0, rest) + wrapped.substr(stand_in.size());
  }
  return result;
}

}  // namespace rung
