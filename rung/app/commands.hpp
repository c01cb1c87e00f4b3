#pragma once
/// Every command in one table: the help, the "did you mean" and the running of commands all come
/// from it.
///
/// To add a command: write `Action NAME(CLI::App& app)` in a file of its own, declare it here, add
/// its line in commands.cpp.

#include <functional>
#include <string>
#include <vector>

#include "rung/app/context.hpp"

namespace CLI {
class App;
}

namespace rung::app {

/// Does the work and returns an exit status. InputError is caught by the caller.
using Action = std::function<int(CommandContext&)>;

struct Command {
  std::string name;     // as typed: "ladder step1"
  std::string summary;  // one line
  /// Declares the command's own options and says what to do once they are read. Variables that
  /// options write to must live in the action (a shared_ptr it captures).
  Action (*declare)(CLI::App& app);
  bool has_figure = false;     // takes -o/--output-path
  bool has_bootstrap = false;  // takes --bootstrap
  bool runs_others = false;    // passes the words that it doesn't know on to other commands
};

/// Commands that belong together under a first word ("ladder"), or a heading over single ones.
struct CommandGroup {
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

Action data_list(CLI::App& app);
Action data_get(CLI::App& app);
Action demo(CLI::App& app);
Action allocate(CLI::App& app);
Action backtest(CLI::App& app);
Action fit(CLI::App& app);
Action hardware(CLI::App& app);
Action plan_runs(CLI::App& app);
Action predict(CLI::App& app);
Action doctor(CLI::App& app);
Action laws(CLI::App& app);
Action ladder_compare(CLI::App& app);
Action ladder_compute_error(CLI::App& app);
Action ladder_extrapolate_d(CLI::App& app);
Action ladder_extrapolate_n(CLI::App& app);
Action ladder_diagnose(CLI::App& app);
Action ladder_predict(CLI::App& app);
Action ladder_predict_flops(CLI::App& app);
Action ladder_sensitivity(CLI::App& app);
Action ladder_single_step(CLI::App& app);
Action ladder_step1(CLI::App& app);
Action ladder_step1_flops(CLI::App& app);
Action ladder_step2(CLI::App& app);
Action overtraining_budget(CLI::App& app);
Action overtraining_correlation(CLI::App& app);
Action overtraining_cost(CLI::App& app);
Action overtraining_explore(CLI::App& app);
Action overtraining_figure1(CLI::App& app);
Action overtraining_fit(CLI::App& app);
Action overtraining_table(CLI::App& app);
Action overtraining_tasks(CLI::App& app);
Action overtraining_tokens(CLI::App& app);
Action ladder_step2_mc(CLI::App& app);
Action ladder_variance(CLI::App& app);
Action study_list(CLI::App& app);
Action study_run(CLI::App& app);
Action study_show(CLI::App& app);

}  // namespace rung::app
