#include "rung/figure/plan/plan.hpp"

#include <filesystem>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/app/train/model_options.hpp"
#include "rung/report/plan/plan.hpp"
#include "rung/report/plan/rungs.hpp"

namespace rung::app {
namespace {

struct PlanCommand : TableRequest {
  plan::PlanRequest plan;
  std::string candidates_path;
  std::string criterion = "c";
  HardwareOptions hardware;
  std::string save_path, models_path, family = "olmo", data = "data.toml";  // of a plan file
};

void save_plan(CommandContext& context, const PlanCommand& given, const plan::PlanResult& result,
               Answer& answer) {
  const plan::Rungs rungs =
      plan::rungs_of(result, model_configs(given.models_path, context), given.family);
  for (const std::string& warning : rungs.warnings) context.warn(warning);
  const std::string name = std::filesystem::path(given.save_path).stem().string();
  answer.files.push_back({given.save_path, plan::plan_file_text(rungs, name, given.data)});
}

void declare_plan_file(Options& command, PlanCommand& given) {
  command
      .add("--save-plan", given.save_path,
           "the runs as a plan for rung ladder train, the targets held out")
      .value_name("FILE")
      .writes();
  command.add("--family", given.family, "of its models: those of N nearest to the runs'")
      .needs("--save-plan")
      .value_name("NAME");
  add_models_option(command, given.models_path).needs("--save-plan");
  command.add("--data", given.data, "that it trains on, beside it")
      .needs("--save-plan")
      .value_name("FILE");
}

Answer run_plan(CommandContext& context, const PlanCommand& given) {
  const std::optional<plan::Hardware> hardware = hardware_of(given.hardware, context);
  plan::PlanRequest request = given.plan;
  request.what = read_request(given);
  request.uncertainty = uncertainty_options(given, context);
  request.criterion = plan::parse_criterion(given.criterion);
  const bool has_table = !given.candidates_path.empty();
  request.validate(has_table, hardware);
  const table::Prepared prepared = prepare_noted(given, request.what, context);
  std::optional<Table> offered;
  if (has_table) offered = read_noted(given.candidates_path, context);
  const auto result = std::make_shared<const plan::PlanResult>(
      plan::run(request, prepared, std::move(offered), hardware));
  for (const std::string& note : result->notes) context.note(note);
  tell_doubts({&result->fitted}, context);
  for (const std::string& warning : result->design.warnings) context.warn(warning);
  Answer answer(plan::describe(request, *result));
  if (result->design.runs.empty()) return answer;
  if (!given.save_path.empty()) save_plan(context, given, *result, answer);
  answer.figure = [result, criterion = request.criterion] {
    return plan_figure(result->fitted, result->candidates, result->design, criterion);
  };
  return answer;
}

Action plan_runs(Options& command) {
  const auto given = std::make_shared<PlanCommand>();
  plan::PlanRequest& request = given->plan;
  add_table_options(command, *given);
  command
      .add("--candidates", given->candidates_path,
           "a table of runs to choose from, columns as in TABLE or named as the inputs")
      .value_name("FILE");
  command
      .add("--grid", request.grid,
           "or every combination: \"N=1e8..1e9:4, ratio=10|20|40, D=ratio*N\"")
      .value_name("LIST");
  command.add("--cost", request.cost, "of a candidate, from its columns; default: C, or 6*N*D")
      .value_name("EXPR");
  command.add("--budget", request.budget,
              "in the unit of the cost; with --hardware also 500h, 1000usd or 300kwh");
  command.add("--runs", request.n_runs, "or so many runs, whatever they cost")
      .range(1, 1000)
      .value_name("INT");
  add_hardware_options(command, given->hardware);
  command.add("--at", request.at, "the target: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  command
      .add("--criterion", given->criterion,
           "c: the first target's prediction; v: all targets'; d: the parameters")
      .choices({"c", "v", "d"}, false);
  command.add("--repeats", request.most_repeats, "most times that one candidate is run")
      .range(1, 1000);
  command.add_flag("--greedy", request.greedy, "no exchanges after the greedy choice");
  command.add("--covariance", given->covariance,
              "of the parameters: delta, sandwich or cluster:COLUMN");
  command.add("--interval", given->interval,
              "of targets: mean (the law) or observation (one more run)");
  declare_plan_file(command, *given);
  command.footer(
      "Standard errors are of the law in residual space (log: relative). What is expected with\n"
      "the new runs takes today's fit and noise as true. With --hardware costs are FLOPs.\n"
      "Results: criterion, budget, cost, n_candidates, stderr_before, residual,\n"
      "condition_number_before and _after, gain of the criterion's logarithm and greedy_gain\n"
      "without exchanges, hardware, bill, targets (inputs, predicted, stderr and interval before\n"
      "and after), runs (inputs, cost, bill, target_stderr), the most helpful for its cost first,\n"
      "doubts (of the fit).");
  return [given](CommandContext& context) { return run_plan(context, *given); };
}

}  // namespace

std::vector<Command> table_plan_commands() {
  return {{.name = "plan",
           .summary = "which runs to train next, so that a prediction gets sharpest",
           .example = "rung plan runs.csv --law chinchilla --x \"N=params, D=tokens\" --at \"N=7B, "
                      "D=4T\" --grid \"N=1e8..1e9:4, D=20*N\" --budget 1e20",
           .group = "table",
           .place = 60,
           .declare = plan_runs,
           .has_figure = true}};
}

}  // namespace rung::app
