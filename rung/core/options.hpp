#pragma once
/// A request's options, described once as data: the command line, its help, study files and other
/// front ends are all made from these descriptions.
///
/// A request is a plain struct with defaults and a function `describe(Options&)` that binds each
/// option to a field:
///
///     struct VarianceRequest {
///       int last_n_points = 10;
///       void describe(Options& options) {
///         options.add("--last_n_points", last_n_points, "checkpoints to take the spread over")
///             .value_name("N").range(1, kMostCount);
///       }
///     };

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

/// The upper end of ranges of counts that have no other.
inline constexpr double kMostCount = std::numeric_limits<int>::max();

/// One option: its names and meaning, what it accepts, and where its value goes.
class Option {
 public:
  enum class Takes { nothing, text, whole_number, number };

  // ---- declared

  /// What stands for the value in help: "FILE". Types that are paths: FILE, DIR, FIGURE, STUDY.
  Option& value_name(std::string name);
  /// Its value is a file that the command writes.
  Option& writes();
  /// A heading in help.
  Option& group(std::string heading);
  Option& required(bool is_required = true);
  /// Inclusive ends.
  Option& range(double lower, double upper);
  Option& positive();
  Option& non_negative();
  Option& choices(std::vector<std::string> names, bool in_help = true);
  /// Given only together with the option of this name.
  Option& needs(std::string other);
  /// May be given several times, with one value each.
  Option& one_value_each();
  /// As one_value_each(), and each value is a list: "4,8".
  Option& comma_separated();
  /// Where it is given several times, the last counts.
  Option& last_counts();

  // ---- read

  /// "-k", "--keys"; of a positional argument "TABLE".
  const std::vector<std::string>& names() const { return names_; }
  /// The long name without dashes ("keys"), or a positional argument's ("TABLE").
  std::string key() const;
  bool is_positional() const { return !names_.front().starts_with('-'); }
  bool is_flag() const { return takes_ == Takes::nothing; }
  bool is_list() const { return is_list_; }
  bool takes_one_value_each() const { return one_value_each_; }
  bool has_last_counting() const { return last_counts_; }
  bool is_required() const { return is_required_; }
  bool takes_path() const;
  bool is_written() const { return is_written_; }
  Takes takes() const { return takes_; }
  const std::string& help() const { return help_; }
  const std::string& value_name() const { return value_name_; }
  const std::string& group() const { return group_; }
  const std::vector<std::string>& choices() const { return choices_; }
  bool shows_choices() const { return shows_choices_; }
  /// The default as it would be typed; "" where there is none.
  const std::string& default_text() const { return default_text_; }

  // ---- set

  /// Reads the values (of a flag: none) into the request. InputError naming the option, the value
  /// and what is accepted.
  void set(const std::vector<std::string>& values);
  bool is_set() const { return is_set_; }
  /// Says that the values were given to several commands at once, not to this one.
  void mark_shared() { is_shared_ = true; }
  bool is_shared() const { return is_shared_; }
  /// The values as they were given.
  const std::vector<std::string>& given() const { return given_; }

 private:
  friend class Options;

  [[noreturn]] void fail(const std::string& value, const std::string& accepted) const;
  std::string accepted() const;
  double number(const std::string& text) const;
  void check_choice(const std::string& value) const;

  std::vector<std::string> names_;
  std::string help_, value_name_, group_ = "Options", default_text_, needs_;
  Takes takes_ = Takes::text;
  bool is_list_ = false, one_value_each_ = false, last_counts_ = false;
  bool comma_separated_ = false;
  bool is_required_ = false, is_set_ = false, is_shared_ = false, shows_choices_ = true;
  bool is_written_ = false;
  double lower_ = -std::numeric_limits<double>::infinity();
  double upper_ = std::numeric_limits<double>::infinity();
  bool above_zero_ = false;
  std::vector<std::string> choices_, given_;
  std::function<void(const Option&, const std::vector<std::string>&)> store_;
};

/// The options of one request. The fields that they are bound to must outlive it.
class Options {
 public:
  Options() = default;
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  /// `names`: "-k,--keys", or a positional argument's name in capitals: "TABLE". The field's value
  /// is the default.
  Option& add(const std::string& names, std::string& field, std::string help);
  Option& add(const std::string& names, std::vector<std::string>& field, std::string help);
  Option& add(const std::string& names, double& field, std::string help);
  Option& add(const std::string& names, std::optional<double>& field, std::string help);
  Option& add(const std::string& names, std::vector<double>& field, std::string help);
  Option& add(const std::string& names, int& field, std::string help);
  Option& add(const std::string& names, std::size_t& field, std::string help);
  /// True where it is given.
  Option& add_flag(const std::string& names, bool& field, std::string help);

  /// What stands below the options in help.
  void footer(std::string text) { footer_ = std::move(text); }
  const std::string& footer() const { return footer_; }

  const std::deque<Option>& all() const { return options_; }
  std::deque<Option>& all() { return options_; }
  /// By any of its names, with or without dashes, "_" and "-" alike; null where there is none.
  Option* find(std::string_view name);
  /// "--json", "-o" and so on; positional arguments are left out.
  std::vector<std::string> names() const;

  /// Sets an option. InputError where there is none of that name, or for its values.
  void set(const std::string& name, const std::vector<std::string>& values);
  /// InputError for options that are required, or needed by others, and not given.
  void check_complete() const;

 private:
  Option& append(const std::string& names, Option::Takes takes, std::string help);

  std::deque<Option> options_;
  std::string footer_;
};

}  // namespace rung
