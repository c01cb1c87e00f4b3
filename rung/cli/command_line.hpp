#pragma once
/// From the words of a command line to a command's options, by CLI11: the only file that knows it.

#include <string>
#include <vector>

#include "rung/app/command_run.hpp"

namespace rung::cli {

/// Sets the options that the words name. False where help was asked for. InputError for what the
/// command can't take.
bool set_from_words(app::CommandRun& run, const std::vector<std::string>& words);

}  // namespace rung::cli
