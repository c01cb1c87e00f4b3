#include "rung/data/reader/csv.hpp"

#include "rung/data/reader/csv_file.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

/// What the first line holds: commas, else tabs, else semicolons.
char separator_of(std::string_view content) {
  const std::string_view header = first_line(content);
  for (const char separator : {',', '\t', ';'}) {
    bool quoted = false;
    for (const char c : header) {
      quoted ^= c == '"';
      if (c == separator && !quoted) return separator;
    }
  }
  return ',';
}

Likeness likeness(std::string_view) { return Likeness::possible; }

Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  return parse_csv(content, source, csv_options(options, separator_of(content)));
}

std::optional<Table> read_plain_file(const std::string& path, const TableOptions& options) {
  constexpr std::size_t kHead = std::size_t{1} << 16;
  return read_csv_pieces(path, csv_options(options, separator_of(read_head(path, kHead))));
}

}  // namespace

Format format_csv();
Format format_csv() {
  return {"csv",    "values separated by commas, tabs or semicolons",
          {".csv"}, likeness,
          read,     read_plain_file};
}

}  // namespace rung
