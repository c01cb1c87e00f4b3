#pragma once
/// What a TOML or JSON file says, each value with its place: one shape for both, so that one reader
/// of fields (rung/core/fields.hpp) serves every file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rung {

struct Member;

struct Value {
  using List = std::vector<Value>;
  using Table = std::vector<Member>;  // in the file's order, no key twice

  /// monostate is JSON's null.
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> data;
  std::uint32_t line = 0, column = 0;  // from 1; 0: not known

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  const bool* flag() const { return std::get_if<bool>(&data); }
  const std::string* text() const { return std::get_if<std::string>(&data); }
  const List* list() const { return std::get_if<List>(&data); }
  const Table* table() const { return std::get_if<Table>(&data); }
  /// A whole number or one with a fraction.
  std::optional<double> number() const;

  /// The value of a table's key; null where this is no table or has no such key.
  const Value* find(std::string_view key) const;

  /// As a message names it: "a table", "3", "'text'".
  std::string description() const;
};

struct Member {
  std::string key;
  std::uint32_t line = 0, column = 0;  // of the key
  Value value;
};

/// The top table of a TOML text. InputError with the place in `file` of what is no TOML, and
/// of a date or a time, which nothing here reads.
Value toml_value(std::string_view text, const std::string& file);

/// The whole of a JSON text. InputError with the place in `file` of what is no JSON, of a key that
/// stands twice in an object, and of values nested more than 200 deep.
Value json_value(std::string_view text, const std::string& file);

}  // namespace rung
