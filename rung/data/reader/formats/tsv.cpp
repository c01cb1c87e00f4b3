#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/format.hpp"

namespace rung {
namespace {

/// By its ending only: csv finds tabs itself.
Likeness likeness(std::string_view) { return Likeness::none; }

Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  return parse_csv(content, source, csv_options(options, '\t'));
}

}  // namespace

Format format_tsv();
Format format_tsv() {
  return {"tsv", "values separated by tabs", {".tsv", ".tab"}, likeness, read};
}

}  // namespace rung
