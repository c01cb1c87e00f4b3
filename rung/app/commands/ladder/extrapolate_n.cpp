#include "rung/figure/ladder/extrapolate_n.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/report/ladder_studies.hpp"

namespace rung::app {
namespace {

using ladder::ExtrapolateNResult;

struct Settings {
  LadderOptions ladder;
  ladder::ExtrapolateNSettings settings;
};

int extrapolate(CommandContext& context, const Settings& options) {
  ladder::ExtrapolateNSettings settings = options.settings;
  settings.metric = ladder::parse_metric(options.ladder.y_metric);
  settings.level = options.ladder.level;
  const Wanted wanted{single_config(options.ladder), {settings.metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options.ladder, {&wanted, 1});
  std::vector<ExtrapolateNResult> results;
  Json json = Json::array();
  // C4 loss is the same whatever the task.
  const std::size_t n_tasks = settings.metric == ladder::Metric::c4 ? 1 : inputs.tasks.size();
  for (std::size_t t = 0; t < n_tasks; ++t) {
    results.push_back(extrapolate_n(inputs.ladders.front(), inputs.tasks[t], settings));
    json.push_back(json_result(results.back()));
  }
  add_figure(context, [&] { return ladder::extrapolation_figure(results); });
  const TextTable table = extrapolation_table(results);
  std::string text =
      std::string(metric_label(settings.metric)) + " from smaller models\n\n" + table.text();
  for (const ExtrapolateNResult& result : results) {
    if (result.mean_error && result.at.size() > 1)
      text += result.task.name + ": " + percent(*result.mean_error) + " off on average\n";
  }
  emit_tables(context, options.ladder, {text, table.csv(), std::move(json)}, table.latex());
  return kUsable;
}

Action ladder_extrapolate_n(Options& command) {
  const auto options = std::make_shared<Settings>();
  add_ladder_inputs(command, options->ladder, true, false);
  add_ladder_metrics(command, options->ladder, {}, {"c4", "rc_bpb", "rc_soft_log"});
  command
      .add("-d,--d", options->settings.n_tokens,
           "at so many tokens (default: at all that three sizes reach)")
      .value_name("D")
      .range(1.0, 1e30);
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Fits a N^b + c through the training models' losses at the same number of tokens (of a "
      "model's\n"
      "runs the longest) and predicts the eval models there.\n"
      "Results: task, metric, mean_error, at [{d, fit, targets}].");
  return [options](CommandContext& context) { return extrapolate(context, *options); };
}

}  // namespace

std::vector<Command> ladder_extrapolate_n_commands() {
  return {{.name = "ladder extrapolate-n",
           .summary = "a model's loss from smaller ones at the same tokens",
           .group = "ladder",
           .place = 140,
           .declare = ladder_extrapolate_n,
           .has_figure = true}};
}

}  // namespace rung::app
