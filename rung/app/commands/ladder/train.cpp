#include <map>
#include <memory>
#include <ostream>

#include "rung/app/command.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/train/ladder_training.hpp"
#include "rung/app/train/model_options.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/lm/input_check.hpp"
#include "rung/report/model/planned.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct LadderTrainCommand {
  std::string plan_path, models_path;
  HardwareOptions hardware;
  bool is_dry = false;
};

model::LadderRows rows_of(const lm::LadderPlan& plan) {
  model::LadderRows rows{.name = plan.name};
  for (const lm::PlannedRung& rung : plan.rungs)
    rows.rungs.push_back({.name = rung.settings.name,
                          .n_params = rung.settings.model.n_params_non_embedding(),
                          .n_tokens = rung.n_tokens(),
                          .flops = rung.flops(),
                          .is_target = rung.is_target});
  return rows;
}

/// Hours by a few steps of each size.
void estimate_hours(const lm::LadderPlan& plan, const std::string& program,
                    model::LadderRows& rows) {
  std::map<std::string, std::optional<double>> speeds;  // tokens per second, by model
  for (std::size_t i = 0; i < plan.rungs.size(); ++i) {
    const lm::Settings& settings = plan.rungs[i].settings;
    auto speed = speeds.find(settings.model.name);
    if (speed == speeds.end())
      speed =
          speeds.emplace(settings.model.name, measured_tokens_per_second(program, settings)).first;
    if (speed->second) rows.rungs[i].hours = rows.rungs[i].n_tokens / *speed->second / 3600;
  }
}

Answer run_ladder_train(CommandContext& context, const LadderTrainCommand& given) {
  const std::string text = read_file(given.plan_path);
  context.note_input(given.plan_path, text);
  const lm::LadderPlan plan =
      lm::parse_ladder_plan(text, given.plan_path, model_configs(given.models_path, context));
  lm::check_inputs(plan);
  model::LadderRows rows = rows_of(plan);
  rows.hardware = hardware_of(given.hardware, context);
  if (plan.trainer.empty()) {
    if (!given.is_dry || has_trainer_program()) estimate_hours(plan, trainer_program(), rows);
  } else {
    lm::filled_template(plan.trainer, plan.rungs.front());  // says what is wrong with it
  }
  const Document cost = model::describe(rows);
  if (given.is_dry) return Answer(cost);
  context.err() << text_of(cost) << "\n";
  train_ladder(context, plan, rows);
  return Answer(model::describe(rows));
}

Action ladder_train(Options& command) {
  const auto given = std::make_shared<LadderTrainCommand>();
  command.add("PLAN", given->plan_path, "sizes and lengths, a TOML file").required().value_name("");
  add_models_option(command, given->models_path);
  command.add_flag("--dry-run", given->is_dry, "what it costs, and no more");
  add_hardware_options(command, given->hardware);
  command.footer(
      "Trains every rung, the cheapest first, with rung-train or the plan's own trainer; the same\n"
      "command goes on where it was interrupted. A rung that fails leaves the others be. The\n"
      "checkpoints of all that are done go to FOLDER/runs.csv, which rung ladder step1 and predict "
      "read.\n"
      "After each rung the held-out ones are predicted by L(N, D) of those so far, and a rung "
      "that\n"
      "ends outside of what the others expect of it (99%) is warned of.\n"
      "Results, one a rung: name, n_params, n_tokens, flops, hours, held_out, state, loss, "
      "expected\n"
      "(predicted, interval, actual, covered), forecasts of the held-out ones after it (target,\n"
      "n_rungs, predicted, interval).");
  return [given](CommandContext& context) { return run_ladder_train(context, *given); };
}

}  // namespace

std::vector<Command> ladder_train_commands() {
  return {{.name = "ladder train",
           .summary = "train a ladder of sizes and lengths, cost first",
           .example = "rung ladder train plan.toml --dry-run",
           .group = "ladder",
           .place = 5,
           .declare = ladder_train}};
}

}  // namespace rung::app
