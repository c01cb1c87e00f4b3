#include "rung/data/reader/json_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/json.hpp"
#include "rung/data/reader/json_places.hpp"

namespace rung {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostProblems = 100;
constexpr int kMostNested = 200;  // whoever walks over the values may recurse
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Counts lines onward from the place asked for before, so that ascending places cost one pass.
class Places {
 public:
  Places(const std::string& content, const std::string& source)
      : source_(source), at_(content.data()), line_begin_(content.data()) {}

  Location locate(const char* place) {
    for (; at_ < place; ++at_) {
      if (*at_ != '\n') continue;
      ++line_;
      line_begin_ = at_ + 1;
    }
    return {source_, line_, static_cast<std::size_t>(place - line_begin_) + 1};
  }

 private:
  const std::string& source_;
  const char* at_;
  const char* line_begin_;
  std::size_t line_ = 1;
};

struct Finding {
  const char* place;  // nullptr: the whole file
  std::string message;
  std::string hint = "";
};

class Findings {
 public:
  Findings(const std::string& content, const std::string& source)
      : content_(content), source_(source) {}

  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  void report() {
    if (findings_.empty()) return;
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const Finding& a, const Finding& b) { return a.place < b.place; });
    std::vector<Problem> problems;
    Places places(content_, source_);
    for (Finding& finding : findings_) {
      if (problems.size() == kMostProblems) {
        problems.push_back({Location{source_},
                            std::to_string(findings_.size() - kMostProblems) + " problems more"});
        break;
      }
      problems.push_back({finding.place ? places.locate(finding.place) : Location{source_},
                          std::move(finding.message), std::move(finding.hint)});
    }
    throw InputError(std::move(problems));
  }

 private:
  const std::string& content_;
  const std::string& source_;
  std::vector<Finding> findings_;
};

/// Blanks out, in place so that everything stays where it is, what isn't JSON but common: a byte
/// order mark, and NaN and Infinity, each of which becomes "" (read as missing). Nested too deep is
/// an InputError.
void make_plain(std::string& content, const std::string& source) {
  if (content.starts_with("\xef\xbb\xbf")) content.replace(0, 3, "   ");
  int n_open = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (c == '"') {
      // A line end isn't allowed inside: after a quote that never closes, all is well again.
      for (++i; i < content.size() && content[i] != '"' && content[i] != '\n'; ++i) {
        i += content[i] == '\\' ? 1 : 0;
      }
    } else if (c == '{' || c == '[') {
      if (++n_open <= kMostNested) continue;
      throw InputError(Places(content, source).locate(&content[i]), "this is nested too deep");
    } else if (c == '}' || c == ']') {
      --n_open;
    } else if (c == 'N' || c == 'I' || c == '-') {
      for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
        if (content.compare(i, word.size(), word) != 0) continue;
        content.replace(i, word.size(), "\"\"" + std::string(word.size() - 2, ' '));
        i += word.size() - 1;
        break;
      }
    }
  }
}

bool is_missing(const Json* cell) {
  if (!cell || cell->is_null()) return true;
  const std::string* const text = cell->get_ptr<const std::string*>();
  return text && (text->empty() || *text == "NaN" || *text == "Infinity" || *text == "-Infinity");
}

bool is_number(const Json& cell) { return cell.is_number() || cell.is_boolean(); }

double number_in(const Json* cell) {
  if (is_missing(cell)) return kMissing;
  return cell->is_boolean() ? (cell->get<bool>() ? 1 : 0) : cell->get<double>();
}

std::string text_in(const Json* cell) {
  if (!cell || cell->is_null()) return "";
  return cell->is_string() ? cell->get<std::string>() : cell->dump();
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Cells by column; they point into the parsed values.
struct Cells {
  std::string name;
  bool wanted = true;
  std::vector<const Json*> rows = {};  // shorter than the table where the last rows lack it
};

class Builder {
 public:
  explicit Builder(const TableOptions& options) : options_(options) {}

  /// A column of that name, even if no row should have a cell there.
  void declare(const std::string& name) { of(name); }

  /// False when the row has a cell there already.
  bool set(const std::string& name, std::size_t row, const Json& cell) {
    Cells& cells = of(name);
    if (!cells.wanted) return true;
    if (cells.rows.size() > row) return false;
    cells.rows.resize(row);
    cells.rows.push_back(&cell);
    return true;
  }

  const std::vector<Cells>& columns() const { return columns_; }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Cells& cells : columns_) names.push_back(cells.name);
    return names;
  }

  Table table(const std::string& source, std::size_t n_rows) {
    Table table(source);
    for (Cells& cells : columns_) {
      if (!cells.wanted) continue;
      cells.rows.resize(n_rows);
      table.add(column_of(cells));
    }
    return table;
  }

 private:
  Cells& of(const std::string& name) {
    const auto [found, is_new] = index_.emplace(name, columns_.size());
    if (is_new) {
      const bool wanted = options_.columns.empty() || contains(options_.columns, name) ||
                          contains(options_.optional_columns, name);
      columns_.push_back({name, wanted});
    }
    return columns_[found->second];
  }

  static Column column_of(const Cells& cells) {
    const bool numbers = std::all_of(cells.rows.begin(), cells.rows.end(), [](const Json* cell) {
      return is_missing(cell) || is_number(*cell);
    });
    if (numbers) {
      std::vector<double> values;
      values.reserve(cells.rows.size());
      for (const Json* cell : cells.rows) values.push_back(number_in(cell));
      return {cells.name, std::move(values)};
    }
    std::vector<std::string> texts;
    texts.reserve(cells.rows.size());
    for (const Json* cell : cells.rows) texts.push_back(text_in(cell));
    return {cells.name, std::move(texts)};
  }

  const TableOptions& options_;
  std::vector<Cells> columns_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// Reads one content; the parsed values must outlive it.
class Reader {
 public:
  Reader(const std::string& content, const std::string& source, const TableOptions& options)
      : content_(content),
        source_(source),
        options_(options),
        builder_(options),
        findings_(content, source) {}

  Findings& findings() { return findings_; }

  void add_row(const Json& value, const char* place) {
    const std::size_t row = rows_.size();
    rows_.push_back(place);
    if (!value.is_object()) {
      findings_.add({place, "a row is an object, {\"name\": value, …}; this is " + kind(value)});
      return;
    }
    add_members("", value, row);
  }

  void add_columns(const std::string& prefix, const Json& object) {
    for (const auto& [key, value] : object.items()) {
      const std::string name = prefix + key;
      if (value.is_object()) {
        add_columns(name + ".", value);
      } else if (!value.is_array()) {
        findings_.add({json::find_column(json::value_begin(content_.data()), name),
                       "'" + name + "' is " + kind(value) + ", where others are arrays",
                       "rows are an array of objects, columns an object of arrays"});
      } else {
        add_column(name, value);
      }
    }
  }

  Table finish() {
    for (const std::string& name : options_.columns) {
      const std::vector<std::string> names = builder_.names();
      if (contains(names, name)) continue;
      findings_.add({nullptr, "there is no column '" + name + "'", did_you_mean(name, names)});
    }
    const std::size_t n_rows = by_columns() ? n_elements_.value_or(0) : rows_.size();
    require_numbers(n_rows);
    findings_.report();
    Table table = builder_.table(source_, n_rows);
    if (options_.keep_lines && !by_columns()) {
      Places places(content_, source_);
      std::vector<std::size_t> lines;
      for (const char* const row : rows_) lines.push_back(places.locate(row).line);
      table.set_lines(std::move(lines));
    }
    return table;
  }

 private:
  static std::string kind(const Json& value) {
    const std::string name = value.type_name();
    return value.is_null() ? name : (name == "array" || name == "object" ? "an " : "a ") + name;
  }

  bool by_columns() const { return n_elements_.has_value(); }

  void add_members(const std::string& prefix, const Json& object, std::size_t row) {
    for (const auto& [key, value] : object.items()) {
      const std::string name = prefix + key;
      if (value.is_object()) {
        add_members(name + ".", value, row);
      } else if (!builder_.set(name, row, value)) {
        findings_.add({json::find_column(rows_[row], name), "'" + name + "' is there twice"});
      }
    }
  }

  void add_column(const std::string& name, const Json& values) {
    if (!n_elements_) n_elements_ = values.size();
    const char* const place = json::find_column(json::value_begin(content_.data()), name);
    if (values.size() != *n_elements_) {
      findings_.add({place, "'" + name + "' has " + std::to_string(values.size()) +
                                " values, the columns before it have " +
                                std::to_string(*n_elements_)});
      return;
    }
    builder_.declare(name);
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (builder_.set(name, row, values[row])) continue;
      findings_.add({place, "'" + name + "' is there twice"});
      return;
    }
  }

  void require_numbers(std::size_t n_rows) {
    for (const Cells& cells : builder_.columns()) {
      if (!cells.wanted || !contains(options_.number_columns, cells.name)) continue;
      for (std::size_t row = 0; row < n_rows; ++row) {
        const Json* const cell = row < cells.rows.size() ? cells.rows[row] : nullptr;
        if (!is_missing(cell) && is_number(*cell)) continue;
        const std::string what =
            is_missing(cell) ? "is missing" : "is '" + text_in(cell) + "', not a number";
        findings_.add({place_of(cells.name, row), cells.name + " " + what});
      }
    }
  }

  /// A missing cell's is its row's.
  const char* place_of(const std::string& name, std::size_t row) const {
    if (!by_columns()) {
      const char* const cell = json::find_column(rows_[row], name);
      return cell ? cell : rows_[row];
    }
    const char* found = json::find_column(json::value_begin(content_.data()), name);
    json::each_element(found, [&, left = row](const char* element) mutable {
      found = element;
      return left-- > 0;
    });
    return found;
  }

  const std::string& content_;
  const std::string& source_;
  const TableOptions& options_;
  Builder builder_;
  Findings findings_;
  std::vector<const char*> rows_;
  std::optional<std::size_t> n_elements_;  // of each array, when the columns are arrays
};

void add_rows(Reader& reader, const Json& rows, const char* at) {
  std::size_t row = 0;
  json::each_element(at, [&](const char* place) {
    reader.add_row(rows[row++], place);
    return true;
  });
}

bool has_results(const Json& value) {
  const auto results = value.find("results");
  return results != value.end() && results->is_array() &&
         (results->empty() || results->front().is_object());
}

bool has_arrays(const Json& object) {
  return std::any_of(object.begin(), object.end(),
                     [](const Json& member) { return member.is_array(); });
}

/// The line's own error speaks of line 1.
void add_shifted(std::vector<Problem>& problems, const InputError& error, std::size_t line) {
  for (Problem problem : error.problems()) {
    problem.location.line = line;
    problems.push_back(std::move(problem));
  }
}

struct Line {
  Json value;
  const char* place;
};

std::vector<Line> parse_lines(const std::string& content, const std::string& source) {
  std::vector<Line> lines;
  std::vector<Problem> problems;
  std::size_t number = 0;
  std::string_view rest = content;
  while (!rest.empty() && problems.size() < kMostProblems) {
    ++number;
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t blanks = line.find_first_not_of(" \t\r");
    if (blanks == std::string_view::npos) continue;
    try {
      lines.push_back({parse_json(line, source), line.data() + blanks});
    } catch (const InputError& error) {
      add_shifted(problems, error, number);
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return lines;
}

}  // namespace

Table parse_json_table(std::string content, const std::string& source,
                       const TableOptions& options) {
  make_plain(content, source);
  const Json value = parse_json(content, source);
  Reader reader(content, source, options);
  const char* const begin = json::value_begin(content.data());
  if (value.is_array()) {
    add_rows(reader, value, begin);
  } else if (!value.is_object()) {
    throw InputError(Places(content, source).locate(begin), "this JSON holds no table",
                     "rows are an array of objects, columns an object of arrays");
  } else if (has_results(value)) {
    add_rows(reader, value["results"], json::find_column(begin, "results"));
  } else if (has_arrays(value)) {
    reader.add_columns("", value);
  } else {
    reader.add_row(value, begin);
  }
  return reader.finish();
}

Table parse_jsonl_table(std::string content, const std::string& source,
                        const TableOptions& options) {
  make_plain(content, source);
  const std::vector<Line> lines = parse_lines(content, source);
  Reader reader(content, source, options);
  for (const Line& line : lines) reader.add_row(line.value, line.place);
  return reader.finish();
}

}  // namespace rung
