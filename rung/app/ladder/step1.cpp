#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {
namespace {

using ladder::Metric;
using ladder::Step1Result;

std::string heading_of(const std::vector<Step1Result>& results) {
  const Step1Result& first = results.front();
  const bool in_compute = first.settings.inputs == ladder::Step1Inputs::compute;
  return std::string(first.settings.single_step ? "Single step: " : "Step 1: ") +
         std::string(metric_label(first.metric)) + " from " +
         (in_compute ? "training compute" : "model size and tokens") + ", " +
         std::to_string(first.fit.n_points) + " runs";
}

}  // namespace

int run_step1_command(CommandContext& context, const LadderOptions& options,
                      ladder::Step1Settings settings) {
  const Metric metric = ladder::parse_metric(options.y_metric);
  const Wanted wanted{single_config(options), {metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::Ladder& runs = inputs.ladders.front();
  settings.points.metric = metric;
  settings.points.moving_avg = static_cast<std::size_t>(options.moving_avg);
  settings.level = options.level;
  const auto extra = extra_targets(options, inputs.catalogue, runs);

  const std::vector<Step1Result> results =
      run_step1(runs, inputs.tasks, settings, extra, context.common.n_threads);
  Json json = Json::array();
  for (const Step1Result& result : results) json.push_back(json_result(result));
  add_figure(context, [&] { return ladder::step1_figure(results); });
  return emit_reports(context, options, heading_of(results), ladder::reports_of(results), true,
                      std::move(json));
}

}  // namespace rung::app
