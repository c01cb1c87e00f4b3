#pragma once
/// A law as a TOML file (docs/laws.md describes its keys): what the built-in ones in
/// rung/law/catalogue/ are, and what a user writes.

#include <optional>
#include <string>
#include <string_view>

#include "rung/law/law.hpp"
#include "rung/law/repeated.hpp"

namespace rung {

/// What the file leaves open of a parameter is derived from the formula, as formula_law() does.
/// InputError with every problem of the text; `source` is the file's name in them. `count`: what a
/// law with repeated parts (rung/law/repeated.hpp) is called by, absent: as the file says.
Law parse_law(std::string_view toml, const std::string& source,
              std::optional<int> count = std::nullopt);

/// What the file says of repeated parts; absent where it has none.
std::optional<Repeated> repeated_in(std::string_view toml, const std::string& source);

}  // namespace rung
