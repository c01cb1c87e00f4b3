#include "rung/core/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

/// A name without its dashes, with "_" as "-".
std::string plain(std::string_view name) {
  std::string text(name.substr(std::min(name.find_first_not_of('-'), name.size())));
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return lower_case(std::string(a)) == lower_case(std::string(b));
}

std::string range_words(double lower, double upper) {
  if (std::isinf(upper)) return shortest(lower) + " or more";
  if (std::isinf(lower)) return shortest(upper) + " or less";
  if (upper >= kMostCount && lower <= 1 && upper <= kMostCount) return shortest(lower) + " or more";
  return shortest(lower) + " to " + shortest(upper);
}

constexpr double kMostExact = 9007199254740992;  // 2^53

}  // namespace

Option& Option::value_name(std::string name) {
  value_name_ = std::move(name);
  return *this;
}

Option& Option::writes() {
  is_written_ = true;
  return *this;
}

Option& Option::group(std::string heading) {
  group_ = std::move(heading);
  return *this;
}

Option& Option::required(bool is_required) {
  is_required_ = is_required;
  return *this;
}

Option& Option::range(double lower, double upper) {
  lower_ = lower;
  upper_ = upper;
  return *this;
}

Option& Option::positive() {
  above_zero_ = true;
  return *this;
}

Option& Option::non_negative() {
  lower_ = 0;
  return *this;
}

Option& Option::choices(std::vector<std::string> names, bool in_help) {
  choices_ = std::move(names);
  shows_choices_ = in_help;
  return *this;
}

Option& Option::needs(std::string other) {
  needs_ = std::move(other);
  return *this;
}

Option& Option::one_value_each() {
  one_value_each_ = true;
  return *this;
}

Option& Option::comma_separated() {
  comma_separated_ = true;
  return one_value_each();
}

Option& Option::last_counts() {
  last_counts_ = true;
  return *this;
}

std::string Option::key() const {
  for (const std::string& name : names_) {
    if (name.starts_with("--")) return name.substr(2);
  }
  return names_.front().substr(names_.front().starts_with('-') ? 1 : 0);
}

bool Option::takes_path() const {
  static const std::set<std::string> kTypes = {"FILE", "DIR", "FIGURE", "STUDY"};
  static const std::set<std::string> kArguments = {"TABLE", "FIT", "SOURCE", "PLAN"};
  return is_positional() ? kArguments.contains(key()) : kTypes.contains(value_name_);
}

void Option::fail(const std::string& value, const std::string& accepted) const {
  const bool is_count = takes_ == Takes::whole_number || lower_ >= 1, is_share = upper_ <= 1;
  const std::string what = names_.back() + ": '" + value + "' is not " + accepted;
  if (is_count && trimmed(value).ends_with('%'))
    throw InputError(what, "a count is expected, no percentage");
  std::string hint = is_share ? "" : instead_of_percent(value);
  const std::optional<double> number = parse_quantity(value);
  if (is_share && upper_ > 0 && number && *number > 1 && *number <= 100)
    hint = significant(*number, 12) + "% is written " + significant(*number / 100, 12);
  throw InputError(what, hint.empty() ? how_to_write(value) : hint);
}

std::string Option::accepted() const {
  const std::string kind = takes_ == Takes::whole_number ? "a whole number" : "a number";
  if (above_zero_) return kind + " above 0";
  const bool is_bounded = std::isfinite(lower_) || std::isfinite(upper_);
  return is_bounded ? kind + " of " + range_words(lower_, upper_) : kind;
}

double Option::number(const std::string& text) const {
  const bool whole = takes_ == Takes::whole_number;
  const std::optional<double> value = parse_quantity(text);
  if (!value || !std::isfinite(*value)) fail(text, accepted());
  if (whole && *value != std::trunc(*value)) fail(text, accepted());
  if (above_zero_ && !(*value > 0)) fail(text, accepted());
  if (*value < lower_ || *value > upper_) fail(text, accepted());
  return *value;
}

void Option::check_choice(const std::string& value) const {
  if (choices_.empty() || std::find(choices_.begin(), choices_.end(), value) != choices_.end())
    return;
  const std::string hint = did_you_mean(value, choices_);
  throw InputError(names_.back() + ": '" + value + "' is not one of " + join(choices_, ", "), hint);
}

void Option::set(const std::vector<std::string>& values) {
  if (is_flag() && !values.empty()) throw InputError(names_.back() + " takes no value");
  if (!is_flag() && !is_list_ && values.size() != 1) {
    if (values.empty()) throw InputError(names_.back() + " needs a value");
    if (!last_counts_) throw InputError(names_.back() + " is given more than once");
  }
  if (is_list_ && values.empty()) throw InputError(names_.back() + " needs a value");
  std::vector<std::string> single;
  for (const std::string& value : values) {
    const auto parts = comma_separated_ ? split(value, ',') : std::vector<std::string>{value};
    single.insert(single.end(), parts.begin(), parts.end());
  }
  // Lists of one value each may hold any text: --split-at ''.
  if (contains(single, "") && (!is_list_ || comma_separated_))
    throw InputError(names_.back() + (single.size() > 1 ? ": a value of the list is empty"
                                                        : " needs a value, and '' is none"));
  for (const std::string& value : single) check_choice(value);
  store_(*this, single);
  given_ = std::move(single);
  is_set_ = true;
}

Option& Options::append(const std::string& names, Option::Takes takes, std::string help) {
  Option& option = options_.emplace_back();
  option.names_ = split(names, ',');
  option.takes_ = takes;
  option.help_ = std::move(help);
  for (const std::string& name : option.names_) {
    if (std::count_if(options_.begin(), options_.end(), [&](const Option& other) {
          return std::find(other.names_.begin(), other.names_.end(), name) != other.names_.end();
        }) != 1)
      throw std::logic_error("two options are named " + name);
  }
  return option;
}

Option& Options::add(const std::string& names, std::string& field, std::string help) {
  Option& option = append(names, Option::Takes::text, std::move(help));
  option.value_name_ = "TEXT";
  option.default_text_ = field;
  option.store_ = [&field](const Option&, const auto& values) { field = values.back(); };
  return option;
}

Option& Options::add(const std::string& names, std::vector<std::string>& field, std::string help) {
  Option& option = append(names, Option::Takes::text, std::move(help));
  option.value_name_ = "TEXT";
  option.is_list_ = true;
  option.default_text_ = join(field, ",");
  option.store_ = [&field](const Option&, const auto& values) { field = values; };
  return option;
}

Option& Options::add(const std::string& names, double& field, std::string help) {
  Option& option = append(names, Option::Takes::number, std::move(help));
  option.value_name_ = "NUMBER";
  option.default_text_ = shortest(field);
  option.store_ = [&field](const Option& self, const auto& values) {
    field = self.number(values.back());
  };
  return option;
}

Option& Options::add(const std::string& names, std::optional<double>& field, std::string help) {
  Option& option = append(names, Option::Takes::number, std::move(help));
  option.value_name_ = "NUMBER";
  if (field) option.default_text_ = shortest(*field);
  option.store_ = [&field](const Option& self, const auto& values) {
    field = self.number(values.back());
  };
  return option;
}

Option& Options::add(const std::string& names, std::vector<double>& field, std::string help) {
  Option& option = append(names, Option::Takes::number, std::move(help));
  option.value_name_ = "NUMBER";
  option.is_list_ = true;
  std::vector<std::string> texts;
  for (const double value : field) texts.push_back(shortest(value));
  option.default_text_ = join(texts, ",");
  option.store_ = [&field](const Option& self, const auto& values) {
    std::vector<double> read;
    for (const std::string& value : values) read.push_back(self.number(value));
    field = std::move(read);
  };
  return option;
}

Option& Options::add(const std::string& names, int& field, std::string help) {
  Option& option = append(names, Option::Takes::whole_number, std::move(help));
  option.value_name_ = "INT";
  option.default_text_ = std::to_string(field);
  option.range(std::numeric_limits<int>::min(), kMostCount);
  option.store_ = [&field](const Option& self, const auto& values) {
    field = static_cast<int>(self.number(values.back()));
  };
  return option;
}

Option& Options::add(const std::string& names, std::size_t& field, std::string help) {
  Option& option = append(names, Option::Takes::whole_number, std::move(help));
  option.value_name_ = "UINT";
  option.non_negative();
  option.default_text_ = std::to_string(field);
  // Read without a detour over double, which has 53 bits only.
  option.store_ = [&field](const Option& self, const auto& values) {
    const std::string& text = values.back();
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) self.fail(text, "a whole number below 2^64");
    if (error != std::errc() || end != text.data() + text.size()) {  // "50k"
      const double number = self.number(text);
      if (number > kMostExact) self.fail(text, self.accepted());
      value = static_cast<std::size_t>(number);
    }
    const auto number = static_cast<double>(value);
    if (number < self.lower_ || number > self.upper_) self.fail(text, self.accepted());
    field = value;
  };
  return option;
}

Option& Options::add_flag(const std::string& names, bool& field, std::string help) {
  Option& option = append(names, Option::Takes::nothing, std::move(help));
  option.store_ = [&field](const Option&, const auto&) { field = true; };
  return option;
}

Option* Options::find(std::string_view name) {
  for (Option& option : options_) {
    for (const std::string& known : option.names_) {
      if (option.is_positional() ? same_ignoring_case(known, name) : plain(known) == plain(name))
        return &option;
    }
  }
  return nullptr;
}

std::vector<std::string> Options::names() const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    if (!option.is_positional())
      names.insert(names.end(), option.names_.begin(), option.names_.end());
  }
  return names;
}

void Options::set(const std::string& name, const std::vector<std::string>& values) {
  Option* option = find(name);
  if (!option) throw InputError("there is no option '" + name + "'", did_you_mean(name, names()));
  option->set(values);
}

void Options::check_complete() const {
  std::vector<Problem> problems;
  for (const Option& option : options_) {
    if (option.is_required_ && !option.is_set_)
      problems.push_back({{}, option.names_.back() + " is required", ""});
    if (!option.is_set_ || option.needs_.empty()) continue;
    const auto needed = std::find_if(options_.begin(), options_.end(), [&](const Option& other) {
      return std::find(other.names_.begin(), other.names_.end(), option.needs_) !=
             other.names_.end();
    });
    if (needed == options_.end() || !needed->is_set_)
      problems.push_back({{}, option.names_.back() + " needs " + option.needs_, ""});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

}  // namespace rung
