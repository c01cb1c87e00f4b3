#include "rung/app/ladder/combined.hpp"

#include <memory>
#include <set>

#include "rung/app/ladder/run_inputs.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/ladder/combined.hpp"
#include "rung/report/ladder/combined.hpp"
#include "rung/study/ladder/combined.hpp"

namespace rung::app {
namespace {

using ladder::Metric;

/// The recipe's own: its backtest is not that of other settings.
void check_settings(const LadderOptions& options, Options& command) {
  for (const char* name : {"-x", "--moving_avg", "--skip_perc", "--last_n_points",
                           "--use_log_sigmoid", "--free-top", "--bootstrap"}) {
    const Option* option = command.find(name);
    if (option == nullptr || !option->is_set()) continue;
    throw InputError(std::string("--method combined takes no ") + name +
                         ": its settings are those "
                         "that its backtest was made with",
                     "leave it out, or take --method two-step");
  }
  if (options.y_metric != "rc_acc" && !options.y_metric.empty())
    throw InputError("--method combined predicts rc_acc, not " + options.y_metric);
  if (!options.step2_config_path.empty())
    throw InputError("--method combined takes both steps from the one configuration of -c");
}

/// Those whose chance a note or a mark of the prediction tells, beside another.
std::set<std::string> tasks_of_two_chances(const ladder::CombinedResult& result) {
  std::set<std::string> keys;
  for (const ladder::CombinedTask& task : result.tasks) {
    for (const ladder::CombinedTarget& target : task.targets)
      if (target.with_other_chance) keys.insert(task.task.key);
  }
  return keys;
}

}  // namespace

Wanted combined_wanted(const std::string& config_path) {
  return {.config_path = config_path,
          .metrics = {Metric::rc_acc},
          .optional_metrics = {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log, Metric::loss},
          .in_compute = true};
}

LadderInputs read_combined_inputs(CommandContext& context, const LadderOptions& options) {
  const Wanted wanted = combined_wanted(single_config(options));
  LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  note_uncounted(context, inputs.tasks);
  return inputs;
}

Answer predict_combined(CommandContext& context, const LadderOptions& options, Options& command) {
  check_settings(options, command);
  const LadderInputs inputs = read_combined_inputs(context, options);
  const auto result = std::make_shared<const ladder::CombinedResult>(ladder::run_combined(
      inputs.ladders.front(), inputs.tasks,
      {.level = options.level, .n_threads = context.common.n_threads},
      extra_targets(context, options, inputs.catalogue, inputs.ladders.front())));
  note_chances(context, options, inputs.tasks, tasks_of_two_chances(*result));
  warn_without_target(context, !result->tasks.front().targets.empty());
  Answer answer = ladder_answer(options, describe(*result));
  answer.figure = [result] { return ladder::combined_figure(*result); };
  return answer;
}

}  // namespace rung::app
