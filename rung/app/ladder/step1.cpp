#include <memory>

#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {

void add_step1_options(Options& command, LadderOptions& options,
                       const std::vector<std::string>& y_metrics) {
  add_ladder_inputs(command, options);
  add_ladder_metrics(command, options, {}, y_metrics);
  add_target_options(command, options);
  add_save_fit(command, options);
  add_level(command, options);
  add_ladder_extras(command, options);
}

Answer step1_answer(CommandContext& context, const LadderOptions& options,
                    ladder::Step1Settings settings) {
  settings.points.metric = settings.single_step ? accuracy_metric(options) : step1_metric(options);
  settings.level = options.level;
  settings.test_runs = true;
  const Wanted wanted{.config_path = single_config(options),
                      .metrics = {settings.points.metric},
                      .in_compute = settings.inputs == ladder::Step1Inputs::compute};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::Ladder& runs = inputs.ladders.front();
  settings.points.moving_avg = average_within(context, options, inputs.ladders);
  const auto results = std::make_shared<const std::vector<ladder::Step1Result>>(
      run_step1(runs, inputs.tasks, settings,
                extra_targets(context, options, inputs.catalogue, runs), context.common.n_threads));
  Answer answer = step_answer(context, options, *results, settings.points.metric, inputs.shared_by);
  answer.figure = [results] { return ladder::step1_figure(*results); };
  return answer;
}

}  // namespace rung::app
