#include "rung/study/observational/test_ratio.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/fit_options.hpp"
#include "rung/figure/observe/comparison.hpp"
#include "rung/report/observe/comparison.hpp"

namespace rung::app {
namespace {

struct RatioCommand {
  FitOptions options;
  observational::RatioRequest request;
};

Answer test_ratio(CommandContext& context, const RatioCommand& given) {
  const ReadModels read = read_models(given.options.inputs, MetricsFor::fits, context);
  observational::RatioRequest request = given.request;
  request.what = prediction_request(given.options, read, context);
  const auto found = std::make_shared<const observational::RatioResult>(
      run_test_ratio(read.models, request, context.common.n_threads));
  for (const std::string& warning : found->warnings) context.warn(warning);
  Answer answer(describe(found->studies));
  answer.figure = [found, titles = request.what.titles] {
    return ratio_figure(found->studies, titles);
  };
  return answer;
}

Action observe_test_ratio(Options& command) {
  const auto given = std::make_shared<RatioCommand>();
  given->options.x = {"size", "flops", "pc:1", "pc:2", "pc:3"};
  add_model_inputs(command, given->options.inputs);
  add_metric_options(command, given->options);
  add_component_options(command, given->options.impute, given->options.pca);
  command.add("--split-by", given->options.split_by, "what the largest are the largest in")
      .value_name("COLUMN");
  command.add("--ratios", given->request.ratios, "shares of the models that are tried")
      .comma_separated()
      .value_name("LIST");
  command.footer(
      "The area below the error over the share is one number for how early a predictor works.\n"
      "Results, one a metric and predictor: metric, x, area, points [{test_ratio, n_train, "
      "n_test,\ntrain_mse, test_mse, test_mae}].");
  return [given, &command](CommandContext& context) {
    warn_of_idle_options(command, given->options, context);
    return test_ratio(context, *given);
  };
}

}  // namespace

std::vector<Command> observe_test_ratio_commands() {
  return {{.name = "observe test-ratio",
           .summary = "error on the largest models, as fewer small ones are learnt from",
           .example =
               "rung observe test-ratio --downstream emergent --y word_unscrambling_2_exact_match",
           .group = "observe",
           .place = 55,
           .declare = observe_test_ratio,
           .has_figure = true}};
}

}  // namespace rung::app
