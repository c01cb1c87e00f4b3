#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/app/ladder/run_inputs.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {
namespace {

using ByConfig = std::vector<ladder::Step2OfConfig>;

Answer step2_mc(CommandContext& context, const LadderOptions& given) {
  const LadderOptions options = with_available_loss(context, given);
  ladder::Step2Settings settings = step2_settings(options);
  settings.test_runs = true;
  settings.fixed_levels = true;
  std::vector<std::string> configs = options.config_paths;
  if (configs.size() < 2 || !options.from_runs.logged.sources.empty())
    configs = {single_config(options)};
  std::vector<Wanted> wanted;
  for (const std::string& path : configs)
    wanted.push_back({path, {settings.points.x_metric, settings.points.y_metric}});
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  settings.points.moving_avg = average_within(context, options, inputs.ladders);
  note_chances(context, options, inputs.tasks);
  ByConfig found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    found.push_back({wanted[i].config_path, run_step2(inputs.ladders[i], inputs.tasks, settings,
                                                      context.common.n_threads)});
  }
  const auto by_config = std::make_shared<const ByConfig>(std::move(found));
  Answer answer = prediction_answer(context, options, *by_config);
  answer.figure = [by_config] { return ladder::step2_figure(*by_config); };
  return answer;
}

Action ladder_step2_mc(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options);
  add_ladder_metrics(command, *options, {"rc_bpb", "c4", "rc_soft_log", "loss"},
                     {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_level(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Fits step 2's sigmoid with its levels held at the task's chance and at its maximum\n"
      "(1 where --tasks says none), for each configuration that -c names.\n"
      "Results: task, fit, fitting_error, targets, config.");
  return [options](CommandContext& context) { return step2_mc(context, *options); };
}

}  // namespace

std::vector<Command> ladder_step2_mc_commands() {
  return {{.name = "ladder step2-mc",
           .summary = "step 2 between chance and the maximum, for several configurations",
           .example = "rung ladder step2-mc -k arc_challenge_test_5shot -c config.json -y mc_acc",
           .group = "ladder",
           .place = 80,
           .declare = ladder_step2_mc,
           .has_figure = true}};
}

}  // namespace rung::app
