#include "rung/study/overtraining/study.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"

namespace rung::overtraining {
namespace {

/// The studies that come with Rung: name, and file.
constexpr std::pair<std::string_view, std::string_view> kStudies[] = {
    {"default", "rung/study/files/overtraining-fit.toml"},
    {"wide", "rung/study/files/overtraining-fit-wide.toml"},
};

/// One number, or a list of them.
std::vector<double> one_or_more(Fields& fields, std::string_view key) {
  const Value* const value = fields.value(key);
  if (value && value->list()) return fields.require<std::vector<double>>(key, kPositive);
  return {fields.require<double>(key, kPositive)};
}

std::vector<RunChoice> runs_of(Fields& law) {
  std::vector<RunChoice> choices;
  law.items("runs", [&](Fields& run) {
    const auto model = run.require<std::string>("model");
    for (const double ratio : one_or_more(run, "tokens_per_parameter"))
      choices.push_back({model, ratio});
  });
  const Value* const runs = law.value("runs");
  if (!runs || (runs->list() && runs->list()->empty()))
    law.problem("needs runs = [{ model = \"…\", tokens_per_parameter = … }, …]");
  return choices;
}

Study study_of(Fields& top) {
  Study study;
  for (const char* section : {"loss_law", "error_law"}) {
    if (!top.has(section)) top.problem(fmt::format("[{}] is missing", section));
  }
  top.table("loss_law", [&](Fields& law) { study.loss_runs = runs_of(law); });
  top.table("error_law", [&](Fields& law) { study.error_runs = runs_of(law); });
  top.tables("task_sets", [&](const std::string& name, Fields& set) {
    study.task_sets.push_back(
        {.name = name,
         .title = set.get<std::string>("title").value_or(name),
         .tasks = set.get<std::vector<std::string>>("tasks").value_or(std::vector<std::string>())});
  });
  top.table("titles", [&](Fields& titles) {
    for (const std::string& key : titles.keys())
      study.titles.emplace(key, titles.require<std::string>(key));
  });
  return study;
}

std::vector<std::string> known_architectures(const Testbed& testbed) {
  std::vector<std::string> names;
  for (const TestbedModel& model : testbed.models) {
    if (std::find(names.begin(), names.end(), model.architecture) == names.end()) {
      names.push_back(model.architecture);
    }
  }
  return names;
}

}  // namespace

std::string Study::title(std::string_view name) const {
  for (const TaskSet& set : task_sets) {
    if (set.name == name) return set.title;
  }
  const auto found = titles.find(name);
  return found == titles.end() ? std::string(name) : found->second;
}

Study parse_study(std::string_view toml, const std::string& source) {
  Study study;
  bool has_task_sets = false, has_titles = false;
  const auto read = [&](Fields& fields) {
    study = study_of(fields);
    has_task_sets = fields.has("task_sets");
    has_titles = fields.has("titles");
  };
  read_toml_fields(toml, source, [&](Fields& top) {
    const Value* const part = top.value("study");
    if (!part || !part->table()) return read(top);
    top.ignore_other_keys();  // the commands' options
    top.table("study", read);
  });
  if (!has_task_sets) study.task_sets = default_study().task_sets;
  if (!has_titles) study.titles = default_study().titles;
  return study;
}

const Study& default_study() {
  static const Study kStudy = *named_study("default");
  return kStudy;
}

std::vector<std::string> study_names() {
  std::vector<std::string> names;
  for (const auto& [name, path] : kStudies) names.emplace_back(name);
  return names;
}

std::optional<Study> named_study(std::string_view name) {
  for (const auto& [known, path] : kStudies) {
    if (name != known && name != path) continue;
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.path == path) return parse_study(file.content, std::string(path));
    }
  }
  return std::nullopt;
}

std::vector<std::string> error_set_names(const Testbed& testbed, const Study& study) {
  std::vector<std::string> names;
  for (const TaskSet& set : study.task_sets) names.push_back(set.name);
  names.insert(names.end(), testbed.tasks.begin(), testbed.tasks.end());
  return names;
}

ErrorSet error_set(const Testbed& testbed, const Study& study, std::string_view name) {
  ErrorSet set;
  set.name = name;
  set.title = study.title(name);
  std::vector<std::string> tasks{set.name};
  const auto average =
      std::find_if(study.task_sets.begin(), study.task_sets.end(),
                   [&](const TaskSet& candidate) { return candidate.name == name; });
  if (average != study.task_sets.end()) {
    set.title = average->title;
    tasks = average->tasks.empty() ? testbed.tasks : average->tasks;
  } else if (std::find(testbed.tasks.begin(), testbed.tasks.end(), name) == testbed.tasks.end()) {
    throw InputError(fmt::format("there is no error set '{}'", name),
                     did_you_mean(set.name, error_set_names(testbed, study)));
  }
  const double n_tasks = static_cast<double>(tasks.size());
  std::vector<double> n_examples;
  for (const std::string& task : tasks) {
    const TaskInfo& info = testbed.task_info(task);
    set.tasks.push_back(testbed.task_index(task));
    set.chance_error += (1 - info.chance_accuracy) / n_tasks;
    n_examples.push_back(info.n_examples);
  }
  for (const TestbedModel& model : testbed.models) {
    double sum = 0, variance = 0;
    for (std::size_t i = 0; i < set.tasks.size(); ++i) {
      const double accuracy = model.accuracies[set.tasks[i]];
      sum += 1 - accuracy;
      variance += accuracy * (1 - accuracy) / n_examples[i];
    }
    set.errors.push_back(sum / n_tasks);
    set.standard_errors.push_back(std::sqrt(variance) / n_tasks);
  }
  return set;
}

std::vector<std::size_t> chosen_models(const Testbed& testbed,
                                       const std::vector<RunChoice>& choices,
                                       std::string_view train_set) {
  std::vector<std::size_t> chosen;
  std::vector<Problem> problems;
  for (const RunChoice& choice : choices) {
    const auto found =
        std::find_if(testbed.models.begin(), testbed.models.end(), [&](const TestbedModel& model) {
          return model.train_set == train_set && model.architecture == choice.architecture &&
                 model.tokens_per_parameter() == choice.tokens_per_parameter;
        });
    if (found != testbed.models.end()) {
      chosen.push_back(static_cast<std::size_t>(found - testbed.models.begin()));
      continue;
    }
    Problem problem;
    problem.message =
        fmt::format("the testbed has no run of '{}' on '{}' with {} tokens per parameter",
                    choice.architecture, train_set, shortest(choice.tokens_per_parameter));
    problem.hint = did_you_mean(choice.architecture, known_architectures(testbed));
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return chosen;
}

}  // namespace rung::overtraining
