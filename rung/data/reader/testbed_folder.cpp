#include "rung/data/reader/testbed_folder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/testbed_tables.hpp"
#include "rung/system/file.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

/// An evaluation without its model, named by the file that is absent.
Problem stray_evaluation(const std::string& folder, const std::string& stem) {
  const fs::path evaluation = fs::path(folder) / "evals" / (stem + ".json");
  const std::string model = evaluated_model(stem);
  if (model.empty()) return {{evaluation.string()}, "is not named evaluation_MODEL_heavy.json", ""};
  return {{(fs::path(folder) / "models" / (model + ".json")).string()},
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
    if (!file.model.uuid.empty()) {
      const auto [first, is_new] = by_uuid.emplace(file.model.uuid, &file);
      if (!is_new)
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
    const std::string& id = file.model.train_set_uuid;
    if (id.empty() || id == usual_id(file.model.train_set)) continue;
    file.warning(
        fmt::format("has dataset_uuid {}, unlike most models on {}", id, file.model.train_set));
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
    if (file.problems.empty() && evaluation.problems.empty() && !evaluation.architecture.empty() &&
        evaluation.architecture != file.model.architecture) {
      evaluation.warning(fmt::format("evaluates '{}', its model is '{}'", evaluation.architecture,
                                     file.model.architecture));
    }
    testbed.models.push_back(std::move(file.model));
  }
}

/// The laws need at least one of each.
void require_some(const Testbed& testbed, std::vector<Problem>& problems) {
  if (!problems.empty()) return;
  for (const auto& [what, some] :
       {std::pair("runs", !testbed.models.empty()), std::pair("losses", !testbed.loss_sets.empty()),
        std::pair("tasks", !testbed.tasks.empty())}) {
    if (!some) problems.push_back({{}, fmt::format("the testbed has no {}", what), ""});
  }
}

void check_task_infos(const Testbed& testbed, FileContent& file) {
  if (!file.problems.empty()) return;
  std::vector<std::string> known;
  for (const TaskInfo& info : testbed.task_infos) known.push_back(info.name);
  for (const std::string& task : testbed.tasks) {
    if (contains(known, task)) continue;
    const std::string close = did_you_mean(task, known);
    file.problem(fmt::format("task '{}' is missing", task),
                 "the models were evaluated on it" + (close.empty() ? "" : "; " + close));
  }
}

constexpr const char* kLayouts =
    "a testbed's folder holds models.csv and tasks.csv, or models/, evals/ and eval_metadata.csv, "
    "as docs/overtraining.md has them";

void require_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return;
  throw InputError(Location{folder.string()},
                   fs::exists(folder, error) ? "is a file, not a folder" : "no such folder",
                   kLayouts);
}

/// The .json files of a folder, by stem, still to be read.
std::map<std::string, SourceFile> json_files(const fs::path& folder) {
  require_folder(folder);
  std::error_code error;
  std::map<std::string, SourceFile> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json")
      files.emplace(entry.path().stem().string(), SourceFile{entry.path().string(), ""});
  }
  if (error)
    throw InputError(Location{folder.string()}, "can't list this folder: " + error.message());
  return files;
}

void read_source(SourceFile& file) {
  try {
    file.text = read_file(file.path);
  } catch (const InputError& error) {
    file.problems = error.problems();
  }
}

}  // namespace

Testbed assemble_testbed(TestbedFiles reading) {
  Testbed testbed;
  std::vector<Problem> problems = std::move(reading.problems);
  warn_of_shared_ids(reading.models);
  align_models(reading, testbed);
  testbed.unmeasured = std::move(reading.unmeasured);
  testbed.grid = std::move(reading.grid.runs);
  testbed.task_infos = std::move(reading.task_file.infos);
  check_task_infos(testbed, reading.task_file);
  for (ModelFile& file : reading.models) collect(file, problems, testbed.warnings);
  for (EvaluationFile& file : reading.evaluations) collect(file, problems, testbed.warnings);
  collect(reading.task_file, problems, testbed.warnings);
  collect(reading.grid, problems, testbed.warnings);
  require_some(testbed, problems);
  if (!problems.empty()) throw InputError(std::move(problems));
  std::stable_sort(
      testbed.warnings.begin(), testbed.warnings.end(),
      [](const Problem& a, const Problem& b) { return a.location.file < b.location.file; });
  return testbed;
}

Testbed parse_testbed(const TestbedSources& sources, int n_threads) {
  std::map<std::string, const SourceFile*> strays;
  for (const auto& [stem, file] : sources.evaluations) strays.emplace(stem, &file);
  std::vector<const SourceFile*> models, evaluations;  // an evaluation that is absent is null
  for (const auto& [name, file] : sources.models) {
    const auto found = strays.extract(evaluation_stem(name));
    models.push_back(&file);
    evaluations.push_back(found ? found.mapped() : nullptr);
  }
  TestbedFiles reading;
  for (const auto& [stem, file] : strays)
    reading.problems.push_back(stray_evaluation(sources.folder, stem));
  reading.models.resize(models.size());
  reading.evaluations.resize(models.size());
  // The two single files go first: the grid is the longest of all.
  parallel_for(models.size() + 2, n_threads, [&](std::size_t i) {
    if (i == 0) {
      reading.grid = parse_grid(sources.grid);
    } else if (i == 1) {
      reading.task_file = parse_task_infos(sources.tasks);
    } else {
      reading.models[i - 2] = parse_model(*models[i - 2]);
      reading.evaluations[i - 2] =
          evaluations[i - 2] ? parse_evaluation(*evaluations[i - 2])
                             : missing_evaluation(sources.folder, reading.models[i - 2].model.name);
    }
  });
  return assemble_testbed(std::move(reading));
}

Testbed read_testbed(const fs::path& folder, int n_threads) {
  if (is_testbed_of_tables(folder)) return assemble_testbed(read_testbed_tables(folder));
  require_folder(folder);
  if (!fs::exists(folder / "models"))
    throw InputError(Location{folder.string()}, "holds neither models.csv nor models/", kLayouts);
  TestbedSources sources{.folder = folder.string(),
                         .models = json_files(folder / "models"),
                         .evaluations = json_files(folder / "evals"),
                         .grid = {(folder / "grid.json").string(), ""},
                         .tasks = {(folder / "eval_metadata.csv").string(), ""}};
  if (sources.models.empty())
    throw InputError(Location{(folder / "models").string()}, "holds no .json file of a run",
                     kLayouts);
  std::vector<SourceFile*> files = {&sources.tasks};
  if (file_exists(sources.grid.path))
    files.push_back(&sources.grid);
  else
    sources.grid.text = "{}";
  for (auto& [stem, file] : sources.models) files.push_back(&file);
  for (auto& [stem, file] : sources.evaluations) files.push_back(&file);
  parallel_for(files.size(), n_threads, [&](std::size_t i) { read_source(*files[i]); });
  return parse_testbed(sources, n_threads);
}

}  // namespace rung
