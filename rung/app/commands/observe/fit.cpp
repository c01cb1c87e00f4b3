#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/fit_options.hpp"
#include "rung/figure/observe/prediction.hpp"
#include "rung/report/observe/prediction.hpp"

namespace rung::app {
namespace {

struct FitCommand {
  FitOptions options;
  std::string picture = "fits";
  bool logits = false;
};

Answer fit(CommandContext& context, const FitCommand& given) {
  const ReadModels read = read_models(given.options.inputs, MetricsFor::fits, context);
  const auto found = std::make_shared<const observational::Predictions>(
      run_predictions(read.models, prediction_request(given.options, read, context)));
  for (const std::string& warning : found->warnings) context.warn(warning);
  Answer answer(describe(*found));
  answer.figure = [found, picture = given.picture, logits = given.logits] {
    if (picture == "weights") return weights_figure(*found);
    if (picture == "errors") return errors_figure(*found);
    return prediction_figure(*found, {.logits = logits});
  };
  return answer;
}

Action observe_fit(Options& command) {
  const auto given = std::make_shared<FitCommand>();
  add_model_inputs(command, given->options.inputs);
  add_metric_options(command, given->options);
  add_split_options(command, given->options);
  add_reference_options(command, given->options);
  add_component_options(command, given->options.impute, given->options.pca);
  command.add("--picture", given->picture, "fits, weights (of benchmarks) or errors (test MSE)")
      .choices({"fits", "weights", "errors"});
  command.add_flag("--logits", given->logits, "the metric's logit upwards");
  command.footer(
      "Components are learnt from the models that are learnt from. Intervals hold models of\n"
      "families like those learnt from: each is refitted on resampled families, from imputation\n"
      "on, and its reach calibrated on families that a refit has not seen.\n"
      "Results, one a metric and predictor: metric, x, fit, train {n, mse, mae, r2, …}, test,\n"
      "held_out, predictions [{model, split, actual, predicted, interval}], formula,\n"
      "equivalent_scale, benchmark_weights; CSV has a row a prediction.");
  return [given, &command](CommandContext& context) {
    warn_of_idle_options(command, given->options, context);
    return fit(context, *given);
  };
}

}  // namespace

std::vector<Command> observe_fit_commands() {
  return {
      {.name = "observe fit",
       .summary = "a metric from size, compute or components, learnt on small models",
       .example =
           "rung observe fit --downstream emergent --y word_unscrambling_2_exact_match --x pc:3",
       .group = "observe",
       .place = 30,
       .declare = observe_fit,
       .has_figure = true,
       .has_bootstrap = true}};
}

}  // namespace rung::app
