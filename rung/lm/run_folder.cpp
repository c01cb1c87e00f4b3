#include "rung/lm/run_folder.hpp"

#include <map>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/system/file.hpp"
#include "rung/system/file_set.hpp"

namespace rung::lm {

namespace fs = std::filesystem;

namespace {

/// Settings as they are written, by "[table] key".
std::map<std::string, std::string> values_of(const std::string& toml) {
  std::map<std::string, std::string> values;
  std::string table;
  for (const std::string& line : split(toml, '\n')) {
    const std::string_view text = trimmed(line);
    const std::size_t equals = text.find('=');
    if (text.starts_with('[')) table = std::string(text) + " ";
    if (text.empty() || text.front() == '[' || text.front() == '#') continue;
    if (equals != std::string_view::npos)
      values[table + std::string(trimmed(text.substr(0, equals)))] =
          trimmed(text.substr(equals + 1));
  }
  return values;
}

/// Each setting that differs; "" where none does.
std::string difference(const std::string& before, const std::string& now) {
  constexpr std::size_t kMost = 4;
  const auto there = values_of(before), here = values_of(now);
  std::set<std::string> keys;
  for (const auto* values : {&there, &here}) {
    for (const auto& [key, value] : *values) keys.insert(key);
  }
  std::vector<std::string> words;
  for (const std::string& key : keys) {
    const auto old = there.find(key), is = here.find(key);
    if (old != there.end() && is != here.end() && old->second == is->second) continue;
    words.push_back(key +
                    (old == there.end() ? " is not set there" : " = " + old->second + " there") +
                    ", " + (is == here.end() ? "not set" : is->second) + " here");
  }
  if (words.size() > kMost) {
    const std::size_t n_more = words.size() - kMost;
    words.resize(kMost);
    words.push_back(std::to_string(n_more) + " more");
  }
  return join(words, "; ");
}

}  // namespace

bool prepare_folder(const Settings& settings, const fs::path& folder) {
  const fs::path path = folder / kSettingsFile;
  const std::string text = toml_of(settings);
  if (file_exists(path)) {
    const std::string differs = difference(read_file(path), text);
    if (differs.empty()) return true;
    throw InputError(Location{path.string()}, "a run with other settings is there: " + differs,
                     "another --name, or --save_overwrite to begin anew");
  }
  FileSet files;
  files.add(path, text);
  files.commit();
  return false;
}

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

bool RunFolder::undo_unless_begun() {
  const bool begun = fs::exists(folder_ / kStepsFile) || !checkpoint_steps(folder_).empty();
  if (begun) keep();
  if (begun || goes_on_) return false;
  std::error_code ignored;
  fs::remove(folder_ / kSettingsFile, ignored);
  put_back();
  if (!was_there_) fs::remove_all(folder_, ignored);
  return true;
}

}  // namespace rung::lm
