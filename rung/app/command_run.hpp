#pragma once
/// One run of one command: its options, to be set from words, a study file or elsewhere, and then
/// its work.

#include <iosfwd>
#include <string>
#include <vector>

#include "rung/app/command.hpp"
#include "rung/app/context.hpp"
#include "rung/core/options.hpp"

namespace rung::app {

/// The heading of the options that every command has.
inline constexpr const char* kCommonGroup = "Options of every command";

class CommandRun {
 public:
  /// Warnings go to `err`, results to `out`.
  CommandRun(const Command& command, std::ostream& out, std::ostream& err);
  CommandRun(const CommandRun&) = delete;
  CommandRun& operator=(const CommandRun&) = delete;

  const Command& command() const { return command_; }
  Options& options() { return options_; }
  const Options& options() const { return options_; }
  CommandContext& context() { return context_; }

  /// To be called once all options are set. InputError for what the command can't take, and for
  /// outputs that could not be written.
  void check();
  /// The exit status.
  int run() { return context_.emit(action_(context_)); }

 private:
  const Command& command_;
  CommandContext context_;
  Options options_;
  Action action_;
};

}  // namespace rung::app
