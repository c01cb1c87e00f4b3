#pragma once
/// Where things stand in a JSON text that is known to be valid: for errors that say where, since
/// the parsed values don't know.

#include <functional>
#include <string>
#include <string_view>

namespace rung::json {

/// Calls `f` with the begin of each element of the array at `at`, until it returns false.
void each_element(const char* at, const std::function<bool(const char* element)>& f);

/// Calls `f` with key and begin of each member of the object at `at`, until it returns false.
void each_member(const char* at,
                 const std::function<bool(const std::string& key, const char* value)>& f);

/// Past blanks.
const char* value_begin(const char* at);

/// The value that `column` ("config.lr") names in the object at `at`, however its dots divide into
/// keys; nullptr when there is none.
const char* find_column(const char* at, std::string_view column);

}  // namespace rung::json
