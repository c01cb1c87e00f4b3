#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/figure/overtraining/correlation.hpp"
#include "rung/figure/overtraining/figure1.hpp"
#include "rung/figure/overtraining/tasks.hpp"
#include "rung/figure/overtraining/tokens.hpp"
#include "rung/report/overtraining.hpp"

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

int run_figure1(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  const Fits fits = fit_laws(testbed, study, single(options.choice), context.common.n_threads);
  add_figure(context, [&] { return figure1(testbed, study, fits); });
  const double irreducible = fits.loss_laws.front().fit.value("E");
  Json results = Json::array();
  TextTable table;
  for (const char* name :
       {"model", "role", "compute_flops", "tokens_per_parameter", "loss", "predicted_loss",
        "reducible_loss", "predicted_reducible_loss", "error", "predicted_error"}) {
    table.add_column(name);
  }
  for (const Prediction& row : predictions(testbed, fits.loss_laws.front(), fits.error_laws.front(),
                                           fits.error_sets.front())) {
    if (!row.in_loss_fit && !row.in_error_fit && !row.is_target) continue;
    const TestbedModel& model = testbed.models[row.model];
    const std::string role = row.in_loss_fit    ? "fitted"
                             : row.in_error_fit ? "fitted by the error law"
                                                : "predicted";
    table.add_row({model.name, role, model.compute_flops(), model.tokens_per_parameter(),
                   row.loss.actual, row.loss.predicted, row.loss.actual - irreducible,
                   row.loss.predicted - irreducible, row.error.actual, row.error.predicted});
    results.push_back({{"name", model.name},
                       {"role", role},
                       {"compute_flops", model.compute_flops()},
                       {"tokens_per_parameter", model.tokens_per_parameter()},
                       {"loss", row.loss.actual},
                       {"predicted_loss", row.loss.predicted},
                       {"reducible_loss", row.loss.actual - irreducible},
                       {"predicted_reducible_loss", row.loss.predicted - irreducible},
                       {"error", row.error.actual},
                       {"predicted_error", row.error.predicted}});
  }
  context.emit(table, std::move(results));
  return kUsable;
}

int run_tokens(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  Choice choice = with_loss_set(options.choice, "c4_val");
  choice.error_sets = {study.task_sets.empty() ? testbed.tasks.front()
                                               : study.task_sets.front().name};
  const Fits fits = fit_laws(testbed, study, choice, context.common.n_threads);
  std::vector<TokenCurve> curves = token_curves(testbed, fits.choice.loss_sets.front());
  std::erase_if(curves, [&](const TokenCurve& curve) {
    const auto& sets = fits.choice.train_sets;
    return std::find(sets.begin(), sets.end(), curve.train_set) == sets.end();
  });
  add_figure(context, [&] { return token_figure(study, fits, curves); });
  Json results = Json::array();
  for (const TokenCurve& curve : curves) {
    results.push_back({{"train_set", curve.train_set},
                       {"loss_set", fits.choice.loss_sets.front()},
                       {"model", curve.architecture},
                       {"n", curve.n_params},
                       {"tokens_per_parameter", curve.tokens_per_parameter},
                       {"loss", curve.loss_nats},
                       {"lower", curve.lower},
                       {"upper", curve.upper}});
  }
  context.emit(token_curve_table(curves, {}), std::move(results));
  return kUsable;
}

int run_tasks(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  const Choice choice = with_loss_set(options.choice, "c4_val");
  const Fits fits = fit_laws(testbed, study, choice, context.common.n_threads);
  add_figure(context, [&] { return task_figure(testbed, study, fits); });
  Json results = Json::array();
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
      const ErrorLaw& law = fits.error_law(t, 0, e);
      Json found = Json::array(), targets = Json::array();
      for (const Doubt doubt : doubts(testbed, law, fits.error_sets[e]))
        found.push_back(std::string(doubt_name(doubt)));
      for (const Prediction& row :
           predictions(testbed, fits.loss_law(t, 0), law, fits.error_sets[e])) {
        if (!row.is_target) continue;
        targets.push_back({{"name", testbed.models[row.model].name},
                           {"relative_error", json_number(row.error.relative_error())}});
      }
      results.push_back({{"error_set", law.error_set},
                         {"train_set", law.train_set},
                         {"loss_set", law.loss_set},
                         {"chance_error", fits.error_sets[e].chance_error},
                         {"predictable", found.empty()},
                         {"doubts", std::move(found)},
                         {"targets", std::move(targets)}});
    }
  }
  context.emit(predictability_table(testbed, fits, {}), std::move(results));
  return kUsable;
}

int run_correlation(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const Study study = load_study(context, options);
  const Choice choice = complete(testbed, study, with_loss_set(options.choice, "c4_val"));
  std::vector<std::vector<TaskCorrelation>> correlations;
  Json results = Json::array();
  std::string text, csv;
  for (const std::string& train_set : choice.train_sets) {
    correlations.push_back(task_correlations(testbed, study, choice.loss_sets.front(), train_set));
    for (const TaskCorrelation& row : correlations.back()) {
      results.push_back({{"train_set", train_set},
                         {"loss_set", choice.loss_sets.front()},
                         {"error_set", row.error_set},
                         {"n_models", row.n_models},
                         {"pearson", json_number(row.pearson)},
                         {"spearman", json_number(row.spearman)},
                         {"chance_error", row.chance_error},
                         {"best_error", row.best_error},
                         {"best_over_chance_sigmas", json_number(row.best_over_chance_sigmas)}});
    }
  }
  add_figure(context, [&] { return correlation_figure(study, choice.train_sets, correlations); });
  context.emit(correlation_table(choice.train_sets, correlations, {}), std::move(results));
  return kUsable;
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
