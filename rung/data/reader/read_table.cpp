#include "rung/data/reader/read_table.hpp"

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace {

const Format& format_of(std::string_view content, const std::string& source,
                        const TableOptions& options) {
  return options.format.empty() ? recognised_format(content, source) : find_format(options.format);
}

bool is_foreign(std::string_view content, const std::string& source) {
  try {
    refuse_foreign(content, source);
    return false;
  } catch (const InputError&) {
    return true;
  }
}

/// The table of a plain file whose format needs no content as a whole. What is wrong with it is
/// told better of the whole.
std::optional<Table> read_plain(const std::filesystem::path& path, const TableOptions& options) {
  if (path == "-" || is_published(path) || !file_exists(path)) return std::nullopt;
  constexpr std::size_t kHead = std::size_t{1} << 16;
  const std::string head = read_head(path, kHead), source = path.string();
  const Format& format = format_of(head, source, options);
  if (!format.read_file || is_gzip(head)) return std::nullopt;
  if (!format.is_binary && is_foreign(head, source)) return std::nullopt;
  return format.read_file(source, options);
}

}  // namespace

Table parse_table(std::string content, const std::string& source, const TableOptions& options) {
  if (!options.format.empty()) find_format(options.format);
  if (is_gzip(content)) content = gunzip(content, source, options.most_unpacked_bytes);
  const Format& format = format_of(content, source, options);
  if (!format.is_binary) refuse_foreign(content, source);
  return format.read(content, source, options);
}

Table read_table(const std::filesystem::path& path, const TableOptions& options) {
  if (std::optional<Table> table = read_plain(path, options)) return std::move(*table);
  return parse_table(read_file(path), path == "-" ? "standard input" : path.string(), options);
}

}  // namespace rung
