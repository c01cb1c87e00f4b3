#include "rung/lm/run_folder.hpp"

#include "rung/core/error.hpp"
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
  }
  try {
    for (const fs::path& path : replaced_) {
      fs::create_directories((aside() / path).parent_path());
      fs::rename(folder / path, aside() / path);
    }
    goes_on_ = prepare_folder(settings, folder);
  } catch (const fs::filesystem_error& error) {
    put_back();
    throw InputError(Location{folder.string()},
                     "can't lay the run aside: " + error.code().message());
  } catch (...) {
    put_back();
    throw;
  }
}

void RunFolder::keep() {
  std::error_code ignored;
  fs::remove_all(aside(), ignored);
}

void RunFolder::put_back() {
  if (replaced_.empty()) return;
  std::error_code ignored;
  for (const fs::path& path : replaced_) {
    if (fs::exists(aside() / path)) fs::rename(aside() / path, folder_ / path, ignored);
  }
  keep();
}

void RunFolder::undo_unless_begun() {
  const bool begun = fs::exists(folder_ / kStepsFile) || !checkpoint_steps(folder_).empty();
  if (begun) return keep();
  if (goes_on_) return;
  std::error_code ignored;
  fs::remove(folder_ / kSettingsFile, ignored);
  put_back();
  if (!was_there_) fs::remove_all(folder_, ignored);
}

}  // namespace rung::lm
