#pragma once
/// A study's steps as runs of commands, so that a study is what its commands make of their options.

#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rung/app/command_run.hpp"
#include "rung/study/file.hpp"

namespace rung::app {

/// What the command line says besides the study.
struct StudyWords {
  std::vector<std::string> options;  // replace the study's, in every step that has them
  std::filesystem::path data;        // where public results lie; "": see help data-folders
};

/// A step whose options are set.
class PreparedStep {
 public:
  const StudyStep* step = nullptr;
  std::unique_ptr<CommandRun> command;
  std::map<const Option*, const StudySetting*> settings;  // in force, from the file

  /// The exit status. InputError says where in the study a mistake stands, as far as that is known.
  int run() const;
  /// To be called once all options are set.
  void check() const;

 private:
  template <class Do>
  auto at_place(Do act) const;
};

/// Declares each step's command and gives it the settings: keys are names of options without the
/// dashes, or of positional arguments in small letters; file names are relative to the study, and
/// data:NAME/FILE is a file of the public results. InputError, with every problem, for what no
/// command knows or can take; nothing is run. `study` must outlive the result.
std::vector<PreparedStep> prepare_steps(const StudyFile& study, const StudyWords& words,
                                        std::ostream& err);

}  // namespace rung::app
