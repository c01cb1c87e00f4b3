#pragma once
/// Text broken into lines of a terminal's width.

#include <cstddef>
#include <string>

namespace rung {

inline constexpr std::size_t kTextWidth = 80;

/// Lines of at most `width` columns, broken at blanks, each with `indent` blanks before it and
/// ended by a newline. A word that is longer stands alone.
std::string wrapped_text(const std::string& text, std::size_t width, std::size_t indent = 0);

}  // namespace rung
