#include "rung/data/reader/testbed_tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/testbed_runs.hpp"
#include "rung/data/text_column.hpp"
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
      problems.push_back({{table.source(), table.lines()[i]},
                          (*names)[i] + " is there twice",
                          "runs of one size and ratio have names of their own, such as " +
                              (*names)[i] + "-seed2"});
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
    if (loss <= 0 || std::isinf(loss))
      file.problem(fmt::format("'{}{}' should be a number above 0", kLoss, file.loss_sets[i]));
  }
}

void check_accuracies(EvaluationFile& file) {
  for (std::size_t i = 0; i < file.tasks.size(); ++i) {
    const double accuracy = file.accuracies[i];
    if (accuracy < 0 || accuracy > 1)
      file.problem(fmt::format("'{}{}' should be from 0 to 1", kAccuracy, file.tasks[i]),
                   accuracy > 1 && accuracy <= 100 ? "in percent? divide it by 100" : "");
  }
}

void check_sizes(ModelFile& file) {
  const TestbedModel& model = file.model;
  const auto check = [&](const char* name, double value) {
    if (!(value > 0) || std::isinf(value))
      file.problem(fmt::format("'{}' should be a number above 0", name));
  };
  check("n_params", model.n_params);
  check("n_params_non_embedding", model.n_params_non_embedding.value_or(1));
  check("n_tokens", model.n_tokens);
  // Where there is no such column it is a ratio of these.
  if (file.problems.empty()) check("config.chinchilla_multiplier", model.chinchilla_multiplier);
}

void note_unmeasured(const ModelFile& file, const EvaluationFile& evaluation,
                     std::vector<Unmeasured>& unmeasured) {
  const auto note = [&](std::string_view prefix, const std::string& set, double value) {
    if (std::isnan(value))
      unmeasured.push_back({file.model.name, std::string(prefix) + set, {file.path, file.line}});
  };
  for (std::size_t i = 0; i < file.model.losses.size(); ++i)
    note(kLoss, file.loss_sets[i], file.model.losses[i].loss_nats);
  for (std::size_t i = 0; i < evaluation.accuracies.size(); ++i)
    note(kAccuracy, evaluation.tasks[i], evaluation.accuracies[i]);
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

/// "'web_loss' would be 'loss/web'" of what may be meant by a column of such a prefix; "" of none.
std::string meant_instead(std::string_view prefix, const std::vector<std::string>& names) {
  const std::string word(prefix.substr(0, prefix.size() - 1));
  for (const std::string& name : names) {
    const std::size_t at = name.find(word);
    if (at == name.npos) continue;
    std::string rest = name;
    rest.erase(at, word.size());
    const auto is_joint = [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; };
    while (!rest.empty() && is_joint(rest.front())) rest.erase(0, 1);
    while (!rest.empty() && is_joint(rest.back())) rest.pop_back();
    if (!rest.empty()) return "'" + name + "' would be '" + std::string(prefix) + rest + "'";
  }
  return "";
}

/// InputError with every column that the table's header lacks: no row can then be read. A name that
/// ends in "/" is of columns that begin so.
void require_columns(const Table& table, const std::vector<std::string>& needed) {
  const std::vector<std::string> names = table.column_names();
  std::vector<Problem> problems;
  const auto lacks = [&](std::string message, std::string hint) {
    if (hint.empty()) hint = "columns are " + join(names, ", ");
    problems.push_back({{table.source(), 1}, std::move(message), std::move(hint)});
  };
  for (const std::string& name : needed) {
    if (name == kLoss || name == kAccuracy) {
      if (names_after(name, table).empty())
        lacks(name == kLoss ? "the testbed has no losses: there is no column 'loss/SET'"
                            : "the testbed has no tasks: there is no column 'accuracy/TASK'",
              meant_instead(name, names));
    } else if (!table.has(name)) {
      lacks(fmt::format("there is no column '{}'", name), did_you_mean(name, names));
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// InputError for a header alone.
void require_rows(const Table& table, const char* what) {
  if (table.n_rows() == 0)
    throw InputError(Location{table.source(), 1},
                     fmt::format("there are no {} below the heading", what));
}

/// Quantities ("25M") in columns of numbers, as everywhere in tables. A cell that holds no number
/// is a problem.
void read_quantities(Table& table, const std::vector<std::string>& number_columns) {
  std::vector<Problem> problems;
  for (const std::string& name : number_columns) {
    const Column* const column = table.find(name);
    if (!column || column->is_number()) continue;
    const auto& cells = std::get<std::vector<std::string>>(column->values);
    std::optional<NumbersOfText> read = numbers_of(cells);
    if (!read) continue;  // whoever asks for numbers tells it
    for (const std::size_t row : read->other_rows) {
      const std::string hint = how_to_write(cells[row]);
      problems.push_back({table.location(row),
                          fmt::format("column '{}': '{}' is not a number", name, cells[row]),
                          hint.empty() ? "leave the cell empty where nothing was measured" : hint});
    }
    table.set({name, std::move(read->numbers)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// Of models.csv: sizes, losses with their bounds, accuracies.
std::vector<std::string> number_columns_of_models(const Table& table) {
  std::vector<std::string> names = {"n_params", "n_params_non_embedding", "n_tokens",
                                    "config.chinchilla_multiplier"};
  for (const Column& column : table.columns()) {
    if (column.name.starts_with("loss") || column.name.starts_with(kAccuracy))
      names.push_back(column.name);
  }
  return names;
}

/// By name, as the files of a folder stand.
void read_models(Table& table, TestbedFiles& files) {
  require_columns(table, {"model", table.has("config.architecture") ? "model" : "label", "family",
                          "n_params", "n_tokens", std::string(kLoss), std::string(kAccuracy)});
  require_rows(table, "runs");
  read_quantities(table, number_columns_of_models(table));
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
      if (file.problems.empty()) note_unmeasured(file, evaluation, files.unmeasured);
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

void read_tasks(Table& table, TaskFile& file) {
  require_columns(table, {"task", "n_examples", "chance_percent"});
  require_rows(table, "tasks");
  read_quantities(table, {"n_shots", "n_examples", "chance_percent"});
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

void read_grid_runs(Table& table, GridFile& file) {
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
    read_quantities(table, {name});
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
  for (Problem& unreadable : problems) {
    const auto of_its_file = [&](const Problem& problem) {
      return problem.location.file == unreadable.location.file;
    };
    for (auto* found : {&files.problems, &files.task_file.problems}) {
      if (std::erase_if(*found, of_its_file) > 0) found->push_back(unreadable);
    }
  }
  return files;
}

TestbedFiles parse_testbed_tables(const TestbedTexts& texts, const fs::path& folder) {
  TestbedFiles files;
  const auto parse = [&](const char* name, const std::string& text, std::vector<Problem>& problems,
                         const auto& into) {
    try {
      Table table = parse_table(text, (folder / name).string());
      into(table);
    } catch (const InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  };
  parse(kModels, texts.models, files.problems, [&](Table& table) { read_models(table, files); });
  parse(kTasks, texts.tasks, files.task_file.problems,
        [&](Table& table) { read_tasks(table, files.task_file); });
  if (texts.grid)
    parse(kGrid, *texts.grid, files.grid.problems,
          [&](Table& table) { read_grid_runs(table, files.grid); });
  return files;
}

std::vector<fs::path> testbed_table_paths(const fs::path& folder) {
  std::vector<fs::path> paths = {folder / kModels, folder / kTasks};
  if (file_exists(folder / kGrid)) paths.push_back(folder / kGrid);
  return paths;
}

}  // namespace rung
