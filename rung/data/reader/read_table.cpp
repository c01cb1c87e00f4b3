#include "rung/data/reader/read_table.hpp"

#include "rung/data/reader/foreign.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"

namespace rung {

Table parse_table(std::string content, const std::string& source, const TableOptions& options) {
  const Format* const asked = options.format.empty() ? nullptr : &find_format(options.format);
  if (is_gzip(content)) content = gunzip(content, source, options.most_unpacked_bytes);
  refuse_foreign(content, source);
  const Format& format = asked ? *asked : recognised_format(content, source);
  return format.read(content, source, options);
}

Table read_table(const std::filesystem::path& path, const TableOptions& options) {
  return parse_table(read_file(path), path == "-" ? "standard input" : path.string(), options);
}

}  // namespace rung
