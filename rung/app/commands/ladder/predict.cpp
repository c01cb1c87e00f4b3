#include <CLI/CLI.hpp>
#include <memory>

#include "rung/app/commands.hpp"
#include "rung/app/commands/ladder/combined.hpp"
#include "rung/app/commands/ladder/common.hpp"
#include "rung/figure/ladder.hpp"

namespace rung::app {
namespace {

using ladder::ChainResult;
using ladder::Ladder;

struct PredictOptions {
  LadderOptions ladder;
  std::string method = "two-step";
};

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

Action ladder_predict(CLI::App& app) {
  const auto options = std::make_shared<PredictOptions>();
  add_ladder_inputs(app, options->ladder);
  add_step2_config(app, options->ladder);
  add_ladder_metrics(app, options->ladder, {"rc_bpb", "c4", "rc_soft_log"}, {"rc_acc", "mc_acc"});
  add_step2_options(app, options->ladder);
  add_last_n_points(app, options->ladder);
  add_target_options(app, options->ladder);
  app.add_option("--method", options->method, "how to predict")
      ->type_name("")
      ->check(CLI::IsMember({"two-step", "combined"}));
  add_ladder_extras(app, options->ladder);
  app.footer(
      "Fits step 1 (loss from size and tokens) and step 2 (accuracy from loss), and chains them.\n"
      "Results: task, fits {step1, step2}, targets. The intervals are a bootstrap over runs.\n"
      "--method combined averages nine ways of predicting by settings of its own, and says how\n"
      "far it errs inside the ladder. Results: task, method, targets, backtest_error, members.");
  return [options](CommandContext& context) {
    if (options->method == "combined") return predict_combined(context, options->ladder);
    return run_predict_command(context, options->ladder, ladder::Step1Inputs::params_and_tokens);
  };
}

}  // namespace rung::app
