#pragma once
/// Any table file into a Table.

#include <filesystem>
#include <string>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

/// A file, or standard input ("-"), gzipped or not (by its content), in any format of format.hpp:
/// the one asked for, or the one recognised. One rule for all: a cell that is empty, NaN or the
/// format's word for nothing is missing; an infinity is a number, which a fit refuses by name.
///
/// InputError with every problem, each with its line, and where the file is of a kind that is not
/// read here (foreign.hpp) or unpacks to more than options.most_unpacked_bytes.
Table read_table(const std::filesystem::path& path, const TableOptions& options = {});

/// The same for a content already read; `source` is its name, whose ending counts.
Table parse_table(std::string content, const std::string& source, const TableOptions& options = {});

}  // namespace rung
