#pragma once
/// Any table file into a Table.

#include <filesystem>
#include <string>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"

namespace rung {

/// A file, or standard input ("-"), gzipped or not (by its content). The format is the one asked
/// for, or the ending's (.csv .tsv .tab .json .jsonl .ndjson, before .gz), or for any other ending
/// the content's: JSON and JSONL begin with { or [. The cells of a .csv or unknown file are
/// separated by what its first line holds: commas, else tabs, else semicolons.
///
/// csv.hpp and json_table.hpp say how each format is read and what their InputErrors hold.
Table read_table(const std::filesystem::path& path, const TableOptions& options = {});

/// The same for a content already read; `source` is its name, whose ending counts.
Table parse_table(std::string content, const std::string& source, const TableOptions& options = {});

}  // namespace rung
