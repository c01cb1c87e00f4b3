#include "rung/data/reader/testbed_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

/// Reads the file's top-level object; every problem ends in `file`.
void read_object(const SourceFile& source, FileContent& file,
                 const std::function<void(Fields&)>& read) {
  file.path = source.path;
  file.problems = source.problems;
  if (!file.problems.empty()) return;
  try {
    read_json_fields(source.text, source.path, [&](Fields& top) {
      top.ignore_other_keys();
      read(top);
    });
  } catch (const InputError& error) {
    file.problems = error.problems();
  }
}

/// A table that must be there.
void require_table(Fields& fields, const char* key, const std::function<void(Fields&)>& read) {
  if (!fields.has(key)) fields.problem("'" + std::string(key) + "' is missing");
  fields.table(key, [&](Fields& inner) {
    inner.ignore_other_keys();
    read(inner);
  });
}

/// "…/c4_val/shard-0.tar" -> "c4_val"; the German set has a folder named otherwise than itself.
std::string loss_set_name(const std::string& data_path) {
  const fs::path path(data_path);
  if (data_path.find("de-en") != data_path.npos) return path.stem().string();
  return path.parent_path().filename().string();
}

/// "scaling/open_lm_configs/d=96_l=8_h=4.json" and "d=96_l=8_h=4" -> "d=96_l=8_h=4".
std::string architecture_name(const std::string& config_path) {
  const std::string file = fs::path(config_path).filename().string();
  return file.substr(0, file.find('.'));
}

void read_losses(Fields& top, ModelFile& file) {
  if (!top.has("results")) top.problem("'results' is missing");
  top.items("results", [&](Fields& result) {
    result.ignore_other_keys();
    const auto data = result.require<std::vector<std::string>>("val_data");
    LossEvaluation loss;
    loss.loss_nats = result.require<double>("loss", kPositive);
    loss.lower_by_sequences = result.get<double>("loss_sequences_lower_95");
    loss.upper_by_sequences = result.get<double>("loss_sequences_upper_95");
    loss.lower_by_tokens = result.get<double>("loss_tokens_lower_95");
    loss.upper_by_tokens = result.get<double>("loss_tokens_upper_95");
    loss.n_sequences = result.get<double>("sequences");
    loss.n_tokens = result.get<double>("tokens");
    file.loss_sets.push_back(data.empty() ? "" : loss_set_name(data.front()));
    file.model.losses.push_back(loss);
  });
}

/// The command line the run was started with, as option -> value.
using CommandLine = std::map<std::string, std::string, std::less<>>;

CommandLine command_line_in(Fields& top) {
  const Value* const arguments = top.value("open_lm_args");
  if (!arguments) return {};
  if (!arguments->list()) {
    top.problem_at("open_lm_args", "'open_lm_args' must be a list");
    return {};
  }
  CommandLine options;
  for (std::size_t i = 0; i + 1 < arguments->list()->size(); ++i) {
    const std::string* const name = (*arguments->list())[i].text();
    const std::string* const value = (*arguments->list())[i + 1].text();
    if (name && value && name->starts_with("--") && !value->starts_with("--"))
      options.emplace(*name, *value);
  }
  return options;
}

void read_hyperparameters(Fields& fields, TestbedModel& model) {
  model.architecture = architecture_name(fields.require<std::string>("model"));
  model.n_params = fields.require<double>("params", kPositive);
  model.n_params_non_embedding = fields.get<double>("params_no_embed", kPositive);
  model.n_tokens = fields.require<double>("tokens", kPositive);
  model.chinchilla_multiplier =
      fields.get<double>("chinchilla_multiplier", kPositive)
          .value_or(TestbedModel::multiplier_of(model.n_params, model.n_tokens));
  TrainingSettings& settings = model.settings;
  settings.learning_rate = fields.get<double>("lr");
  settings.final_learning_rate = fields.get<double>("cd");
  settings.weight_decay = fields.get<double>("wd");
  settings.z_loss = fields.get<double>("z_loss");
  settings.n_warmup_steps = fields.get<double>("warmup");
  settings.batch_sequences = fields.get<double>("global_bs");
  settings.n_accumulation_steps = fields.get<double>("acc");
  settings.qk_norm = fields.get<bool>("qk_norm");
  settings.seed = fields.get<double>("seed");
}

constexpr std::string_view kEvaluationPrefix = "evaluation_", kEvaluationSuffix = "_heavy";

/// Splits at '-', but not at the sign of an exponent: "8-3e-05" has two fields.
std::vector<std::string> split_grid_key(std::string_view key) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool in_number = i >= 2 && key[i - 1] == 'e' && key[i - 2] >= '0' && key[i - 2] <= '9';
    if (key[i] == '-' && !in_number) {
      fields.emplace_back();
    } else {
      fields.back() += key[i];
    }
  }
  return fields;
}

/// "d=96_l=8_h=4" -> {96, 8, 4}; absent when it reads otherwise.
std::optional<std::vector<double>> shape(const std::string& architecture) {
  std::vector<double> sizes;
  for (const std::string& part : split(architecture, '_')) {
    const auto size =
        part.size() > 2 && part[1] == '=' ? parse_double(part.substr(2)) : std::nullopt;
    if (!size || part[0] != "dlh"[std::min<std::size_t>(sizes.size(), 2)]) return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes.size() == 3 ? std::optional(sizes) : std::nullopt;
}

std::optional<GridRun> grid_run(const std::string& key) {
  const std::vector<std::string> fields = split_grid_key(key);
  if (fields.size() != 8) return std::nullopt;
  const auto sizes = shape(fields[0]);
  std::vector<double> numbers;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const auto number = parse_double(fields[i]);
    if (!number || !(*number > 0)) return std::nullopt;
    numbers.push_back(*number);
  }
  if (!sizes || numbers[0] != numbers[3]) return std::nullopt;
  GridRun run;
  run.key = key;
  run.architecture = fields[0];
  run.hidden_dim = (*sizes)[0];
  run.n_layers = (*sizes)[1];
  run.n_heads = (*sizes)[2];
  run.batch_sequences = numbers[0];
  run.learning_rate = numbers[1];
  run.weight_decay = numbers[2];
  run.n_tokens = numbers[4];
  run.n_warmup_steps = numbers[5];
  run.final_learning_rate = numbers[6];
  return run;
}

const std::vector<std::string>& texts(const Table& table, const char* column) {
  const auto* values = std::get_if<std::vector<std::string>>(&table.column(column).values);
  if (!values)
    throw InputError(Location{table.source()}, fmt::format("column '{}' should hold text", column));
  return *values;
}

}  // namespace

void compare_with_name(ModelFile& file, const std::string& name_inside) {
  const TestbedModel& model = file.model;
  if (name_inside != model.name) file.warning(fmt::format("'name' is '{}'", name_inside));
  const std::string prefix = model.train_set + "-" + model.architecture + "-";
  std::optional<double> multiplier;
  if (model.name.starts_with(prefix)) {
    const std::string rest = model.name.substr(prefix.size());
    multiplier = parse_double(rest);
    // What tells runs of one size and ratio apart may follow: "mymix-s25-1-seed2".
    if (!multiplier) multiplier = parse_double(rest.substr(0, rest.find('-')));
  }
  if (multiplier != model.chinchilla_multiplier) {
    file.warning(
        fmt::format("holds a run of {} on {} at multiplier {}: its name would be '{}{}'",
                    model.architecture, model.train_set, shortest(model.chinchilla_multiplier),
                    prefix, shortest(model.chinchilla_multiplier)),
        "runs are named TRAIN_SET-MODEL-MULTIPLIER, 1 being 20 tokens per parameter");
  }
  if (model.n_tokens != 20 * model.n_params * model.chinchilla_multiplier) {
    file.warning(fmt::format("{} tokens are not 20 x {} parameters x {}", shortest(model.n_tokens),
                             shortest(model.n_params), shortest(model.chinchilla_multiplier)));
  }
}

void compare_with_command_line(const std::map<std::string, std::string, std::less<>>& given,
                               ModelFile& file) {
  const auto number = [&](std::string_view name) -> std::optional<double> {
    const auto found = given.find(name);
    return found == given.end() ? std::nullopt : parse_double(found->second);
  };
  const TrainingSettings& settings = file.model.settings;
  const std::pair<const char*, std::optional<double>> pairs[] = {
      {"--lr", settings.learning_rate},
      {"--lr-cooldown-end", settings.final_learning_rate},
      {"--wd", settings.weight_decay},
      {"--z-loss", settings.z_loss},
      {"--warmup", settings.n_warmup_steps},
      {"--global-batch-size", settings.batch_sequences},
      {"--accum-freq", settings.n_accumulation_steps}};
  for (const auto& [name, recorded] : pairs) {
    const auto value = number(name);
    if (value && recorded && *value != *recorded) {
      file.warning(fmt::format("hyperparameters say {} {}, the command line {}", name,
                               shortest(*recorded), shortest(*value)));
    }
  }
  const auto samples = number("--train-num-samples"), epochs = number("--epochs");
  if (samples && epochs && *samples * *epochs != file.model.n_tokens) {
    file.warning(
        fmt::format("hyperparameters say {} tokens, the command line {} samples x {} epochs",
                    shortest(file.model.n_tokens), shortest(*samples), shortest(*epochs)));
  }
  const auto name = given.find("--name");
  if (name != given.end() && name->second != file.model.name) {
    file.warning(fmt::format("the command line names the run '{}'", name->second));
  }
}

ModelFile parse_model(const SourceFile& source) {
  ModelFile file;
  file.model.name = fs::path(source.path).stem().string();
  std::string name = file.model.name;
  CommandLine command_line;
  read_object(source, file, [&](Fields& top) {
    TestbedModel& model = file.model;
    model.train_set = top.require<std::string>("dataset_name");
    model.train_set_uuid = top.get<std::string>("dataset_uuid").value_or("");
    model.uuid = top.get<std::string>("uuid").value_or("");
    model.created = top.get<std::string>("creation_date").value_or("");
    model.code_version = top.get<std::string>("open_lm_version").value_or("");
    name = top.get<std::string>("name").value_or(file.model.name);
    require_table(top, "hyperparameters", [&](Fields& f) { read_hyperparameters(f, model); });
    read_losses(top, file);
    command_line = command_line_in(top);
  });
  if (file.problems.empty()) {
    compare_with_name(file, name);
    compare_with_command_line(command_line, file);
  }
  return file;
}

std::string evaluation_stem(const std::string& model_name) {
  return std::string(kEvaluationPrefix) + model_name + std::string(kEvaluationSuffix);
}

std::string evaluated_model(const std::string& stem) {
  const std::size_t around = kEvaluationPrefix.size() + kEvaluationSuffix.size();
  if (stem.size() < around || !stem.starts_with(kEvaluationPrefix) ||
      !stem.ends_with(kEvaluationSuffix))
    return "";
  return stem.substr(kEvaluationPrefix.size(), stem.size() - around);
}

EvaluationFile missing_evaluation(const std::string& folder, const std::string& model_name) {
  EvaluationFile file;
  file.path = (fs::path(folder) / "evals" / (evaluation_stem(model_name) + ".json")).string();
  file.problem(fmt::format("no such file: the evaluation of model '{}'", model_name));
  return file;
}

EvaluationFile parse_evaluation(const SourceFile& source) {
  constexpr NumberRange kAccuracy = {.least = 0, .most = 1, .wanted = "an accuracy from 0 to 1"};
  EvaluationFile file;
  read_object(source, file, [&](Fields& top) {
    file.architecture = top.get<std::string>("model").value_or("");
    require_table(top, "eval_metrics", [&](Fields& metrics) {
      require_table(metrics, "icl", [&](Fields& tasks) {
        file.tasks = tasks.keys();
        for (const std::string& task : file.tasks)
          file.accuracies.push_back(tasks.require<double>(task, kAccuracy));
      });
    });
  });
  return file;
}

GridFile parse_grid(const SourceFile& source) {
  constexpr NumberRange kLoss = {.least = kPositive.least, .wanted = "a positive loss"};
  GridFile file;
  read_object(source, file, [&](Fields& top) {
    for (const std::string& key : top.keys()) {
      auto run = grid_run(key);
      const auto loss = top.get<double>(key, kLoss);
      if (!run) {
        top.problem_at(key,
                       "'" + key + "' is not d=…_l=…_h=…-batch-lr-wd-batch-tokens-warmup-cooldown");
      } else if (loss) {
        run->loss_nats = *loss;
        file.runs.push_back(std::move(*run));
      }
    }
  });
  return file;
}

void check_chance(const Table& table, const char* column, FileContent& file) {
  const std::vector<double>& percent = table.numbers(column);
  for (std::size_t i = 0; i < percent.size(); ++i) {
    if (!std::isfinite(percent[i]) || (percent[i] >= 0 && percent[i] < 100)) continue;
    file.path = table.source();
    file.line = table.lines()[i];
    file.problem("'" + std::string(column) + "' should be from 0 to below 100",
                 "the accuracy of guessing, in percent");
  }
}

TaskFile parse_task_infos(const SourceFile& source) {
  TaskFile file;
  file.path = source.path;
  file.problems = source.problems;
  if (!file.problems.empty()) return file;
  try {
    CsvOptions wanted;
    wanted.number_columns = {"#shots", "#datapoints", "Random baseline"};
    wanted.columns = {"Eval Task", "Task Category", "Task Type", "Description"};
    wanted.columns.insert(wanted.columns.end(), wanted.number_columns.begin(),
                          wanted.number_columns.end());
    const Table table = parse_csv(source.text, source.path, wanted);
    const auto &names = texts(table, "Eval Task"), &categories = texts(table, "Task Category"),
               &types = texts(table, "Task Type"), &descriptions = texts(table, "Description");
    const auto &shots = table.numbers("#shots"), &examples = table.numbers("#datapoints"),
               &chance_percent = table.numbers("Random baseline");
    for (std::size_t i = 0; i < table.n_rows(); ++i) {
      if (examples[i] > 0) continue;
      file.line = table.lines()[i];
      file.problem("'#datapoints' should be above 0");
    }
    check_chance(table, "Random baseline", file);
    for (std::size_t i = 0; i < table.n_rows(); ++i) {
      file.infos.push_back({names[i], categories[i], types[i], descriptions[i], shots[i],
                            examples[i], chance_percent[i] / 100});
    }
  } catch (const InputError& error) {
    file.problems = error.problems();
  }
  return file;
}

}  // namespace rung
