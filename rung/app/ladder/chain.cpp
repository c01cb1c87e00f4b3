#include "rung/app/ladder/common.hpp"
#include "rung/figure/ladder/steps.hpp"

namespace rung::app {
namespace {

using ladder::ChainResult;
using ladder::Ladder;

std::string heading_of(const std::vector<ChainResult>& results) {
  const ladder::Step2Options& points = results.front().step2.settings.points;
  const bool in_compute = results.front().step1.settings.inputs == ladder::Step1Inputs::compute;
  return std::string(metric_label(points.y_metric)) + " from " +
         (in_compute ? "training compute" : "model size and tokens") + " through " +
         std::string(metric_label(points.x_metric)) + ", " +
         std::to_string(results.front().step1.fit.n_points) + " runs";
}

}  // namespace

int run_predict_command(CommandContext& context, const LadderOptions& options,
                        ladder::Step1Inputs step1_inputs) {
  ladder::ChainSettings settings = chain_settings(context, options);
  settings.step1.inputs = step1_inputs;
  const ladder::Step2Options& points = settings.step2.points;
  const std::string step1_path = single_config(options);
  const std::string& step2_path =
      options.step2_config_path.empty() ? step1_path : options.step2_config_path;
  const Wanted wanted[] = {{step1_path, {points.x_metric}},
                           {step2_path, {points.x_metric, points.y_metric}}};
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  const Ladder &step1_runs = inputs.ladders[0], &step2_runs = inputs.ladders[1];
  const std::vector<ChainResult> results =
      run_chain(step1_runs, step2_runs, inputs.tasks, settings,
                extra_targets(options, inputs.catalogue, step1_runs));

  Json json = Json::array();
  for (const ChainResult& result : results) json.push_back(json_result(result));
  add_figure(context, [&] {
    return results.size() == 1 ? ladder::task_figure(results.front())
                               : ladder::chain_figure(results);
  });
  return emit_reports(context, options, heading_of(results), ladder::reports_of(results), false,
                      std::move(json));
}

}  // namespace rung::app
