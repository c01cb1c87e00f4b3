#include "rung/report/ladder/configuration.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/run_inputs.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/run_table.hpp"
#include "rung/report/table_rows.hpp"
#include "rung/study/ladder/chance.hpp"

namespace rung::app {
namespace {

struct ConfigurationCommand {
  LadderOptions ladder;
  std::string output;
};

/// "mine" of "mine.json".
std::string stem_of(const std::string& path) {
  if (!path.ends_with(".json"))
    throw InputError("-o '" + path + "': a configuration's name ends in .json");
  return path.substr(0, path.size() - 5);
}

Answer write_configuration(CommandContext& context, const ConfigurationCommand& given) {
  const std::string stem = stem_of(given.output);
  const std::string table = stem + ".csv", tasks = stem + ".toml";
  ladder::LoggedLadder logged = read_logged_ladder(context, given.ladder);
  const ladder::Catalogue catalogue = read_catalogue(context, given.ladder);
  tell_questions(context, catalogue, logged);
  take_chances(catalogue, logged.ladder, logged.tasks);
  note_chances(context, given.ladder, logged.tasks);
  std::vector<std::string> keys;
  for (const ladder::Task& task : logged.tasks) keys.push_back(task.key);
  Answer answer(ladder::describe_configuration(
      logged.ladder, "rung ladder predict -c " + given.output + " --tasks " + tasks + " -k " +
                         join(keys, " ") + " -x " +
                         std::string(ladder::metric_name(loss_metric(given.ladder)))));
  const std::vector<Run> runs(logged.ladder.runs.begin(), logged.ladder.runs.end());
  // The table stands beside the configuration, which names it by its last part.
  answer.files = {
      {given.output, ladder::configuration_text(logged.ladder, table.substr(table.rfind('/') + 1))},
      {table, csv_text(table_of_checkpoints(runs, table))},
      {tasks, ladder::tasks_text(logged.tasks)}};
  return answer;
}

Action ladder_configuration(Options& command) {
  const auto given = std::make_shared<ConfigurationCommand>();
  add_run_options(command, given->ladder.from_runs);
  command.add("-o,--output", given->output, "the configuration; table and tasks are put beside it")
      .required()
      .value_name("FILE.json")
      .writes();
  command.footer(
      "Writes what the ladder's commands make of RUNS as files to edit: FILE.json, which says\n"
      "what each run is there for, FILE.csv with the runs and FILE.toml with the tasks.\n"
      "Results, one a run: model, mode, n_params, n_tokens, n_checkpoints.");
  return [given](CommandContext& context) { return write_configuration(context, *given); };
}

}  // namespace

std::vector<Command> ladder_configuration_commands() {
  return {{.name = "ladder configuration",
           .summary = "a configuration from runs as they were logged",
           .example = "rung ladder configuration runs.csv --loss c4 --accuracy hellaswag_acc_norm "
                      "-o ladder.json",
           .group = "ladder",
           .place = 190,
           .declare = ladder_configuration}};
}

}  // namespace rung::app
