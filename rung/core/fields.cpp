#include "rung/core/fields.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "rung/core/text.hpp"

namespace rung {
namespace {

bool is_in(double number, const NumberRange& range) {
  return number >= range.least && number <= range.most;
}

// What a value must be to be read as a T, and the value itself if it is one.

std::string wanted(const bool*, const NumberRange&) { return "true or false"; }
std::string wanted(const double*, const NumberRange& range) { return range.wanted; }
std::string wanted(const std::int64_t*, const NumberRange& range) {
  return range.wanted == std::string_view(kAnyNumber.wanted) ? "a whole number" : range.wanted;
}
std::string wanted(const std::string*, const NumberRange&) { return "a text in quotes"; }
std::string wanted(const std::vector<std::string>*, const NumberRange&) {
  return "a list of texts, not empty";
}
std::string wanted(const std::vector<double>*, const NumberRange& range) {
  const std::string one = range.wanted;
  return one.starts_with("a number") ? "a list of numbers" + one.substr(8) : "a list: each " + one;
}

std::optional<bool> read_as(const bool*, const Value& value, const NumberRange&) {
  return value.flag() ? std::optional(*value.flag()) : std::nullopt;
}
std::optional<double> read_as(const double*, const Value& value, const NumberRange& range) {
  const auto number = value.number();
  return number && is_in(*number, range) ? number : std::nullopt;
}
std::optional<std::int64_t> read_as(const std::int64_t*, const Value& value,
                                    const NumberRange& range) {
  const auto* whole = std::get_if<std::int64_t>(&value.data);
  return whole && is_in(static_cast<double>(*whole), range) ? std::optional(*whole) : std::nullopt;
}
std::optional<std::string> read_as(const std::string*, const Value& value, const NumberRange&) {
  return value.text() && !value.text()->empty() ? std::optional(*value.text()) : std::nullopt;
}

template <class T>
std::optional<std::vector<T>> read_list(const Value& value, const NumberRange& range) {
  if (!value.list()) return std::nullopt;
  std::vector<T> items;
  items.reserve(value.list()->size());
  for (const Value& item : *value.list()) {
    auto read = read_as(static_cast<const T*>(nullptr), item, range);
    if (!read) return std::nullopt;
    items.push_back(std::move(*read));
  }
  return items;
}

std::optional<std::vector<double>> read_as(const std::vector<double>*, const Value& value,
                                           const NumberRange& range) {
  return read_list<double>(value, range);
}
std::optional<std::vector<std::string>> read_as(const std::vector<std::string>*, const Value& value,
                                                const NumberRange& range) {
  auto texts = read_list<std::string>(value, range);
  return texts && !texts->empty() ? std::move(texts) : std::nullopt;
}

/// The part of a refused value that is wrong: of a list, its first item that is.
template <class T>
const Value& culprit(const T*, const Value& value, const NumberRange&) {
  return value;
}
template <class T>
const Value& culprit(const std::vector<T>*, const Value& value, const NumberRange& range) {
  if (!value.list()) return value;
  for (const Value& item : *value.list()) {
    if (!read_as(static_cast<const T*>(nullptr), item, range)) return item;
  }
  return value;
}

void throw_problems(std::vector<Problem> problems) {
  if (problems.empty()) return;
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.location.line, a.location.column) <
           std::tie(b.location.line, b.location.column);
  });
  throw InputError(std::move(problems));
}

}  // namespace

template <class T>
std::optional<T> Fields::get(std::string_view key, const NumberRange& range) {
  const Value* const found = value(key);
  if (!found) return std::nullopt;
  const T* const type = nullptr;
  std::optional<T> read = read_as(type, *found, range);
  if (!read) refuse(key, culprit(type, *found, range), wanted(type, range));
  return read;
}

template std::optional<bool> Fields::get(std::string_view, const NumberRange&);
template std::optional<double> Fields::get(std::string_view, const NumberRange&);
template std::optional<std::int64_t> Fields::get(std::string_view, const NumberRange&);
template std::optional<std::string> Fields::get(std::string_view, const NumberRange&);
template std::optional<std::vector<double>> Fields::get(std::string_view, const NumberRange&);
template std::optional<std::vector<std::string>> Fields::get(std::string_view, const NumberRange&);

Fields::Fields(File& file, const Value& table, std::string name)
    : file_(file), table_(table), name_(std::move(name)) {}

std::string Fields::text_or_empty(std::string_view key) {
  const Value* const found = value(key);
  if (!found) return "";
  if (!found->text()) refuse(key, *found, "a text in quotes");
  return found->text() ? *found->text() : "";
}

std::vector<std::string> Fields::texts_or_empty(std::string_view key) {
  const Value* const found = value(key);
  if (!found || (found->list() && found->list()->empty())) return {};
  return get<std::vector<std::string>>(key).value_or(std::vector<std::string>());
}

std::optional<std::size_t> Fields::get_choice(std::string_view key,
                                              const std::vector<std::string>& names) {
  const Value* const found = value(key);
  if (!found) return std::nullopt;
  const std::string* const text = found->text();
  const auto place = text ? std::find(names.begin(), names.end(), *text) : names.end();
  if (place != names.end()) return static_cast<std::size_t>(place - names.begin());
  refuse(key, *found, "one of " + join(names, ", "), text ? did_you_mean(*text, names) : "");
  return std::nullopt;
}

const Value* Fields::find(std::string_view key) const {
  const Value* const found = table_.find(key);
  return found && !found->is_null() ? found : nullptr;
}

bool Fields::has(std::string_view key) const { return find(key) != nullptr; }

const Value* Fields::value(std::string_view key) {
  known_.emplace_back(key);
  return find(key);
}

void Fields::require_key(std::string_view key) {
  if (has(key)) return;
  missing_.emplace_back(key);
  problem(missing_words(key));
}

void Fields::refuse(std::string_view key, const Value& value, const std::string& wanted,
                    std::string hint) {
  file_.problems.push_back(
      {{file_.name, value.line, value.column},
       "'" + std::string(key) + "' must be " + wanted + ", not " + value.description(),
       std::move(hint)});
}

void Fields::descend(const Value& value, const std::string& name,
                     const std::function<void(Fields&)>& read) {
  if (!value.table()) {
    return refuse(name, value, std::string(file_.table_word));
  }
  Fields fields(file_, value, name);
  read(fields);
  fields.refuse_unknown_keys();
}

void Fields::table(std::string_view key, const std::function<void(Fields&)>& read) {
  const Value* const found = value(key);
  const std::string name = (name_.empty() ? "" : name_ + ".") + std::string(key);
  if (found) descend(*found, name, read);
}

void Fields::tables(std::string_view key,
                    const std::function<void(const std::string&, Fields&)>& read) {
  table(key, [&](Fields& outer) {
    for (const std::string& name : outer.keys())
      outer.table(name, [&](Fields& inner) { read(name, inner); });
  });
}

void Fields::items(std::string_view key, const std::function<void(Fields&)>& read) {
  const Value* const found = value(key);
  if (!found) return;
  if (!found->list()) return refuse(key, *found, "a list");
  for (std::size_t i = 0; i < found->list()->size(); ++i) {
    const std::string name =
        (name_.empty() ? "" : name_ + ".") + std::string(key) + "[" + std::to_string(i) + "]";
    descend((*found->list())[i], name, read);
  }
}

std::vector<std::string> Fields::keys() const {
  std::vector<std::string> keys;
  for (const Member& member : *table_.table()) keys.push_back(member.key);
  return keys;
}

Location Fields::where() const { return {file_.name, table_.line, table_.column}; }

Location Fields::where(std::string_view key) const {
  const Value* const found = table_.find(key);
  return found ? Location{file_.name, found->line, found->column} : where();
}

void Fields::problem(std::string message, std::string hint) {
  file_.problems.push_back({where(), std::move(message), std::move(hint)});
}

void Fields::problem_at(std::string_view key, std::string message, std::string hint) {
  file_.problems.push_back({where(key), std::move(message), std::move(hint)});
}

std::string Fields::missing_words(std::string_view key) const {
  return "'" + std::string(key) + "' is missing" + (name_.empty() ? "" : " in [" + name_ + "]");
}

void Fields::forget_missing_like(const std::string& mistyped) {
  for (const std::string& key : nearest_names(mistyped, known_)) {
    if (std::find(missing_.begin(), missing_.end(), key) == missing_.end()) continue;
    std::erase_if(file_.problems, [&](const Problem& problem) {
      return problem.message == missing_words(key) && problem.location.line == table_.line &&
             problem.location.column == table_.column;
    });
  }
}

void Fields::refuse_unknown_keys() {
  if (ignores_others_) return;
  for (const Member& member : *table_.table()) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    forget_missing_like(member.key);
    file_.problems.push_back(
        {{file_.name, member.line, member.column},
         "unknown key '" + member.key + "'" + (name_.empty() ? "" : " in [" + name_ + "]"),
         did_you_mean(member.key, known_)});
  }
}

void Fields::read(File& file, const Value& root, const std::function<void(Fields&)>& read) {
  if (root.table()) {
    Fields fields(file, root, "");
    read(fields);
    fields.refuse_unknown_keys();
  } else {
    file.problems.push_back(
        {{file.name, root.line, root.column},
         "must be " + std::string(file.table_word) + ", not " + root.description()});
  }
  throw_problems(std::move(file.problems));
}

void read_toml_fields(std::string_view text, const std::string& file,
                      const std::function<void(Fields&)>& read) {
  Fields::File context{file, "a table"};
  Fields::read(context, toml_value(text, file), read);
}

void read_json_fields(std::string_view text, const std::string& file,
                      const std::function<void(Fields&)>& read) {
  Fields::File context{file, "an object"};
  Fields::read(context, json_value(text, file), read);
}

}  // namespace rung
