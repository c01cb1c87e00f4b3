#include "rung/report/ladder/compare.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/heatmaps.hpp"

namespace rung::app {
namespace {

Answer compare(CommandContext& context, const LadderOptions& given) {
  using ladder::Metric;
  const LadderOptions options = with_published_ladder(given);
  const Metric accuracy = accuracy_metric(options), loss = loss_metric(options);
  const Wanted wanted{
      .config_path = single_config(options),
      .metrics = {accuracy},
      .optional_metrics = {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log, Metric::loss},
      .in_compute = true};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const auto result = std::make_shared<const ladder::ComparisonResult>(run_comparison(
      inputs.ladders.front(), inputs.tasks, accuracy, loss, context.common.n_threads));
  Answer answer = ladder_answer(options, describe(*result));
  answer.figure = [result] { return ladder::comparison_figure(*result); };
  return answer;
}

Action ladder_compare(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options, false);
  add_ladder_metrics(command, *options, {}, {"rc_acc", "mc_acc"});
  add_ladder_extras(command, *options);
  command.footer(
      "Predicts every eval model in each way with the settings it was published with: through\n"
      "task loss and C4 loss (--skip_perc 0.1 --moving_avg 5), through TaskCE (--skip_perc 0.5\n"
      "--use_log_sigmoid), from FLOPs alone and in a single step. Errors are against the mean of "
      "as\n"
      "many last checkpoints as each way averages over.\n"
      "Results: task, target, feature, absolute_error, relative_error.");
  return [options](CommandContext& context) { return compare(context, *options); };
}

}  // namespace

std::vector<Command> ladder_compare_commands() {
  return {{.name = "ladder compare",
           .summary = "the ways to predict side by side, with their errors",
           .example = "rung ladder compare -k v2_main -c published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 110,
           .declare = ladder_compare,
           .has_figure = true}};
}

}  // namespace rung::app
