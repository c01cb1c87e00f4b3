#include "rung/figure/plan/allocate.hpp"

#include <cmath>
#include <map>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/report/saved_fit.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct AllocateCommand : TableRequest {
  std::string fit_path, accuracy_fit_path;
  std::vector<std::string> budgets;
  std::vector<double> target_losses, target_accuracies;
  std::string held;
  double inference_tokens = 0, most_tokens = 0;
  int approach = 3;
  HardwareOptions hardware;
};

using Hardware = std::optional<plan::Hardware>;

std::size_t input_of(const Law& law, const char* name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return k;
  }
  throw InputError("approaches 1 and 2 need N and D", "say them with --x");
}

std::vector<Fitted> saved_fits(const std::string& path, CommandContext& context) {
  const std::string text = read_file(path);
  context.note_input(path, text);
  return read_saved_fit(text, path).groups;
}

std::map<std::string, double> held_inputs(const std::string& text) {
  std::map<std::string, double> held;
  if (text.empty()) return held;
  Table one("--hold");
  one.add({"(row)", std::vector<double>{0}});
  const Mapping mapping = parse_mapping(text, "--hold");
  one = with_columns(std::move(one), mapping);
  for (const auto& [name, expression] : mapping) held[name] = one.numbers(name).front();
  return held;
}

std::vector<Fitted> fits_of(const AllocateCommand& given, CommandContext& context) {
  if (!given.fit_path.empty()) return saved_fits(given.fit_path, context);
  const table::Request request = read_request(given);
  const table::Prepared prepared = prepare_noted(given, request, context);
  table::check_determined(prepared);
  const table::UncertaintyOptions options = uncertainty_options(given, context);
  std::vector<Fitted> fits;
  for (const table::Sample& sample : prepared.samples) {
    table::FittedGroup group = table::fit_group(prepared, sample, request, options);
    if (!group.fitted.fit.identified)
      context.warn((sample.label.empty() ? "" : "group '" + sample.label + "': ") +
                   "the fit does not identify its parameters, so the optimum is not to be trusted");
    fits.push_back(std::move(group.fitted));
  }
  return fits;
}

/// Budgets of approaches 1 and 2, on the power laws through the runs' own.
void add_power_law_rows(const plan::IsoflopFit& fit, const std::string& label,
                        const std::vector<double>& budgets, const Hardware& hardware,
                        TextTable& table, Json& allocations) {
  for (const double budget : budgets) {
    const double size = fit.n_params.scale * std::pow(budget, fit.n_params.exponent);
    const double tokens = budget / (plan::kTrainingFlops * size);
    allocations.push_back({{"budget_flops", budget},
                           {"n_params", size},
                           {"n_tokens", tokens},
                           {"bill", bill_json(hardware, budget)}});
    std::vector<TextCell> row = {label, budget, size, tokens, {}, std::string("power law")};
    add_bill_cells(row, hardware, budget);
    table.add_row(std::move(row));
  }
}

IsoflopRuns isoflop_runs(const table::Prepared& prepared, const table::Sample& sample,
                         int approach) {
  const std::size_t n = input_of(*prepared.law, "N"), d = input_of(*prepared.law, "D");
  IsoflopRuns runs{.label = sample.label, .parabolas = approach == 2};
  for (std::size_t i = 0; i < sample.points.size(); ++i) {
    const double size = sample.points.input(n, i);
    runs.points.push_back(
        {plan::kTrainingFlops * size * sample.points.input(d, i), size, sample.points.y(i)});
  }
  runs.fit =
      runs.parabolas ? plan::isoflop_parabolas(runs.points) : plan::isoflop_envelope(runs.points);
  return runs;
}

/// Approaches 1 and 2 need no law: the runs' own budgets.
int run_isoflop(CommandContext& context, const AllocateCommand& given) {
  const Hardware hardware = hardware_of(given.hardware, context);
  table::Request request = read_request(given);
  if (request.law.empty() && request.formula.empty()) request.law = "chinchilla";
  const table::Prepared prepared = prepare_noted(given, request, context);
  std::vector<double> budgets;
  for (const std::string& budget : given.budgets) budgets.push_back(budget_flops(budget, hardware));
  Json results = Json::array();
  TextTable table;
  for (const char* header : {"group", "C", "N", "D", "loss"}) table.add_column(header);
  table.add_column("from");
  add_bill_columns(table, hardware);
  std::vector<IsoflopRuns> groups;
  for (const table::Sample& sample : prepared.samples) {
    groups.push_back(isoflop_runs(prepared, sample, given.approach));
    const plan::IsoflopFit& fit = groups.back().fit;
    for (const std::string& warning : fit.warnings) context.warn(warning);
    Json bottoms = Json::array(), allocations = Json::array();
    for (const plan::IsoflopBottom& bottom : fit.bottoms) {
      bottoms.push_back({{"compute_flops", bottom.compute_flops},
                         {"n_params", json_number(bottom.n_params)},
                         {"n_tokens", json_number(bottom.n_tokens)},
                         {"loss", json_number(bottom.loss)},
                         {"inside", bottom.inside}});
      std::vector<TextCell> row = {
          sample.label,    bottom.compute_flops,
          bottom.n_params, bottom.n_tokens,
          bottom.loss,     std::string(bottom.inside ? "runs" : "runs, outside the sizes")};
      add_bill_cells(row, hardware, bottom.compute_flops);
      table.add_row(std::move(row));
    }
    add_power_law_rows(fit, sample.label, budgets, hardware, table, allocations);
    results.push_back({{"group", sample.label.empty() ? Json(nullptr) : Json(sample.label)},
                       {"approach", given.approach},
                       {"n_params_exponent", json_number(fit.n_params.exponent)},
                       {"n_params_scale", json_number(fit.n_params.scale)},
                       {"n_tokens_exponent", json_number(fit.n_tokens.exponent)},
                       {"bottoms", bottoms},
                       {"allocations", allocations}});
  }
  add_figure(context, [&] { return isoflop_figure(groups); });
  std::string text = table.text();
  for (const IsoflopRuns& group : groups) {
    text += "\n" + (group.label.empty() ? "" : group.label + ": ") +
            "N = " + significant(group.fit.n_params.scale) + " C^" +
            significant(group.fit.n_params.exponent) + "\n";
  }
  if (hardware) text += hardware_words(*hardware);
  context.emit({text, table.csv(), std::move(results)});
  return kUsable;
}

struct Asked {
  plan::Question question;
  std::string words;
};

std::vector<Asked> questions_of(const AllocateCommand& given, const Hardware& hardware) {
  std::vector<Asked> asked;
  for (const std::string& budget : given.budgets) {
    const double flops = budget_flops(budget, hardware);
    asked.push_back({{.budget_flops = flops}, significant(flops) + " FLOPs"});
  }
  for (const double target : given.target_losses)
    asked.push_back({{.target_loss = target}, "loss " + significant(target)});
  for (const double target : given.target_accuracies)
    asked.push_back({{.target_metric = target}, "accuracy " + significant(target)});
  return asked;
}

/// What a table of answers shows.
struct Shown {
  bool group = false, metric = false;
  const Hardware& hardware;
};

TextTable answer_table(const Shown& shown) {
  TextTable table;
  if (shown.group) table.add_column("group");
  table.add_column("for");
  const auto count = [](double x) { return short_count(x); };
  table.add_column("N", "n_params", count);
  table.add_column("N interval", "n_params_interval");
  table.add_column("D", "n_tokens", count);
  table.add_column("D/N", "tokens_per_parameter");
  table.add_column("training FLOPs", "training_flops");
  table.add_column("FLOPs interval", "training_flops_interval");
  table.add_column("loss");
  table.add_column("loss interval", "loss_interval");
  if (shown.metric) {
    table.add_column("accuracy");
    table.add_column("accuracy interval", "accuracy_interval");
  }
  add_bill_columns(table, shown.hardware);
  return table;
}

std::string range_words(const std::optional<Interval>& interval,
                        const std::function<std::string(double)>& words) {
  if (!interval || !std::isfinite(interval->lower)) return "";
  return words(interval->lower) +
         (std::isfinite(interval->upper) ? " to " + words(interval->upper) : " or more");
}

std::vector<TextCell> answer_row(const std::string& group, const std::string& what,
                                 const plan::Answer& found, const Shown& shown) {
  const plan::Allocation& best = *found.best;
  const auto flops = [](double x) { return significant(x); };
  std::vector<TextCell> row;
  if (shown.group) row.push_back(group);
  row.insert(row.end(),
             {what, best.n_params, range_words(found.n_params, short_count), best.n_tokens,
              best.n_tokens / best.n_params, best.training_flops,
              range_words(found.training_flops, flops), best.loss, interval_words(found.loss)});
  if (shown.metric) {
    row.push_back(number_cell(found.metric));
    row.push_back(interval_words(found.metric_interval));
  }
  add_bill_cells(row, shown.hardware, best.training_flops);
  return row;
}

Json answer_json(const std::string& group, const Asked& asked, const plan::Answer& found,
                 const Hardware& hardware) {
  Json result = {{"group", group.empty() ? Json(nullptr) : Json(group)},
                 {"approach", 3},
                 {"budget_flops", json_number(asked.question.budget_flops)},
                 {"target_loss", json_number(asked.question.target_loss)},
                 {"target_accuracy", json_number(asked.question.target_metric)},
                 {"reachable", found.best.has_value()},
                 {"reachable_share", json_number(found.reachable_share)}};
  if (!found.best) {
    result["reason"] = found.why_not;
    return result;
  }
  const plan::Allocation& best = *found.best;
  result.update({{"n_params", json_number(best.n_params)},
                 {"n_tokens", json_number(best.n_tokens)},
                 {"training_flops", json_number(best.training_flops)},
                 {"lifetime_flops", json_number(best.lifetime_flops)},
                 {"loss", json_number(best.loss)},
                 {"accuracy", json_number(found.metric)},
                 {"n_params_interval", interval_json(found.n_params)},
                 {"n_tokens_interval", interval_json(found.n_tokens)},
                 {"training_flops_interval", interval_json(found.training_flops)},
                 {"loss_interval", interval_json(found.loss)},
                 {"accuracy_interval", interval_json(found.metric_interval)},
                 {"bill", bill_json(hardware, best.training_flops)}});
  return result;
}

/// The accuracy law of a group: its own, or the only one there is.
const Fitted* metric_of(const std::vector<Fitted>& metrics, const std::string& group) {
  if (metrics.empty()) return nullptr;
  for (const Fitted& metric : metrics) {
    if (metric.label == group) return &metric;
  }
  if (metrics.size() == 1) return &metrics.front();
  throw InputError("--accuracy-fit has no group '" + group + "'", "fit both by the same groups");
}

void warn_of(const plan::Answer& found, const std::string& about, CommandContext& context) {
  if (!found.best) context.warn(about + found.why_not);
  for (const std::string& warning : found.warnings) context.warn(about + warning);
  const double share = found.reachable_share.value_or(1);
  if (found.best ? share < 1 : found.reachable_share && share > 0)
    context.warn(about + "reachable in " + percent(share, 0) + " of the bootstrap refits");
}

int run_allocate(CommandContext& context, const AllocateCommand& given) {
  if (given.paths.empty() == given.fit_path.empty())
    throw InputError("allocate from what?", "give one of TABLE and --fit FILE");
  if (given.approach != 3) return run_isoflop(context, given);
  const Hardware hardware = hardware_of(given.hardware, context);
  const std::vector<Asked> questions = questions_of(given, hardware);
  if (questions.empty())
    throw InputError("for what?", "give --budget FLOPS, --target-loss or --target-accuracy");
  plan::AllocateOptions options{.inference_tokens = given.inference_tokens};
  if (given.most_tokens > 0) options.most_tokens = given.most_tokens;
  const std::map<std::string, double> held = held_inputs(given.held);
  std::vector<Fitted> metrics;
  if (!given.accuracy_fit_path.empty()) metrics = saved_fits(given.accuracy_fit_path, context);
  const std::vector<Fitted> fits = fits_of(given, context);
  Json results = Json::array();
  const Shown shown{fits.size() > 1 || !fits.front().label.empty(), !metrics.empty(), hardware};
  TextTable table = answer_table(shown);
  std::vector<AllocatedLaw> drawn;
  for (const Fitted& fitted : fits) {
    drawn.push_back({fitted.label, {&fitted, metric_of(metrics, fitted.label), held}, options, {}});
    for (const Asked& asked : questions) {
      plan::Answer found =
          plan::answer(drawn.back().source, asked.question, options, context.common.n_threads);
      warn_of(found, (fitted.label.empty() ? "" : fitted.label + ", ") + asked.words + ": ",
              context);
      results.push_back(answer_json(fitted.label, asked, found, hardware));
      if (found.best) table.add_row(answer_row(fitted.label, asked.words, found, shown));
      drawn.back().answers.push_back(std::move(found));
    }
  }
  const bool any = table.n_rows() > 0;
  if (any) add_figure(context, [&] { return allocation_figure(drawn); });
  const std::string text =
      any ? table.text() + (hardware ? "\n" + hardware_words(*hardware) : "") : "";
  context.emit({text, table.csv(), std::move(results)});
  return any ? kUsable : kNoUsableResult;
}

Action allocate(Options& command) {
  const auto given = std::make_shared<AllocateCommand>();
  add_table_options(command, *given);
  command.find("TABLE")->required(false);
  command.add("--group-by", given->request.group_by, "an answer for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add("--fit", given->fit_path, "a saved fit instead of a table").value_name("FILE");
  command
      .add("--budget", given->budgets,
           "FLOPs to spend: 1e21,1e23; with --hardware also 500h, 1000usd, 300kwh")
      .comma_separated()
      .value_name("LIST");
  command.add("--target-loss", given->target_losses, "the cheapest N and D that reach it")
      .comma_separated();
  command
      .add("--target-accuracy", given->target_accuracies,
           "the same for what --accuracy-fit predicts, or the law itself without it")
      .comma_separated();
  command
      .add("--accuracy-fit", given->accuracy_fit_path,
           "a saved fit of accuracy (or error) over the loss")
      .value_name("FILE");
  command.add("--hold", given->held, "the law's inputs besides N and D: \"U=1e11\"")
      .value_name("LIST");
  command
      .add("--inference-tokens", given->inference_tokens,
           "count 2 N FLOPs for each of these over the model's life")
      .non_negative();
  command.add("--most-tokens", given->most_tokens, "there is no more data than this")
      .non_negative();
  command
      .add("--approach", given->approach,
           "3: from the law; 2: parabolas by budget; 1: envelope (Hoffmann et al. 2022)")
      .range(1, 3);
  add_hardware_options(command, given->hardware);
  add_uncertainty_options(command, *given);
  command.footer(
      "Results, one a budget or target: group, approach, budget_flops, target_loss,\n"
      "target_accuracy, reachable, reachable_share of the bootstrap refits, reason where it is\n"
      "not, n_params, n_tokens, training_flops, lifetime_flops, loss, accuracy and their\n"
      "intervals (an absent upper end is infinite), bill.");
  return [given](CommandContext& context) { return run_allocate(context, *given); };
}

}  // namespace

std::vector<Command> table_allocate_commands() {
  return {{.name = "allocate",
           .summary = "model size and tokens for a budget or for a loss",
           .group = "table",
           .place = 50,
           .declare = allocate,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app
