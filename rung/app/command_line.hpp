#pragma once
/// One command with its options declared: read the words, then run it.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "rung/app/commands.hpp"
#include "rung/app/context.hpp"

namespace rung::app {

class CommandLine {
 public:
  CommandLine(const Command& command, std::ostream& out, std::ostream& err);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// False where help was asked for. InputError for what the command can't take.
  bool parse(const std::vector<std::string>& arguments);
  std::string help() const { return app_.help(); }
  /// The exit status.
  int run();

  const Command& command() const { return command_; }
  const CLI::App& app() const { return app_; }
  CommandContext& context() { return context_; }

 private:
  const Command& command_;
  CLI::App app_;
  CommandContext context_;
  Action action_;
};

/// "--json", "-o" and so on.
std::vector<std::string> option_names(const CLI::App& app);

/// The published scripts write both --moving_avg and --config-path: either sign will do in every
/// option.
std::string with_known_spelling(const std::string& word, const std::vector<std::string>& known);

}  // namespace rung::app
