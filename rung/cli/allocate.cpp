#include "rung/plan/allocate.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "rung/cli/commands.hpp"
#include "rung/cli/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/file.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/report/saved_fit.hpp"

namespace rung::cli {
namespace {

struct AllocateCommand : TableRequest {
  std::string fit_path;
  std::vector<double> budgets, target_losses;
  double inference_tokens = 0, most_tokens = 0;
  int approach = 3;
};

struct Found {
  plan::Allocation best;
  std::optional<Interval> n_params, n_tokens, loss;
};

int input_of(const Law& law, const char* name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return static_cast<int>(k);
  }
  return -1;
}

plan::LossOf loss_of(const Law& law, std::vector<double> theta) {
  const int n = input_of(law, "N"), d = input_of(law, "D");
  if (n < 0 || d < 0 || law.n_inputs() != 2) {
    throw InputError("'" + law.info.name + "' is no law of N and D alone, so nothing can be traded",
                     "take one such as chinchilla, or name a formula's inputs N and D");
  }
  return [&law, theta = std::move(theta), n_first = n < d](double n_params, double n_tokens) {
    const double inputs[2] = {n_first ? n_params : n_tokens, n_first ? n_tokens : n_params};
    return rung::predict(law, theta, inputs);
  };
}

std::optional<plan::Allocation> solve(const Law& law, const std::vector<double>& theta,
                                      std::optional<double> budget, double target_loss,
                                      const plan::AllocateOptions& options) {
  const bool plain = options.inference_tokens == 0 && !options.most_tokens;
  if (budget && plain && law.info.name == "chinchilla") {
    const auto value = [&](const char* name) {
      return theta[static_cast<std::size_t>(law.parameter_index(name))];
    };
    return plan::chinchilla_optimum(value("A"), value("B"), value("E"), value("alpha"),
                                    value("beta"), *budget);
  }
  const plan::LossOf loss = loss_of(law, theta);
  if (budget) return plan::best_for_budget(loss, *budget, options);
  return plan::cheapest_for_loss(loss, target_loss, options);
}

/// The answer, and the spread of the answers of the fit's replicates.
std::optional<Found> find(const table::Predictor& predictor, std::optional<double> budget,
                          double target_loss, const plan::AllocateOptions& options, int n_threads) {
  const Law& law = *predictor.law;
  const auto best = solve(law, predictor.theta, budget, target_loss, options);
  if (!best) return std::nullopt;
  constexpr std::size_t kMostReplicates = 500;
  const std::size_t count = std::min(kMostReplicates, predictor.n_replicates);
  std::vector<double> n(count, std::nan("")), d = n, loss = n;
  const std::size_t p = predictor.theta.size();
  parallel_for(count, n_threads, [&](std::size_t i) {
    const auto begin = predictor.replicates.begin() + static_cast<long>(i * p);
    const auto one =
        solve(law, {begin, begin + static_cast<long>(p)}, budget, target_loss, options);
    if (one) n[i] = one->n_params, d[i] = one->n_tokens, loss[i] = one->loss;
  });
  return Found{*best, percentile_interval(n, predictor.level, "bootstrap"),
               percentile_interval(d, predictor.level, "bootstrap"),
               budget ? percentile_interval(loss, predictor.level, "bootstrap") : std::nullopt};
}

std::vector<table::Predictor> predictors_of(const AllocateCommand& given, CommandContext& context) {
  if (!given.fit_path.empty()) {
    const std::string text = read_file(given.fit_path);
    context.note_input(given.fit_path, text);
    return read_saved_fit(text, given.fit_path).groups;
  }
  const table::Request request = read_request(given);
  const table::Prepared prepared = prepare_noted(given, request, context);
  table::check_determined(prepared);
  const table::UncertaintyOptions options = uncertainty_options(given, context);
  std::vector<table::Predictor> predictors;
  for (const table::Sample& sample : prepared.samples) {
    table::FittedGroup group = table::fit_group(prepared, sample, request, options);
    if (!group.fit.identified)
      context.warn((group.label.empty() ? "" : "group '" + group.label + "': ") +
                   "the fit does not identify its parameters, so the optimum is not to be trusted");
    predictors.push_back(std::move(group.predictor));
  }
  return predictors;
}

/// Approaches 1 and 2 need no law: the runs' own budgets.
int run_isoflop(CommandContext& context, const AllocateCommand& given) {
  table::Request request = read_request(given);
  if (request.law.empty() && request.formula.empty()) request.law = "chinchilla";
  const table::Prepared prepared = prepare_noted(given, request, context);
  Json results = Json::array();
  TextTable table;
  for (const char* header : {"group", "C", "N", "D", "loss"}) table.add_column(header);
  table.add_column("from");
  const int n = input_of(*prepared.law, "N"), d = input_of(*prepared.law, "D");
  if (n < 0 || d < 0) throw InputError("approaches 1 and 2 need N and D", "say them with --x");
  for (const table::Sample& sample : prepared.samples) {
    std::vector<plan::IsoflopPoint> points;
    for (std::size_t i = 0; i < sample.points.size(); ++i) {
      const double size = sample.points.input(static_cast<std::size_t>(n), i);
      points.push_back(
          {plan::kTrainingFlops * size * sample.points.input(static_cast<std::size_t>(d), i), size,
           sample.points.y(i)});
    }
    const plan::IsoflopFit fit =
        given.approach == 2 ? plan::isoflop_parabolas(points) : plan::isoflop_envelope(points);
    for (const std::string& warning : fit.warnings) context.warn(warning);
    Json bottoms = Json::array(), allocations = Json::array();
    for (const plan::IsoflopBottom& bottom : fit.bottoms) {
      bottoms.push_back({{"compute_flops", bottom.compute_flops},
                         {"n_params", json_number(bottom.n_params)},
                         {"n_tokens", json_number(bottom.n_tokens)},
                         {"loss", json_number(bottom.loss)},
                         {"inside", bottom.inside}});
      table.add_row({sample.label, bottom.compute_flops, bottom.n_params, bottom.n_tokens,
                     bottom.loss, std::string(bottom.inside ? "runs" : "runs, outside the sizes")});
    }
    for (const double budget : given.budgets) {
      const double size = fit.n_params.scale * std::pow(budget, fit.n_params.exponent);
      const double tokens = budget / (plan::kTrainingFlops * size);
      allocations.push_back({{"budget_flops", budget}, {"n_params", size}, {"n_tokens", tokens}});
      table.add_row({sample.label, budget, size, tokens, {}, std::string("power law")});
    }
    results.push_back({{"group", sample.label.empty() ? Json(nullptr) : Json(sample.label)},
                       {"approach", given.approach},
                       {"n_params_exponent", json_number(fit.n_params.exponent)},
                       {"n_params_scale", json_number(fit.n_params.scale)},
                       {"n_tokens_exponent", json_number(fit.n_tokens.exponent)},
                       {"bottoms", bottoms},
                       {"allocations", allocations}});
  }
  context.emit(table, std::move(results));
  return kUsable;
}

int run_allocate(CommandContext& context, const AllocateCommand& given) {
  if (given.paths.empty() == given.fit_path.empty())
    throw InputError("allocate from what?", "give one of TABLE and --fit FILE");
  if (given.approach != 3) return run_isoflop(context, given);
  if (given.budgets.empty() && given.target_losses.empty())
    throw InputError("for what?", "give --budget FLOPS or --target-loss LOSS");
  plan::AllocateOptions options{.inference_tokens = given.inference_tokens};
  if (given.most_tokens > 0) options.most_tokens = given.most_tokens;
  Json results = Json::array();
  TextTable table;
  table.add_column("group");
  table.add_column("for");
  const auto count = [](double x) { return short_count(x); };
  table.add_column("N", "n_params", count);
  table.add_column("N interval", "n_params_interval");
  table.add_column("D", "n_tokens", count);
  table.add_column("D/N", "tokens_per_parameter");
  table.add_column("training FLOPs", "training_flops");
  table.add_column("loss");
  table.add_column("loss interval", "loss_interval");
  bool any = false;
  const auto answer = [&](const table::Predictor& predictor, std::optional<double> budget,
                          double target_loss) {
    const auto found = find(predictor, budget, target_loss, options, context.common.n_threads);
    const std::string what =
        budget ? significant(*budget) + " FLOPs" : "loss " + significant(target_loss);
    Json result = {{"group", predictor.group.empty() ? Json(nullptr) : Json(predictor.group)},
                   {"approach", 3},
                   {"budget_flops", json_number(budget)},
                   {"target_loss", budget ? Json(nullptr) : json_number(target_loss)},
                   {"reachable", found.has_value()}};
    if (!found) {
      context.warn("no N and D reach " + what);
      results.push_back(std::move(result));
      return;
    }
    any = true;
    const plan::Allocation& best = found->best;
    if (best.at_edge)
      context.warn("the optimum for " + what + " lies at the edge of what was searched");
    result.update({{"n_params", json_number(best.n_params)},
                   {"n_tokens", json_number(best.n_tokens)},
                   {"training_flops", json_number(best.training_flops)},
                   {"lifetime_flops", json_number(best.lifetime_flops)},
                   {"loss", json_number(best.loss)},
                   {"n_params_interval", interval_json(found->n_params)},
                   {"n_tokens_interval", interval_json(found->n_tokens)},
                   {"loss_interval", interval_json(found->loss)}});
    results.push_back(std::move(result));
    const std::string sizes = found->n_params ? short_count(found->n_params->lower) + " to " +
                                                    short_count(found->n_params->upper)
                                              : "";
    table.add_row({predictor.group, what, best.n_params, sizes, best.n_tokens,
                   best.n_tokens / best.n_params, best.training_flops, best.loss,
                   interval_words(found->loss)});
  };
  for (const table::Predictor& predictor : predictors_of(given, context)) {
    loss_of(*predictor.law, predictor.theta);  // a law of other inputs is told at once
    for (const double budget : given.budgets) answer(predictor, budget, 0);
    for (const double target : given.target_losses) answer(predictor, std::nullopt, target);
  }
  context.emit(table, std::move(results));
  return any ? kUsable : kNoUsableResult;
}

}  // namespace

Action allocate(CLI::App& app) {
  const auto given = std::make_shared<AllocateCommand>();
  add_table_options(app, *given);
  app.get_option("TABLE")->required(false);
  app.add_option("--group-by", given->request.group_by, "an answer for each value of these columns")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("COLUMN");
  app.add_option("--fit", given->fit_path, "a saved fit instead of a table")->type_name("FILE");
  app.add_option("--budget", given->budgets, "FLOPs to spend: 1e21,1e23")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::PositiveNumber.description(""));
  app.add_option("--target-loss", given->target_losses, "the cheapest N and D that reach it")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--inference-tokens", given->inference_tokens,
                 "count 2 N FLOPs for each of these over the model's life")
      ->check(CLI::NonNegativeNumber.description(""));
  app.add_option("--most-tokens", given->most_tokens, "there is no more data than this")
      ->check(CLI::NonNegativeNumber.description(""));
  app.add_option("--approach", given->approach,
                 "3: from the law; 2: parabolas by budget; 1: envelope (Hoffmann et al. 2022)")
      ->check(CLI::Range(1, 3).description(""));
  add_uncertainty_options(app, *given);
  app.footer(
      "Results, one a budget or target: group, approach, budget_flops, target_loss, reachable,\n"
      "n_params, n_tokens, training_flops, lifetime_flops, loss and their intervals.");
  return [given](CommandContext& context) { return run_allocate(context, *given); };
}

}  // namespace rung::cli
