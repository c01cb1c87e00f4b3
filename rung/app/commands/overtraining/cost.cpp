#include "rung/figure/overtraining/cost.hpp"

#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/text.hpp"
#include "rung/report/overtraining.hpp"

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

/// The law's optimum is a finding only where there are runs on both sides of it.
void warn_of_extrapolation(CommandContext& context, const Testbed& testbed, const LossLaw& law) {
  const std::optional<Estimate> optimum = optimal_tokens_per_parameter(law.fit);
  double least = kInfinity, most = 0;
  for (const std::size_t model : law.models) {
    least = std::min(least, testbed.models[model].tokens_per_parameter());
    most = std::max(most, testbed.models[model].tokens_per_parameter());
  }
  if (!optimum || (optimum->value >= least && optimum->value <= most)) return;
  context.warn("the best tokens per parameter on " + law.train_set + ", " +
               significant(optimum->value, 3) + ", lie outside those of the fitted runs, " +
               shortest(least) + " to " + shortest(most) + ": the law is extrapolated");
}

Fits loss_fits(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  Choice choice = with_loss_set(options.choice, "c4_val");
  choice.error_sets = {testbed.tasks.front()};  // not used
  Fits fits = fit_laws(testbed, study, choice, context.common.n_threads);
  for (const LossLaw& law : fits.loss_laws) warn_of_extrapolation(context, testbed, law);
  return fits;
}

int run_cost(CommandContext& context, const CostOptions& options) {
  const Fits fits = loss_fits(context, options.testbed);
  std::vector<CostRows> rows;
  Json results = Json::array();
  for (const LossLaw& law : fits.loss_laws) {
    CostRows row{law.train_set, law.loss_set, options.compute_flops, {}, {}};
    row.costs = over_training_costs(law.fit, options.compute_flops, options.ratios);
    row.optimal_ratio = *optimal_tokens_per_parameter(law.fit);
    for (const OverTrainingCost& cost : row.costs) {
      results.push_back({{"train_set", law.train_set},
                         {"loss_set", law.loss_set},
                         {"compute_flops", options.compute_flops},
                         {"optimal_tokens_per_parameter", json_estimate(row.optimal_ratio)},
                         {"tokens_per_parameter", cost.tokens_per_parameter},
                         {"extra_loss", json_estimate(cost.extra_loss_nats)},
                         {"compute_ratio", json_estimate(cost.compute_ratio)},
                         {"n_params_ratio", json_estimate(cost.n_params_ratio)}});
    }
    rows.push_back(std::move(row));
  }
  add_figure(context, [&] {
    std::vector<CostLine> lines;
    const Study study = load_study(context, options.testbed);
    for (const CostRows& row : rows)
      lines.push_back({study.title(row.train_set), row.optimal_ratio, row.costs});
    return cost_figure(lines, options.compute_flops);
  });
  context.emit(cost_table(rows, {}), std::move(results));
  return kUsable;
}

int run_budget(CommandContext& context, const BudgetOptions& options) {
  const Fits fits = loss_fits(context, options.testbed);
  std::vector<BudgetRow> rows;
  Json results = Json::array();
  for (const LossLaw& law : fits.loss_laws) {
    for (const double tokens : options.n_inference_tokens) {
      const BudgetPlan plan = best_for_budget(law.fit, options.budget_flops, tokens);
      rows.push_back({law.train_set, law.loss_set, options.budget_flops, tokens, plan});
      results.push_back(
          {{"train_set", law.train_set},
           {"loss_set", law.loss_set},
           {"budget_flops", options.budget_flops},
           {"n_inference_tokens", tokens},
           {"n", json_estimate(plan.n_params)},
           {"d", json_estimate(plan.n_tokens)},
           {"tokens_per_parameter", json_estimate(plan.tokens_per_parameter)},
           {"loss", json_estimate(plan.loss_nats)},
           {"training_flops", plan.training_flops},
           {"inference_flops", plan.inference_flops},
           {"loss_of_free_inference_size", json_number(plan.loss_of_free_inference_size)}});
    }
  }
  add_figure(context, [&] {
    std::vector<BudgetLine> lines;
    const Study study = load_study(context, options.testbed);
    for (const BudgetRow& row : rows) {
      const std::string title = study.title(row.train_set);
      if (lines.empty() || lines.back().title != title) lines.push_back({title, {}});
      lines.back().plans.push_back(row.plan);
    }
    return budget_figure(lines, options.budget_flops, options.n_inference_tokens);
  });
  context.emit(budget_table(rows, {}), std::move(results));
  return kUsable;
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
