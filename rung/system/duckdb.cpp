#include "rung/system/duckdb.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/system/duckdb_library.hpp"

namespace rung {
namespace {

using duckdb::Calls;
using duckdb::Index;
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

/// Destroys what the C interface made, whatever happens.
template <class Handle>
class Owned {
 public:
  explicit Owned(void (*destroy)(Handle*)) : destroy_(destroy) {}
  ~Owned() { destroy_(&handle); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  Handle handle{};

 private:
  void (*destroy_)(Handle*);
};

bool is_there(const std::uint64_t* validity, Index row) {
  return !validity || ((validity[row / 64] >> (row % 64)) & 1) != 0;
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
    const RawText& text = from[row];
    if (!is_there(validity, row)) {
      to.emplace_back();
    } else {
      const std::uint32_t length = text.in_place.length;
      to.emplace_back(length <= RawText::kMostInPlace ? text.in_place.text : text.elsewhere.begin,
                      length);
    }
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
std::string first_part(const char* message) {
  std::string text = message ? message : "DuckDB gave no reason";
  text.resize(std::min(text.size(), text.find("\n\nLINE ")));
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
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

  /// Task by task, so that it can be stopped between them.
  void execute(const std::string& source, const std::string& sql, RawResult& result) {
    Owned<void*> prepared(calls.destroy_prepare), pending(calls.destroy_pending);
    if (calls.prepare(connection, sql.c_str(), &prepared.handle) != 0)
      throw InputError(Location{source}, first_part(calls.prepare_error(prepared.handle)));
    if (calls.pending_prepared(prepared.handle, &pending.handle) != 0)
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
  connection_->execute(source_, sql, result.handle);
  return columns_of(connection_->calls, result.handle);
}

void DuckDb::run(const std::string& sql) {
  Owned<RawResult> result(connection_->calls.destroy_result);
  connection_->execute(source_, sql, result.handle);
}

std::optional<std::string> duckdb_version() {
  const Calls* const calls = duckdb::library().calls;
  return calls ? std::optional<std::string>(calls->library_version()) : std::nullopt;
}

std::string how_to_get_duckdb() {
  return "RUNG_DUCKDB=/path/to/libduckdb.so, or put it into ~/.cache/rung; it is in the npm "
         "package "
         "@duckdb/node-bindings-linux-x64 and in DuckDB's releases";
}

std::string sql_text(std::string_view text) { return quoted_by('\'', text); }
std::string sql_name(std::string_view name) { return quoted_by('"', name); }

}  // namespace rung
