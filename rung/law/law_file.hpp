#pragma once
/// A law as a TOML file (docs/laws.md describes its keys): what the built-in ones in
/// rung/law/catalogue/ are, and what a user writes.

#include <string>
#include <string_view>

#include "rung/law/law.hpp"

namespace rung {

/// What the file leaves open of a parameter is derived from the formula, as formula_law() does.
/// InputError with every problem of the text; `source` is the file's name in them.
Law parse_law(std::string_view toml, const std::string& source);

}  // namespace rung
