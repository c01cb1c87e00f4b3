#pragma once
/// What a command's options say of themselves, as help, as a manual page and for a shell to
/// complete.

#include <string>

#include "rung/app/command_run.hpp"

namespace rung::app {

/// In 80 columns.
std::string help_text(const CommandRun& run);
/// A page for man(1).
std::string manual_page(const CommandRun& run);
/// The page of the program itself: its commands.
std::string manual_page();

/// A script that completes commands, options and their choices: "bash" or "zsh".
std::string completion_script(const std::string& shell);

}  // namespace rung::app
