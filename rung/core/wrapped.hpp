#pragma once
/// Text broken into lines of a terminal's width.

#include <cstddef>
#include <string>

namespace rung {

inline constexpr std::size_t kTextWidth = 80;

/// Lines of at most `width` columns, broken at blanks, each with `indent` blanks before it and
/// ended by a newline. A word that is longer stands alone.
std::string wrapped_text(const std::string& text, std::size_t width, std::size_t indent = 0);

/// Each line of the text that is too long broken at blanks, indented as it was, a note's further
/// lines under its text. `width` 0: as they are.
std::string wrapped_lines(const std::string& text, std::size_t width);

/// The same for errors, further lines of each indented by two. Up to "error:" an error stays in one
/// piece, so that whoever looks for "file:line:" finds it, blanks and all.
std::string wrapped_errors(const std::string& text, std::size_t width);

}  // namespace rung
