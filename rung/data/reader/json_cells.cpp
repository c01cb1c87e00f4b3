#include "rung/data/reader/json_cells.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

/// What Python writes for a number that JSON has no word for, and a text of the same length, so
/// that every other place in the content stays where it is.
struct Word {
  std::string_view python, text;
};
constexpr Word kWords[] = {
    {"NaN", "\"\" "}, {"Infinity", "\"inf\"   "}, {"-Infinity", "\"-inf\"   "}};

void replace_word(std::string& text, std::size_t& at) {
  for (const auto& [python, replacement] : kWords) {
    if (text.compare(at, python.size(), python) != 0) continue;
    text.replace(at, python.size(), replacement);
    at += python.size() - 1;
    return;
  }
}

/// Past the end of the string that begins at `at`, or on its line's end: no string holds one, so
/// after a quote that never closes all is well again.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at) {
    at += text[at] == '\\' ? 1 : 0;
  }
  return at;
}

bool has_words(std::string_view text) {
  return text.find("NaN") != text.npos || text.find("Infinity") != text.npos;
}

std::optional<double> infinity_in(std::string_view text) {
  if (text == "inf" || text == "Infinity") return kInfinity;
  if (text == "-inf" || text == "-Infinity") return -kInfinity;
  return std::nullopt;
}

void append_json(const Value& value, std::string& json);

struct Appender {
  std::string& json;

  void operator()(std::monostate) const { json += "null"; }
  void operator()(bool flag) const { json += flag ? "true" : "false"; }
  void operator()(std::int64_t number) const { json += std::to_string(number); }
  void operator()(double number) const { json += fmt::format("{}", number); }
  void operator()(const std::string& text) const { json += nlohmann::json(text).dump(); }
  void operator()(const Value::List& list) const {
    json += '[';
    for (const Value& item : list) {
      if (&item != &list.front()) json += ',';
      append_json(item, json);
    }
    json += ']';
  }
  void operator()(const Value::Table& table) const {
    json += '{';
    for (const Member& member : table) {
      if (&member != &table.front()) json += ',';
      (*this)(member.key);
      json += ':';
      append_json(member.value, json);
    }
    json += '}';
  }
};

void append_json(const Value& value, std::string& json) { std::visit(Appender{json}, value.data); }

}  // namespace

Value parse_json_cells(std::string_view text, const std::string& source) {
  if (!has_words(text)) return json_value(text, source);
  std::string plain(text);
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] == '"') {
      at = end_of_string(plain, at);
    } else if (plain[at] == 'N' || plain[at] == 'I' || plain[at] == '-') {
      replace_word(plain, at);
    }
  }
  return json_value(plain, source);
}

bool is_missing(const Value* cell) {
  if (!cell || cell->is_null()) return true;
  const std::string* const text = cell->text();
  return text && (text->empty() || *text == "NaN");
}

bool is_number(const Value& cell) {
  if (cell.number() || cell.flag()) return true;
  return cell.text() && infinity_in(*cell.text());
}

double number_in(const Value* cell) {
  if (is_missing(cell)) return kNaN;
  if (const std::optional<double> number = cell->number()) return *number;
  if (const bool* const flag = cell->flag()) return *flag ? 1 : 0;
  return *infinity_in(*cell->text());
}

std::string text_in(const Value* cell) {
  if (!cell || cell->is_null()) return "";
  if (const std::string* const text = cell->text()) return *text;
  std::string json;
  append_json(*cell, json);
  return json;
}

}  // namespace rung
