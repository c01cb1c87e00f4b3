#include <map>
#include <memory>
#include <ostream>

#include "rung/app/command.hpp"
#include "rung/app/read_runs.hpp"
#include "rung/app/table/hardware_options.hpp"
#include "rung/app/train/model_options.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/data/run_table.hpp"
#include "rung/lm/ladder_plan.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/report/model/planned.hpp"
#include "rung/report/table_rows.hpp"
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

/// The run of a rung that is done, as its log says.
Run logged_rung(CommandContext& context, const lm::LadderPlan& plan, const lm::PlannedRung& rung) {
  Run run;
  if (plan.trainer.empty()) {
    run = checkpoints_of(rung.settings, rung.folder);
  } else {
    // Its placeholders are paths here, not words of a command line.
    std::string log = plan.log;
    if (const std::size_t at = log.find("{folder}"); at != std::string::npos)
      log.replace(at, 8, rung.folder.string());
    std::vector<Run> runs = read_logged_runs(context, {.sources = {log}});
    if (runs.empty()) throw InputError(Location{log}, "there is no run in it");
    run = std::move(runs.front());
    run.model = rung.settings.name;
    run.n_params.non_embedding = rung.settings.model.n_params_non_embedding();
    run.n_params.total = rung.settings.model.n_params_total();
  }
  run.length = rung.settings.recipe.length;
  run.seed = static_cast<double>(rung.settings.seed);
  return run;
}

void train_rung(CommandContext& context, const lm::LadderPlan& plan, const lm::PlannedRung& rung) {
  if (plan.trainer.empty()) {
    const bool goes_on = lm::prepare_folder(rung.settings, rung.folder, false);
    if (goes_on && trained_run(rung.settings, rung.folder).finished) return;
    run_trainer(context, trainer_program(), {"train", rung.folder.string()});
  } else {
    run_command_line(context, lm::filled_template(plan.trainer, rung), rung.folder);
  }
}

Answer train_ladder(CommandContext& context, const lm::LadderPlan& plan, model::LadderRows rows) {
  std::vector<Run> done;
  const std::filesystem::path table_path = plan.folder / "runs.csv";
  for (std::size_t i = 0; i < plan.rungs.size(); ++i) {
    context.err() << "== " << rows.rungs[i].name << " (" << i + 1 << " of " << plan.rungs.size()
                  << ")\n";
    try {
      train_rung(context, plan, plan.rungs[i]);
      done.push_back(logged_rung(context, plan, plan.rungs[i]));
      rows.rungs[i].state = "done";
      write_file(table_path, csv_text(table_of_checkpoints(done, table_path.string())));
      rows.table_path = table_path.string();
    } catch (const InputError& error) {  // the others don't depend on it
      rows.rungs[i].state = "failed: " + error.problems().front().message;
      context.warn(rows.rungs[i].name + ": " + error.what());
    }
  }
  Document document = model::describe(rows);
  document.usable = done.size() == plan.rungs.size();
  return Answer(document);
}

Answer run_ladder_train(CommandContext& context, const LadderTrainCommand& given) {
  const std::string text = read_file(given.plan_path);
  context.note_input(given.plan_path, text);
  const lm::LadderPlan plan =
      lm::parse_ladder_plan(text, given.plan_path, model_configs(given.models_path, context));
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
  return train_ladder(context, plan, std::move(rows));
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
      "Results, one a rung: name, n_params, n_tokens, flops, hours, held_out, state.");
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
