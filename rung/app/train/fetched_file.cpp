#include "rung/app/train/fetched_file.hpp"

#include <filesystem>
#include <optional>
#include <ostream>

#include "rung/core/error.hpp"
#include "rung/data/sources.hpp"
#include "rung/system/file.hpp"
#include "rung/system/http.hpp"
#include "rung/system/streamed_file.hpp"

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
  StreamedFile file(path);
  std::optional<InputError> unwritten;
  const HttpResponse response = http_get(path_or_url, [&](std::string_view bytes) {
    try {
      file.write(bytes);
    } catch (const InputError& error) {
      unwritten = error;
      throw;
    }
  });
  if (unwritten) throw *unwritten;
  if (!response.problem.empty())
    throw InputError("can't fetch " + path_or_url + ": " + response.problem,
                     "fetch it where there is a network, and name the file in place of the URL");
  file.commit();
  return path.string();
}

}  // namespace rung::app
