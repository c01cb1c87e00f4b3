#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/input_check.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/report/model/tokenized.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct EvaluateCommand {
  std::string load_path, data;
};

/// What --load_path names: a run's folder, and which steps of it.
struct Chosen {
  std::filesystem::path folder;
  std::vector<std::int64_t> steps;
};

Chosen chosen_of(const std::string& load_path) {
  const std::filesystem::path path = load_path;
  if (file_exists(path / lm::kSettingsFile)) {
    Chosen chosen{path, lm::checkpoint_steps(path)};
    if (chosen.steps.empty()) throw InputError(Location{load_path}, "it has no checkpoints");
    return chosen;
  }
  const std::filesystem::path folder = path.parent_path().parent_path();
  if (!file_exists(path) || !file_exists(folder / lm::kSettingsFile))
    throw InputError("--load_path: '" + load_path + "' is no run's folder and no checkpoint in one",
                     "such as runs/tiny-330k-1xC, or its checkpoints/step100.rung");
  for (const std::int64_t step : lm::checkpoint_steps(folder)) {
    if (lm::checkpoint_path(folder, step) == path) return {folder, {step}};
  }
  throw InputError("--load_path: '" + load_path + "' is no checkpoint");
}

Answer run_evaluate(CommandContext& context, const EvaluateCommand& given) {
  const Chosen chosen = chosen_of(given.load_path);
  const std::filesystem::path settings_path = chosen.folder / lm::kSettingsFile;
  const lm::Settings settings =
      lm::parse_settings(read_file(settings_path), settings_path.string());
  const std::filesystem::path data =
      given.data.empty() ? settings.data : std::filesystem::path(given.data);
  context.note_input(data);
  lm::check_inputs(lm::parse_data_mix(read_file(data), data),
                   {.sequence_length = static_cast<std::size_t>(settings.model.sequence_length),
                    .model_vocabulary = settings.model.padded_vocab_size,
                    .trains = false});
  std::vector<std::string> words = {"evaluate", chosen.folder.string(), data.string()};
  for (const std::int64_t step : chosen.steps) words.push_back(std::to_string(step));
  run_trainer(context, trainer_program(), words);
  model::TrainedRun run = trained_run(settings, chosen.folder);
  std::erase_if(run.evaluations, [&](const model::Evaluation& evaluation) {
    return evaluation.step > chosen.steps.back();
  });
  return Answer(model::describe(run));
}

Action evaluate(Options& command) {
  const auto given = std::make_shared<EvaluateCommand>();
  command.add("--load_path", given->load_path, "a run's folder (all its steps) or a checkpoint")
      .required()
      .value_name("DIR");
  command.add("--data", given->data, "validation files and tasks; default: those of the run")
      .value_name("FILE");
  command.footer(
      "What comes out is merged into the run's metrics.csv.\n"
      "Results: name, folder, finished, step, metrics.");
  return [given](CommandContext& context) { return run_evaluate(context, *given); };
}

}  // namespace

std::vector<Command> train_evaluate_commands() {
  return {{.name = "evaluate",
           .summary = "evaluate the checkpoints of a run, on what it was or on more",
           .example = "rung evaluate --load_path tiny-330k-1xC --data more.toml",
           .group = "train",
           .place = 30,
           .declare = evaluate}};
}

}  // namespace rung::app
