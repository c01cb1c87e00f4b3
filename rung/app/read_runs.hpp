#pragma once
/// Runs as they were logged, for commands that look at them.

#include <optional>
#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/data/run.hpp"

namespace rung::app {

struct LoggedInputs {
  std::vector<std::string> sources;  // files and folders
  std::string pattern;               // of run names
  std::string facts_path;
  std::optional<double> batch_tokens;
  bool is_growing = false;  // a last line that is half written is none yet
};

/// What `rung import` makes of them. Warnings and what was decided on the way go to standard error.
std::vector<Run> read_logged_runs(CommandContext& context, const LoggedInputs& input);

}  // namespace rung::app
