#include <memory>

#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {

void add_chain_options(Options& command, LadderOptions& options) {
  add_ladder_inputs(command, options);
  add_step2_config(command, options);
  add_ladder_metrics(command, options, {"rc_bpb", "c4", "rc_soft_log", "loss"},
                     {"rc_acc", "mc_acc"});
  add_step2_options(command, options);
  add_free_top(command, options);
  add_last_n_points(command, options);
  add_target_options(command, options);
  add_cluster(command, options);
  add_level(command, options);
}

Answer chain_answer(CommandContext& context, const LadderOptions& given,
                    ladder::Step1Inputs step1_inputs) {
  const LadderOptions options = with_available_loss(context, given);
  ladder::ChainSettings settings = chain_settings(context, options);
  settings.step1.test_runs = settings.step2.test_runs = true;
  settings.step1.inputs = step1_inputs;
  const ladder::Step2Options& points = settings.step2.points;
  const std::string step1_path = single_config(options);
  const std::string& step2_path =
      options.step2_config_path.empty() ? step1_path : options.step2_config_path;
  const bool in_compute = step1_inputs == ladder::Step1Inputs::compute;
  // Step 2's runs have step 1's targets among them.
  const Wanted wanted[] = {
      {.config_path = step1_path, .metrics = {points.x_metric}, .in_compute = in_compute},
      {.config_path = step2_path,
       .metrics = {points.x_metric, points.y_metric},
       .in_compute = in_compute}};
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  settings.step1.points.moving_avg = settings.step2.points.moving_avg =
      average_within(context, options, inputs.ladders);
  const ladder::Ladder &step1_runs = inputs.ladders[0], &step2_runs = inputs.ladders[1];
  const auto results = std::make_shared<const std::vector<ladder::ChainResult>>(
      run_chain(step1_runs, step2_runs, inputs.tasks, settings,
                extra_targets(context, options, inputs.catalogue, step1_runs)));
  note_all_points(context, options, step2_runs);
  const bool has_target = !results->front().targets.empty();
  warn_without_target(context, has_target);
  Answer answer = prediction_answer(context, options, *results);
  answer.document.usable = answer.document.usable && has_target;
  answer.figure = [results] {
    return results->size() == 1 ? ladder::task_figure(results->front())
                                : ladder::chain_figure(*results);
  };
  return answer;
}

}  // namespace rung::app
