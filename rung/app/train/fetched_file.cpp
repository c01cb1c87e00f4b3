#include "rung/app/train/fetched_file.hpp"

#include <filesystem>
#include <fstream>
#include <ostream>

#include "rung/core/error.hpp"
#include "rung/data/sources.hpp"
#include "rung/system/file.hpp"
#include "rung/system/http.hpp"

namespace rung::app {
namespace fs = std::filesystem;
namespace {

/// The last part of its path, behind a digest of all of it.
std::string cached_name(const std::string& url) {
  constexpr std::size_t kDigits = 16;
  const std::string path = url.substr(0, url.find_first_of("?#"));
  return sha256(url).substr(0, kDigits) + "-" + path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string fetched_file(CommandContext& context, const std::string& path_or_url) {
  if (path_or_url.find("://") == std::string::npos) return path_or_url;
  const fs::path cache = data_places_of_environment().cache;
  if (cache.empty())
    throw InputError("there is no cache folder: HOME is not set", "fetch the file by hand");
  const fs::path path = cache / "models" / cached_name(path_or_url);
  if (file_exists(path)) return path.string();
  context.err() << "fetching " << path_or_url << "\n";
  fs::create_directories(path.parent_path());
  const fs::path part = path.string() + ".part";
  std::ofstream file(part, std::ios::binary);
  const HttpResponse response = http_get(path_or_url, [&](std::string_view bytes) {
    if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())))
      throw std::runtime_error("can't write it");
  });
  file.close();
  if (!response.problem.empty() || !file) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw InputError("can't fetch " + path_or_url + ": " +
                         (file ? response.problem : "can't write " + part.string()),
                     "fetch it where there is a network, and name the file in place of the URL");
  }
  fs::rename(part, path);
  return path.string();
}

}  // namespace rung::app
