#include <memory>
#include <optional>

#include "rung/app/command.hpp"
#include "rung/app/train/model_options.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/input_check.hpp"
#include "rung/lm/process_group.hpp"
#include "rung/lm/run_folder.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/report/model/model.hpp"
#include "rung/report/model/tokenized.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

constexpr double kMostCount = 9e15;  // a double tells such counts apart

struct TrainCommand {
  std::string models_path, model = "tiny-330k", data, load_path;
  std::string read_location = ".", write_location = ".";
  std::string scheduler = "cosine_with_warmup";
  std::string precision = "fp32";
  std::optional<double> data_seed, save_interval, eval_interval;
  bool keeps_repetition = false, overwrites = false, is_dry = false;
  lm::Settings settings;
};

/// Of a data file: as it stands, in --read_location, with ".toml" or "data.toml" behind it.
std::filesystem::path data_path(const TrainCommand& given) {
  if (given.data.empty())
    throw InputError("--data is missing", "rung tokenize makes a data.toml of texts");
  for (const std::filesystem::path& folder :
       {std::filesystem::path(), std::filesystem::path(given.read_location)}) {
    for (const char* ending : {"", ".toml", "/data.toml"}) {
      const std::filesystem::path path = folder / (given.data + ending);
      if (file_exists(path)) return absolute_path(path).lexically_normal();
    }
  }
  throw InputError("--data: there is no data file '" + given.data + "'",
                   "rung tokenize makes one; --read_location says where they are");
}

/// Whole numbers, and places that are there or can be.
void check_options(const TrainCommand& given) {
  if (given.data_seed) require_whole("--data_seed", *given.data_seed, 0);
  if (given.save_interval) require_whole("--save_interval", *given.save_interval, 1);
  if (given.eval_interval) require_whole("--eval_interval", *given.eval_interval, 1);
  if (!std::filesystem::is_directory(given.read_location))
    throw InputError("--read_location: there is no folder '" + given.read_location + "'");
  check_place((std::filesystem::path(given.write_location) / "run" / lm::kSettingsFile).string());
  if (!given.load_path.empty() && !file_exists(given.load_path))
    throw InputError("--load_path: there is no file '" + given.load_path + "'",
                     "a checkpoint, such as runs/tiny-330k-1xC/checkpoints/step100.rung");
}

lm::Settings settings_of(CommandContext& context, const TrainCommand& given) {
  check_options(given);
  lm::Settings settings = given.settings;
  settings.data = data_path(given);
  context.note_input(settings.data);
  const lm::DataMix mix = lm::parse_data_mix(read_file(settings.data), settings.data);
  settings.model = model_configs(given.models_path, context).config(given.model);
  lm::fit_vocabulary(settings.model, mix);
  lm::check_inputs(mix,
                   {.sequence_length = static_cast<std::size_t>(settings.model.sequence_length),
                    .model_vocabulary = settings.model.padded_vocab_size});
  if (settings.name.empty()) settings.name = given.model + "-" + settings.recipe.length;
  settings.seed = context.common.seed;
  settings.data_seed =
      given.data_seed ? static_cast<std::uint64_t>(*given.data_seed) : context.common.seed;
  settings.n_threads = context.common.n_threads;
  settings.precision = given.precision;
  if (!given.load_path.empty()) settings.load_path = absolute_path(given.load_path);
  settings.recipe.scheduler = model::parse_scheduler(given.scheduler);
  settings.recipe.filters_repetition = !given.keeps_repetition;
  // Ten of each over a run, where nothing else is said.
  const auto tenth =
      static_cast<double>(std::max<std::int64_t>(settings.recipe_in_force().n_steps / 10, 1));
  settings.save_interval = static_cast<std::int64_t>(given.save_interval.value_or(tenth));
  settings.eval_interval = static_cast<std::int64_t>(given.eval_interval.value_or(tenth));
  settings.validate();
  return settings;
}

Document dry_run(const lm::Settings& settings) {
  if (!settings.load_path.empty())  // as the trainer would
    lm::read_checkpoint(settings.load_path, model::toml_of(settings.model),
                        "--load_path takes a checkpoint of a run of the same model");
  Document document;
  document.add(Preformatted{lm::toml_of(settings)});
  document.add(model::settings_table(settings.model, settings.recipe_in_force()));
  return document;
}

Answer run_train(CommandContext& context, const TrainCommand& given) {
  const lm::Settings settings = settings_of(context, given);
  if (given.is_dry) return Answer(dry_run(settings));
  const std::filesystem::path folder = std::filesystem::path(given.write_location) / settings.name;
  const TextTable table = model::settings_table(settings.model, settings.recipe_in_force());
  // Of a job's processes the first makes the folder; the others wait for it in rung-train.
  const bool leads = lm::job_place_of_environment().rank == 0;
  std::optional<lm::RunFolder> made;
  if (leads) made.emplace(settings, folder, given.overwrites);
  if (leads && !made->goes_on()) context.err() << table.text() << "\n";
  try {
    run_trainer(context, trainer_program(), {"train", folder.string()});
  } catch (...) {
    if (leads && made->undo_unless_begun())
      context.err() << "no step was taken: " << folder.string() << " is as it was\n";
    throw;
  }
  if (leads) made->keep();
  if (!leads) return {};
  return Answer(model::describe(trained_run(settings, folder)));
}

void declare_recipe(Options& command, TrainCommand& given) {
  model::RecipeChoice& recipe = given.settings.recipe;
  const auto add = [&](const char* name, auto& field, const char* help) {
    command.add(name, field, help).group("Recipe");
  };
  command.add("--length", recipe.length, "1xC (20 tokens a parameter), 0.5xC, 300M, 10B")
      .group("Recipe");
  add("--batch_size", recipe.batch_sequences, "sequences of a step; default: the ladder's rule");
  add("--batch_size_divisor", recipe.batch_size_divisor, "the rule's batch is a multiple of it");
  add("--lr", recipe.learning_rate, "at its peak; default: the ladder's rule");
  add("--warmup", recipe.warmup_tokens, "tokens; default: as many as parameters");
  command.add("--scheduler_type", given.scheduler, "of the learning rate")
      .choices({"cosine_with_warmup", "linear_with_warmup", "constant_then_decay"})
      .group("Recipe");
  add("--alpha_f", recipe.alpha_f, "share of the peak that the rate ends at");
  add("--weight-decay", recipe.weight_decay, "of all but the embedding");
  add("--clip", recipe.clip_norm, "most norm of a gradient; 0: any");
  add("--z-loss", recipe.z_loss, "weight of the squared log-sum of the logits");
  command
      .add_flag("--keep-repetitive", given.keeps_repetition,
                "count sequences that repeat a few tokens, too")
      .group("Recipe");
}

void declare_run(Options& command, TrainCommand& given) {
  lm::Settings& settings = given.settings;
  command.add("--device_batch_size", settings.device_batch_size, "sequences at once").range(1, 1e6);
  command
      .add("--device_eval_batch_size", settings.device_eval_batch_size, "the same of evaluations")
      .range(1, 1e6);
  command.add("--eval_sequences", settings.n_eval_sequences, "of each validation file; 0: all")
      .range(0, 1e9);
  command.add("--save_interval", given.save_interval, "steps; default: a tenth of the run")
      .value_name("N")
      .range(1, kMostCount);
  command.add("--eval_interval", given.eval_interval, "steps; default: a tenth of the run")
      .value_name("N")
      .range(1, kMostCount);
  command.add_flag("--save_overwrite", given.overwrites, "begin anew where a run is there");
  command.add("--load_path", given.load_path, "a checkpoint to go on from, at its step")
      .value_name("FILE");
  command.add_flag("--eval_on_load", settings.eval_on_load, "evaluate it first");
  command.add("--data_seed", given.data_seed, "of the data's order; default: --seed")
      .value_name("N")
      .range(0, kMostCount);
  command.add_flag("--tensorboard", settings.writes_tensorboard,
                   "write event files for TensorBoard, too");
  command.add("--precision", given.precision, "of matrix products").choices({"fp32", "bf16"});
}

Action train(Options& command) {
  const auto given = std::make_shared<TrainCommand>();
  command.add("--model", given->model, "a name of rung model list").value_name("NAME");
  add_models_option(command, given->models_path);
  command.add("--data", given->data, "a data file, as rung tokenize writes it").value_name("FILE");
  command.add("--name", given->settings.name, "of the run's folder; default: MODEL-LENGTH")
      .value_name("NAME");
  command.add("--read_location", given->read_location, "where data files are").value_name("DIR");
  command.add("--write_location", given->write_location, "where the run's folder goes")
      .value_name("DIR");
  declare_recipe(command, *given);
  declare_run(command, *given);
  command.add_flag("--dry-run", given->is_dry, "print the configuration and the settings in force");
  command.footer(
      "Trains with rung-train, which is built where libtorch is (make train). The same command\n"
      "goes on with a run that was interrupted. The folder holds run.toml, metrics.csv (a row an\n"
      "evaluation, as rung ladder reads it), steps.csv and checkpoints/.\n"
      "Results: name, folder, finished, step, metrics.");
  return [given](CommandContext& context) { return run_train(context, *given); };
}

}  // namespace

std::vector<Command> train_train_commands() {
  return {{.name = "train",
           .summary = "train a model, or go on with one",
           .example = "rung train --model tiny-330k --data data/fortunes --length 1xC",
           .group = "train",
           .place = 20,
           .declare = train}};
}

}  // namespace rung::app
