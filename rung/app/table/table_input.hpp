#pragma once
/// The options by which a command is told how to read its tables.

#include <string>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/data/table.hpp"

namespace rung::app {

struct TableInput {
  std::string format;                // of --format; "": recognised
  double most_unpacked_bytes = 1e9;  // out of one compressed file
};

/// --format and --most-unpacked.
void add_input_options(Options& command, TableInput& input);

/// Reads a table once ("-": standard input) and takes note of it.
Table read_noted(const std::string& path, CommandContext& context, const TableInput& input = {});

}  // namespace rung::app
