#include "rung/figure/plan/plan.hpp"

#include <cmath>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/plan/design.hpp"
#include "rung/study/plan/grid.hpp"

namespace rung::app {
namespace {

struct PlanCommand : TableRequest {
  std::string candidates_path, grid;
  std::string cost;  // "": FLOPs where the law's inputs say them
  std::vector<std::string> at;
  std::string budget;
  HardwareOptions hardware;
  std::string criterion = "c";
  int most_repeats = 1;
  bool greedy = false;
};

plan::Criterion parse_criterion(const std::string& text) {
  if (text == "d") return plan::Criterion::d;
  if (text == "v") return plan::Criterion::v;
  if (text == "c") return plan::Criterion::c;
  throw InputError("--criterion '" + text + "' is not known", "one of c, v, d");
}

bool has_input(const Law& law, const char* name) {
  for (const InputInfo& input : law.info.inputs) {
    if (input.name == name) return true;
  }
  return false;
}

std::string cost_of(const PlanCommand& given, const Law& law) {
  if (!given.cost.empty()) return given.cost;
  if (has_input(law, "N") && has_input(law, "D")) return "6*N*D";
  if (has_input(law, "C")) return "C";
  throw InputError("what does a candidate cost?",
                   "'" + law.info.name +
                       "' has neither N and D nor C: give --cost EXPR, or "
                       "--cost 1 to count runs");
}

Table candidate_table(const PlanCommand& given, const Law& law, CommandContext& context) {
  if (given.candidates_path.empty() == given.grid.empty())
    throw InputError("which runs to choose from?", "give one of --candidates FILE and --grid LIST");
  Table table = given.grid.empty() ? read_noted(given.candidates_path, context)
                                   : plan::candidate_grid(given.grid);
  bool named_as_inputs = true;
  for (const InputInfo& input : law.info.inputs)
    named_as_inputs = named_as_inputs && table.has(input.name);
  if (!named_as_inputs && !given.request.x.empty())
    table = with_columns(std::move(table), parse_mapping(given.request.x, "--x"));
  return table;
}

std::vector<plan::Candidate> candidates_of(const Table& table, const std::string& cost,
                                           const Law& law) {
  const std::vector<double> costs = evaluate(parse_expression(cost, "--cost"), table);
  std::vector<plan::Candidate> candidates;
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    plan::Candidate candidate{.cost = costs[i]};
    bool complete = std::isfinite(costs[i]);
    for (const InputInfo& input : law.info.inputs) {
      const double value = table.numbers(input.name)[i];
      complete = complete && std::isfinite(value) && (!input.positive || value > 0);
      candidate.inputs.push_back(value);
    }
    if (!complete || !(candidate.cost > 0)) {
      throw InputError(Location{table.source(), i < table.lines().size() ? table.lines()[i] : 0},
                       "this candidate lacks an input or a positive cost");
    }
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

using Hardware = std::optional<plan::Hardware>;

TextTable runs_table(const Law& law, const std::vector<plan::Candidate>& candidates,
                     const plan::Design& design, const Hardware& hardware) {
  TextTable table;
  table.add_column("run");
  const auto amount = [](double x) { return x >= 1e4 ? short_count(x) : significant(x); };
  for (const InputInfo& input : law.info.inputs) table.add_column(input.name, "", amount);
  table.add_column("cost");
  add_bill_columns(table, hardware);
  if (!design.targets.empty()) table.add_column("target's stderr", "target_stderr");
  double count = 0;
  for (const plan::Chosen& chosen : design.runs) {
    const plan::Candidate& candidate = candidates[chosen.candidate];
    std::vector<TextCell> row = {++count};
    for (const double input : candidate.inputs) row.push_back(input);
    row.push_back(candidate.cost);
    add_bill_cells(row, hardware, candidate.cost);
    if (!design.targets.empty()) row.push_back(number_cell(chosen.target_stderr));
    table.add_row(std::move(row));
  }
  return table;
}

std::string summary(const Law& law, const plan::Design& design, double budget,
                    const Hardware& hardware) {
  std::string text = "\nCost " + significant(design.cost) + " of " + significant(budget) + ".\n";
  if (hardware) text += bill_words(*hardware, design.cost) + hardware_words(*hardware);
  for (const plan::Forecast& target : design.targets) {
    std::vector<std::string> at;
    for (std::size_t k = 0; k < target.inputs.size(); ++k)
      at.push_back(law.info.inputs[k].name + "=" + significant(target.inputs[k]));
    text += join(at, ", ") + ": " + significant(target.predicted) + ", " +
            percent(target.before.level, 0) + " interval " + interval_words(target.before) +
            " now, " + interval_words(target.after) + " expected with these runs\n";
  }
  return text;
}

Json runs_json(const Law& law, const std::vector<plan::Candidate>& candidates,
               const plan::Design& design, const Hardware& hardware) {
  Json runs = Json::array();
  for (const plan::Chosen& chosen : design.runs) {
    const plan::Candidate& candidate = candidates[chosen.candidate];
    runs.push_back({{"inputs", inputs_json(law, candidate.inputs)},
                    {"cost", json_number(candidate.cost)},
                    {"bill", bill_json(hardware, candidate.cost)},
                    {"target_stderr", json_number(chosen.target_stderr)}});
  }
  return runs;
}

Json targets_json(const Law& law, const plan::Design& design) {
  Json targets = Json::array();
  for (const plan::Forecast& target : design.targets) {
    targets.push_back({{"inputs", inputs_json(law, target.inputs)},
                       {"predicted", json_number(target.predicted)},
                       {"stderr_before", json_number(target.stderr_before)},
                       {"stderr_after", json_number(target.stderr_after)},
                       {"interval_before", interval_json(target.before)},
                       {"interval_after", interval_json(target.after)}});
  }
  return targets;
}

int run_plan(CommandContext& context, const PlanCommand& given) {
  const Hardware hardware = hardware_of(given.hardware, context);
  const double budget = budget_flops(given.budget, hardware);
  const table::Request request = read_request(given);
  const table::Prepared prepared = prepare_noted(given, request, context);
  table::check_determined(prepared);
  const Law& law = *prepared.law;
  table::UncertaintyOptions uncertainty = uncertainty_options(given, context);
  uncertainty.resample.n_replicates = 0;  // a design is by the delta method
  if (uncertainty.interval_for == IntervalFor::conformal)
    throw InputError("--interval conformal says nothing of runs that are not there yet",
                     "one of mean, observation");
  const table::FittedGroup group =
      table::fit_group(prepared, prepared.samples.front(), request, uncertainty);
  plan::DesignOptions options{.criterion = parse_criterion(given.criterion),
                              .budget = budget,
                              .most_repeats = given.most_repeats,
                              .refine = !given.greedy,
                              .level = request.level,
                              .observation = uncertainty.interval_for == IntervalFor::observation};
  for (const std::string& at : given.at) options.targets.push_back(table::inputs_at(at, law));
  const std::vector<plan::Candidate> candidates =
      candidates_of(candidate_table(given, law, context), cost_of(given, law), law);
  const plan::Design design = plan::next_runs(group.fitted, candidates, options);
  for (const std::string& warning : design.warnings) context.warn(warning);

  add_figure(context, [&] { return plan_figure(law, *group.fitted.points, candidates, design); });
  const TextTable table = runs_table(law, candidates, design, hardware);
  const std::optional<double> before =
      design.targets.empty() ? std::nullopt : std::optional(design.targets.front().stderr_before);
  context.emit({table.text() + summary(law, design, budget, hardware),
                table.csv(),
                {{{"criterion", given.criterion},
                  {"budget", budget},
                  {"cost", json_number(design.cost)},
                  {"n_candidates", candidates.size()},
                  {"stderr_before", json_number(before)},
                  {"residual", residual_name(prepared.residual)},
                  {"condition_number_before", json_number(design.condition_before)},
                  {"condition_number_after", json_number(design.condition_after)},
                  {"gain", json_number(design.gain)},
                  {"greedy_gain", json_number(design.greedy_gain)},
                  {"hardware", hardware_json(hardware)},
                  {"bill", bill_json(hardware, design.cost)},
                  {"targets", targets_json(law, design)},
                  {"runs", runs_json(law, candidates, design, hardware)}}}});
  return design.runs.empty() ? kNoUsableResult : kUsable;
}

Action plan_runs(Options& command) {
  const auto given = std::make_shared<PlanCommand>();
  add_table_options(command, *given);
  command
      .add("--candidates", given->candidates_path,
           "a table of runs to choose from, columns as in TABLE or named as the inputs")
      .value_name("FILE");
  command
      .add("--grid", given->grid,
           "or every combination: \"N=1e8..1e9:4, ratio=10|20|40, D=ratio*N\"")
      .value_name("LIST");
  command.add("--cost", given->cost, "of a candidate, from its columns; default: 6*N*D, or C")
      .value_name("EXPR");
  command
      .add("--budget", given->budget,
           "in the unit of the cost; with --hardware also 500h, 1000usd or 300kwh")
      .required();
  add_hardware_options(command, given->hardware);
  command.add("--at", given->at, "the target: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  command.add("--criterion", given->criterion,
              "c: the first target's prediction; v: all targets'; d: the parameters");
  command.add("--repeats", given->most_repeats, "most times that one candidate is run")
      .range(1, 1000);
  command.add_flag("--greedy", given->greedy, "no exchanges after the greedy choice");
  command.add("--covariance", given->covariance,
              "of the parameters: delta, sandwich or cluster:COLUMN");
  command.add("--interval", given->interval,
              "of targets: mean (the law) or observation (one more run)");
  command.footer(
      "Standard errors are of the law in residual space (log: relative). What is expected with\n"
      "the new runs takes today's fit and noise as true. With --hardware costs are FLOPs.\n"
      "Results: criterion, budget, cost, n_candidates, stderr_before, residual,\n"
      "condition_number_before and _after, gain of the criterion's logarithm and greedy_gain\n"
      "without exchanges, hardware, bill, targets (inputs, predicted, stderr and interval before\n"
      "and after), runs (inputs, cost, bill, target_stderr), the most helpful for its cost first.");
  return [given](CommandContext& context) { return run_plan(context, *given); };
}

}  // namespace

std::vector<Command> table_plan_commands() {
  return {{.name = "plan",
           .summary = "which runs to train next, so that a prediction gets sharpest",
           .group = "table",
           .place = 60,
           .declare = plan_runs,
           .has_figure = true}};
}

}  // namespace rung::app
