#include "rung/data/testbed.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/testbed_files.hpp"
#include "rung/data/reader/testbed_tables.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

/// The .json files of a folder, by stem.
std::map<std::string, fs::path> json_files(const fs::path& folder) {
  std::error_code error;
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json")
      files.emplace(entry.path().stem().string(), entry.path());
  }
  if (error)
    throw InputError(Location{folder.string()}, "can't list this folder: " + error.message());
  return files;
}

/// An evaluation without its model, named by the file that is absent.
Problem stray_evaluation(const fs::path& folder, const fs::path& evaluation) {
  const std::string model = evaluated_model(evaluation.stem().string());
  if (model.empty()) return {{evaluation.string()}, "is not named evaluation_MODEL_heavy.json", ""};
  return {{(folder / "models" / (model + ".json")).string()},
          fmt::format("no such file: the model of {}", evaluation.filename().string()),
          ""};
}

/// Names that more than half of the lists have, in order of first appearance.
std::vector<std::string> usual_names(const std::vector<const std::vector<std::string>*>& lists) {
  std::map<std::string_view, std::size_t> counts;
  std::vector<std::string> seen;
  for (const auto* list : lists) {
    for (const std::string& name : *list) {
      if (++counts[name] == 1) seen.push_back(name);
    }
  }
  std::erase_if(seen, [&](const std::string& name) { return 2 * counts[name] <= lists.size(); });
  return seen;
}

/// `values` of `names` in the order of `wanted`. A name that is absent or there twice is a problem
/// of the file; one that nobody else has is left out with a warning.
template <class Value>
std::vector<Value> aligned(const std::vector<std::string>& wanted,
                           const std::vector<std::string>& names, const std::vector<Value>& values,
                           const char* kind, FileContent& file) {
  std::vector<Value> result;
  if (names == wanted) return values;
  for (const std::string& name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      file.problem(fmt::format("{} '{}' is missing", kind, name),
                   "most of the other models have it");
    } else {
      result.push_back(values[static_cast<std::size_t>(found - names.begin())]);
    }
  }
  for (const std::string& name : names) {
    const bool known = std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    if (!known)
      file.warning(fmt::format("{} '{}' is left out: few other models have it", kind, name));
    if (std::count(names.begin(), names.end(), name) > 1)
      file.problem(fmt::format("{} '{}' is there twice", kind, name));
  }
  return result;
}

void warn_of_shared_ids(std::vector<ModelFile>& files) {
  std::map<std::string, const ModelFile*> by_uuid;
  std::map<std::string, std::map<std::string, int>> train_set_ids;  // train set -> id -> count
  for (ModelFile& file : files) {
    const auto [first, is_new] = by_uuid.emplace(file.model.uuid, &file);
    if (!is_new) {
      file.warning(fmt::format("has the uuid of model '{}'", first->second->model.name));
    }
    ++train_set_ids[file.model.train_set][file.model.train_set_uuid];
  }
  const auto usual_id = [&](const std::string& train_set) {
    const auto& ids = train_set_ids[train_set];
    return std::max_element(ids.begin(), ids.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  };
  for (ModelFile& file : files) {
    if (file.model.train_set_uuid == usual_id(file.model.train_set)) continue;
    file.warning(fmt::format("has dataset_uuid {}, unlike most models on {}",
                             file.model.train_set_uuid, file.model.train_set));
  }
}

void collect(FileContent& file, std::vector<Problem>& problems, std::vector<Problem>& warnings) {
  std::move(file.problems.begin(), file.problems.end(), std::back_inserter(problems));
  std::move(file.warnings.begin(), file.warnings.end(), std::back_inserter(warnings));
}

/// Fills loss_sets, tasks and models.
void align_models(TestbedFiles& reading, Testbed& testbed) {
  std::vector<const std::vector<std::string>*> loss_sets, tasks;
  for (const ModelFile& file : reading.models) {
    if (!file.loss_sets.empty()) loss_sets.push_back(&file.loss_sets);
  }
  for (const EvaluationFile& file : reading.evaluations) {
    if (!file.tasks.empty()) tasks.push_back(&file.tasks);
  }
  testbed.loss_sets = usual_names(loss_sets);
  testbed.tasks = usual_names(tasks);
  for (std::size_t i = 0; i < reading.models.size(); ++i) {
    ModelFile& file = reading.models[i];
    EvaluationFile& evaluation = reading.evaluations[i];
    // A file that can't be read at all has said so; that it lacks everything is no further news.
    if (file.problems.empty()) {
      file.model.losses =
          aligned(testbed.loss_sets, file.loss_sets, file.model.losses, "loss set", file);
    }
    if (evaluation.problems.empty()) {
      file.model.accuracies =
          aligned(testbed.tasks, evaluation.tasks, evaluation.accuracies, "task", evaluation);
    }
    if (file.problems.empty() && evaluation.problems.empty() &&
        evaluation.architecture != file.model.architecture) {
      evaluation.warning(fmt::format("evaluates '{}', its model is '{}'", evaluation.architecture,
                                     file.model.architecture));
    }
    testbed.models.push_back(std::move(file.model));
  }
}

void check_task_infos(const Testbed& testbed, FileContent& file) {
  if (!file.problems.empty()) return;
  for (const std::string& task : testbed.tasks) {
    const bool known = std::any_of(testbed.task_infos.begin(), testbed.task_infos.end(),
                                   [&](const TaskInfo& info) { return info.name == task; });
    if (!known)
      file.problem(fmt::format("task '{}' is missing", task), "the models were evaluated on it");
  }
}

template <class Items, class Name>
std::size_t index_of(const Items& items, std::string_view wanted, const char* kind,
                     const Name& name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (name(items[i]) == wanted) return i;
  }
  for (const auto& item : items) known.push_back(name(item));
  const std::string text(wanted);
  throw InputError(fmt::format("the testbed has no {} '{}'", kind, text),
                   did_you_mean(text, known));
}

}  // namespace

double open_lm_params(double hidden_dim, double n_layers, double vocabulary) {
  const double ffn_dim = 256 * std::ceil(std::floor(8 * hidden_dim / 3) / 256);
  const double per_layer = 4 * hidden_dim * hidden_dim + 3 * ffn_dim * hidden_dim + 2 * hidden_dim;
  return 2 * vocabulary * hidden_dim + n_layers * per_layer + hidden_dim;
}

double GridRun::n_params() const { return open_lm_params(hidden_dim, n_layers); }

std::size_t Testbed::loss_set_index(std::string_view name) const {
  return index_of(loss_sets, name, "loss set", [](const std::string& item) { return item; });
}

std::size_t Testbed::task_index(std::string_view name) const {
  return index_of(tasks, name, "task", [](const std::string& item) { return item; });
}

const TestbedModel& Testbed::model(std::string_view name) const {
  return models[index_of(models, name, "model",
                         [](const TestbedModel& item) { return item.name; })];
}

const TaskInfo& Testbed::task_info(std::string_view name) const {
  return task_infos[index_of(task_infos, name, "description of task",
                             [](const TaskInfo& item) { return item.name; })];
}

std::vector<std::string> Testbed::train_sets() const {
  std::vector<std::string> names;
  for (const TestbedModel& model : models) {
    if (std::find(names.begin(), names.end(), model.train_set) == names.end())
      names.push_back(model.train_set);
  }
  return names;
}

Testbed assemble_testbed(TestbedFiles reading) {
  Testbed testbed;
  std::vector<Problem> problems = std::move(reading.problems);
  warn_of_shared_ids(reading.models);
  align_models(reading, testbed);
  testbed.grid = std::move(reading.grid.runs);
  testbed.task_infos = std::move(reading.task_file.infos);
  check_task_infos(testbed, reading.task_file);
  for (ModelFile& file : reading.models) collect(file, problems, testbed.warnings);
  for (EvaluationFile& file : reading.evaluations) collect(file, problems, testbed.warnings);
  collect(reading.task_file, problems, testbed.warnings);
  collect(reading.grid, problems, testbed.warnings);
  if (!problems.empty()) throw InputError(std::move(problems));
  std::stable_sort(
      testbed.warnings.begin(), testbed.warnings.end(),
      [](const Problem& a, const Problem& b) { return a.location.file < b.location.file; });
  return testbed;
}

Testbed read_testbed(const fs::path& folder, int n_threads) {
  if (is_testbed_of_tables(folder)) return assemble_testbed(read_testbed_tables(folder));
  const std::map<std::string, fs::path> model_files = json_files(folder / "models");
  std::map<std::string, fs::path> evaluation_files = json_files(folder / "evals");
  std::vector<fs::path> models, evaluations;  // an evaluation that is absent is empty
  for (const auto& [name, path] : model_files) {
    const auto found = evaluation_files.extract(evaluation_stem(name));
    models.push_back(path);
    evaluations.push_back(found ? found.mapped() : fs::path());
  }
  TestbedFiles reading;
  for (const auto& [name, path] : evaluation_files)
    reading.problems.push_back(stray_evaluation(folder, path));
  reading.models.resize(models.size());
  reading.evaluations.resize(models.size());
  // The two single files go first: the grid is the longest of all.
  parallel_for(models.size() + 2, n_threads, [&](std::size_t i) {
    if (i == 0) {
      reading.grid = read_grid(folder / "grid.json");
    } else if (i == 1) {
      reading.task_file = read_task_file(folder / "eval_metadata.csv");
    } else {
      reading.models[i - 2] = read_model(models[i - 2]);
      reading.evaluations[i - 2] =
          evaluations[i - 2].empty() ? missing_evaluation(folder, reading.models[i - 2].model.name)
                                     : read_evaluation(evaluations[i - 2]);
    }
  });
  return assemble_testbed(std::move(reading));
}

}  // namespace rung
