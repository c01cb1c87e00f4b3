#pragma once
/// Data files that are compiled into the library (cmake/embed.cmake writes the definition).

#include <span>
#include <string_view>

namespace rung {

struct EmbeddedFile {
  std::string_view path;  // relative to the project's folder: "rung/study/ladder/tasks/sets.toml"
  std::string_view content;
};

/// All of them, in the order of their paths.
std::span<const EmbeddedFile> embedded_files();

}  // namespace rung
