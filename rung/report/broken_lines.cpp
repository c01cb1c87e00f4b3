#include "rung/report/broken_lines.hpp"

#include <algorithm>

#include "rung/core/utf8.hpp"

namespace rung {
namespace {

/// Where a line may end: behind blanks and slashes, and behind hyphens and underscores too where
/// `at_joints`.
TextLines pieces_of(const std::string& text, bool at_joints) {
  TextLines pieces(1);
  for (const char c : text) {
    pieces.back() += c;
    if (c == ' ' || c == '/' || (at_joints && (c == '_' || c == '-'))) pieces.emplace_back();
  }
  if (pieces.back().empty() && pieces.size() > 1) pieces.pop_back();
  return pieces;
}

}  // namespace

std::string without_end_blanks(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::size_t longest_word(const std::string& text) {
  std::size_t most = 0;
  for (const std::string& piece : pieces_of(text, false))
    most = std::max(most, display_width(without_end_blanks(piece)));
  return most;
}

TextLines broken(const std::string& text, std::size_t width) {
  const TextLines pieces = pieces_of(text, longest_word(text) > width);
  TextLines lines(1);
  for (const std::string& piece : pieces) {
    std::string& line = lines.back();
    if (!line.empty() && display_width(without_end_blanks(line + piece)) > width) {
      line = without_end_blanks(line);
      lines.push_back(piece);
    } else {
      line += piece;
    }
  }
  lines.back() = without_end_blanks(lines.back());
  return lines;
}

std::size_t widest(const TextLines& lines) {
  std::size_t most = 0;
  for (const std::string& line : lines) most = std::max(most, display_width(line));
  return most;
}

}  // namespace rung
