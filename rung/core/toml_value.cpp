/// The only file that knows the TOML library.

#include <toml++/toml.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/value.hpp"

namespace rung {
namespace {

Value value_of(const toml::node& node);

std::pair<std::uint32_t, std::uint32_t> begin_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

Value::Table members_of(const toml::table& table) {
  Value::Table members;
  for (const auto& [key, node] : table) {
    Member member{std::string(key.str()), 0, 0, value_of(node)};
    std::tie(member.line, member.column) = begin_of(key.source());
    if (member.line == 0) member.line = member.value.line, member.column = member.value.column;
    members.push_back(std::move(member));
  }
  // The library sorts keys by name.
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return members;
}

Value value_of(const toml::node& node) {
  Value value;
  std::tie(value.line, value.column) = begin_of(node.source());
  if (const toml::table* table = node.as_table()) {
    value.data = members_of(*table);
  } else if (const toml::array* array = node.as_array()) {
    auto& list = value.data.emplace<Value::List>();
    for (const toml::node& item : *array) list.push_back(value_of(item));
  } else if (const auto flag = node.value_exact<bool>()) {
    value.data = *flag;
  } else if (const auto whole = node.value_exact<std::int64_t>()) {
    value.data = *whole;
  } else if (const auto number = node.value_exact<double>()) {
    value.data = *number;
  } else if (auto text = node.value_exact<std::string>()) {
    value.data = std::move(*text);
  } else {
    throw toml::parse_error("a date or a time is of no use here: a text goes into quotes",
                            node.source());
  }
  return value;
}

}  // namespace

Value toml_value(std::string_view text, const std::string& file) {
  try {
    return value_of(toml::parse(text, file));
  } catch (const toml::parse_error& error) {
    refuse_foreign(text, file, "TOML");
    const auto [line, column] = begin_of(error.source());
    throw InputError(Location{file, line, column}, std::string(error.description()));
  }
}

}  // namespace rung
