#include "rung/figure/ladder/variance.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/report/ladder_studies.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

using ladder::Metric;
using ladder::VarianceResult;

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

const ladder::Feature& feature_of(Metric loss) {
  const auto& all = ladder::features();
  return *std::find_if(all.begin(), all.end(),
                       [&](const ladder::Feature& feature) { return feature.through == loss; });
}

std::optional<double> error_of(const std::vector<ladder::TargetPrediction>& targets,
                               const std::string& name) {
  for (const ladder::TargetPrediction& target : targets) {
    if (target.target.name == name) return target.relative_error();
  }
  return {};
}

/// Errors at the eval model of the second configuration, with the loss's published settings.
void add_errors(const LadderInputs& inputs, Metric accuracy, std::vector<VarianceResult>& results) {
  const ladder::Ladder &runs = inputs.ladders[1], &step2_runs = inputs.ladders[2];
  const auto target =
      std::find_if(step2_runs.runs.begin(), step2_runs.runs.end(),
                   [](const ladder::LadderRun& run) { return run.mode == ladder::Mode::eval; });
  if (target == step2_runs.runs.end())
    throw InputError("the configuration of --prediction-step2-config has no eval model");
  const ladder::ChainSettings settings =
      chain_settings(feature_of(results.front().settings.loss), accuracy);
  const auto chains = run_chain(runs, step2_runs, inputs.tasks, settings);
  for (std::size_t t = 0; t < results.size(); ++t) {
    results[t].errors = {error_of(chains[t].step1.targets, target->model),
                         error_of(chains[t].step2.targets, target->model),
                         error_of(chains[t].targets, target->model)};
  }
}

int variance(CommandContext& context, const VarianceOptions& asked) {
  const LadderOptions& options = asked.ladder;
  ladder::VarianceSettings settings;
  settings.loss = ladder::parse_metric(options.y_metric);
  settings.last_n_points = static_cast<std::size_t>(options.last_n_points);
  const std::vector<Metric> metrics = {settings.loss, settings.accuracy};
  const std::string config = single_config(options);
  std::vector<Wanted> wanted = {{config, metrics}};
  if (options.run_prediction) {
    wanted.push_back(
        {beside(config, asked.prediction_config, "final.json", "--prediction-config"), metrics});
    wanted.push_back({beside(config, asked.prediction_step2_config, "final_7b_only.json",
                             "--prediction-step2-config"),
                      metrics});
  }
  const LadderInputs inputs = read_ladder_inputs(context, options, wanted);
  std::vector<VarianceResult> results;
  for (const ladder::Task& task : inputs.tasks)
    results.push_back(run_variance(inputs.ladders.front(), task, settings));
  if (options.run_prediction) add_errors(inputs, settings.accuracy, results);
  add_figure(context, [&] { return ladder::variance_figure(results); });
  const TextTable table = variance_table(results), correlations = correlation_table(results);
  const std::string text = "Spread over the last " + std::to_string(settings.last_n_points) +
                           " checkpoints of " + results.front().model + "\n\n" + table.text() +
                           "\nPearson's r (p value) between columns, over the tasks\n\n" +
                           correlations.text();
  emit_tables(context, options, {text, table.csv(), json_results(results)},
              table.latex() + correlations.latex());
  return kUsable;
}

Action ladder_variance(Options& command) {
  const auto options = std::make_shared<VarianceOptions>();
  add_ladder_inputs(command, options->ladder);
  add_ladder_metrics(command, options->ladder, {}, {"rc_bpb", "c4", "rc_soft_log"});
  add_variance_options(command, options->ladder);
  command
      .add("--prediction-config", options->prediction_config,
           "ladder of --run_prediction (default: final.json beside -c)")
      .value_name("FILE");
  command
      .add("--prediction-step2-config", options->prediction_step2_config,
           "its step 2 and its target (default: final_7b_only.json beside -c)")
      .value_name("FILE");
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Standard deviations over a run's last checkpoints, of the loss that -y names and of "
      "accuracy.\n"
      "Results: task, loss_sd, loss_relative_sd, accuracy_sd, accuracy_relative_sd, pearson, "
      "p_value,\n"
      "relative_error {loss, accuracy, chained}.");
  return [options](CommandContext& context) { return variance(context, *options); };
}

}  // namespace

std::vector<Command> ladder_variance_commands() {
  return {{.name = "ladder variance",
           .summary = "how noisy the last checkpoints are, beside the prediction's errors",
           .group = "ladder",
           .place = 90,
           .declare = ladder_variance,
           .has_figure = true}};
}

}  // namespace rung::app
