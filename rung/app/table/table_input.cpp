#include "rung/app/table/table_input.hpp"

#include <filesystem>

#include "rung/data/reader/format.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

/// Can it be read again, when its hash is wanted? A pipe can't.
bool can_be_read_again(const std::string& path) {
  if (path == "-") return false;
  std::error_code ignored;
  const fs::file_type type = fs::status(path, ignored).type();
  return type != fs::file_type::fifo && type != fs::file_type::character &&
         type != fs::file_type::socket;
}

}  // namespace

void add_input_options(Options& command, TableInput& input) {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.push_back(format.name);
  command.add("--format", input.format, "of the table; default: by ending and content")
      .choices(std::move(names), false)
      .value_name("NAME");
  command.add("--most-unpacked", input.most_unpacked_bytes, "bytes out of a compressed table")
      .value_name("BYTES")
      .range(1, 1e15);
}

Table read_noted(const std::string& path, CommandContext& context, const TableInput& input) {
  TableOptions options;
  options.format = input.format;
  options.most_unpacked_bytes = static_cast<std::size_t>(input.most_unpacked_bytes);
  options.n_threads = context.common.n_threads;
  if (can_be_read_again(path)) {
    Table table = read_table(path, options);
    context.note_input(path);
    return table;
  }
  const std::string name = path == "-" ? "standard input" : path;
  std::string content = read_file(path);
  context.note_input(name, content);
  return parse_table(std::move(content), name, options);
}

}  // namespace rung::app
