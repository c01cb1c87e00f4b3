#pragma once
/// What JSON values mean in the cells of a table.

#include <string>
#include <string_view>

#include "rung/core/value.hpp"

namespace rung {

/// A JSON text as Python writes it: NaN, Infinity and -Infinity count as values. InputError as
/// json_value has it.
Value parse_json_cells(std::string_view text, const std::string& source);

/// null, "", NaN, also in quotes; `cell` may be null.
bool is_missing(const Value* cell);

/// A number, a boolean, or an infinity, also in quotes as some loggers write it.
bool is_number(const Value& cell);

/// NaN where it is missing; booleans are 1 and 0.
double number_in(const Value* cell);

/// Text as it stands, anything else as JSON; "" where it is missing.
std::string text_in(const Value* cell);

}  // namespace rung
