#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "rung/cli/commands.hpp"
#include "rung/cli/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/plan/design.hpp"

namespace rung::cli {
namespace {

struct PlanCommand : TableRequest {
  std::string candidates_path;
  std::string cost = "6*N*D";
  std::vector<std::string> at;
  double budget = 0;
  std::string criterion = "c";
  int most_repeats = 1;
};

plan::Criterion parse_criterion(const std::string& text) {
  if (text == "d") return plan::Criterion::d;
  if (text == "v") return plan::Criterion::v;
  if (text == "c") return plan::Criterion::c;
  throw InputError("--criterion '" + text + "' is not known", "one of c, v, d");
}

std::vector<plan::Candidate> candidates_of(Table table, const PlanCommand& given, const Law& law) {
  if (!given.request.x.empty()) table = with_columns(std::move(table), given.request.x);
  const std::vector<double> costs = evaluate(parse_expression(given.cost, "--cost"), table);
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

int run_plan(CommandContext& context, const PlanCommand& given) {
  const table::Request request = read_request(given);
  const table::Prepared prepared = prepare_noted(given, request, context);
  table::check_determined(prepared);
  const Law& law = *prepared.law;
  const table::Sample& sample = prepared.samples.front();
  const FitOptions fitting = table::fit_options(prepared, request);
  const Fit fitted = rung::fit(law, sample.points, fitting);
  const FitProblem problem(law, sample.points, fitting.loss, fitting.residual, fitting.constraints);
  plan::DesignOptions options{.criterion = parse_criterion(given.criterion),
                              .budget = given.budget,
                              .most_repeats = given.most_repeats};
  for (const std::string& at : given.at) options.targets.push_back(table::inputs_at(at, law));
  const std::vector<plan::Candidate> candidates =
      candidates_of(read_noted(given.candidates_path, context), given, law);
  const plan::Design design = plan::next_runs(problem, fitted, candidates, options);
  for (const std::string& warning : design.warnings) context.warn(warning);

  Json runs = Json::array();
  TextTable table;
  table.add_column("run");
  for (const InputInfo& input : law.info.inputs) table.add_column(input.name);
  table.add_column("cost");
  table.add_column("target's stderr", "target_stderr");
  double count = 0;
  for (const plan::Chosen& chosen : design.runs) {
    const plan::Candidate& candidate = candidates[chosen.candidate];
    std::vector<TextCell> row = {++count};
    for (const double input : candidate.inputs) row.push_back(input);
    row.push_back(candidate.cost);
    row.push_back(number_cell(chosen.target_stderr));
    table.add_row(std::move(row));
    runs.push_back({{"inputs", inputs_json(law, candidate.inputs)},
                    {"cost", json_number(candidate.cost)},
                    {"target_stderr", json_number(chosen.target_stderr)}});
  }
  std::string text = table.text();
  if (design.stderr_before)
    text += "\nThe target's standard error before: " + significant(*design.stderr_before) + "\n";
  context.emit({text,
                table.csv(),
                {{{"criterion", given.criterion},
                  {"budget", given.budget},
                  {"cost", json_number(design.cost)},
                  {"stderr_before", json_number(design.stderr_before)},
                  {"residual", residual_name(prepared.residual)},
                  {"runs", runs}}}});
  return design.runs.empty() ? kNoUsableResult : kUsable;
}

}  // namespace

Action plan_runs(CLI::App& app) {
  const auto given = std::make_shared<PlanCommand>();
  add_table_options(app, *given);
  app.add_option("--candidates", given->candidates_path,
                 "a table of runs to choose from, columns as in TABLE")
      ->required()
      ->type_name("FILE");
  app.add_option("--cost", given->cost, "of a candidate, from its columns")->type_name("EXPR");
  app.add_option("--budget", given->budget, "in the unit of the cost")
      ->required()
      ->check(CLI::PositiveNumber.description(""));
  app.add_option("--at", given->at, "the target: \"N=7e9, D=4e12\"; may be given again")
      ->allow_extra_args(false)
      ->type_name("LIST");
  app.add_option("--criterion", given->criterion,
                 "c: the first target's prediction; v: all targets'; d: the parameters");
  app.add_option("--repeats", given->most_repeats, "most times that one candidate is run")
      ->check(CLI::Range(1, 1000).description(""));
  app.footer(
      "Standard errors are of the law's mean in residual space (log: relative).\n"
      "Results: criterion, budget, cost, stderr_before, residual, runs (inputs, cost,\n"
      "target_stderr), the most helpful for its cost first.");
  return [given](CommandContext& context) { return run_plan(context, *given); };
}

}  // namespace rung::cli
