// A folder of an over-training testbed from arbitrary text, its six files parted by lines of
// "====": nothing but InputError, or models that have every loss and every task, and tasks that are
// known.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/testbed.hpp"

namespace {

namespace fs = std::filesystem;

constexpr const char* kFiles[] = {"models/c4-d=96_l=8_h=4-1.0.json",
                                  "evals/evaluation_c4-d=96_l=8_h=4-1.0_heavy.json",
                                  "models/rpj-d=96_l=8_h=4-2.json",
                                  "evals/evaluation_rpj-d=96_l=8_h=4-2_heavy.json",
                                  "eval_metadata.csv",
                                  "grid.json"};
constexpr std::string_view kParting = "\n====\n";

/// A folder of this process, which is gone when it ends.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("rung-testbed-fuzz-" + std::to_string(::getpid()));

  Folder() {
    fs::create_directories(path / "models");
    fs::create_directories(path / "evals");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

/// Opening files takes longest here: only those are written that differ from the last time's.
void write_files(const fs::path& folder, std::string_view text) {
  static std::optional<std::string> written[std::size(kFiles)];
  for (std::size_t i = 0; i < std::size(kFiles); ++i) {
    const std::string_view part = text.substr(0, text.find(kParting));
    text.remove_prefix(std::min(text.size(), part.size() + kParting.size()));
    if (written[i] == part) continue;
    std::ofstream(folder / kFiles[i], std::ios::binary) << part;
    written[i] = part;
  }
}

void check(const rung::Testbed& testbed) {
  if (testbed.models.size() != 2) std::abort();
  for (const rung::TestbedModel& model : testbed.models) {
    if (model.losses.size() != testbed.loss_sets.size()) std::abort();
    if (model.accuracies.size() != testbed.tasks.size()) std::abort();
  }
  for (const std::string& task : testbed.tasks) testbed.task_info(task);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Folder folder;
  write_files(folder.path, {reinterpret_cast<const char*>(bytes), size});
  std::optional<rung::Testbed> testbed;
  try {
    testbed = rung::read_testbed(folder.path, 1);
  } catch (const rung::InputError&) {
  }
  if (testbed) check(*testbed);
  return 0;
}
