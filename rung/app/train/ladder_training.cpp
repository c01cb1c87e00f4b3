#include "rung/app/train/ladder_training.hpp"

#include <cmath>
#include <ostream>

#include "rung/app/read_runs.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/run_table.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/log_check.hpp"
#include "rung/lm/run_folder.hpp"
#include "rung/report/model/planned.hpp"
#include "rung/report/table_rows.hpp"
#include "rung/study/model/foresight.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

/// The run of a rung that is done, as its log says.
Run logged_rung(CommandContext& context, const lm::LadderPlan& plan, const lm::PlannedRung& rung) {
  Run run;
  if (plan.trainer.empty()) {
    const std::vector<std::int64_t> saved = lm::checkpoint_steps(rung.folder);
    for (const std::string& sentence :
         lm::missing_from_logs(rung.settings, rung.folder, saved.back()))
      context.warn(sentence);
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
    const bool goes_on = lm::prepare_folder(rung.settings, rung.folder);
    if (goes_on && trained_run(rung.settings, rung.folder).finished) return;
    run_trainer(context, trainer_program(), {"train", rung.folder.string()});
  } else {
    run_command_line(context, lm::filled_template(plan.trainer, rung), rung.folder);
  }
}

/// The metric that a ladder is followed by: the plan's, else one of validation, else any loss.
const std::vector<double>* loss_of(const Run& run, const std::string& named) {
  const std::vector<double>* found = nullptr;
  for (const auto& [name, values] : run.metrics) {
    if (named.empty() ? name.ends_with("-validation/CrossEntropyLoss") : name == named)
      return &values;
    if (named.empty() && !found && (name == "loss" || name.ends_with("/loss"))) found = &values;
  }
  return found;
}

std::optional<double> final_loss(const Run& run, const std::string& named) {
  const std::vector<double>* const losses = loss_of(run, named);
  if (!losses) return std::nullopt;
  for (auto loss = losses->rbegin(); loss != losses->rend(); ++loss) {
    if (std::isfinite(*loss)) return *loss;
  }
  return std::nullopt;
}

/// Holds a rung against the others, and says what they say of the held-out ones.
void follow(const lm::LadderPlan& plan, std::size_t done, model::Foresight& foresight,
            model::LadderRows& rows) {
  model::RungRow& rung = rows.rungs[done];
  rung.expected =
      foresight.prediction(rung.n_params, rung.n_tokens, model::Foresight::kAlarmLevel, rung.loss);
  if (rung.is_target) return;
  foresight.add({rung.n_params, rung.n_tokens, *rung.loss});
  for (std::size_t i = done + 1; i < plan.rungs.size(); ++i) {
    const model::RungRow& target = rows.rungs[i];
    if (!target.is_target) continue;
    if (const auto prediction =
            foresight.prediction(target.n_params, target.n_tokens, model::Foresight::kLevel))
      rows.forecasts.push_back({target.name, rung.name, foresight.n_rungs(), *prediction});
  }
}

}  // namespace

void train_ladder(CommandContext& context, const lm::LadderPlan& plan, model::LadderRows& rows) {
  std::vector<Run> done;
  model::Foresight foresight;
  const std::filesystem::path table_path = plan.folder / "runs.csv";
  for (std::size_t i = 0; i < plan.rungs.size(); ++i) {
    model::RungRow& row = rows.rungs[i];
    context.err() << "== " << row.name << " (" << i + 1 << " of " << plan.rungs.size() << ")\n";
    try {
      train_rung(context, plan, plan.rungs[i]);
      done.push_back(logged_rung(context, plan, plan.rungs[i]));
      row.state = "done";
      write_file(table_path, csv_text(table_of_checkpoints(done, table_path.string())));
      rows.table_path = table_path.string();
      row.loss = final_loss(done.back(), plan.loss);
      if (!row.loss) continue;
      follow(plan, i, foresight, rows);
      context.err() << model::progress_words(rows, i);
      if (row.expected && row.expected->covered() == false)
        context.warn(row.name + " falls off the ladder: its loss is outside of what the other " +
                     std::to_string(foresight.n_rungs() - !row.is_target) + " rungs expect");
    } catch (const InputError& error) {  // the others don't depend on it
      row.state = "failed: " + error.problems().front().message;
      context.warn(row.name + ": " + join(split(error.what(), '\n'), "; "));
    }
  }
}

}  // namespace rung::app
