#pragma once
/// Reads the typed fields of a TOML or JSON text and collects everything that is wrong with it:
///
///   read_toml_fields(text, "mine.toml", [&](Fields& top) {
///     top.tables("models", [&](const std::string& name, Fields& model) {
///       models[name].n_params = model.require<double>("n_params", kPositive);
///       models[name].title = model.get<std::string>("title").value_or(name);
///     });
///   });
///
/// throws one InputError with the place of each value of the wrong kind, of each key that is
/// missing, and of each key that nobody asked for, with the nearest known one. Where that is the
/// one that is missing, it is one problem: the mistyped key.

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/value.hpp"

namespace rung {

/// Which numbers a field may hold; never infinite ones.
struct NumberRange {
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
  const char* wanted = "a number";  // "'n' must be …"
};
inline constexpr NumberRange kAnyNumber;
inline constexpr NumberRange kPositive = {.least = std::numeric_limits<double>::min(),
                                          .wanted = "a number above 0"};
inline constexpr NumberRange kNotNegative = {.least = 0, .wanted = "a number from 0 on"};
inline constexpr NumberRange kShare = {.least = 0, .most = 1, .wanted = "a share between 0 and 1"};

/// One table of a file: hands out its values by key. A value that is null counts as absent.
class Fields {
 public:
  /// The field as T, one of bool, double, std::int64_t, std::string (not empty),
  /// std::vector<double> and std::vector<std::string> (not empty; of texts that are not). Absent
  /// where the key is absent, and where the value is no T, which becomes a problem.
  template <class T>
  std::optional<T> get(std::string_view key, const NumberRange& range = kAnyNumber);

  /// The same for a field that must be there; T() where it is not, which becomes a problem.
  template <class T>
  T require(std::string_view key, const NumberRange& range = kAnyNumber) {
    require_key(key);
    return get<T>(key, range).value_or(T());
  }

  /// Which of `names` the text is; absent as for get().
  std::optional<std::size_t> get_choice(std::string_view key,
                                        const std::vector<std::string>& names);

  /// A text, or a list of texts, that may be empty, and is where the key is absent.
  std::string text_or_empty(std::string_view key);
  std::vector<std::string> texts_or_empty(std::string_view key);

  bool has(std::string_view key) const;

  /// Has anything in this file been found wrong so far?
  bool has_problems() const { return !file_.problems.empty(); }

  /// The value as it stands; null where the key is absent.
  const Value* value(std::string_view key);

  /// Reads the table that `key` holds, where it is there.
  void table(std::string_view key, const std::function<void(Fields&)>& read);
  /// Reads each table in the table that `key` holds, by name, in the file's order.
  void tables(std::string_view key,
              const std::function<void(const std::string& name, Fields&)>& read);
  /// Reads each table in the list that `key` holds.
  void items(std::string_view key, const std::function<void(Fields&)>& read);

  /// This table's keys, in the file's order: for those whose keys are the user's own names.
  std::vector<std::string> keys() const;
  /// Other keys may be there: other programs read the file, too.
  void ignore_other_keys() { ignores_others_ = true; }

  /// Of this table; of a key's value, or of this table where the key is absent.
  Location where() const;
  Location where(std::string_view key) const;

  void problem(std::string message, std::string hint = "");
  void problem_at(std::string_view key, std::string message, std::string hint = "");

 private:
  /// What all tables of one file share.
  struct File {
    const std::string& name;
    const char* table_word;  // of the format
    std::vector<Problem> problems = {};
  };

  Fields(File& file, const Value& table, std::string name);
  static void read(File& file, const Value& root, const std::function<void(Fields&)>& read);

  const Value* find(std::string_view key) const;
  void require_key(std::string_view key);
  void refuse(std::string_view key, const Value& value, const std::string& wanted,
              std::string hint = "");
  /// Reads `value` as a table called `name`; a problem where it is none.
  void descend(const Value& value, const std::string& name,
               const std::function<void(Fields&)>& read);
  void refuse_unknown_keys();
  std::string missing_words(std::string_view key) const;
  /// A mistyped key says all that there is to say of the one that it was to be.
  void forget_missing_like(const std::string& mistyped);

  File& file_;
  const Value& table_;
  std::string name_;  // "tasks.copa"; empty at the top
  std::vector<std::string> known_;
  std::vector<std::string> missing_;  // of those that must be there
  bool ignores_others_ = false;

  friend void read_toml_fields(std::string_view text, const std::string& file,
                               const std::function<void(Fields&)>& read);
  friend void read_json_fields(std::string_view text, const std::string& file,
                               const std::function<void(Fields&)>& read);
};

/// Calls `read` on the top table of a text; `file` is its name in errors.
void read_toml_fields(std::string_view text, const std::string& file,
                      const std::function<void(Fields&)>& read);
void read_json_fields(std::string_view text, const std::string& file,
                      const std::function<void(Fields&)>& read);

}  // namespace rung
