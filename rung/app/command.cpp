#include "rung/app/command.hpp"

#include <algorithm>
#include <stdexcept>

#include "rung/core/text.hpp"

namespace rung::app {

// cmake/commands.cmake writes the list: one RUNG_COMMANDS(stem) for each file in
// rung/app/commands/.
#define RUNG_COMMANDS(stem) std::vector<Command> stem##_commands();
#include "rung/app/commands.inc"
#undef RUNG_COMMANDS

namespace {

constexpr std::size_t kMostCommandWords = 3;

std::vector<CommandGroup> empty_groups() {
  return {
      {"predict", "Predict big models from small ones", "", "", {}},
      {"ladder",
       "The ladder, step by step",
       "ladder",
       "task accuracy of big models from a ladder of small runs",
       {}},
      {"overtraining",
       "Over-training and downstream error",
       "overtraining",
       "loss from compute and tokens per parameter, error from loss, on a testbed of 104 models",
       {}},
      {"observe",
       "Observational laws from public benchmarks",
       "observe",
       "capability measures from public models' benchmark scores, and what they predict",
       {}},
      {"table", "Any table, any law", "", "", {}},
      {"model", "Model configurations", "model", "sizes, counts and FLOPs of models", {}},
      {"train", "Train and evaluate", "", "", {}},
      {"launch", "Ladders as jobs", "launch", "a ladder's rungs as jobs, here or by Slurm", {}},
      {"study", "Studies as files", "study", "every analysis as a file to copy and edit", {}},
      {"data", "Data", "data", "public results to fit and to check against", {}},
      {"program", "This program", "", "", {}},
  };
}

std::vector<CommandGroup> listed_groups() {
  std::vector<CommandGroup> groups = empty_groups();
  const auto add = [&](std::vector<Command> commands) {
    for (Command& command : commands) {
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const CommandGroup& each) {
        return each.key == command.group;
      });
      if (group == groups.end())
        throw std::logic_error(command.name + ": no group of commands '" + command.group + "'");
      group->commands.push_back(std::move(command));
    }
  };
#define RUNG_COMMANDS(stem) add(stem##_commands());
#include "rung/app/commands.inc"
#undef RUNG_COMMANDS
  for (CommandGroup& group : groups) {
    std::stable_sort(group.commands.begin(), group.commands.end(),
                     [](const Command& a, const Command& b) { return a.place < b.place; });
  }
  std::erase_if(groups, [](const CommandGroup& group) { return group.commands.empty(); });
  return groups;
}

}  // namespace

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> kGroups = listed_groups();
  return kGroups;
}

FoundCommand find_command(const std::vector<std::string>& words) {
  for (std::size_t n = std::min(kMostCommandWords, words.size()); n > 0; --n) {
    const std::string name =
        join(std::vector<std::string>(words.begin(), words.begin() + static_cast<long>(n)), " ");
    for (const CommandGroup& group : command_groups()) {
      for (const Command& command : group.commands) {
        if (command.name == name) return {&command, n};
      }
    }
  }
  return {};
}

}  // namespace rung::app
