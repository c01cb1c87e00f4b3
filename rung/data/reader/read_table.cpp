#include "rung/data/reader/read_table.hpp"

#include <string_view>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/json_table.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"

namespace rung {
namespace {

bool has_ending(std::string_view source, std::initializer_list<std::string_view> endings) {
  if (source.ends_with(".gz")) source.remove_suffix(3);
  for (const std::string_view ending : endings) {
    if (source.ends_with(ending)) return true;
  }
  return false;
}

std::string_view first_line(std::string_view content) {
  const std::size_t begin = content.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (begin == std::string_view::npos) return {};
  content.remove_prefix(begin);
  return content.substr(0, content.find('\n'));
}

/// More than one line, the first of which is an object whole.
bool looks_like_lines(std::string_view content) {
  const std::string_view line = first_line(content);
  if (!line.starts_with('{') || !trimmed(line).ends_with('}')) return false;
  const std::string_view rest =
      content.substr(static_cast<std::size_t>(line.data() + line.size() - content.data()));
  return first_line(rest).starts_with('{');
}

TableFormat format_of(std::string_view content, std::string_view source) {
  if (has_ending(source, {".csv"})) return TableFormat::csv;
  if (has_ending(source, {".tsv", ".tab"})) return TableFormat::tsv;
  if (has_ending(source, {".jsonl", ".ndjson"})) return TableFormat::jsonl;
  const std::string_view line = first_line(content);
  if (has_ending(source, {".json"}) || line.starts_with('{') || line.starts_with('[')) {
    return looks_like_lines(content) ? TableFormat::jsonl : TableFormat::json;
  }
  return TableFormat::csv;
}

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

}  // namespace

Table parse_table(std::string content, const std::string& source, const TableOptions& options) {
  if (is_gzip(content)) content = gunzip(content, source);
  const TableFormat format =
      options.format == TableFormat::automatic ? format_of(content, source) : options.format;
  if (format == TableFormat::json) return parse_json_table(std::move(content), source, options);
  if (format == TableFormat::jsonl) return parse_jsonl_table(std::move(content), source, options);
  return parse_csv(content, source,
                   {.separator = format == TableFormat::tsv ? '\t' : separator_of(content),
                    .columns = options.columns,
                    .optional_columns = options.optional_columns,
                    .number_columns = options.number_columns,
                    .n_threads = options.n_threads,
                    .keep_lines = options.keep_lines});
}

Table read_table(const std::filesystem::path& path, const TableOptions& options) {
  return parse_table(read_file(path), path == "-" ? "standard input" : path.string(), options);
}

}  // namespace rung
