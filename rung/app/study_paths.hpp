#pragma once
/// Paths as study files write them: relative to the study, or "data:NAME/FILE" for a file of the
/// public results.

#include <filesystem>
#include <string>

#include "rung/core/error.hpp"
#include "rung/study/file.hpp"

namespace rung::app {

class StudyPaths {
 public:
  /// `data`: where public results lie; "": see help data-folders.
  StudyPaths(const StudyFile& study, std::filesystem::path data);

  /// The path that `written` means. `may_be_name`: what is no file stays as it is written.
  /// InputError at `where` for public results that are not here.
  std::string resolved(const std::string& written, bool may_be_name, const Location& where) const;

 private:
  std::string data_path(const std::string& written, const Location& where) const;

  std::filesystem::path folder_;  // of the study's file; empty for a built-in one
  std::filesystem::path data_;
};

}  // namespace rung::app
