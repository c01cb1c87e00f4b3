#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/figure/overtraining/correlation.hpp"
#include "rung/figure/overtraining/figure1.hpp"
#include "rung/figure/overtraining/tasks.hpp"
#include "rung/figure/overtraining/tokens.hpp"
#include "rung/report/overtraining/explore.hpp"
#include "rung/report/overtraining/figure1.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

/// A choice of one training set, loss set and error set, with what the published figure shows where
/// none was asked for.
Choice single(Choice choice) {
  if (choice.train_sets.empty()) choice.train_sets = {"rpj"};
  if (choice.error_sets.empty()) choice.error_sets = {"avg_subset"};
  return with_loss_set(std::move(choice), "c4_val");
}

/// What a figure is drawn from.
struct FittedTestbed {
  Testbed testbed;
  Study study;
  Fits fits;
};

std::shared_ptr<const FittedTestbed> fitted(CommandContext& context,
                                            const OvertrainingOptions& options,
                                            const Choice& choice) {
  FittedTestbed found{load_testbed(context, options), load_study(context, options), {}};
  found.fits = fit_laws(found.testbed, found.study, choice, context.common.n_threads);
  return std::make_shared<const FittedTestbed>(std::move(found));
}

Answer run_figure1(CommandContext& context, const OvertrainingOptions& options) {
  const auto found = fitted(context, options, single(options.choice));
  Answer answer(describe_figure1(found->testbed, found->fits));
  answer.figure = [found] { return figure1(found->testbed, found->study, found->fits); };
  return answer;
}

Answer run_tokens(CommandContext& context, const OvertrainingOptions& options) {
  const auto found = std::make_shared<FittedTestbed>(
      FittedTestbed{load_testbed(context, options), load_study(context, options), {}});
  const Study& study = found->study;
  Choice choice = with_loss_set(options.choice, "c4_val");
  choice.error_sets = {study.task_sets.empty() ? found->testbed.tasks.front()
                                               : study.task_sets.front().name};
  found->fits = fit_laws(found->testbed, study, choice, context.common.n_threads);
  const std::string& loss_set = found->fits.choice.loss_sets.front();
  std::vector<TokenCurve> curves = token_curves(found->testbed, loss_set);
  std::erase_if(curves, [&](const TokenCurve& curve) {
    const auto& sets = found->fits.choice.train_sets;
    return std::find(sets.begin(), sets.end(), curve.train_set) == sets.end();
  });
  Answer answer(describe(curves, loss_set));
  answer.figure = [found, curves] { return token_figure(found->study, found->fits, curves); };
  return answer;
}

Answer run_tasks(CommandContext& context, const OvertrainingOptions& options) {
  const auto found = fitted(context, options, with_loss_set(options.choice, "c4_val"));
  Answer answer(describe_predictability(found->testbed, found->fits));
  answer.figure = [found] { return task_figure(found->testbed, found->study, found->fits); };
  return answer;
}

Answer run_correlation(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  const Choice choice = complete(testbed, study, with_loss_set(options.choice, "c4_val"));
  const std::string& loss_set = choice.loss_sets.front();
  std::vector<std::vector<TaskCorrelation>> correlations;
  for (const std::string& train_set : choice.train_sets)
    correlations.push_back(task_correlations(testbed, study, loss_set, train_set));
  Answer answer(describe(choice.train_sets, loss_set, correlations));
  answer.figure = [study, choice, correlations] {
    return correlation_figure(study, choice.train_sets, correlations);
  };
  return answer;
}

Action overtraining_figure1(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, true);
  command.footer(
      "The first training, loss and error set are drawn: rpj, c4_val and avg_subset by default.\n"
      "Results: name, role, compute_flops, tokens_per_parameter, loss, predicted_loss,\n"
      "reducible_loss, predicted_reducible_loss, error, predicted_error.");
  return [options](CommandContext& context) { return run_figure1(context, *options); };
}

Action overtraining_tokens(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, false);
  command.footer(
      "Results: train_set, loss_set, model, n, tokens_per_parameter, loss, lower, upper.");
  return [options](CommandContext& context) { return run_tokens(context, *options); };
}

Action overtraining_tasks(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, true);
  command.footer(
      "Targets are the runs that the laws are for: no smaller than any fitted one, with more "
      "compute.\nThe figure shows the first training set.\n"
      "Results: error_set, train_set, loss_set, chance_error, predictable, doubts, targets.");
  return [options](CommandContext& context) { return run_tasks(context, *options); };
}

Action overtraining_correlation(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, false);
  command.footer(
      "Results: train_set, loss_set, error_set, n_models, pearson, spearman, chance_error,\n"
      "best_error, best_over_chance_sigmas.");
  return [options](CommandContext& context) { return run_correlation(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_figures_commands() {
  return {{.name = "overtraining figure1",
           .summary = "loss against compute, error against loss",
           .group = "overtraining",
           .place = 20,
           .declare = overtraining_figure1,
           .has_figure = true},
          {.name = "overtraining tokens",
           .summary = "loss against tokens per parameter",
           .group = "overtraining",
           .place = 30,
           .declare = overtraining_tokens,
           .has_figure = true},
          {.name = "overtraining tasks",
           .summary = "which errors can be predicted at all",
           .group = "overtraining",
           .place = 40,
           .declare = overtraining_tasks,
           .has_figure = true},
          {.name = "overtraining correlation",
           .summary = "how errors move with loss",
           .group = "overtraining",
           .place = 50,
           .declare = overtraining_correlation,
           .has_figure = true}};
}

}  // namespace rung::app
