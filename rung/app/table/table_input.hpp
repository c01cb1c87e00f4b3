#pragma once
/// The options by which a command is told how to read its tables.

#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/data/table.hpp"

namespace rung::app {

struct TableInput {
  std::string sql;                   // a query in place of the table's own rows; "": none
  std::string format;                // of --format; "": recognised
  double most_unpacked_bytes = 1e9;  // out of one compressed file
  std::vector<std::string> columns;  // only these are read of it; none: all
  /// Tables to join, each on the column of the same place in `join_on`, or on its last.
  std::vector<std::string> join_paths, join_on;

  /// "--format": the first of the options below that was given; "" of none.
  std::string first_given() const;
};

/// Can it be read again, when its head was looked at, or its hash is wanted? A pipe can't.
bool can_be_read_again(const std::string& path);

/// --format, --sql, --most-unpacked, --join and --on.
void add_input_options(Options& command, TableInput& input);

/// Reads a table once ("-": standard input) with those that are joined to it, and takes note of
/// them. Rows without a partner are warned of.
Table read_noted(const std::string& path, CommandContext& context, const TableInput& input = {});

}  // namespace rung::app
