#include "rung/report/ladder/sensitivity.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/heatmaps.hpp"

namespace rung::app {
namespace {

Answer sensitivity(CommandContext& context, const LadderOptions& given) {
  using ladder::Metric;
  const LadderOptions options = with_published_ladder(given);
  ladder::ChainSettings settings = chain_settings(context, options);
  const ladder::Step2Options& points = settings.step2.points;
  const Wanted wanted{.config_path = single_config(options),
                      .metrics = {points.x_metric, points.y_metric},
                      .optional_metrics = {Metric::c4, Metric::rc_soft_log, Metric::loss},
                      .in_compute = true};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::Ladder& runs = inputs.ladders.front();
  settings.step1.points.moving_avg = settings.step2.points.moving_avg =
      average_within(context, options, inputs.ladders);
  const auto result = std::make_shared<const ladder::SensitivityResult>(run_sensitivity(
      runs, inputs.tasks, settings, extra_targets(context, options, inputs.catalogue, runs)));
  Answer answer = ladder_answer(options, describe(*result));
  answer.figure = [result] { return ladder::sensitivity_figure(*result); };
  return answer;
}

Action ladder_sensitivity(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  options->moving_avg = 5;
  options->skip_perc = 0.1;
  add_ladder_inputs(command, *options);
  add_ladder_metrics(command, *options, {}, {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_target_options(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Makes one choice at a time differently from the published prediction: how N is counted, "
      "which\n"
      "sizes are in, the average over checkpoints, the law, the Huber delta, the feature.\n"
      "Results: choice, meaning, task, target, actual, predicted, change, relative_error.");
  return [options](CommandContext& context) { return sensitivity(context, *options); };
}

}  // namespace

std::vector<Command> ladder_sensitivity_commands() {
  return {{.name = "ladder sensitivity",
           .summary = "how far predictions move with choices that data do not make",
           .example = "rung ladder sensitivity -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 120,
           .declare = ladder_sensitivity,
           .has_figure = true}};
}

}  // namespace rung::app
