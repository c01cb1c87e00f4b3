#pragma once
/// The ladder's configuration file (docs/ladder.md).

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "rung/data/ladder.hpp"

namespace rung::ladder {

/// InputError with every problem: what is no JSON, two entries of one name, a missing or unknown
/// key, a value of the wrong kind, a path that leads nowhere or stands there twice.
Config read_config(const std::filesystem::path& path);

/// The same for a text already read; `file` is where it stands, or would stand.
Config parse_config(std::string_view text, const std::filesystem::path& file);

/// "TABLE#RUN", one of the runs of a table; any other path is a file whose `run` is "".
struct RunOfTable {
  std::filesystem::path file;
  std::string run;
};
RunOfTable run_of_table(const std::filesystem::path& path);

/// A path as a configuration in `folder` writes it: tried as it stands, then its longest tail that
/// exists under `folder` or one of that folder's parents. Absent when nothing is found.
std::optional<std::filesystem::path> resolve_path(const std::filesystem::path& written,
                                                  const std::filesystem::path& folder);

}  // namespace rung::ladder
