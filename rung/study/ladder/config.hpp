#pragma once
/// The ladder's configuration file: which runs belong to which model, and what each model is for.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/error.hpp"

namespace rung::ladder {

enum class Mode {
  train,  // the fit sees it
  eval,   // a target: it is predicted and compared
};

/// One entry. The entry "external" is no model of the ladder: its files are JSON objects (column
/// name to value), each a point of step 2.
struct ModelConfig {
  std::string name;  // "7B-4T", unique
  Location where;
  std::vector<std::filesystem::path> paths;  // resolved
  Mode mode = Mode::train;
  double n_params = 0;                    // without the embedding; 0 for "external"
  std::optional<double> flops_per_token;  // "flops"
  std::string label;                      // the name where the file gives none
  std::string color;                      // as written; may be empty

  bool is_external() const { return name == "external"; }
};

struct Config {
  std::filesystem::path file;
  std::vector<ModelConfig> models;  // in the file's order
};

/// InputError with every problem: what is no JSON, two entries of one name, a missing or unknown
/// key, a value of the wrong kind, a path that leads nowhere or stands there twice.
Config read_config(const std::filesystem::path& path);

/// The same for a text already read; `file` is where it stands, or would stand.
Config parse_config(std::string text, const std::filesystem::path& file);

/// A path as a configuration in `folder` writes it: tried as it stands, then its longest tail that
/// exists under `folder` or one of that folder's parents. Absent when nothing is found.
std::optional<std::filesystem::path> resolve_path(const std::filesystem::path& written,
                                                  const std::filesystem::path& folder);

}  // namespace rung::ladder
