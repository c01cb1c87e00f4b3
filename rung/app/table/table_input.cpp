#include "rung/app/table/table_input.hpp"

#include <algorithm>
#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/data/join.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInput = "Rows and columns";

Table read_single(const std::string& path, CommandContext& context, const TableInput& input) {
  TableOptions options;
  options.format = input.format;
  options.most_unpacked_bytes = static_cast<std::size_t>(input.most_unpacked_bytes);
  options.n_threads = context.common.n_threads;
  options.optional_columns = input.columns;
  if (!input.sql.empty()) {
    if (!can_be_read_again(path)) throw InputError("--sql needs a file", "write it to one first");
    context.note_input(path);
    return read_by_sql(path, input.sql, options);
  }
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

void warn_of_partners(const std::vector<std::string>& keys, const std::string& what,
                      CommandContext& context) {
  if (keys.empty()) return;
  context.warn(std::to_string(keys.size()) + (keys.size() == 1 ? " row of " : " rows of ") + what +
               ": '" + keys.front() + (keys.size() > 1 ? "', …" : "'"));
}

}  // namespace

bool can_be_read_again(const std::string& path) {
  if (path == "-") return false;
  std::error_code ignored;
  const fs::file_type type = fs::status(path, ignored).type();
  return type != fs::file_type::fifo && type != fs::file_type::character &&
         type != fs::file_type::socket;
}

std::string TableInput::first_given() const {
  if (!format.empty()) return "--format";
  if (!sql.empty()) return "--sql";
  if (!join_paths.empty()) return "--join";
  return most_unpacked_bytes != TableInput().most_unpacked_bytes ? "--most-unpacked" : "";
}

void add_input_options(Options& command, TableInput& input) {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.push_back(format.name);
  command.add("--format", input.format, "of the table; default: by ending and content")
      .choices(std::move(names), false)
      .value_name("NAME")
      .group(kInput);
  command.add("--sql", input.sql, "a query instead of all rows, by DuckDB: \"FROM input …\"")
      .value_name("QUERY")
      .group(kInput);
  command.add("--most-unpacked", input.most_unpacked_bytes, "bytes out of a compressed table")
      .value_name("BYTES")
      .range(1, 1e15)
      .group(kInput);
  command
      .add("--join", input.join_paths,
           "a further table whose columns are added, row by row; may be given again")
      .one_value_each()
      .value_name("FILE")
      .group(kInput);
  command.add("--on", input.join_on, "the column that both have; one for each --join, or for all")
      .one_value_each()
      .needs("--join")
      .value_name("COLUMN")
      .group(kInput);
}

Table read_noted(const std::string& path, CommandContext& context, const TableInput& input) {
  Table table = read_single(path, context, input);
  if (!input.join_paths.empty() && input.join_on.empty())
    throw InputError("on which column is " + input.join_paths.front() + " to be joined?",
                     "--on COLUMN, which both tables have");
  for (std::size_t i = 0; i < input.join_paths.size(); ++i) {
    const std::string& on = input.join_on[std::min(i, input.join_on.size() - 1)];
    const std::string& further = input.join_paths[i];
    Joined joined = join(table, read_single(further, context, {}), on);
    warn_of_partners(joined.left_only, path + " have no partner in " + further, context);
    warn_of_partners(joined.right_only, further + " have none in " + path + " and are left out",
                     context);
    table = std::move(joined.table);
  }
  return table;
}

}  // namespace rung::app
