#include "rung/core/value.hpp"

#include <algorithm>

#include "rung/core/text.hpp"

namespace rung {

std::optional<double> Value::number() const {
  if (const auto* whole = std::get_if<std::int64_t>(&data)) return static_cast<double>(*whole);
  const auto* number = std::get_if<double>(&data);
  return number ? std::optional(*number) : std::nullopt;
}

const Value* Value::find(std::string_view key) const {
  if (!table()) return nullptr;
  const auto found = std::find_if(table()->begin(), table()->end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == table()->end() ? nullptr : &found->value;
}

std::string Value::description() const {
  constexpr std::size_t kLongest = 40;
  if (table()) return "a table";
  if (list()) return list()->empty() ? "an empty list" : "a list";
  if (flag()) return *flag() ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&data)) return std::to_string(*whole);
  if (const auto known = number()) return shortest(*known);
  if (!text()) return "null";
  return text()->size() > kLongest ? "a text" : "'" + *text() + "'";
}

}  // namespace rung
