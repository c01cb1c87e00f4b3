#pragma once
/// DuckDB, where it is installed: SQL over files, and Parquet. Its library is loaded when it is
/// first needed and nothing is linked with it (docs/decisions/0021).

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rung {

/// A column of an answer; a missing number is NaN, a missing text "".
struct DuckDbColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::string>> values;
};

/// A database in memory, of its own for each object. It takes at most 3 GB and puts what is more
/// into the folder for temporary files; it fetches nothing from anywhere.
class DuckDb {
 public:
  /// `source`: what errors are about. InputError that says how to get DuckDB where it is missing.
  DuckDb(std::string source, int n_threads);
  ~DuckDb();
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  /// Runs one statement whose columns are all DOUBLE or VARCHAR. InputError with DuckDB's own words
  /// where it fails; Cancelled where the watch over this thread asks for it.
  std::vector<DuckDbColumn> query(const std::string& sql);

  /// Runs one statement for what it does.
  void run(const std::string& sql);

 private:
  friend class DuckDbRows;
  struct Connection;
  std::string source_;
  std::unique_ptr<Connection> connection_;
};

/// A query's rows as they come, some two thousand at a time; only these and those before them are
/// held. Its columns are DOUBLE, BIGINT or VARCHAR. A row's place is counted in those at hand.
class DuckDbRows {
 public:
  /// `database` outlives this, and runs nothing else meanwhile.
  DuckDbRows(DuckDb& database, const std::string& sql);
  ~DuckDbRows();
  DuckDbRows(const DuckDbRows&) = delete;
  DuckDbRows& operator=(const DuckDbRows&) = delete;

  /// Goes on to the next rows; false where there are no more.
  bool next();
  std::size_t n_rows() const;

  /// Of a column DOUBLE or BIGINT; NaN where it is missing.
  double number(std::size_t column, std::size_t row) const;
  /// Of any column, whole numbers without a point; "" where it is missing.
  std::string text(std::size_t column, std::size_t row) const;
  /// Sets changes[row] where the cell isn't that of the row before; there is none before the first.
  void mark_changes(std::size_t column, std::vector<char>& changes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "v1.5.6" where DuckDB is found.
std::optional<std::string> duckdb_version();
/// How to get it, for people.
std::string how_to_get_duckdb();

/// As SQL writes them: 'it''s', "a ""b""".
std::string sql_text(std::string_view text);
std::string sql_name(std::string_view name);

}  // namespace rung
