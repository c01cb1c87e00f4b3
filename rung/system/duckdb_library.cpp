#include "rung/system/duckdb_library.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace rung::duckdb {
namespace {

constexpr const char* kFile = "libduckdb.so";

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

/// Where it may lie: only where the user says, or the system's places and Rung's own folder.
std::vector<std::string> candidates() {
  const std::string chosen = variable("RUNG_DUCKDB");
  if (!chosen.empty()) return {chosen};
  std::vector<std::string> paths = {kFile};
  const std::string cache = variable("XDG_CACHE_HOME"), home = variable("HOME");
  if (cache.starts_with('/')) {
    paths.push_back(cache + "/rung/" + kFile);
  } else if (!home.empty()) {
    paths.push_back(home + "/.cache/rung/" + kFile);
  }
  return paths;
}

template <class Function>
bool find_call(void* library, const char* name, Function& call) {
  call = reinterpret_cast<Function>(::dlsym(library, name));
  return call != nullptr;
}

/// False with the name of the function that is missing.
bool find_calls(void* library, Calls& calls, std::string& missing) {
#define RUNG_DUCKDB_CALL(type, name, parameters)          \
  if (!find_call(library, "duckdb_" #name, calls.name)) { \
    missing = "duckdb_" #name;                            \
    return false;                                         \
  }
  RUNG_DUCKDB_CALLS(RUNG_DUCKDB_CALL)
#undef RUNG_DUCKDB_CALL
  return true;
}

Library loaded() {
  static Calls calls;
  Library result;
  for (const std::string& path : candidates()) {
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      const char* const why = ::dlerror();
      result.problem += (result.problem.empty() ? "" : "; ") + std::string(why ? why : path);
      continue;
    }
    std::string missing;
    if (find_calls(library, calls, missing)) return {&calls, ""};
    result.problem = path + " is no DuckDB that is known here: it lacks " + missing;
    break;
  }
  return result;
}

}  // namespace

const Library& library() {
  static const Library kLibrary = loaded();
  return kLibrary;
}

}  // namespace rung::duckdb
