#include "rung/system/duckdb.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/system/duckdb_library.hpp"

namespace rung {
namespace {

using duckdb::Calls;
using duckdb::Index;
using duckdb::Owned;
using duckdb::RawColumn;
using duckdb::RawResult;
using duckdb::RawText;

constexpr const char* kMemoryLimit = "3GB";

std::string quoted_by(char quote, std::string_view text) {
  std::string sql(1, quote);
  for (const char c : text) {
    if (c == quote) sql += quote;
    sql += c;
  }
  return sql + quote;
}

const Calls& duckdb_calls(const std::string& source) {
  const duckdb::Library& library = duckdb::library();
  if (library.calls) return *library.calls;
  throw InputError(Location{source}, "this needs DuckDB's library, which is not here",
                   how_to_get_duckdb());
}

bool is_there(const std::uint64_t* validity, Index row) {
  return !validity || ((validity[row / 64] >> (row % 64)) & 1) != 0;
}

std::string_view text_of(const RawText& text) {
  const std::uint32_t length = text.in_place.length;
  return {length <= RawText::kMostInPlace ? text.in_place.text : text.elsewhere.begin, length};
}

bool is_same_value(std::uint64_t a, std::uint64_t b) { return a == b; }
/// Texts of a dictionary lie at the same place; short ones are filled up with zeros.
bool is_same_value(const RawText& a, const RawText& b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || text_of(a) == text_of(b);
}

template <class Value>
bool is_same_cell(const RawColumn& a, Index row_a, const RawColumn& b, Index row_b) {
  const bool is_a = is_there(a.validity, row_a), is_b = is_there(b.validity, row_b);
  if (!is_a || !is_b) return is_a == is_b;
  return is_same_value(static_cast<const Value*>(a.data)[row_a],
                       static_cast<const Value*>(b.data)[row_b]);
}

template <class Value>
void mark_where_cells_change(const RawColumn& cells, Index n, std::vector<char>& changes) {
  if (cells.validity) {
    for (Index row = 1; row < n; ++row)
      if (!is_same_cell<Value>(cells, row - 1, cells, row)) changes[row] = 1;
    return;
  }
  const auto* const values = static_cast<const Value*>(cells.data);
  for (Index row = 1; row < n; ++row)
    if (!is_same_value(values[row - 1], values[row])) changes[row] = 1;
}

void append_numbers(const double* from, const std::uint64_t* validity, Index n,
                    std::vector<double>& to) {
  const std::size_t first = to.size();
  to.insert(to.end(), from, from + n);
  if (!validity) return;
  for (Index row = 0; row < n; ++row) {
    if (!is_there(validity, row)) to[first + row] = std::numeric_limits<double>::quiet_NaN();
  }
}

void append_texts(const RawText* from, const std::uint64_t* validity, Index n,
                  std::vector<std::string>& to) {
  for (Index row = 0; row < n; ++row) {
    to.emplace_back(is_there(validity, row) ? text_of(from[row]) : std::string_view());
  }
}

std::vector<DuckDbColumn> columns_of(const Calls& calls, RawResult& result) {
  std::vector<DuckDbColumn> columns(calls.column_count(&result));
  for (Index i = 0; i < columns.size(); ++i) {
    columns[i].name = calls.column_name(&result, i);
    const int type = calls.column_type(&result, i);
    if (type == duckdb::kVarchar) columns[i].values = std::vector<std::string>();
    if (type != duckdb::kVarchar && type != duckdb::kDouble)
      throw std::logic_error("DuckDb: column '" + columns[i].name + "' is neither number nor text");
  }
  while (true) {
    Owned<void*> chunk(calls.destroy_data_chunk);
    chunk.handle = calls.fetch_chunk(result);
    if (!chunk.handle) return columns;
    const Index n = calls.data_chunk_get_size(chunk.handle);
    for (Index i = 0; i < columns.size(); ++i) {
      void* const vector = calls.data_chunk_get_vector(chunk.handle, i);
      const void* const data = calls.vector_get_data(vector);
      const std::uint64_t* const validity = calls.vector_get_validity(vector);
      if (auto* const numbers = std::get_if<std::vector<double>>(&columns[i].values)) {
        append_numbers(static_cast<const double*>(data), validity, n, *numbers);
      } else {
        append_texts(static_cast<const RawText*>(data), validity, n,
                     std::get<std::vector<std::string>>(columns[i].values));
      }
    }
  }
}

/// "Binder Error: no such column" without the query's picture below it.
/// What was unpacked or came through a pipe has a name that tells a reader nothing.
std::string without_descriptors(std::string text) {
  constexpr std::string_view kBegin = "'/proc/self/fd/";
  for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at)) {
    const std::size_t end = text.find('\'', at + kBegin.size());
    if (end == text.npos) break;
    const bool after_blank = at > 0 && text[at - 1] == ' ';
    text.erase(at - (after_blank ? 1 : 0), end + 1 - at + (after_blank ? 1 : 0));
  }
  return text;
}

std::string first_part(const char* message) {
  std::string text = message ? message : "DuckDB gave no reason";
  text.resize(std::min(text.size(), text.find("\n\nLINE ")));
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return without_descriptors(std::move(text));
}

}  // namespace

struct DuckDb::Connection {
  explicit Connection(const Calls& of) : calls(of) {}
  ~Connection() {
    calls.disconnect(&connection);
    calls.close(&database);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Task by task, so that it can be stopped between them. Streaming, the rows come when they are
  /// fetched.
  void execute(const std::string& source, const std::string& sql, bool streaming,
               RawResult& result) {
    Owned<void*> prepared(calls.destroy_prepare), pending(calls.destroy_pending);
    if (calls.prepare(connection, sql.c_str(), &prepared.handle) != 0)
      throw InputError(Location{source}, first_part(calls.prepare_error(prepared.handle)));
    const auto start = streaming ? calls.pending_prepared_streaming : calls.pending_prepared;
    if (start(prepared.handle, &pending.handle) != 0)
      throw InputError(Location{source}, first_part(calls.pending_error(pending.handle)));
    for (int state = duckdb::kNotReady; state != duckdb::kReady;) {
      check_cancelled();
      state = calls.pending_execute_task(pending.handle);
      if (state == duckdb::kFailed)
        throw InputError(Location{source}, first_part(calls.pending_error(pending.handle)));
      if (state == duckdb::kNoTasks) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (calls.execute_pending(pending.handle, &result) != 0)
      throw InputError(Location{source}, first_part(calls.result_error(&result)));
  }

  const Calls& calls;
  void *database = nullptr, *connection = nullptr;
};

DuckDb::DuckDb(std::string source, int n_threads)
    : source_(std::move(source)), connection_(std::make_unique<Connection>(duckdb_calls(source_))) {
  const Calls& calls = connection_->calls;
  Owned<void*> config(calls.destroy_config);
  std::error_code ignored;
  const std::string temporary = std::filesystem::temp_directory_path(ignored).string();
  const std::string threads = std::to_string(n_threads > 0 ? n_threads : available_threads());
  calls.create_config(&config.handle);
  const std::pair<const char*, std::string> settings[] = {{"threads", threads},
                                                          {"memory_limit", kMemoryLimit},
                                                          {"temp_directory", temporary},
                                                          {"autoinstall_known_extensions", "false"},
                                                          {"autoload_known_extensions", "false"}};
  for (const auto& [name, value] : settings) calls.set_config(config.handle, name, value.c_str());
  char* why = nullptr;
  if (calls.open_ext(nullptr, &connection_->database, config.handle, &why) != 0) {
    const std::string message = first_part(why);
    calls.free(why);
    throw InputError(Location{source_}, message);
  }
  if (calls.connect(connection_->database, &connection_->connection) != 0)
    throw InputError(Location{source_}, "DuckDB lets nobody connect");
}

DuckDb::~DuckDb() = default;

std::vector<DuckDbColumn> DuckDb::query(const std::string& sql) {
  Owned<RawResult> result(connection_->calls.destroy_result);
  connection_->execute(source_, sql, false, result.handle);
  return columns_of(connection_->calls, result.handle);
}

void DuckDb::run(const std::string& sql) {
  Owned<RawResult> result(connection_->calls.destroy_result);
  connection_->execute(source_, sql, false, result.handle);
}

struct DuckDbRows::State {
  State(const Calls& of, std::string about)
      : calls(of),
        source(std::move(about)),
        result(of.destroy_result),
        chunk(of.destroy_data_chunk),
        before(of.destroy_data_chunk) {}

  RawColumn column_of(void* of, Index column) const {
    void* const vector = calls.data_chunk_get_vector(of, column);
    return {calls.vector_get_data(vector), calls.vector_get_validity(vector)};
  }

  const Calls& calls;
  const std::string source;
  Owned<RawResult> result;
  Owned<void*> chunk, before;
  std::vector<int> types;
  std::vector<RawColumn> columns;  // of the chunk
  std::size_t n_rows = 0, n_before = 0;
};

DuckDbRows::DuckDbRows(DuckDb& database, const std::string& sql)
    : state_(std::make_unique<State>(database.connection_->calls, database.source_)) {
  RawResult& result = state_->result.handle;
  database.connection_->execute(state_->source, sql, true, result);
  for (Index i = 0; i < state_->calls.column_count(&result); ++i)
    state_->types.push_back(state_->calls.column_type(&result, i));
}

DuckDbRows::~DuckDbRows() = default;

bool DuckDbRows::next() {
  check_cancelled();
  State& s = *state_;
  std::swap(s.chunk.handle, s.before.handle);
  s.n_before = s.n_rows;
  if (s.chunk.handle) s.calls.destroy_data_chunk(&s.chunk.handle);
  s.chunk.handle = s.calls.fetch_chunk(s.result.handle);
  s.n_rows = s.chunk.handle ? s.calls.data_chunk_get_size(s.chunk.handle) : 0;
  s.columns.clear();
  if (s.n_rows == 0) {
    const char* const why = s.calls.result_error(&s.result.handle);
    if (why && *why) throw InputError(Location{s.source}, first_part(why));
    return false;
  }
  for (Index i = 0; i < s.types.size(); ++i) s.columns.push_back(s.column_of(s.chunk.handle, i));
  return true;
}

std::size_t DuckDbRows::n_rows() const { return state_->n_rows; }

double DuckDbRows::number(std::size_t column, std::size_t row) const {
  const RawColumn& cells = state_->columns[column];
  if (!is_there(cells.validity, row)) return std::numeric_limits<double>::quiet_NaN();
  return state_->types[column] == duckdb::kDouble
             ? static_cast<const double*>(cells.data)[row]
             : static_cast<double>(static_cast<const std::int64_t*>(cells.data)[row]);
}

std::string DuckDbRows::text(std::size_t column, std::size_t row) const {
  const RawColumn& cells = state_->columns[column];
  if (!is_there(cells.validity, row)) return "";
  if (state_->types[column] == duckdb::kVarchar)
    return std::string(text_of(static_cast<const RawText*>(cells.data)[row]));
  if (state_->types[column] == duckdb::kBigint)
    return std::to_string(static_cast<const std::int64_t*>(cells.data)[row]);
  const double number = static_cast<const double*>(cells.data)[row];
  constexpr double kMostWhole = 1e15;
  if (std::isnan(number)) return "";
  const bool is_whole = number == std::trunc(number) && std::abs(number) < kMostWhole;
  return is_whole ? std::to_string(static_cast<std::int64_t>(number)) : shortest(number);
}

void DuckDbRows::mark_changes(std::size_t column, std::vector<char>& changes) const {
  const State& s = *state_;
  const RawColumn& cells = s.columns[column];
  if (s.types[column] == duckdb::kVarchar) {
    mark_where_cells_change<RawText>(cells, s.n_rows, changes);
  } else {
    mark_where_cells_change<std::uint64_t>(cells, s.n_rows, changes);
  }
  if (s.n_before == 0) {
    changes[0] = 1;
    return;
  }
  const RawColumn earlier = s.column_of(s.before.handle, column);
  const bool is_same = s.types[column] == duckdb::kVarchar
                           ? is_same_cell<RawText>(cells, 0, earlier, s.n_before - 1)
                           : is_same_cell<std::uint64_t>(cells, 0, earlier, s.n_before - 1);
  if (!is_same) changes[0] = 1;
}

std::optional<std::string> duckdb_version() {
  const Calls* const calls = duckdb::library().calls;
  return calls ? std::optional<std::string>(calls->library_version()) : std::nullopt;
}

std::string how_to_get_duckdb() {
  return "RUNG_DUCKDB=/path/to/libduckdb.so, or put it into ~/.cache/rung; it is in the npm "
         "package "
         "@duckdb/node-bindings-linux-x64@1.5.6-r.1 and in DuckDB's releases";
}

std::string sql_text(std::string_view text) { return quoted_by('\'', text); }
std::string sql_name(std::string_view name) { return quoted_by('"', name); }

}  // namespace rung
