#include "rung/system/published.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/system/gzip.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "published:", kFolder = "rung/data/published/",
                           kPacked = ".gz";

struct PublishedFile {
  std::string name;  // "olmo-ladder/configs/final.json"
  std::string_view content;
  bool packed;
};

std::vector<PublishedFile> published_files() {
  std::vector<PublishedFile> files;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(kFolder)) continue;
    const bool packed = file.path.ends_with(kPacked);
    std::string_view name = file.path.substr(kFolder.size());
    if (packed) name.remove_suffix(kPacked.size());
    files.push_back({std::string(name), file.content, packed});
  }
  return files;
}

/// "published:olmo-ladder/./configs/" -> "olmo-ladder/configs".
std::string name_within(const fs::path& path) {
  if (!is_published(path)) return "";
  std::string name =
      fs::path(path.native().substr(kPrefix.size())).lexically_normal().generic_string();
  if (name.ends_with('/')) name.pop_back();
  return name;
}

}  // namespace

bool is_published(const fs::path& path) { return path.native().starts_with(kPrefix); }

std::string read_published(const fs::path& path) {
  const std::string wanted = name_within(path);
  std::vector<std::string> names;
  for (const PublishedFile& file : published_files()) {
    if (file.name != wanted) {
      names.push_back(std::string(kPrefix) + file.name);
      continue;
    }
    return file.packed ? gunzip(file.content, path.string()) : std::string(file.content);
  }
  const std::string near = did_you_mean(path.string(), names);
  throw InputError(Location{path.string()}, "no such table ships with rung",
                   near.empty() ? "'rung data list' says which data sets do" : near);
}

bool published_file_exists(const fs::path& path) {
  const std::string wanted = name_within(path);
  const auto files = published_files();
  return std::any_of(files.begin(), files.end(),
                     [&](const PublishedFile& file) { return file.name == wanted; });
}

bool published_folder_exists(const fs::path& path) {
  const std::string inside = name_within(path) + "/";
  const auto files = published_files();
  return std::any_of(files.begin(), files.end(),
                     [&](const PublishedFile& file) { return file.name.starts_with(inside); });
}

}  // namespace rung
