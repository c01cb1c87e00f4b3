#include "rung/system/file_error.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"

namespace rung {
namespace fs = std::filesystem;

void fail_at(const fs::path& path, const std::string& what, int error, std::string hint) {
  throw InputError(Location{path == "-" ? "" : path.string()},
                   what + ": " + std::generic_category().message(error), std::move(hint));
}

std::string hint_for_missing(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return "there is no folder '" + folder.string() + "'";
  std::vector<std::string> names;
  fs::directory_iterator entry(folder, ignored);
  while (!ignored && entry != fs::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(ignored);
  }
  std::sort(names.begin(), names.end());
  return did_you_mean(path.filename().string(), names);
}

}  // namespace rung
