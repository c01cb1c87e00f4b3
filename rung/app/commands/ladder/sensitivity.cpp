#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/heatmaps.hpp"
#include "rung/report/ladder_studies.hpp"

namespace rung::app {
namespace {

using ladder::Metric;

int sensitivity(CommandContext& context, LadderOptions options) {
  if (options.keys.empty()) options.keys = {"v2_main"};
  if (options.config_paths.empty()) options.config_paths = {published_config("final.json")};
  const ladder::ChainSettings settings = chain_settings(context, options);
  const Wanted wanted{
      single_config(options),
      {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log, settings.step2.points.y_metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::SensitivityResult result =
      run_sensitivity(inputs.ladders.front(), inputs.tasks, settings);
  add_figure(context, [&] { return ladder::sensitivity_figure(result); });
  std::string text, latex;
  for (const std::string& target : targets_of(result)) {
    const TextTable table = sensitivity_table(result, target);
    text += table.text() + "\n";
    latex += table.latex();
  }
  for (const std::string& note : result.notes) text += "note: " + note + "\n";
  emit_tables(context, options, {text, sensitivity_rows(result).csv(), json_results(result)},
              latex);
  return kUsable;
}

Action ladder_sensitivity(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  options->moving_avg = 5;
  options->skip_perc = 0.1;
  add_ladder_inputs(command, *options, false);
  add_ladder_metrics(command, *options, {}, {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
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
           .group = "ladder",
           .place = 120,
           .declare = ladder_sensitivity,
           .has_figure = true}};
}

}  // namespace rung::app
