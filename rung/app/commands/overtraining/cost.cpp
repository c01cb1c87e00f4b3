#include "rung/figure/overtraining/cost.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/each_once.hpp"
#include "rung/figure/overtraining/budget.hpp"
#include "rung/report/overtraining/cost.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct CostOptions {
  OvertrainingOptions testbed;
  CostRequest request;
};

struct BudgetOptions {
  OvertrainingOptions testbed;
  BudgetRequest request;
};

/// Either of the two: their requests are run and drawn in the same way.
template <class Given, class Draw>
Answer answer_of(CommandContext& context, const Given& options, Draw draw) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  const auto result = run(options.request, testbed, study, context.common.n_threads);
  for (const std::string& warning : result.warnings) context.warn(warning);
  Answer answer(describe(result.rows));
  std::vector<std::string> loss_sets;
  for (const auto& row : result.rows) loss_sets.push_back(row.loss_set);
  if (!context.common.figure_path.empty())
    note_first_where_one(context, "the figure shows", {.loss_sets = each_once(loss_sets)},
                         {.loss = Takes::one});
  answer.figure = [study, result, draw] { return draw(study, result); };
  return answer;
}

Action overtraining_cost(Options& command) {
  const auto options = std::make_shared<CostOptions>();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->request.choice, {.error = Takes::none});
  command.add("--compute", options->request.compute_flops, "training compute for the extra loss")
      .value_name("FLOPS")
      .positive();
  command
      .add("--ratio", options->request.tokens_per_parameter,
           "tokens per parameter, joined by commas or given again")
      .value_name("M")
      .comma_separated()
      .positive();
  command.footer(
      "Extra loss is at equal compute; the ratios of compute and of parameters are at equal loss.\n"
      "All beside the compute-optimal run of the same law, with 95% intervals of the law itself.\n"
      "The published study leaves its loss law 1 degree of freedom: take --study wide.\n"
      "(!): a hundred times outside the fitted runs.\n"
      "Results: train_set, loss_set, compute_flops, optimal_tokens_per_parameter,\n"
      "tokens_per_parameter, extra_loss, compute_ratio, n_params_ratio, each {value, interval},\n"
      "beyond_runs, doubt.");
  return [options](CommandContext& context) {
    return answer_of(context, *options, [](const Study& study, const CostResult& result) {
      return cost_figure(study, result);
    });
  };
}

Action overtraining_budget(Options& command) {
  const auto options = std::make_shared<BudgetOptions>();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->request.choice, {.error = Takes::none});
  command
      .add("--budget", options->request.budget_flops, "compute for training and inference together")
      .value_name("FLOPS")
      .positive();
  command
      .add("--inference-tokens", options->request.n_inference_tokens,
           "tokens to be read or written once trained, 2N FLOPs each, joined by commas or given "
           "again")
      .value_name("T")
      .comma_separated()
      .non_negative();
  command.footer(
      "Least loss with 6ND + 2NT = budget, with 95% intervals of the law itself.\n"
      "(!): a hundred times outside the fitted runs, or a loss that may be below 0.\n"
      "Results: train_set, loss_set, budget_flops, n_inference_tokens, n, d, "
      "tokens_per_parameter,\n"
      "loss (each {value, interval}), training_flops, inference_flops, "
      "loss_of_free_inference_size, beyond_runs, doubt.");
  return [options](CommandContext& context) {
    return answer_of(context, *options, [](const Study& study, const BudgetResult& result) {
      return budget_figure(study, result);
    });
  };
}

}  // namespace

std::vector<Command> overtraining_cost_commands() {
  return {{.name = "overtraining cost",
           .summary = "extra loss and compute of over-training",
           .example = "rung overtraining cost --study wide --compute 1e22 --ratio 20 --ratio 160",
           .group = "overtraining",
           .place = 60,
           .declare = overtraining_cost,
           .has_figure = true},
          {.name = "overtraining budget",
           .summary = "best size for training plus inference",
           .example = "rung overtraining budget -o budget.svg",
           .group = "overtraining",
           .place = 70,
           .declare = overtraining_budget,
           .has_figure = true}};
}

}  // namespace rung::app
