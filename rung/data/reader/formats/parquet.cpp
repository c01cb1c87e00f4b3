// Parquet, by DuckDB where it is installed; only the columns that are wanted are read.
#include "rung/core/foreign.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/system/mapped_file.hpp"
#include "rung/system/memory_file.hpp"

namespace rung {
namespace {

/// A column of a CSV file may be called PAR1.
Likeness likeness(std::string_view content) {
  return content.starts_with("PAR1") && looks_binary(content) ? Likeness::certain : Likeness::none;
}

/// What is wrong with one that is cut short is told by `read`.
std::optional<Table> read_plain_file(const std::string& path, const TableOptions& options) {
  const MappedFile file(path);
  if (file.content().starts_with("PAR1") && !file.content().ends_with("PAR1")) return std::nullopt;
  return read_parquet(path, options);
}

/// Of standard input, or unpacked: the library wants a file.
Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  if (!content.starts_with("PAR1") || !content.ends_with("PAR1"))
    throw InputError(Location{source},
                     "this is no whole Parquet file: it doesn't begin and end with PAR1",
                     "--format says what it is");
  const MemoryFile file(content);
  DuckDb database(source, options.n_threads);
  return table_of_query(database, "SELECT * FROM read_parquet(" + sql_text(file.path()) + ")",
                        source, options);
}

}  // namespace

Format format_parquet();
Format format_parquet() {
  return {"parquet",
          "Parquet, where DuckDB is installed",
          {".parquet", ".pq"},
          likeness,
          read,
          read_plain_file,
          true};
}

}  // namespace rung
