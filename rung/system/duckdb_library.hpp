#pragma once
/// The few functions of DuckDB's C interface that are called here, declared by hand: DuckDB
/// promises that they stay as they are.

#include <cstdint>
#include <string>

namespace rung::duckdb {

using State = int;  // 0: well
using Index = std::uint64_t;

/// What a query gave; all but `internal` is there for older programs.
struct RawResult {
  Index n_columns, n_rows, n_changed;
  void* columns;
  char* error;
  void* internal;
};

/// A text in a vector: up to 12 bytes in place, longer ones elsewhere.
union RawText {
  static constexpr std::uint32_t kMostInPlace = 12;
  struct {
    std::uint32_t length;
    char text[kMostInPlace];
  } in_place;
  struct {
    std::uint32_t length;
    char prefix[4];
    const char* begin;
  } elsewhere;
};
static_assert(sizeof(RawText) == 16);

enum Pending { kReady = 0, kNotReady = 1, kFailed = 2, kNoTasks = 3 };
enum Type { kBigint = 5, kDouble = 11, kVarchar = 17 };

#define RUNG_DUCKDB_CALLS(CALL)                                          \
  CALL(const char*, library_version, ())                                 \
  CALL(State, create_config, (void** config))                            \
  CALL(State, set_config, (void* config, const char*, const char*))      \
  CALL(void, destroy_config, (void** config))                            \
  CALL(State, open_ext, (const char*, void** database, void*, char**))   \
  CALL(void, close, (void** database))                                   \
  CALL(State, connect, (void* database, void** connection))              \
  CALL(void, disconnect, (void** connection))                            \
  CALL(State, prepare, (void* connection, const char*, void** prepared)) \
  CALL(const char*, prepare_error, (void* prepared))                     \
  CALL(void, destroy_prepare, (void** prepared))                         \
  CALL(State, pending_prepared, (void* prepared, void** pending))        \
  CALL(State, pending_prepared_streaming, (void* prepared, void**))      \
  CALL(int, pending_execute_task, (void* pending))                       \
  CALL(const char*, pending_error, (void* pending))                      \
  CALL(State, execute_pending, (void* pending, RawResult*))              \
  CALL(void, destroy_pending, (void** pending))                          \
  CALL(const char*, result_error, (RawResult*))                          \
  CALL(Index, column_count, (RawResult*))                                \
  CALL(const char*, column_name, (RawResult*, Index))                    \
  CALL(int, column_type, (RawResult*, Index))                            \
  CALL(void*, fetch_chunk, (RawResult))                                  \
  CALL(Index, data_chunk_get_size, (void* chunk))                        \
  CALL(void*, data_chunk_get_vector, (void* chunk, Index))               \
  CALL(void, destroy_data_chunk, (void** chunk))                         \
  CALL(void*, vector_get_data, (void* vector))                           \
  CALL(std::uint64_t*, vector_get_validity, (void* vector))              \
  CALL(void, destroy_result, (RawResult*))                               \
  CALL(void, free, (void*))

struct Calls {
#define RUNG_DUCKDB_CALL(type, name, parameters) type(*name) parameters = nullptr;
  RUNG_DUCKDB_CALLS(RUNG_DUCKDB_CALL)
#undef RUNG_DUCKDB_CALL
};

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

/// A column's cells as they stand in a chunk.
struct RawColumn {
  const void* data;
  const std::uint64_t* validity;
};

/// The library, loaded once; `calls` is null where there is none, and then `problem` says what was
/// tried.
struct Library {
  const Calls* calls = nullptr;
  std::string problem;
};
const Library& library();

}  // namespace rung::duckdb
