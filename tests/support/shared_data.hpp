#pragma once
/// The read-only material beside the project, which tests use where it is there.

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace rung {

/// $RUNG_SHARED/relative, by default ../shared/relative beside the project; absent when there is no
/// such path.
inline std::optional<std::filesystem::path> shared_path(const char* relative) {
  const char* given = std::getenv("RUNG_SHARED");
  const std::filesystem::path root =
      given ? std::filesystem::path(given)
            : std::filesystem::path(RUNG_SOURCE_DIR).parent_path() / "shared";
  const std::filesystem::path path = root / relative;
  return std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

}  // namespace rung
