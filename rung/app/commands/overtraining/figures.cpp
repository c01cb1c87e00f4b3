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

struct ChoiceOptions {
  OvertrainingOptions testbed;
  Choice choice;
  SetsTaken taken;
};

/// Every training and error set, through one loss.
Choice all_on_c4() { return {{}, {"c4_val"}, {}}; }

/// --data, --study and the sets that are taken.
void add_choice_options(Options& command, ChoiceOptions& options, const SetsTaken& taken) {
  options.taken = taken;
  add_testbed_options(command, options.testbed);
  add_set_options(command, options.choice, taken);
}

/// What a figure is drawn from.
struct FittedTestbed {
  Testbed testbed;
  Study study;
  Fits fits;
};

/// What was asked for, and `defaults` where nothing was; the first of each kind of which one is
/// shown. InputError where several were asked for.
Choice shown_choice(CommandContext& context, const ChoiceOptions& options, const Testbed& testbed,
                    const Study& study, const Choice& defaults) {
  require_one(options.choice, options.taken);
  const Choice all = complete(testbed, study, options.choice, defaults);
  note_first_where_one(context, "shown is", all, options.taken);
  return first_where_one(all, options.taken);
}

/// Both laws of the choice, with what `defaults` has where nothing was asked for.
std::shared_ptr<const FittedTestbed> fitted(CommandContext& context, const ChoiceOptions& options,
                                            const Choice& defaults) {
  FittedTestbed found{
      load_testbed(context, options.testbed), load_study(context, options.testbed), {}};
  found.fits = fit_laws(found.testbed, found.study,
                        shown_choice(context, options, found.testbed, found.study, defaults),
                        context.common.n_threads);
  return std::make_shared<const FittedTestbed>(std::move(found));
}

Answer run_figure1(CommandContext& context, const ChoiceOptions& options) {
  const auto found = fitted(context, options, published_figure());
  warn_of_doubts(context, found->fits);
  if (const std::string doubt =
          doubt_text(doubts(found->testbed, found->fits.loss_laws.front(),
                            found->fits.error_laws.front(), found->fits.error_sets.front()));
      !doubt.empty())
    context.warn("the error of " + found->fits.error_sets.front().name +
                 " is not to be predicted from loss: " + doubt);
  Answer answer(describe_figure1(found->testbed, found->fits));
  answer.figure = [found] { return figure1(found->testbed, found->study, found->fits); };
  return answer;
}

Answer run_tokens(CommandContext& context, const ChoiceOptions& options) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  const Choice choice = shown_choice(context, options, testbed, study, all_on_c4());
  const TokensResult result =
      overtraining::run_tokens(choice, testbed, study, context.common.n_threads);
  warn_of_doubts(context, result.fits);
  Answer answer(describe(result));
  answer.figure = [study, result] { return token_figure(study, result.fits, result.curves); };
  return answer;
}

Answer run_tasks(CommandContext& context, const ChoiceOptions& options) {
  const auto found = fitted(context, options, all_on_c4());
  warn_of_doubts(context, found->fits);
  Answer answer(describe_predictability(found->testbed, found->fits));
  answer.figure = [found] { return task_figure(found->testbed, found->study, found->fits); };
  return answer;
}

Answer run_correlation(CommandContext& context, const ChoiceOptions& options) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  const Choice choice = shown_choice(context, options, testbed, study, all_on_c4());
  const CorrelationResult result = overtraining::run_correlation(choice, testbed, study);
  Answer answer(describe(result));
  answer.figure = [study, result] { return correlation_figure(study, result); };
  return answer;
}

Action overtraining_figure1(Options& command) {
  const auto options = std::make_shared<ChoiceOptions>();
  add_choice_options(command, *options, {Takes::one, Takes::one, Takes::one});
  command.footer(
      "One training, loss and error set are drawn: rpj, c4_val and avg_subset by default.\n"
      "Results: name, role, compute_flops, tokens_per_parameter, loss, predicted_loss,\n"
      "reducible_loss, predicted_reducible_loss, error, predicted_error, doubt,\n"
      "loss_doubt.");
  return [options](CommandContext& context) { return run_figure1(context, *options); };
}

Action overtraining_tokens(Options& command) {
  const auto options = std::make_shared<ChoiceOptions>();
  add_choice_options(command, *options, {.loss = Takes::one, .error = Takes::none});
  command.footer(
      "Results: train_set, loss_set, model, n, tokens_per_parameter, loss, lower, upper.");
  return [options](CommandContext& context) { return run_tokens(context, *options); };
}

Action overtraining_tasks(Options& command) {
  const auto options = std::make_shared<ChoiceOptions>();
  add_choice_options(command, *options, {.loss = Takes::one});
  command.footer(
      "Targets are the runs that the laws are for: no smaller than any fitted one, with more "
      "compute.\nThe figure shows the first training set.\n"
      "Results: error_set, train_set, loss_set, chance_error, predictable, doubts, targets.");
  return [options](CommandContext& context) { return run_tasks(context, *options); };
}

Action overtraining_correlation(Options& command) {
  const auto options = std::make_shared<ChoiceOptions>();
  add_choice_options(command, *options, {.loss = Takes::one, .error = Takes::none});
  command.footer(
      "Results: train_set, loss_set, error_set, n_models, pearson, spearman, chance_error,\n"
      "best_error, best_over_chance_sigmas.");
  return [options](CommandContext& context) { return run_correlation(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_figures_commands() {
  return {{.name = "overtraining figure1",
           .summary = "loss against compute, error against loss",
           .example = "rung overtraining figure1 -o figure1.svg",
           .group = "overtraining",
           .place = 20,
           .declare = overtraining_figure1,
           .has_figure = true},
          {.name = "overtraining tokens",
           .summary = "loss against tokens per parameter",
           .example = "rung overtraining tokens -o tokens.svg",
           .group = "overtraining",
           .place = 30,
           .declare = overtraining_tokens,
           .has_figure = true},
          {.name = "overtraining tasks",
           .summary = "which errors can be predicted at all",
           .example = "rung overtraining tasks -o tasks.svg",
           .group = "overtraining",
           .place = 40,
           .declare = overtraining_tasks,
           .has_figure = true},
          {.name = "overtraining correlation",
           .summary = "how errors move with loss",
           .example = "rung overtraining correlation -o correlation.svg",
           .group = "overtraining",
           .place = 50,
           .declare = overtraining_correlation,
           .has_figure = true}};
}

}  // namespace rung::app
