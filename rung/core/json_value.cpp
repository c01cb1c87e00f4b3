#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/json.hpp"
#include "rung/core/value.hpp"

namespace rung {
namespace {

using nlohmann::json;

constexpr std::size_t kMostNested = 200;  // whoever walks over the values may recurse

/// Where the library reads; it copies its iterators, and all copies move this one place.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit Cursor(const char** at) : at_(at) {}
  reference operator*() const { return **at_; }
  Cursor& operator++() {
    ++*at_;
    return *this;
  }
  bool operator==(const Cursor& other) const { return *at_ == *other.at_; }
  bool operator!=(const Cursor& other) const { return !(*this == other); }

 private:
  const char** at_;
};

/// Builds the value from the library's events, which come once a token is read.
class Builder : public json::json_sax_t {
 public:
  Builder(std::string_view text, const std::string& file, const char** at)
      : text_(text),
        file_(file),
        at_(at),
        token_end_(text.data()),
        counted_(text.data()),
        line_begin_(text.data()) {}

  Value take() {
    if (!is_json_) refuse_foreign(text_, file_, "JSON");
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(root_);
  }

  bool null() override { return add({}); }
  bool boolean(bool flag) override { return add({flag}); }
  bool number_integer(number_integer_t number) override { return add({std::int64_t{number}}); }
  bool number_unsigned(number_unsigned_t number) override {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    if (number > static_cast<number_unsigned_t>(kMost)) return add({static_cast<double>(number)});
    return add({static_cast<std::int64_t>(number)});
  }
  bool number_float(number_float_t number, const string_t&) override { return add({number}); }
  bool string(string_t& text) override { return add({std::move(text)}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open({Value::Table{}}); }
  bool start_array(std::size_t) override { return open({Value::List{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    begin_token();
    Open& object = open_.back();
    if (!object.keys.insert(key).second)
      problems_.push_back({here(), "the key '" + key + "' stands twice"});
    std::get<Value::Table>(object.value->data).push_back({std::move(key), line_, column(), {}});
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const json::exception& error) override {
    is_json_ = false;
    problems_ = {json_problem(text_, file_, byte, error.what())};
    return false;
  }

 private:
  struct Open {
    Value* value;
    std::unordered_set<std::string> keys = {};
  };

  /// Moves to the token that was just read.
  void begin_token() {
    const char* const end = text_.data() + text_.size();
    token_ = token_end_;
    while (token_ != end && std::strchr(" \t\r\n,:", *token_)) ++token_;
    for (; counted_ < token_; ++counted_) {
      if (*counted_ != '\n') continue;
      ++line_;
      line_begin_ = counted_ + 1;
    }
    token_end_ = *at_;
  }
  std::uint32_t column() const { return static_cast<std::uint32_t>(token_ - line_begin_) + 1; }
  Location here() const { return {file_, line_, column()}; }

  Value* place(Value value) {
    begin_token();
    value.line = line_;
    value.column = column();
    if (open_.empty()) return &(root_ = std::move(value));
    Value& outer = *open_.back().value;
    if (auto* list = std::get_if<Value::List>(&outer.data))
      return &list->emplace_back(std::move(value));
    return &(std::get<Value::Table>(outer.data).back().value = std::move(value));
  }

  bool add(Value value) {
    place(std::move(value));
    return true;
  }

  bool open(Value value) {
    // The outer values stay where they are while an inner one is open.
    open_.push_back({place(std::move(value))});
    if (open_.size() <= kMostNested) return true;
    problems_ = {{here(), "this is nested too deep"}};
    return false;
  }

  bool close() {
    token_end_ = *at_;
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const std::string& file_;
  const char** at_;
  const char* token_end_;  // of the newest; after a number, past what ended it
  const char* token_ = nullptr;
  const char* counted_;  // up to where line ends are counted
  const char* line_begin_;
  std::uint32_t line_ = 1;
  bool is_json_ = true;
  Value root_;
  std::vector<Open> open_;
  std::vector<Problem> problems_;
};

}  // namespace

Value json_value(std::string_view text, const std::string& file) {
  const char* at = text.data();
  const char* end = text.data() + text.size();
  Builder builder(text, file, &at);
  json::sax_parse(Cursor(&at), Cursor(&end), &builder);
  return builder.take();
}

}  // namespace rung
