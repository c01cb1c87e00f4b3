#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {
namespace {

Answer step2(CommandContext& context, const LadderOptions& given) {
  const LadderOptions options = with_available_loss(context, given);
  ladder::Step2Settings settings = step2_settings(options);
  settings.test_runs = true;
  const Wanted wanted{single_config(options), {settings.points.x_metric, settings.points.y_metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  settings.points.moving_avg = average_within(context, options, inputs.ladders);
  note_all_points(context, options, inputs.ladders.front());
  const auto results = std::make_shared<const std::vector<ladder::Step2Result>>(
      run_step2(inputs.ladders.front(), inputs.tasks, settings, context.common.n_threads));
  Answer answer = step_answer(context, options, *results, settings.points.y_metric);
  answer.figure = [results] { return ladder::step2_figure(*results); };
  return answer;
}

Action ladder_step2(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options);
  add_ladder_metrics(command, *options, {"rc_bpb", "c4", "rc_soft_log", "loss"},
                     {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_free_top(command, *options);
  add_last_n_points(command, *options);
  add_save_fit(command, *options);
  add_level(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Fits a / (1 + exp(-k (L - x0))) + b to the checkpoints of the training runs and predicts "
      "the\n"
      "eval models at the loss that they really have. As published, the curve also goes by the\n"
      "point (0, 1): a task that ends below 1 needs its `maximum` in --tasks FILE, or\n"
      "--free-top.\n"
      "Results: task, fit, fitting_error, targets.");
  return [options](CommandContext& context) { return step2(context, *options); };
}

}  // namespace

std::vector<Command> ladder_step2_commands() {
  return {{.name = "ladder step2",
           .summary = "task accuracy from task loss",
           .example = "rung ladder step2 -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json -o step2.svg",
           .group = "ladder",
           .place = 20,
           .declare = ladder_step2,
           .has_figure = true}};
}

}  // namespace rung::app
