#include "rung/lm/run_folder.hpp"

#include "rung/lm/checkpoint.hpp"

namespace rung::lm {

namespace fs = std::filesystem;

RunFolder::RunFolder(const Settings& settings, const fs::path& folder, bool overwrites)
    : folder_(folder), was_there_(fs::exists(folder)) {
  std::error_code ignored;
  if (overwrites && fs::exists(folder / kSettingsFile)) {
    fs::remove_all(aside(), ignored);  // of one that was killed
    for (const char* file : {kSettingsFile, kMetricsFile, kStepsFile}) {
      if (fs::exists(folder / file)) replaced_.emplace_back(file);
    }
    for (const std::int64_t step : checkpoint_steps(folder))
      replaced_.push_back(fs::relative(checkpoint_path(folder, step), folder));
    for (const fs::path& path : replaced_) {
      fs::create_directories((aside() / path).parent_path(), ignored);
      fs::rename(folder / path, aside() / path, ignored);
    }
  }
  goes_on_ = prepare_folder(settings, folder);
}

void RunFolder::keep() {
  std::error_code ignored;
  if (!replaced_.empty()) fs::remove_all(aside(), ignored);
}

void RunFolder::undo_unless_begun() {
  const bool begun = fs::exists(folder_ / kStepsFile) || !checkpoint_steps(folder_).empty();
  if (goes_on_ || begun) return keep();
  std::error_code ignored;
  fs::remove(folder_ / kSettingsFile, ignored);
  for (const fs::path& path : replaced_) fs::rename(aside() / path, folder_ / path, ignored);
  keep();
  if (!was_there_) fs::remove_all(folder_, ignored);
}

}  // namespace rung::lm
