#include "rung/study/overtraining/study.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::overtraining {
namespace {

/// The studies that come with Rung: name, and file.
constexpr std::pair<std::string_view, std::string_view> kStudies[] = {
    {"default", "rung/study/files/overtraining-fit.toml"},
    {"wide", "rung/study/files/overtraining-fit-wide.toml"},
};

/// Reads one study, collecting what is wrong with it.
class StudyReader {
 public:
  explicit StudyReader(std::string source) : source_(std::move(source)) {}

  Study read(const toml::table& root) {
    Study study;
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();
      if (name == "loss_law") {
        study.loss_runs = runs(node);
      } else if (name == "error_law") {
        study.error_runs = runs(node);
      } else if (name == "task_sets") {
        study.task_sets = task_sets(node);
      } else if (name == "titles") {
        study.titles = titles(node);
      } else {
        problem(node, fmt::format("'{}' is not known here", name),
                did_you_mean(std::string(name), {"loss_law", "error_law", "task_sets", "titles"}));
      }
    }
    for (const char* section : {"loss_law", "error_law"}) {
      if (!root.contains(section)) problem(root, fmt::format("[{}] is missing", section));
    }
    if (!problems_.empty()) throw InputError(std::move(problems_));
    if (!root.contains("task_sets")) study.task_sets = default_study().task_sets;
    if (!root.contains("titles")) study.titles = default_study().titles;
    return study;
  }

 private:
  void problem(const toml::node& node, std::string message, std::string hint = "") {
    Problem found;
    found.location = {source_, node.source().begin.line, node.source().begin.column};
    found.message = std::move(message);
    found.hint = std::move(hint);
    problems_.push_back(std::move(found));
  }

  /// The table that `node` should be; an empty one, and a problem, when it is something else.
  const toml::table& table(const toml::node& node, const char* wanted) {
    static const toml::table kNone;
    if (const toml::table* found = node.as_table()) return *found;
    problem(node, fmt::format("should be {}", wanted));
    return kNone;
  }

  std::vector<RunChoice> runs(const toml::node& law) {
    const toml::table& section = table(law, "a table with 'runs'");
    const toml::array* list = section["runs"].as_array();
    if (!list || list->empty()) {
      problem(law, "needs runs = [{ model = \"…\", tokens_per_parameter = … }, …]");
      return {};
    }
    std::vector<RunChoice> choices;
    for (const toml::node& entry : *list) {
      const toml::table& run = table(entry, "a run, { model = \"…\", tokens_per_parameter = … }");
      const auto model = run["model"].value<std::string>();
      if (!model) problem(entry, "needs model = \"…\"");
      for (const double ratio : ratios(entry, run)) choices.push_back({model.value_or(""), ratio});
    }
    return choices;
  }

  /// One number or a list of them.
  std::vector<double> ratios(const toml::node& entry, const toml::table& run) {
    std::vector<double> values;
    const auto take = [&](const toml::node& node) {
      if (const auto value = node.value<double>(); value && *value > 0) values.push_back(*value);
    };
    std::size_t n_given = 1;
    if (const toml::node* given = run.get("tokens_per_parameter")) {
      if (const toml::array* list = given->as_array()) {
        n_given = list->size();
        for (const toml::node& node : *list) take(node);
      } else {
        take(*given);
      }
    }
    if (values.empty() || values.size() != n_given)
      problem(entry, "needs a positive tokens_per_parameter, or a list of them");
    return values;
  }

  std::vector<TaskSet> task_sets(const toml::node& node) {
    std::vector<TaskSet> sets;
    for (const auto& [name, entry] : table(node, "a table of task sets")) {
      const toml::table& fields = table(entry, "a table with 'title' and 'tasks'");
      TaskSet set;
      set.name = name.str();
      set.title = fields["title"].value_or(set.name);
      if (const toml::node* tasks = fields.get("tasks")) set.tasks = texts(*tasks);
      sets.push_back(std::move(set));
    }
    return sets;
  }

  std::vector<std::string> texts(const toml::node& node) {
    std::vector<std::string> values;
    const toml::array* list = node.as_array();
    if (!list || list->empty()) {
      problem(node, "should be a list of task names");
      return values;
    }
    for (const toml::node& entry : *list) {
      if (const auto text = entry.value<std::string>()) {
        values.push_back(*text);
      } else {
        problem(entry, "should be a task's name");
      }
    }
    return values;
  }

  std::map<std::string, std::string, std::less<>> titles(const toml::node& node) {
    std::map<std::string, std::string, std::less<>> values;
    for (const auto& [name, entry] : table(node, "a table of titles")) {
      const auto text = entry.value<std::string>();
      if (!text) problem(entry, "should be text");
      values.emplace(name.str(), text.value_or(""));
    }
    return values;
  }

  std::string source_;
  std::vector<Problem> problems_;
};

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
  try {
    const toml::table file = toml::parse(toml, source);
    const toml::table* part = file["study"].as_table();
    return StudyReader(source).read(part ? *part : file);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    throw InputError(Location{source, at.line, at.column}, std::string(error.description()));
  }
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
