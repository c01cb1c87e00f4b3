#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/heatmaps.hpp"
#include "rung/report/ladder_studies.hpp"

namespace rung::app {
namespace {

using ladder::Metric;

int compare(CommandContext& context, LadderOptions options) {
  if (options.keys.empty()) options.keys = {"v2_main"};
  if (options.config_paths.empty()) options.config_paths = {published_config("final.json")};
  const Metric accuracy = ladder::parse_metric(options.y_metric);
  const Wanted wanted{single_config(options),
                      {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log, accuracy}};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::ComparisonResult result =
      run_comparison(inputs.ladders.front(), inputs.tasks, accuracy, context.common.n_threads);
  add_figure(context, [&] { return ladder::comparison_figure(result); });
  std::string text, latex;
  for (const std::string& target : targets_of(result)) {
    for (const bool relative : {false, true}) {
      const TextTable table = comparison_table(result, target, relative);
      text += table.text() + "\n";
      latex += table.latex();
    }
  }
  for (const std::string& note : result.notes) text += "note: " + note + "\n";
  emit_tables(context, options, {text, comparison_rows(result).csv(), json_results(result)}, latex);
  return kUsable;
}

Action ladder_compare(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options, false);
  add_ladder_metrics(command, *options, {}, {"rc_acc", "mc_acc"});
  add_ladder_extras(command, *options);
  command.footer(
      "Predicts every eval model in each way with the settings it was published with: through\n"
      "task loss and C4 loss (--skip_perc 0.1 --moving_avg 5), through TaskCE (--skip_perc 0.5\n"
      "--use_log_sigmoid), from FLOPs alone and in a single step.\n"
      "Results: task, target, feature, absolute_error, relative_error.");
  return [options](CommandContext& context) { return compare(context, *options); };
}

}  // namespace

std::vector<Command> ladder_compare_commands() {
  return {{.name = "ladder compare",
           .summary = "the ways to predict side by side, with their errors",
           .group = "ladder",
           .place = 110,
           .declare = ladder_compare,
           .has_figure = true}};
}

}  // namespace rung::app
