#pragma once
/// Text over several lines, as a table's cells and headers are on a terminal.

#include <string>
#include <vector>

namespace rung {

using TextLines = std::vector<std::string>;

std::string without_end_blanks(std::string text);

/// Columns that its longest word takes.
std::size_t longest_word(const std::string& text);

/// Lines of at most `width` columns of a terminal; a word that is longer is broken at its hyphens
/// and underscores, and stands alone where that does not help.
TextLines broken(const std::string& text, std::size_t width);

/// Columns that the widest takes.
std::size_t widest(const TextLines& lines);

}  // namespace rung
