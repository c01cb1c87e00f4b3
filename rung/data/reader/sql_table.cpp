#include "rung/data/reader/sql_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"
#include "rung/system/memory_file.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace {

/// A cell of a row, by an expression over the query's columns.
struct SqlCell {
  std::string name, type, expression;
};

bool is_sql_number(const std::string& type) {
  for (const char* word :
       {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
        "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "\"NULL\""}) {
    if (type == word) return true;
  }
  return type.starts_with("DECIMAL(") && type.ends_with(")");
}

bool is_structure(const std::string& type) {
  return type.starts_with("STRUCT(") && type.ends_with(")");
}

/// Lists and maps are written as JSON, as other readers have them.
std::string as_cell(const SqlCell& cell) {
  if (is_sql_number(cell.type)) return "CAST(" + cell.expression + " AS DOUBLE)";
  const bool is_nested =
      cell.type.ends_with("]") || cell.type.starts_with("MAP(") || cell.type.starts_with("STRUCT(");
  return "CAST(" + (is_nested ? "to_json(" + cell.expression + ")" : cell.expression) +
         " AS VARCHAR)";
}

/// The members of structures in place of these.
void add_cells(DuckDb& database, const std::string& query, SqlCell cell,
               std::vector<SqlCell>& cells) {
  if (!is_structure(cell.type)) return cells.push_back(std::move(cell));
  const std::string members = "SELECT unnest(" + cell.expression + ") FROM (" + query + "\n)";
  for (const SqlColumn& member : columns_of_query(database, members)) {
    add_cells(database, query,
              {cell.name + "." + member.name, member.type,
               "struct_extract(" + cell.expression + ", " + sql_text(member.name) + ")"},
              cells);
  }
}

std::vector<SqlCell> cells_of_query(DuckDb& database, const std::string& query) {
  std::vector<SqlCell> cells;
  for (const SqlColumn& column : columns_of_query(database, query))
    add_cells(database, query, {column.name, column.type, sql_name(column.name)}, cells);
  return cells;
}

std::vector<SqlCell> wanted_cells(std::vector<SqlCell> cells, const std::string& source,
                                  const TableOptions& options) {
  if (options.columns.empty() && options.optional_columns.empty()) return cells;
  std::vector<std::string> names;
  for (const SqlCell& cell : cells) names.push_back(cell.name);
  std::vector<Problem> problems;
  for (const std::string& name : options.columns) {
    if (!contains(names, name))
      problems.push_back(
          {{source}, "there is no column '" + name + "'", did_you_mean(name, names)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  std::erase_if(cells, [&](const SqlCell& cell) {
    return !contains(options.columns, cell.name) && !contains(options.optional_columns, cell.name);
  });
  return cells;
}

void require_finite(const Table& table, const TableOptions& options) {
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (const std::string& name : options.number_columns) {
    if (!table.has(name)) continue;
    const std::vector<double>& numbers = table.numbers(name);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      if (std::isfinite(numbers[row])) continue;
      if (problems.size() == kMostProblems) {
        ++n_more;
      } else {
        problems.push_back({{table.source()},
                            "row " + std::to_string(row + 1) + ": " + name +
                                (std::isnan(numbers[row]) ? " is missing" : " is not finite"),
                            ""});
      }
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
}

/// The file as DuckDB's readers name it, with the words for what is missing that ours have.
std::string relation_of(const std::string& path, const std::string& format) {
  const std::string file = sql_text(path);
  const std::string csv = "read_csv(" + file +
                          ", header = true, sample_size = -1, nullstr = ['', 'NA', 'N/A', 'null', "
                          "'None', 'nan', 'NaN']";
  if (format == "parquet") return "read_parquet(" + file + ")";
  if (format == "csv") return csv + ")";
  if (format == "tsv") return csv + ", delim = '\t')";
  if (format == "jsonl") return "read_json(" + file + ", format = 'newline_delimited')";
  if (format == "json") return "read_json(" + file + ", format = 'array')";
  throw InputError(Location{path}, "is " + format + ", which --sql does not read",
                   "Parquet, CSV, TSV, JSON and JSON lines can be queried");
}

std::string format_for_sql(const std::filesystem::path& path, const std::string& asked) {
  if (!asked.empty()) return find_format(asked).name;
  constexpr std::size_t kHead = std::size_t{1} << 16;
  std::string head = read_head(path, kHead);
  if (is_gzip(head)) head = gunzip_head(head, kHead);
  return recognised_format(head, path.string()).name;
}

std::string without_semicolon(const std::string& query) {
  std::string_view text = trimmed(query);
  while (text.ends_with(';')) text = trimmed(text.substr(0, text.size() - 1));
  if (text.empty()) throw InputError("--sql is empty", "\"SELECT … FROM input\"");
  return std::string(text);
}

void require_parquet(const std::filesystem::path& path) {
  if (is_parquet_file(path)) return;
  const std::string head = read_head(path, 4);
  if (head == "PARE")
    throw InputError(Location{path.string()}, "this Parquet file is encrypted",
                     "write it without encryption");
  if (head == "PAR1")
    throw InputError(Location{path.string()}, "this Parquet file is cut off, or is text",
                     "--format says what it is");
  throw InputError(Location{path.string()}, "this is no Parquet file: it doesn't begin with PAR1",
                   "--format says what it is");
}

}  // namespace

std::vector<SqlColumn> columns_of_query(DuckDb& database, const std::string& query) {
  const std::vector<DuckDbColumn> described = database.query(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM (" + query + "\n))");
  const auto& names = std::get<std::vector<std::string>>(described.at(0).values);
  const auto& types = std::get<std::vector<std::string>>(described.at(1).values);
  std::vector<SqlColumn> columns;
  for (std::size_t i = 0; i < names.size(); ++i) columns.push_back({names[i], types[i]});
  return columns;
}

Table table_of_query(DuckDb& database, const std::string& query, std::string source,
                     const TableOptions& options) {
  const std::vector<SqlCell> cells = wanted_cells(cells_of_query(database, query), source, options);
  Table table(std::move(source));
  if (cells.empty()) return table;
  std::vector<std::string> selected;
  for (const SqlCell& cell : cells) selected.push_back(as_cell(cell));
  std::vector<DuckDbColumn> columns =
      database.query("SELECT " + join(selected, ", ") + " FROM (" + query + "\n)");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::visit(
        [&](auto& values) {
          table.add({cells[i].name, std::move(values)});
        },
        columns[i].values);
  }
  require_finite(table, options);
  return table;
}

bool is_parquet_file(const std::filesystem::path& path) {
  if (is_published(path) || !file_exists(path)) return false;
  constexpr std::size_t kHead = 4096;
  const std::string head = read_head(path, kHead);
  return head.starts_with("PAR1") && looks_binary(head);
}

Table read_parquet(const std::filesystem::path& path, const TableOptions& options) {
  require_parquet(path);
  DuckDb database(path.string(), options.n_threads);
  return table_of_query(database, "SELECT * FROM read_parquet(" + sql_text(path.string()) + ")",
                        path.string(), options);
}

ParquetShape parquet_shape(const std::filesystem::path& path) {
  require_parquet(path);
  const std::string rows = " FROM read_parquet(" + sql_text(path.string()) + ")";
  DuckDb database(path.string(), 1);
  ParquetShape shape{{}, 0};
  for (SqlCell& cell : cells_of_query(database, "SELECT *" + rows))
    shape.columns.push_back(std::move(cell.name));
  const std::vector<DuckDbColumn> count = database.query("SELECT CAST(count(*) AS DOUBLE)" + rows);
  shape.n_rows = static_cast<std::size_t>(std::get<std::vector<double>>(count[0].values).at(0));
  return shape;
}

Table read_by_sql(const std::filesystem::path& path, const std::string& query,
                  const TableOptions& options) {
  const std::string wanted = without_semicolon(query);
  const std::string format = format_for_sql(path, options.format);
  DuckDb database(path.string(), options.n_threads);
  database.run("CREATE VIEW input AS SELECT * FROM " + relation_of(path.string(), format));
  return table_of_query(database, wanted, path.string(), options);
}

std::string parquet_of_csv(std::string_view csv, const std::string& source) {
  const MemoryFile from(csv), to("");
  DuckDb database(source, 0);
  database.run("COPY (SELECT * FROM read_csv(" + sql_text(from.path()) +
               ", header = true, delim = ',', quote = '\"', escape = '\"', sample_size = -1, "
               "auto_type_candidates = ['BIGINT', 'DOUBLE', 'VARCHAR'])) TO " +
               sql_text(to.path()) + " (FORMAT parquet, USE_TMP_FILE false)");
  return to.content();
}

std::string table_file(const std::string& path, std::string csv) {
  return path.ends_with(".parquet") ? parquet_of_csv(csv, path) : std::move(csv);
}

void check_table_file(const std::string& path) {
  constexpr std::string_view kOthers[] = {".xlsx", ".xls",     ".ods", ".json", ".jsonl", ".gz",
                                          ".zip",  ".feather", ".h5",  ".xz",   ".bz2",   ".zst"};
  for (const std::string_view ending : kOthers) {
    if (lower_case(path).ends_with(ending))
      throw InputError(Location{path}, "a table can't be written as '" + std::string(ending) + "'",
                       "take .csv or .parquet; --json FILE writes JSON");
  }
  if (path.ends_with(".parquet")) DuckDb(path, 1).run("SELECT 1");
}

}  // namespace rung
