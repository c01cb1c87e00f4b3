#include "rung/data/reader/testbed_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "rung/core/json.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

/// The members of one JSON object; what is absent or of the wrong type becomes a problem of its
/// file.
class Members {
 public:
  Members(const Json& object, std::string place, FileContent& file)
      : object_(object), place_(std::move(place)), file_(file) {}

  double number(const char* key) const {
    const Json* value = find(key, "a number", &Json::is_number);
    return value ? value->get<double>() : 0;
  }
  double positive(const char* key) const {
    const Json* value = find(key, "a number", &Json::is_number);
    if (!value) return 0;
    if (!(value->get<double>() > 0)) wrong(key, "positive", value->dump());
    return value->get<double>();
  }
  std::string text(const char* key) const {
    const Json* value = find(key, "text", &Json::is_string);
    return value ? value->get_ref<const std::string&>() : std::string();
  }
  bool flag(const char* key) const {
    const Json* value = find(key, "true or false", &Json::is_boolean);
    return value && value->get<bool>();
  }
  const Json* object(const char* key) const { return find(key, "an object", &Json::is_object); }
  const Json* array(const char* key) const { return find(key, "an array", &Json::is_array); }
  bool has(const char* key) const { return object_.contains(key); }

 private:
  const Json* find(const char* key, const char* wanted,
                   bool (Json::*is_wanted)() const noexcept) const {
    const auto found = object_.find(key);
    if (found == object_.end()) {
      file_.problem(fmt::format("'{}{}' is missing", place_, key));
      return nullptr;
    }
    if (!((*found).*is_wanted)()) {
      wrong(key, wanted, found->is_structured() ? found->type_name() : found->dump());
      return nullptr;
    }
    return &*found;
  }
  void wrong(const char* key, const char* wanted, const std::string& actual) const {
    file_.problem(fmt::format("'{}{}' should be {}, not {}", place_, key, wanted, actual));
  }

  const Json& object_;
  std::string place_;
  FileContent& file_;
};

/// Runs `read(json)` on the file's top-level object; every problem ends in `file`.
template <class Read>
void read_json_file(const fs::path& path, FileContent& file, const Read& read) {
  file.path = path.string();
  try {
    const Json json = parse_json(read_file(path), file.path);
    if (json.is_object()) {
      read(json);
    } else {
      file.problem(fmt::format("should be an object, not {}", json.type_name()));
    }
  } catch (const InputError& error) {
    file.problems.insert(file.problems.end(), error.problems().begin(), error.problems().end());
  }
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

void read_losses(const Json& results, ModelFile& file) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string place = fmt::format("results[{}]", i);
    if (!results[i].is_object()) {
      file.problem(fmt::format("'{}' should be an object, not {}", place, results[i].type_name()));
      continue;
    }
    const Members members(results[i], place + ".", file);
    const Json* data = members.array("val_data");
    if (data && (data->empty() || !data->front().is_string())) {
      file.problem(fmt::format("'{}.val_data' should hold a path", place));
      data = nullptr;
    }
    LossEvaluation loss;
    loss.loss_nats = members.positive("loss");
    loss.lower_by_sequences = members.number("loss_sequences_lower_95");
    loss.upper_by_sequences = members.number("loss_sequences_upper_95");
    loss.lower_by_tokens = members.number("loss_tokens_lower_95");
    loss.upper_by_tokens = members.number("loss_tokens_upper_95");
    loss.n_sequences = members.number("sequences");
    loss.n_tokens = members.number("tokens");
    file.loss_sets.push_back(data ? loss_set_name(data->front().get<std::string>())
                                  : std::string());
    file.model.losses.push_back(loss);
  }
}

/// The command line the run was started with, as option -> value.
std::map<std::string, std::string, std::less<>> options(const Json& arguments) {
  std::map<std::string, std::string, std::less<>> values;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (!arguments[i].is_string() || !arguments[i + 1].is_string()) continue;
    const auto& name = arguments[i].get_ref<const std::string&>();
    const auto& value = arguments[i + 1].get_ref<const std::string&>();
    if (name.starts_with("--") && !value.starts_with("--")) values.emplace(name, value);
  }
  return values;
}

void read_hyperparameters(const Json& object, ModelFile& file) {
  const Members members(object, "hyperparameters.", file);
  TestbedModel& model = file.model;
  model.architecture = architecture_name(members.text("model"));
  model.n_params = members.positive("params");
  model.n_params_non_embedding = members.positive("params_no_embed");
  model.n_tokens = members.positive("tokens");
  model.chinchilla_multiplier = members.positive("chinchilla_multiplier");
  TrainingSettings& settings = model.settings;
  settings.learning_rate = members.number("lr");
  settings.final_learning_rate = members.number("cd");
  settings.weight_decay = members.number("wd");
  settings.z_loss = members.number("z_loss");
  settings.n_warmup_steps = members.number("warmup");
  settings.batch_sequences = members.number("global_bs");
  settings.n_accumulation_steps = members.number("acc");
  settings.qk_norm = members.flag("qk_norm");
  if (members.has("seed")) settings.seed = members.number("seed");
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
  const auto multiplier = model.name.starts_with(prefix)
                              ? parse_double(model.name.substr(prefix.size()))
                              : std::nullopt;
  if (multiplier != model.chinchilla_multiplier) {
    file.warning(fmt::format("holds a run of {} on {} at multiplier {}", model.architecture,
                             model.train_set, shortest(model.chinchilla_multiplier)));
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
  const std::pair<const char*, double> pairs[] = {
      {"--lr", settings.learning_rate},
      {"--lr-cooldown-end", settings.final_learning_rate},
      {"--wd", settings.weight_decay},
      {"--z-loss", settings.z_loss},
      {"--warmup", settings.n_warmup_steps},
      {"--global-batch-size", settings.batch_sequences},
      {"--accum-freq", settings.n_accumulation_steps}};
  for (const auto& [name, recorded] : pairs) {
    const auto value = number(name);
    if (value && *value != recorded) {
      file.warning(fmt::format("hyperparameters say {} {}, the command line {}", name,
                               shortest(recorded), shortest(*value)));
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

ModelFile read_model(const fs::path& path) {
  ModelFile file;
  file.model.name = path.stem().string();
  read_json_file(path, file, [&](const Json& json) {
    const Members members(json, "", file);
    TestbedModel& model = file.model;
    model.train_set = members.text("dataset_name");
    model.train_set_uuid = members.text("dataset_uuid");
    model.uuid = members.text("uuid");
    model.created = members.text("creation_date");
    model.code_version = members.text("open_lm_version");
    const std::string name = members.text("name");
    if (const Json* object = members.object("hyperparameters")) read_hyperparameters(*object, file);
    if (const Json* results = members.array("results")) read_losses(*results, file);
    const Json* arguments = members.array("open_lm_args");
    if (!file.problems.empty()) return;
    compare_with_name(file, name);
    compare_with_command_line(options(*arguments), file);
  });
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

EvaluationFile missing_evaluation(const fs::path& folder, const std::string& model_name) {
  EvaluationFile file;
  file.path = (folder / "evals" / (evaluation_stem(model_name) + ".json")).string();
  file.problem(fmt::format("no such file: the evaluation of model '{}'", model_name));
  return file;
}

EvaluationFile read_evaluation(const fs::path& path) {
  EvaluationFile file;
  read_json_file(path, file, [&](const Json& json) {
    const Members members(json, "", file);
    file.architecture = members.text("model");
    const Json* metrics = members.object("eval_metrics");
    const Json* tasks = metrics ? Members(*metrics, "eval_metrics.", file).object("icl") : nullptr;
    if (!tasks) return;
    for (const auto& [task, value] : tasks->items()) {
      const double accuracy = value.is_number() ? value.get<double>() : -1;
      if (!(accuracy >= 0 && accuracy <= 1)) {
        file.problem(fmt::format("'eval_metrics.icl.{}' should be an accuracy from 0 to 1, not {}",
                                 task, value.is_structured() ? value.type_name() : value.dump()));
      }
      file.tasks.push_back(task);
      file.accuracies.push_back(accuracy);
    }
  });
  return file;
}

GridFile read_grid(const fs::path& path) {
  GridFile file;
  read_json_file(path, file, [&](const Json& json) {
    for (const auto& [key, loss] : json.items()) {
      auto run = grid_run(key);
      if (!run) {
        file.problem(
            fmt::format("'{}' is not d=…_l=…_h=…-batch-lr-wd-batch-tokens-warmup-cooldown", key));
      } else if (!loss.is_number() || !(loss.get<double>() > 0)) {
        file.problem(fmt::format("'{}' should be a positive loss, not {}", key,
                                 loss.is_structured() ? loss.type_name() : loss.dump()));
      } else {
        run->loss_nats = loss.get<double>();
        file.runs.push_back(std::move(*run));
      }
    }
  });
  return file;
}

TaskFile read_task_file(const fs::path& path) {
  TaskFile file;
  file.path = path.string();
  try {
    CsvOptions wanted;
    wanted.number_columns = {"#shots", "#datapoints", "Random baseline"};
    wanted.columns = {"Eval Task", "Task Category", "Task Type", "Description"};
    wanted.columns.insert(wanted.columns.end(), wanted.number_columns.begin(),
                          wanted.number_columns.end());
    const Table table = read_csv(path, wanted);
    const auto &names = texts(table, "Eval Task"), &categories = texts(table, "Task Category"),
               &types = texts(table, "Task Type"), &descriptions = texts(table, "Description");
    const auto &shots = table.numbers("#shots"), &examples = table.numbers("#datapoints"),
               &chance_percent = table.numbers("Random baseline");
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
