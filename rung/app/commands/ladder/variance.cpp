#include "rung/figure/ladder/variance.hpp"

#include <filesystem>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/report/ladder/variance.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct VarianceOptions {
  LadderOptions ladder;
  std::string prediction_config, prediction_step2_config;
};

/// The file that was asked for, else the one of this name beside -c.
std::string beside(const std::string& config, const std::string& asked, const char* name,
                   const char* option) {
  if (!asked.empty()) return asked;
  const std::filesystem::path path = std::filesystem::path(config).parent_path() / name;
  if (file_exists(path)) return path.string();
  throw InputError(
      "--run_prediction needs a ladder to predict from, and there is no " + path.string(),
      std::string("name one with ") + option);
}

Answer variance(CommandContext& context, const VarianceOptions& asked) {
  const LadderOptions& options = asked.ladder;
  ladder::VarianceSettings settings;
  settings.loss = predicted_loss(options);
  settings.last_n_points = static_cast<std::size_t>(options.last_n_points);
  const std::vector<ladder::Metric> metrics = {settings.loss, settings.accuracy};
  const std::string config = single_config(options);
  std::vector<Wanted> wanted = {{config, metrics}};
  if (options.run_prediction) {
    wanted.push_back(
        {beside(config, asked.prediction_config, "final.json", "--prediction-config"), metrics});
    wanted.push_back({beside(config, asked.prediction_step2_config, "final_7b_only.json",
                             "--prediction-step2-config"),
                      metrics});
  }
  if (!options.run_prediction && options.moving_avg > 1)
    context.note(
        "--moving_avg changes nothing without --run_prediction: spreads are of checkpoints");
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  const auto results = std::make_shared<std::vector<ladder::VarianceResult>>(
      run_variance(settings, inputs.ladders.front(), inputs.tasks));
  if (const ladder::VarianceResult& first = results->front(); first.spans_the_run())
    context.warn("the last " + std::to_string(first.n_last()) + " checkpoints are spread over " +
                 percent(first.share_of_run(), 0) +
                 " of the run: they differ by its course, too, not by noise alone (--last_n_points "
                 "takes fewer)");
  if (options.run_prediction) add_prediction_errors(inputs.ladders[1], inputs.ladders[2], *results);
  Answer answer = ladder_answer(options, describe(*results));
  answer.figure = [results] { return ladder::variance_figure(*results); };
  return answer;
}

Action ladder_variance(Options& command) {
  const auto options = std::make_shared<VarianceOptions>();
  add_ladder_inputs(command, options->ladder);
  add_ladder_metrics(command, options->ladder, {}, {"rc_bpb", "c4", "rc_soft_log", "loss"});
  add_variance_options(command, options->ladder);
  command
      .add("--prediction-config", options->prediction_config,
           "ladder of --run_prediction (default: final.json beside -c)")
      .needs("--run_prediction")
      .value_name("FILE");
  command
      .add("--prediction-step2-config", options->prediction_step2_config,
           "its step 2 and its target (default: final_7b_only.json beside -c)")
      .needs("--run_prediction")
      .value_name("FILE");
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Standard deviations over a run's last checkpoints, of the loss that -y names and of "
      "accuracy.\n"
      "Results: task, loss_sd, loss_relative_sd, accuracy_sd, accuracy_relative_sd, pearson, "
      "p_value,\n"
      "relative_error {loss, accuracy, chained}, doubts (of the spread, and of the prediction).\n"
      "loss_noise and accuracy_noise are what is left of a spread beside a trend, which fewer than "
      "7\n"
      "checkpoints do not show (too_few_for_trend).");
  return [options](CommandContext& context) { return variance(context, *options); };
}

}  // namespace

std::vector<Command> ladder_variance_commands() {
  return {
      {.name = "ladder variance",
       .summary = "how noisy the last checkpoints are, beside the prediction's errors",
       .example =
           "rung ladder variance -k v2_main -c published:olmo-ladder/configs/final_variance.json",
       .group = "ladder",
       .place = 90,
       .declare = ladder_variance,
       .has_figure = true}};
}

}  // namespace rung::app
