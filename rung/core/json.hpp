#pragma once
/// JSON text to a value, with errors that say where.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace rung {

/// The whole of `text`, keys in their order. InputError with line and column of `file` where it is
/// not JSON.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& file);

}  // namespace rung
