#pragma once
/// JSON text to a value, with errors that say where.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"

namespace rung {

/// The whole of `text`, keys in their order. InputError with line and column of `file` where it is
/// not JSON.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& file);

/// What the library's message about a text means, with its place; `byte` counts from 1.
Problem json_problem(std::string_view text, const std::string& file, std::size_t byte,
                     const std::string& message);

}  // namespace rung
