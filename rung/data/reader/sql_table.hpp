#pragma once
/// Tables that DuckDB reads: Parquet files, and what a query makes of any file.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/data/table_options.hpp"
#include "rung/system/duckdb.hpp"

namespace rung {

/// The rows of a query as a table. Numbers and booleans become numbers, members of structures
/// columns with dots ("config.lr"), lists JSON, anything else text. Only the columns that the
/// options want are read.
Table table_of_query(DuckDb& database, const std::string& query, std::string source,
                     const TableOptions& options);

/// A column of a query: its name and DuckDB's word for its type.
struct SqlColumn {
  std::string name, type;
};
std::vector<SqlColumn> columns_of_query(DuckDb& database, const std::string& query);

/// A plain file that begins as Parquet does.
bool is_parquet_file(const std::filesystem::path& path);
Table read_parquet(const std::filesystem::path& path, const TableOptions& options);
/// What such a file holds, without reading it.
struct ParquetShape {
  std::vector<std::string> columns;  // as read_parquet names them
  std::size_t n_rows;
};
ParquetShape parquet_shape(const std::filesystem::path& path);

/// What a query finds, in which the file is the table `input`: Parquet, CSV, TSV, JSON or JSON
/// lines, as options.format says or as it is recognised.
Table read_by_sql(const std::filesystem::path& path, const std::string& query,
                  const TableOptions& options);

/// A CSV text with a header as the content of a Parquet file. `source`: what errors are about.
std::string parquet_of_csv(std::string_view csv, const std::string& source);

/// The content of a table file: the CSV as it is, or as Parquet where the path ends so.
std::string table_file(const std::string& path, std::string csv);
/// InputError where such a file can't be written here.
void check_table_file(const std::string& path);

}  // namespace rung
