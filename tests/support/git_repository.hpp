#pragma once
/// A git repository made on the spot, to clone from without a network.

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rung/system/process.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {

/// Commits the files (path, content) to a new repository in `folder`/repository; the address to
/// clone it from.
inline std::string make_git_repository(
    const TempFolder& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  const std::string repository = (folder.path() / "repository").string();
  for (const auto& [path, content] : files) folder.write("repository/" + path, content);
  const std::vector<std::vector<std::string>> steps = {
      {"init", "--quiet"},
      {"add", "."},
      {"-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "--quiet",
       "--no-gpg-sign", "-m", "All"}};
  for (const std::vector<std::string>& step : steps) {
    std::vector<std::string> words = {"-u",  "GIT_DIR", "-u",      "GIT_INDEX_FILE",
                                      "git", "-C",      repository};
    words.insert(words.end(), step.begin(), step.end());
    const auto result = run_process("env", words);
    if (!result || result->exit_status != 0) {
      throw std::runtime_error("git " + step.front() + ": " +
                               (result ? result->errors : "not found"));
    }
  }
  return "file://" + repository;
}

}  // namespace rung
