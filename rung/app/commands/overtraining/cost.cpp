#include "rung/figure/overtraining/cost.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/report/overtraining/cost.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct CostOptions {
  OvertrainingOptions testbed;
  double compute_flops = 1e21;
  std::vector<double> ratios{20, 40, 80, 160, 320, 640};
};

struct BudgetOptions {
  OvertrainingOptions testbed;
  double budget_flops = 1e21;
  std::vector<double> n_inference_tokens{0, 1e10, 1e11, 1e12};
};

struct FittedLosses {
  Study study;
  std::vector<LossLaw> laws;
};

FittedLosses fitted_losses(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  FittedLosses found{load_study(context, options), {}};
  Choice choice = with_loss_set(options.choice, "c4_val");
  choice.error_sets = {testbed.tasks.front()};  // not used
  found.laws = fit_laws(testbed, found.study, choice, context.common.n_threads).loss_laws;
  for (const LossLaw& law : found.laws) {
    const std::string warning = extrapolation_warning(testbed, law);
    if (!warning.empty()) context.warn(warning);
  }
  return found;
}

Answer run_cost(CommandContext& context, const CostOptions& options) {
  const FittedLosses losses = fitted_losses(context, options.testbed);
  const std::vector<CostRows> rows = run_costs(losses.laws, options.compute_flops, options.ratios);
  Answer answer(describe(rows));
  answer.figure = [rows, study = losses.study, compute_flops = options.compute_flops] {
    std::vector<CostLine> lines;
    for (const CostRows& row : rows)
      lines.push_back({study.title(row.train_set), row.optimal_ratio, row.costs});
    return cost_figure(lines, compute_flops);
  };
  return answer;
}

Answer run_budget(CommandContext& context, const BudgetOptions& options) {
  const FittedLosses losses = fitted_losses(context, options.testbed);
  const std::vector<BudgetRow> rows =
      run_budgets(losses.laws, options.budget_flops, options.n_inference_tokens);
  Answer answer(describe(rows));
  answer.figure = [rows, study = losses.study, options] {
    std::vector<BudgetLine> lines;
    for (const BudgetRow& row : rows) {
      const std::string title = study.title(row.train_set);
      if (lines.empty() || lines.back().title != title) lines.push_back({title, {}});
      lines.back().plans.push_back(row.plan);
    }
    return budget_figure(lines, options.budget_flops, options.n_inference_tokens);
  };
  return answer;
}

Action overtraining_cost(Options& command) {
  const auto options = std::make_shared<CostOptions>();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->testbed, false);
  command.add("--compute", options->compute_flops, "training compute for the extra loss")
      .value_name("FLOPS")
      .positive();
  command.add("--ratio", options->ratios, "tokens per parameter; may be given more than once")
      .value_name("M")
      .positive();
  command.footer(
      "Extra loss is at equal compute; the ratios of compute and of parameters are at equal loss.\n"
      "All beside the compute-optimal run of the same law, with 95% intervals of the law itself.\n"
      "The published study leaves its loss law 1 degree of freedom: take --study wide.\n"
      "Results: train_set, loss_set, compute_flops, optimal_tokens_per_parameter,\n"
      "tokens_per_parameter, extra_loss, compute_ratio, n_params_ratio, each {value, interval}.");
  return [options](CommandContext& context) { return run_cost(context, *options); };
}

Action overtraining_budget(Options& command) {
  const auto options = std::make_shared<BudgetOptions>();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->testbed, false);
  command.add("--budget", options->budget_flops, "compute for training and inference together")
      .value_name("FLOPS")
      .positive();
  command
      .add("--inference-tokens", options->n_inference_tokens,
           "tokens to be read or written once trained, 2N FLOPs each; may be given more than "
           "once")
      .value_name("T")
      .non_negative();
  command.footer(
      "Least loss with 6ND + 2NT = budget, with 95% intervals of the law itself.\n"
      "Results: train_set, loss_set, budget_flops, n_inference_tokens, n, d, "
      "tokens_per_parameter,\n"
      "loss (each {value, interval}), training_flops, inference_flops, "
      "loss_of_free_inference_size.");
  return [options](CommandContext& context) { return run_budget(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_cost_commands() {
  return {{.name = "overtraining cost",
           .summary = "extra loss and compute of over-training",
           .group = "overtraining",
           .place = 60,
           .declare = overtraining_cost,
           .has_figure = true},
          {.name = "overtraining budget",
           .summary = "best size for training plus inference",
           .group = "overtraining",
           .place = 70,
           .declare = overtraining_budget,
           .has_figure = true}};
}

}  // namespace rung::app
