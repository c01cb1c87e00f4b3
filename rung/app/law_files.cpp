#include "rung/app/law_files.hpp"

#include <algorithm>
#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace fs = std::filesystem;

std::vector<std::string> law_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
      if (entry.path().extension() == ".toml") inside.push_back(entry.path().string());
    }
    if (inside.empty()) throw InputError(Location{path}, "has no law file", "NAME.toml, one a law");
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

LawCatalogue read_laws(const std::vector<std::string>& paths) {
  LawCatalogue laws;
  std::vector<Problem> problems;
  for (const std::string& file : law_files(paths)) {
    try {
      laws.add(read_file(file), file);
    } catch (const InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return laws;
}

}  // namespace rung::app
