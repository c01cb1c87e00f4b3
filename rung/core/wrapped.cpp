#include "rung/core/wrapped.hpp"

#include <algorithm>

#include "rung/core/utf8.hpp"

namespace rung {
namespace {

std::size_t n_characters(const std::string& text) {
  std::size_t n = 0;
  for (std::size_t at = 0; at < text.size(); ++n) next_character(text, at);
  return n;
}

}  // namespace

std::string wrapped_text(const std::string& text, std::size_t width, std::size_t indent) {
  const std::string before(indent, ' ');
  std::string result, line;
  for (std::size_t begin = text.find_first_not_of(' '); begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && indent + n_characters(line) + 1 + n_characters(word) > width) {
      result += before + line + "\n";
      line.clear();
    }
    const std::size_t next = std::min(text.find_first_not_of(' ', end), text.size());
    line += (line.empty() ? "" : " ") + word;
    begin = next;
  }
  return result + before + line + "\n";
}

}  // namespace rung
