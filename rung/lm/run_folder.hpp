#pragma once
/// The folder of a training run, made ready so that what fails before a first step leaves nothing
/// of itself and takes nothing away.

#include <filesystem>
#include <vector>

#include "rung/lm/trainer.hpp"

namespace rung::lm {

/// Makes the run's folder with its settings. A folder that has those settings already is that
/// run's, and goes on; one with others is refused. True where the run goes on.
bool prepare_folder(const Settings& settings, const std::filesystem::path& folder);

/// As long as neither kept nor undone, what a run there had written lies aside.
class RunFolder {
 public:
  /// As prepare_folder(), with the InputErrors of that; `overwrites`: a run that is there is first
  /// laid aside, all that a run of ours writes and nothing else.
  RunFolder(const Settings& settings, const std::filesystem::path& folder, bool overwrites);

  /// A run with these settings is there already, and goes on.
  bool goes_on() const { return goes_on_; }

  /// After training: what lay aside goes.
  void keep();
  /// After a failure: where no step was logged and no checkpoint written, the folder is again as it
  /// was; else as keep(). True where it is as it was.
  bool undo_unless_begun();

 private:
  void put_back();
  std::filesystem::path aside() const { return folder_ / ".replaced"; }

  std::filesystem::path folder_;
  bool was_there_ = false, goes_on_ = false;
  std::vector<std::filesystem::path> replaced_;  // relative to the folder
};

}  // namespace rung::lm
