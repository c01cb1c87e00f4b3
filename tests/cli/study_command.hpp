#pragma once
/// `rung study` beside the commands that it runs.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Works in a folder until this goes.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::filesystem::path& folder) {
    std::filesystem::current_path(folder);
  }
  ~WorkingFolder() { std::filesystem::current_path(before_); }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

/// Works in a folder, where there is no public data but what ships, until this goes.
struct FreshMachine {
  explicit FreshMachine(const std::filesystem::path& folder)
      : working(folder), cache("XDG_CACHE_HOME", folder.string()) {}
  WorkingFolder working;
  EnvironmentValue chosen{"RUNG_DATA", std::nullopt}, cache;
};

inline Json results_of(Words words) {
  words.insert(words.end(), {"--json", "-"});
  const Ran ran = run_rung(words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  return ran.status == 0 ? Json::parse(ran.out)["results"] : Json();
}

/// The results of commands as a study would number them.
inline Json numbered_results(const std::vector<Words>& commands) {
  Json all = Json::array();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    for (Json result : results_of(commands[i])) {
      result["step"] = i + 1;
      all.push_back(std::move(result));
    }
  }
  return all;
}

}  // namespace rung::cli
