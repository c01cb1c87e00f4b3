#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {
namespace {

using ladder::Step2Result;

/// The panels of several configurations, one after the other.
Figure joined_figure(const std::vector<std::vector<Step2Result>>& by_config) {
  Figure figure = ladder::step2_figure(by_config.front());
  for (std::size_t i = 1; i < by_config.size(); ++i) {
    Figure next = ladder::step2_figure(by_config[i]);
    for (Panel& panel : next.panels) figure.panels.push_back(std::move(panel));
  }
  figure.n_columns = std::min<std::size_t>(4, figure.panels.size());
  return figure;
}

int step2_mc(CommandContext& context, const LadderOptions& options) {
  ladder::Step2Settings settings = step2_settings(options);
  settings.fixed_levels = true;
  std::vector<Wanted> wanted;
  for (const std::string& path : options.config_paths)
    wanted.push_back({path, {settings.points.x_metric, settings.points.y_metric}});
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  std::vector<std::vector<Step2Result>> by_config;
  std::vector<ladder::TaskReport> reports;
  Json json = Json::array();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    by_config.push_back(
        run_step2(inputs.ladders[i], inputs.tasks, settings, context.common.n_threads));
    for (const Step2Result& result : by_config.back()) {
      json.push_back(json_result(result));
      json.back()["config"] = wanted[i].config_path;
      reports.push_back(report_of(result));
    }
  }
  add_figure(context, [&] { return joined_figure(by_config); });
  return emit_reports(
      context, options,
      "Step 2 between chance and 1: " + std::string(metric_label(settings.points.y_metric)) +
          " from " + std::string(metric_label(settings.points.x_metric)),
      reports, true, std::move(json));
}

Action ladder_step2_mc(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options);
  add_ladder_metrics(command, *options, {"rc_bpb", "c4", "rc_soft_log"}, {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Fits step 2's sigmoid with its levels held at the task's chance and at 1, for each\n"
      "configuration that -c names.\n"
      "Results: task, fit, fitting_error, targets, config.");
  return [options](CommandContext& context) { return step2_mc(context, *options); };
}

}  // namespace

std::vector<Command> ladder_step2_mc_commands() {
  return {{.name = "ladder step2-mc",
           .summary = "step 2 between chance and 1, for several configurations",
           .group = "ladder",
           .place = 80,
           .declare = ladder_step2_mc,
           .has_figure = true}};
}

}  // namespace rung::app
