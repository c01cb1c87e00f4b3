#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/fit_options.hpp"
#include "rung/figure/observe/comparison.hpp"
#include "rung/report/observe/comparison.hpp"

namespace rung::app {
namespace {

Answer compare(CommandContext& context, const FitOptions& given) {
  const ReadModels read = read_models(given.inputs, MetricsFor::fits, context);
  const observational::PredictionRequest request = prediction_request(given, read, context);
  const auto found = std::make_shared<const observational::PredictorComparison>(
      run_comparison(read.models, request, context.common.n_threads));
  for (const std::string& warning : found->warnings) context.warn(warning);
  Answer answer(describe(*found));
  answer.figure = [found, titles = request.titles] { return comparison_figure(*found, titles); };
  return answer;
}

Action observe_compare(Options& command) {
  const auto given = std::make_shared<FitOptions>();
  given->x = {"size", "flops", "pc:1", "pc:2", "pc:3", "skills:1", "skills:2", "irt:1", "irt:2"};
  add_model_inputs(command, given->inputs);
  add_metric_options(command, *given);
  add_component_options(command, given->impute, given->pca);
  command.footer(
      "Each family is predicted from all the others. skills:N are abilities that follow from\n"
      "family, size and tokens (a latent-skill model with intercepts by family); irt:N those of\n"
      "single models, from an item response model of the benchmarks, which needs no imputation.\n"
      "Results, one a predictor: x, metrics {metric: {n_models, mse}}, geometric_mean.");
  return [given, &command](CommandContext& context) {
    warn_of_idle_options(command, *given, context);
    return compare(context, *given);
  };
}

}  // namespace

std::vector<Command> observe_compare_commands() {
  return {
      {.name = "observe compare",
       .summary = "size, compute, components, latent skills: error on families left out",
       .example = "rung observe compare --downstream emergent --y word_unscrambling_2_exact_match",
       .group = "observe",
       .place = 50,
       .declare = observe_compare,
       .has_figure = true}};
}

}  // namespace rung::app
