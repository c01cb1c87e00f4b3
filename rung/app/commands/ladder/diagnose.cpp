#include "rung/figure/ladder/diagnose.hpp"

#include <memory>
#include <set>

#include "rung/app/command.hpp"
#include "rung/app/ladder/combined.hpp"
#include "rung/app/ladder/run_inputs.hpp"
#include "rung/report/ladder/diagnose.hpp"

namespace rung::app {
namespace {

Answer diagnose(CommandContext& context, const LadderOptions& options) {
  const LadderInputs inputs = read_combined_inputs(context, options);
  const auto found = std::make_shared<const std::vector<ladder::TaskDiagnosis>>(ladder::diagnose(
      inputs.ladders.front(), inputs.tasks, {.n_threads = context.common.n_threads},
      extra_targets(context, options, inputs.catalogue, inputs.ladders.front())));
  std::set<std::string> of_two_chances;
  for (const ladder::TaskDiagnosis& task : *found) {
    if (task.other_chance) of_two_chances.insert(task.task.key);
  }
  note_chances(context, options, inputs.tasks, of_two_chances);
  warn_without_target(context, !found->front().targets.empty());
  Answer answer = ladder_answer(options, describe(*found));
  answer.figure = [found] { return ladder::diagnose_figure(*found); };
  return answer;
}

Action ladder_diagnose(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options, false);
  add_target_options(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Takes each training run away in turn: what the others say of its accuracy and its loss and\n"
      "whether these are off, how it moves the predictions (of rung ladder predict --method\n"
      "combined), and whether it tells more than guessing would.\n"
      "others: predicted from size and tokens. z of an accuracy is not off that, but off the "
      "curve\n"
      "of the others at the run's own loss (without losses: off their law of log accuracy).\n"
      "Results: task, runs, n_at_chance, notes, z_threshold, loss_z_threshold.");
  return [options](CommandContext& context) { return diagnose(context, *options); };
}

}  // namespace

std::vector<Command> ladder_diagnose_commands() {
  return {{.name = "ladder diagnose",
           .summary = "what each run does to the predictions, and which to mistrust",
           .example = "rung ladder diagnose -k v2_main -c published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 40,
           .declare = ladder_diagnose,
           .has_figure = true}};
}

}  // namespace rung::app
