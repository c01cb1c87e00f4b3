#include "rung/figure/plan/allocate.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "rung/app/command.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/table/second_fit.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/expression_tokens.hpp"
#include "rung/core/text.hpp"
#include "rung/report/plan/allocation.hpp"
#include "rung/study/table/coefficients.hpp"

namespace rung::app {
namespace {

struct AllocateCommand : TableRequest {
  plan::AllocateRequest allocate;
  std::string fit_path, accuracy_fit_path, coefficients;
  double most_tokens = 0;  // 0: not given
  int approach = 3;
  HardwareOptions hardware;
};

/// What the first law is of, fitted here or not.
SavedFit fits_of(const AllocateCommand& given, CommandContext& context) {
  SavedFit found;
  if (!given.fit_path.empty()) {
    found = read_saved(given.fit_path, context);
  } else {
    found.request = read_request(given);
    if (!given.coefficients.empty()) {
      found.groups.push_back(table::with_coefficients(found.request, given.coefficients));
      return found;
    }
    const table::Prepared prepared = prepare_noted(given, found.request, context);
    found.flops_over_six_nd = plan::flops_over_six_nd(found.request, prepared);
    for (table::FittedGroup& group :
         table::fit_each(prepared, found.request, uncertainty_options(given, context))) {
      if (!group.no_intervals.empty()) context.warn(group.no_intervals);
      found.groups.push_back(std::move(group.fitted));
    }
  }
  std::vector<const Fitted*> groups;
  for (const Fitted& group : found.groups) groups.push_back(&group);
  tell_doubts(groups, context);
  return found;
}

/// Where --x names the runs' own C, FLOPs are those, or it is said that they aren't.
void count_flops(const SavedFit& fits, const std::string& fit_path, plan::AllocateOptions& options,
                 CommandContext& context) {
  const std::vector<InputInfo>& inputs = fits.groups.front().law->info.inputs;
  const bool is_input = std::any_of(inputs.begin(), inputs.end(),
                                    [](const InputInfo& input) { return input.name == "C"; });
  if (is_input || !table::maps_compute(fits.request)) return;
  if (fits.flops_over_six_nd) {
    const std::string note = plan::count_flops_as(*fits.flops_over_six_nd, options);
    if (!note.empty()) context.note(note);
  } else {
    // Files of earlier versions don't keep it.
    context.warn(
        "C in --x has no effect on approach 3: the runs' is not one multiple of 6 N D" +
        std::string(fit_path.empty() ? "" : ", or " + fit_path + " does not say of which") +
        ", so that budgets and training FLOPs are 6 N D (--approach 1 and 2 go by C)");
  }
}

/// Of the laws of --accuracy-fit that answers rest on.
void tell_doubts_of_metrics(const plan::AllocateResult& result, const std::string& path,
                            CommandContext& context) {
  std::set<std::string> told;
  std::vector<const Fitted*> metrics;
  for (const plan::AllocatedLaw& law : result.laws) {
    if (law.metric && told.insert(law.metric->label).second) metrics.push_back(&*law.metric);
  }
  tell_doubts(metrics, context, path);
}

/// InputError for what only a law can answer.
void check_isoflop(const AllocateCommand& given) {
  const plan::AllocateRequest& asked = given.allocate;
  const std::pair<bool, const char*> options[] = {
      {!asked.target_losses.empty(), "--target-loss"},
      {!asked.target_accuracies.empty(), "--target-accuracy"},
      {!given.accuracy_fit_path.empty(), "--accuracy-fit"},
      {!asked.fixed_inputs.empty(), "--hold"},
      {asked.options.inference_tokens > 0, "--inference-tokens"},
      {given.most_tokens > 0, "--most-tokens"}};
  for (const auto& [is_given, name] : options) {
    if (is_given)
      throw InputError(std::string(name) + " needs a law, and --approach 1 and 2 have none",
                       "leave out --approach, for the law");
  }
}

/// Approaches 1 and 2 need no law: the runs' own budgets.
Answer run_isoflop(CommandContext& context, const AllocateCommand& given) {
  check_isoflop(given);
  const std::optional<plan::Hardware> hardware = hardware_of(given.hardware, context);
  table::Request what = read_request(given);
  const plan::IsoflopRequest request{.parabolas = given.approach == 2,
                                     .budgets = given.allocate.budgets,
                                     .own_compute = table::maps_compute(what),
                                     .loss = what.loss};
  request.validate(hardware);
  if (what.law.empty() && what.formula.empty()) what.law = "chinchilla";
  const auto result = std::make_shared<const plan::IsoflopResult>(
      plan::run(request, prepare_noted(given, what, context), hardware));
  for (const std::string& warning : result->warnings) context.warn(warning);
  Answer answer(plan::describe(*result));
  answer.figure = [result] { return isoflop_figure(result->groups); };
  return answer;
}

/// Of what says how sure a fit is in other ways than the bootstrap.
void note_idle_uncertainty(CommandContext& context, const AllocateCommand& given) {
  note_idle_bootstrap_kind(given, context);
  std::vector<std::string> names = given.given_of({"--interval", "--profile", "--covariance"});
  // Priors are weighed against the noise.
  if (given.given_of({"--prior"}).empty() && !given.given_of({"--noise-sd"}).empty())
    names.push_back("--noise-sd");
  if (!names.empty())
    context.note(join(names, ", ") + (names.size() > 1 ? " change" : " changes") +
                 " nothing: allocate's intervals are the spread over bootstrap refits");
}

/// Approaches 1 and 2 fit no law, but for the one on which it is told how far off they are.
void note_options_of_the_law(CommandContext& context, const AllocateCommand& given) {
  const std::vector<std::string> names =
      given.given_of({"--loss", "--residual", "--weights", "--fix", "--param", "--tie", "--prior"});
  if (!names.empty())
    context.note(join(names, ", ") + (names.size() > 1 ? " change" : " changes") +
                 " nothing of what approach 1 and 2 say, only the law by which their bias is told");
}

/// Of options of a fit to a table where there is none.
void note_fit_options(CommandContext& context, const AllocateCommand& given) {
  const bool is_isoflop = given.approach != 3;
  if (is_isoflop) note_options_of_the_law(context, given);
  const std::vector<std::string> names =
      !given.fit_path.empty()       ? given.options_of_a_fit()
      : !given.coefficients.empty() ? given.options_of_a_fit({"--law", "--laws", "--formula"})
      : is_isoflop
          // The others say what the runs are, or the law on which it is told how far off they are.
          ? given.given_of({"--level", "--noise-sd", "--bootstrap", "--bootstrap-kind",
                            "--covariance", "--interval", "--profile"})
          : std::vector<std::string>();
  if (names.empty()) {
    note_idle_uncertainty(context, given);
    return;
  }
  context.note(join(names, ", ") + (names.size() > 1 ? " change" : " changes") + " nothing under " +
               (!given.fit_path.empty()       ? "--fit: the law has been fitted"
                : !given.coefficients.empty() ? "--coefficients: nothing is fitted"
                                              : "--approach 1 and 2: they have no intervals"));
}

Answer run_allocate(CommandContext& context, const AllocateCommand& given) {
  check_no_values(given.paths);
  if (given.paths.empty() + given.fit_path.empty() + given.coefficients.empty() != 2)
    throw InputError("allocate from what?",
                     "give one of TABLE, --fit FILE, and --law NAME --coefficients LIST");
  note_fit_options(context, given);
  if (given.approach != 3) {
    if (given.paths.empty())
      throw InputError("--approach 1 and 2 look at runs, of which there are none",
                       "give the TABLE instead of --fit or --coefficients");
    return run_isoflop(context, given);
  }
  const std::optional<plan::Hardware> hardware = hardware_of(given.hardware, context);
  plan::AllocateRequest request = given.allocate;
  if (given.most_tokens > 0) request.options.most_tokens = given.most_tokens;
  request.n_threads = context.common.n_threads;
  request.validate(hardware);
  SavedFit metrics;
  if (!given.accuracy_fit_path.empty()) metrics = read_saved(given.accuracy_fit_path, context);
  SavedFit fits = fits_of(given, context);
  if (!metrics.groups.empty())
    tell_other_data(fits.request, fits.groups, metrics, "--accuracy-fit", context);
  if (given.coefficients.empty()) count_flops(fits, given.fit_path, request.options, context);
  plan::AllocateResult found = plan::run(request, std::move(fits.groups), metrics.groups, hardware);
  found.y = shown_expression(fits.request.y);
  if (!metrics.groups.empty()) found.metric_y = shown_expression(metrics.request.y);
  const auto result = std::make_shared<const plan::AllocateResult>(std::move(found));
  tell_doubts_of_metrics(*result, given.accuracy_fit_path, context);
  for (const std::string& warning : result->warnings) context.warn(warning);
  Answer answer(plan::describe(*result));
  if (result->any_reachable()) answer.figure = [result] { return allocation_figure(*result); };
  return answer;
}

Action allocate(Options& command) {
  const auto given = std::make_shared<AllocateCommand>();
  plan::AllocateRequest& request = given->allocate;
  add_table_options(command, *given);
  command.find("TABLE")->required(false);
  command.add("--group-by", given->request.group_by, "an answer for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add("--fit", given->fit_path, "a saved fit instead of a table").value_name("FILE");
  command
      .add("--coefficients", given->coefficients,
           "published ones of the law instead of data: \"A=406.4, B=410.7, ...\"")
      .value_name("LIST");
  command
      .add("--budget", request.budgets,
           "FLOPs to spend: 1e21,1e23; with --hardware also 500h, 1000usd, 300kwh")
      .comma_separated()
      .value_name("LIST");
  command.add("--target-loss", request.target_losses, "the cheapest N and D that reach it")
      .comma_separated();
  command
      .add("--target-accuracy", request.target_accuracies,
           "the same for what --accuracy-fit predicts, or the law itself without it")
      .comma_separated();
  command
      .add("--accuracy-fit", given->accuracy_fit_path,
           "a saved fit of accuracy (or error) over the loss")
      .value_name("FILE");
  command.add("--hold", request.fixed_inputs, "the law's inputs besides N and D: \"U=1e11\"")
      .value_name("LIST");
  command
      .add("--inference-tokens", request.options.inference_tokens,
           "count 2 N FLOPs for each of these over the model's life")
      .non_negative();
  command.add("--most-tokens", given->most_tokens, "there is no more data than this").positive();
  command
      .add("--approach", given->approach,
           "3: from the law; 2: parabolas by budget; 1: envelope (Hoffmann et al. 2022)")
      .range(1, 3);
  add_hardware_options(command, given->hardware);
  add_uncertainty_options(command, *given);
  command.footer(
      "A run's compute is 6 N D, or what --x \"..., C=COLUMN\" says: for approach 3 (the law)\n"
      "where that is one multiple of 6 N D, to 5%.\n"
      "Results, one a budget or target: group, approach, budget_flops, target_loss,\n"
      "target_accuracy, reachable, reached_by_all, reachable_share of the bootstrap refits,\n"
      "reason where there is no answer, with ceiling_interval of the second law at a loss of 0\n"
      "where the target lies in it, n_params, n_tokens, training_flops, lifetime_flops,\n"
      "loss, accuracy and their intervals (an absent upper end is infinite), determined (by the\n"
      "data), extrapolation (by what factor N, D or another input lies outside the data), bill\n"
      "(of training), doubts (of the fits).");
  return [given](CommandContext& context) { return run_allocate(context, *given); };
}

}  // namespace

std::vector<Command> table_allocate_commands() {
  return {
      {.name = "allocate",
       .summary = "model size and tokens for a budget or for a loss",
       .example =
           "rung allocate runs.csv --law chinchilla --x \"N=params, D=tokens\" --budget 1e21,1e23",
       .group = "table",
       .place = 50,
       .declare = allocate,
       .has_figure = true,
       .has_bootstrap = true}};
}

}  // namespace rung::app
