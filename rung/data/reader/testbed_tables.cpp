#include "rung/data/reader/testbed_tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/testbed_runs.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

constexpr const char *kModels = "models.csv", *kTasks = "tasks.csv", *kGrid = "grid.csv";
constexpr std::string_view kLoss = "loss/", kAccuracy = "accuracy/", kArgument = "argument ";

/// "loss/c4_val" -> "c4_val", of every column that begins so, in the table's order.
std::vector<std::string> names_after(std::string_view prefix, const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns()) {
    if (column.name.starts_with(prefix)) names.push_back(column.name.substr(prefix.size()));
  }
  return names;
}

/// The line of each model's row. A model with several rows is a problem.
std::map<std::string, std::size_t> lines_of(const Table& table, std::vector<Problem>& problems) {
  std::map<std::string, std::size_t> lines;
  const auto* names = std::get_if<std::vector<std::string>>(&table.column("model").values);
  for (std::size_t i = 0; names && i < names->size(); ++i) {
    if (!lines.emplace((*names)[i], table.lines()[i]).second)
      problems.push_back({{table.source(), table.lines()[i]}, (*names)[i] + " is there twice", ""});
  }
  return lines;
}

std::string description_or(const Run& run, const char* name, const std::string& otherwise) {
  const auto found = run.descriptions.find(name);
  return found == run.descriptions.end() ? otherwise : found->second;
}

/// What the command line said that the run was started with, as option -> value.
std::map<std::string, std::string, std::less<>> arguments_of(const Run& run) {
  std::map<std::string, std::string, std::less<>> arguments;
  for (const auto& [name, value] : run.settings) {
    if (name.starts_with(kArgument))
      arguments.emplace(name.substr(kArgument.size()), shortest(value));
  }
  for (const auto& [name, value] : run.descriptions) {
    if (name.starts_with(kArgument)) arguments.emplace(name.substr(kArgument.size()), value);
  }
  return arguments;
}

void check_losses(ModelFile& file) {
  for (std::size_t i = 0; i < file.loss_sets.size(); ++i) {
    const double loss = file.model.losses[i].loss_nats;
    if (!(loss > 0) || std::isinf(loss))
      file.problem(fmt::format("'{}{}' should be a number above 0", kLoss, file.loss_sets[i]));
  }
}

void check_accuracies(EvaluationFile& file) {
  for (std::size_t i = 0; i < file.tasks.size(); ++i) {
    if (!(file.accuracies[i] >= 0 && file.accuracies[i] <= 1))
      file.problem(fmt::format("'{}{}' should be from 0 to 1", kAccuracy, file.tasks[i]));
  }
}

void check_sizes(ModelFile& file) {
  const TestbedModel& model = file.model;
  for (const auto& [name, value] :
       {std::pair{"n_params", model.n_params},
        {"n_params_non_embedding", model.n_params_non_embedding.value_or(1)},
        {"n_tokens", model.n_tokens},
        {"config.chinchilla_multiplier", model.chinchilla_multiplier}}) {
    if (!(value > 0) || std::isinf(value))
      file.problem(fmt::format("'{}' should be a number above 0", name));
  }
}

void read_model(const Run& run, ModelFile& file, EvaluationFile& evaluation) {
  file.model = testbed_models({&run, 1}, file.loss_sets, evaluation.tasks).front();
  evaluation.accuracies = file.model.accuracies;
  evaluation.architecture = description_or(run, "evaluated_architecture", file.model.architecture);
  check_sizes(file);
  check_losses(file);
  check_accuracies(evaluation);
  if (!file.problems.empty()) return;
  compare_with_name(file, description_or(run, "name_inside", file.model.name));
  compare_with_command_line(arguments_of(run), file);
}

/// By name, as the files of a folder stand.
void read_models(const Table& table, TestbedFiles& files) {
  std::map<std::string, std::size_t> lines = lines_of(table, files.problems);
  std::vector<Run> runs = runs_of(table);
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.model < b.model; });
  for (const Run& run : runs) {
    ModelFile& file = files.models.emplace_back();
    EvaluationFile& evaluation = files.evaluations.emplace_back();
    file.path = evaluation.path = table.source();
    file.line = evaluation.line = lines[run.model];
    file.loss_sets = names_after(kLoss, table);
    evaluation.tasks = names_after(kAccuracy, table);
    try {
      read_model(run, file, evaluation);
    } catch (const InputError& error) {
      file.problem(error.problems().front().message, error.problems().front().hint);
    }
  }
}

/// A text column's cells; numbers as they would be written.
std::vector<std::string> texts(const Table& table, const char* name) {
  const Column& column = table.column(name);
  if (!column.is_number()) return std::get<std::vector<std::string>>(column.values);
  std::vector<std::string> cells;
  for (const double value : table.numbers(name)) cells.push_back(shortest(value));
  return cells;
}

/// A text column that may be absent.
std::vector<std::string> texts_if_any(const Table& table, const char* name) {
  return table.has(name) ? texts(table, name) : std::vector<std::string>(table.n_rows());
}

/// A column in which every cell is a finite number, above 0 where asked for; others are problems.
const std::vector<double>& numbers(const Table& table, const char* name, bool above_zero,
                                   FileContent& file) {
  const std::vector<double>& values = table.numbers(name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && (!above_zero || values[i] > 0)) continue;
    file.path = table.source();
    file.line = table.lines()[i];
    file.problem(fmt::format("'{}' should be a number{}", name, above_zero ? " above 0" : ""));
  }
  return values;
}

void read_tasks(const Table& table, TaskFile& file) {
  const auto names = texts(table, "task"), categories = texts_if_any(table, "category"),
             types = texts_if_any(table, "type");
  const std::vector<double>* const shots =
      table.has("n_shots") ? &numbers(table, "n_shots", false, file) : nullptr;
  const auto &examples = numbers(table, "n_examples", true, file),
             &chance_percent = numbers(table, "chance_percent", false, file);
  check_chance(table, "chance_percent", file);
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    file.infos.push_back({.name = names[i],
                          .category = categories[i],
                          .type = types[i],
                          .description = "",
                          .n_shots = shots ? std::optional((*shots)[i]) : std::nullopt,
                          .n_examples = examples[i],
                          .chance_accuracy = chance_percent[i] / 100});
  }
  file.path = table.source();
}

void read_grid_runs(const Table& table, GridFile& file) {
  const auto keys = texts(table, "key"), architectures = texts(table, "architecture");
  file.runs.resize(table.n_rows());
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    file.runs[i].key = keys[i];
    file.runs[i].architecture = architectures[i];
  }
  constexpr std::pair<const char*, double GridRun::*> kNumbers[] = {
      {"hidden_dim", &GridRun::hidden_dim},
      {"n_layers", &GridRun::n_layers},
      {"n_heads", &GridRun::n_heads},
      {"batch_sequences", &GridRun::batch_sequences},
      {"learning_rate", &GridRun::learning_rate},
      {"final_learning_rate", &GridRun::final_learning_rate},
      {"weight_decay", &GridRun::weight_decay},
      {"n_tokens", &GridRun::n_tokens},
      {"n_warmup_steps", &GridRun::n_warmup_steps},
      {"loss_nats", &GridRun::loss_nats}};
  for (const auto& [name, member] : kNumbers) {
    const std::vector<double>& values = numbers(table, name, true, file);
    for (std::size_t i = 0; i < values.size(); ++i) file.runs[i].*member = values[i];
  }
}

}  // namespace

bool is_testbed_of_tables(const fs::path& folder) { return file_exists(folder / kModels); }

TestbedFiles read_testbed_tables(const fs::path& folder) {
  std::vector<Problem> problems;
  const auto text_of = [&](const char* name) -> std::string {
    try {
      return read_file(folder / name);
    } catch (const InputError& error) {
      problems.push_back(error.problems().front());
      return "";
    }
  };
  TestbedTexts texts{text_of(kModels), text_of(kTasks), std::nullopt};
  if (file_exists(folder / kGrid)) texts.grid = text_of(kGrid);
  TestbedFiles files = parse_testbed_tables(texts, folder);
  if (!problems.empty()) files.problems = std::move(problems);
  return files;
}

TestbedFiles parse_testbed_tables(const TestbedTexts& texts, const fs::path& folder) {
  TestbedFiles files;
  const auto parse = [&](const char* name, const std::string& text, const auto& into) {
    try {
      into(parse_table(text, (folder / name).string()));
    } catch (const InputError& error) {
      files.problems.insert(files.problems.end(), error.problems().begin(), error.problems().end());
    }
  };
  parse(kModels, texts.models, [&](const Table& table) { read_models(table, files); });
  parse(kTasks, texts.tasks, [&](const Table& table) { read_tasks(table, files.task_file); });
  if (texts.grid)
    parse(kGrid, *texts.grid, [&](const Table& table) { read_grid_runs(table, files.grid); });
  return files;
}

std::vector<fs::path> testbed_table_paths(const fs::path& folder) {
  std::vector<fs::path> paths = {folder / kModels, folder / kTasks};
  if (file_exists(folder / kGrid)) paths.push_back(folder / kGrid);
  return paths;
}

}  // namespace rung
