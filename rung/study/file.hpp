#pragma once
/// A study as a file: which commands to run with which options. What the options mean is the
/// commands' own business (rung/app/study_steps.hpp).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"

namespace rung {

/// One key of a study: an option's name, and what it is set to.
struct StudySetting {
  std::string key;  // as written
  Location where;
  std::vector<std::string> values;  // as they would be typed; a list may have several or none
  std::optional<bool> flag;         // true or false, and then no values
  bool is_list = false;
  bool is_table = false;  // the value is a table of this file, and then no values
};

struct StudyStep {
  std::string command;  // "ladder predict"
  std::string title;    // may be empty
  Location where;       // of the command's name
  std::vector<StudySetting> settings;
};

struct StudyFile {
  std::string source;                // its path, or a built-in's
  std::string title;                 // may be empty
  std::vector<StudySetting> shared;  // of every step whose command has such an option
  std::vector<StudyStep> steps;      // one at least
};

/// InputError with line and column of `source` for bad TOML and for every key that is no setting.
StudyFile parse_study_file(std::string_view toml, const std::string& source);

/// A study that comes with Rung, from rung/study/files/NAME.toml.
struct BuiltinStudy {
  std::string_view name, path, text;
};

/// All of them, by name.
std::vector<BuiltinStudy> builtin_studies();
std::optional<BuiltinStudy> builtin_study(std::string_view name);

}  // namespace rung
