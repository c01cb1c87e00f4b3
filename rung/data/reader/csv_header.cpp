#include "rung/data/reader/csv_header.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv_scan.hpp"

namespace rung::csv {
namespace {

std::vector<std::string> read_names(Scanner& scanner, Findings& findings) {
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> first_by_name;
  while (!scanner.row_ended()) {
    const char* const begin = scanner.at();
    const Cell cell = scanner.next_cell();
    std::string name = cell.text();
    if (!cell.quoted) name = trimmed(name);
    const auto [first, is_new] = first_by_name.emplace(name, names.size() + 1);
    if (!is_new && !name.empty()) {
      findings.add({begin, "columns " + std::to_string(first->second) + " and " +
                               std::to_string(names.size() + 1) + " are both named '" + name +
                               "'"});
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// A header of one name that holds another separator was written with that one.
std::string separator_hint(const std::vector<std::string>& header, char separator) {
  if (header.size() != 1) return "";
  for (const auto& [other, word] :
       {std::pair{',', "a comma"}, {';', "a semicolon"}, {'\t', "a tab"}}) {
    if (other != separator && header[0].find(other) != std::string::npos) {
      return std::string("is the separator ") + word + "?";
    }
  }
  return "";
}

/// One finding a column, or one for all where they are many.
void add_missing(const std::vector<std::string>& missing, const std::vector<std::string>& header,
                 const CsvOptions& options, const char* header_begin, Findings& findings) {
  constexpr std::size_t kMany = 4;
  const std::string separator = separator_hint(header, options.separator);
  const auto hint = [&](const std::string& name) {
    return separator.empty() ? did_you_mean(name, header) : separator;
  };
  if (missing.size() >= kMany) {
    findings.add({header_begin,
                  "there is no column '" + missing.front() + "', nor " +
                      std::to_string(missing.size() - 1) + " others that are needed",
                  hint(missing.front())});
    return;
  }
  for (const std::string& name : missing)
    findings.add({header_begin, "there is no column '" + name + "'", hint(name)});
}

/// The columns of `header` that the options want.
Layout layout_of(const std::vector<std::string>& header, const CsvOptions& options,
                 const char* header_begin, Findings& findings) {
  std::vector<std::string> missing;
  std::copy_if(options.columns.begin(), options.columns.end(), std::back_inserter(missing),
               [&](const std::string& name) { return !contains(header, name); });
  add_missing(missing, header, options, header_begin, findings);
  Layout layout{.wanted = {}, .n_columns = header.size(), .separator = options.separator};
  std::size_t n_skipped = 0;
  for (const std::string& name : header) {
    if (options.columns.empty() || contains(options.columns, name) ||
        contains(options.optional_columns, name)) {
      layout.wanted.push_back({name, n_skipped, contains(options.number_columns, name)});
      n_skipped = 0;
    } else {
      ++n_skipped;
    }
  }
  return layout;
}

}  // namespace

Header read_header(std::string_view text, const CsvOptions& options, Findings& findings) {
  Scanner scanner(text, options.separator);
  Header header;
  header.found = scanner.start_row();
  if (!header.found) return header;
  const char* const begin = scanner.at();
  const std::vector<std::string> names = read_names(scanner, findings);
  for (const auto& [at, message] : scanner.problems()) findings.add({at, message});
  header.layout = layout_of(names, options, begin, findings);
  header.n_bytes = static_cast<std::size_t>(scanner.at() - text.data());
  return header;
}

}  // namespace rung::csv
