#include "rung/app/study_paths.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "rung/data/sources.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDataPrefix = "data:";

bool is_builtin(const StudyFile& study) {
  const auto studies = builtin_studies();
  return std::any_of(studies.begin(), studies.end(),
                     [&](const BuiltinStudy& builtin) { return builtin.path == study.source; });
}

/// The file within the public results, given where those lie or empty.
std::string path_within(const std::string& written, const fs::path& data) {
  const std::size_t slash = std::min(written.find('/'), written.size());
  const std::string name = written.substr(0, slash);
  const DataSource& source = data_source(name);
  const auto folder =
      data.empty() ? data_folder(source, data_places_of_environment()) : data_within(source, data);
  if (!folder) {
    throw InputError(fmt::format("the public results '{}' are not in {}", name, data.string()),
                     fmt::format("bring them with 'rung data get {}', or leave --data out", name));
  }
  const fs::path path =
      (*folder / fs::path(written.substr(std::min(slash + 1, written.size())))).lexically_normal();
  if (!path_exists(path)) throw InputError("there is no " + path.string());
  return path.string();
}

}  // namespace

StudyPaths::StudyPaths(const StudyFile& study, fs::path data)
    : folder_(is_builtin(study) ? fs::path() : fs::path(study.source).parent_path()),
      data_(std::move(data)) {}

std::string StudyPaths::resolved(const std::string& written, bool may_be_name,
                                 const Location& where) const {
  if (written.starts_with(kDataPrefix)) return data_path(written.substr(kDataPrefix.size()), where);
  const fs::path path = folder_ / written;
  if (written == "-" || (may_be_name && !fs::exists(path))) return written;
  return path.lexically_normal().string();
}

std::string StudyPaths::data_path(const std::string& written, const Location& where) const {
  try {
    return path_within(written, data_);
  } catch (const InputError& error) {
    const Problem& first = error.problems().front();
    if (!first.location.file.empty()) throw;
    throw InputError(where, first.message, first.hint);
  }
}

}  // namespace rung::app
