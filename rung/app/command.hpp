#pragma once
/// Commands as data: the help, the "did you mean" and the running of commands all come from their
/// list.
///
/// To add a command, write one file under rung/app/commands/: FOLDER/NAME.cpp defines
/// `std::vector<Command> FOLDER_NAME_commands()`, and CMake finds it (cmake/commands.cmake).

#include <functional>
#include <string>
#include <vector>

#include "rung/app/answer.hpp"
#include "rung/app/context.hpp"
#include "rung/core/options.hpp"

namespace rung::app {

/// Does the work. InputError is caught by the caller.
using Action = std::function<Answer(CommandContext&)>;

struct Command {
  std::string name;     // as typed: "ladder step1"
  std::string summary;  // one line
  std::string example;  // a command line to begin with, for the help: "rung fit runs.csv ..."
  std::string group;    // key of a CommandGroup
  int place = 0;        // in its group's list, ascending
  /// Declares the command's own options and says what to do once they are set. Fields that options
  /// are bound to must live in the action (a shared_ptr that it captures).
  Action (*declare)(Options& options) = nullptr;
  bool has_figure = false;     // takes -o/--output-path
  bool has_bootstrap = false;  // takes --bootstrap
  bool runs_others = false;    // passes the words that it doesn't know on to other commands
};

/// Commands that belong together under a first word ("ladder"), or a heading over single ones.
struct CommandGroup {
  std::string key;
  std::string heading;  // in the help: "Predict big models"
  std::string word;     // the shared first word; "" where each command is one word
  std::string summary;  // one line about the word
  std::vector<Command> commands;
};

const std::vector<CommandGroup>& command_groups();

struct FoundCommand {
  const Command* command = nullptr;  // null: none
  std::size_t n_words = 0;
};

/// The command with the longest name that `words` begin with.
FoundCommand find_command(const std::vector<std::string>& words);

}  // namespace rung::app
