#include "rung/study/observational/test_ratio.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/fit_options.hpp"
#include "rung/figure/observe/comparison.hpp"
#include "rung/report/observe/comparison.hpp"
#include "rung/study/observational/metric_column.hpp"

namespace rung::app {
namespace {

struct RatioCommand {
  FitOptions options;
  std::vector<double> ratios = {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6};
};

Answer test_ratio(CommandContext& context, const RatioCommand& given) {
  const ReadModels read = read_models(given.options.inputs, MetricsFor::fits, context);
  const observational::PredictionRequest request = prediction_request(given.options, read, context);
  request.validate();
  std::vector<std::string> warnings;
  const auto studies = std::make_shared<std::vector<observational::RatioStudy>>();
  for (const std::string& metric : request.metrics) {
    const auto models = with_metric(read.models, metric, given.options.ranges.empty(), warnings);
    observational::SampleOptions sample = request.sample;
    sample.metric = metric;
    sample.transform = request.transform_of(metric);
    observational::RatioStudy study{.metric = metric, .curves = {}};
    for (const auto& predictor : request.predictors)
      study.curves.push_back(ratio_curve(models, sample, {predictor, request.regression},
                                         given.ratios, context.common.n_threads));
    studies->push_back(std::move(study));
  }
  for (const std::string& warning : warnings) context.warn(warning);
  Answer answer(describe(*studies));
  answer.figure = [studies, titles = request.titles] { return ratio_figure(*studies, titles); };
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
  command.add("--ratios", given->ratios, "shares of the models that are tried")
      .comma_separated()
      .value_name("LIST");
  command.footer(
      "The area below the error over the share is one number for how early a predictor works.\n"
      "Results, one a metric and predictor: metric, x, area, points [{test_ratio, n_train, "
      "n_test,\ntrain_mse, test_mse, test_mae}].");
  return [given](CommandContext& context) { return test_ratio(context, *given); };
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
