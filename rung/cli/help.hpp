#pragma once
/// What the program says about itself. Exact wording is checked by tests, so change both.

#include <string>
#include <vector>

#include "rung/app/command.hpp"

namespace rung::cli {

using namespace app;

/// `rung --help`: every command under its heading, on one screen.
std::string overview();

/// `rung ladder`: the commands that start with the word.
std::string group_help(const CommandGroup& group);

/// A text on a subject that is no command ("json", "exit-status"), or "" when there is none.
std::string topic_text(const std::string& topic);
std::vector<std::string> topic_names();

/// All that may follow "rung": the commands, and the words that begin several.
std::vector<std::string> command_words();

}  // namespace rung::cli
