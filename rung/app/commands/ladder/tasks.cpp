#include "rung/report/ladder/tasks.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

Action ladder_tasks(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  command
      .add("--tasks", options->tasks_path,
           "a file of your own tasks, sets and model sizes (default: $RUNG_TASKS)")
      .value_name("FILE");
  command.footer(
      "-k of the ladder's commands takes a task's key or a set's name. docs/tasks.md says how to "
      "write your own.\nResults: key, name, metrics, chance, chance_is_assumed, maximum, "
      "n_examples;\n"
      "or set, tasks.");
  return [options](CommandContext& context) {
    return Answer(ladder::describe_tasks(read_catalogue(context, *options, false)));
  };
}

}  // namespace

std::vector<Command> ladder_tasks_commands() {
  return {{.name = "ladder tasks",
           .summary = "the tasks and sets that -k may name",
           .example = "rung ladder tasks",
           .group = "ladder",
           .place = 900,
           .declare = ladder_tasks}};
}

}  // namespace rung::app
