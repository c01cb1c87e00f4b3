#include "rung/data/reader/json_places.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

namespace rung::json {
namespace {

const char* after_string(const char* at) {
  for (++at; *at != '"'; ++at) {
    if (*at == '\\') ++at;
  }
  return at + 1;
}

const char* after_value(const char* at) {
  if (*at == '"') return after_string(at);
  if (*at != '{' && *at != '[') return at + std::strcspn(at, ",]} \t\r\n");
  int n_open = 0;
  do {
    if (*at == '"') {
      at = after_string(at);
      continue;
    }
    n_open += *at == '{' || *at == '[' ? 1 : *at == '}' || *at == ']' ? -1 : 0;
    ++at;
  } while (n_open > 0);
  return at;
}

/// To the next element or member, or to the closing bracket.
const char* after_comma(const char* at) {
  at = value_begin(at);
  return *at == ',' ? value_begin(at + 1) : at;
}

}  // namespace

const char* value_begin(const char* at) { return at + std::strspn(at, " \t\r\n"); }

void each_element(const char* at, const std::function<bool(const char*)>& f) {
  at = value_begin(at + 1);
  while (*at != ']') {
    if (!f(at)) return;
    at = after_comma(after_value(at));
  }
}

void each_member(const char* at, const std::function<bool(const std::string&, const char*)>& f) {
  at = value_begin(at + 1);
  while (*at != '}') {
    const char* const key_end = after_string(at);
    const std::string key = nlohmann::json::parse(at, key_end).get<std::string>();
    const char* const value = value_begin(value_begin(key_end) + 1);  // past the colon
    if (!f(key, value)) return;
    at = after_comma(after_value(value));
  }
}

const char* find_column(const char* at, std::string_view column) {
  if (*at != '{') return nullptr;
  const char* found = nullptr;
  // Of a key that stands twice the last counts, as in the parsed values.
  each_member(at, [&](const std::string& key, const char* value) {
    if (column == key) {
      found = value;
    } else if (column.size() > key.size() && column[key.size()] == '.' && column.starts_with(key)) {
      const char* const inner = find_column(value, column.substr(key.size() + 1));
      if (inner) found = inner;
    }
    return true;
  });
  return found;
}

}  // namespace rung::json
