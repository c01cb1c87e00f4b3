#include "rung/study/overtraining/study.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "rung/core/each_once.hpp"
#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::overtraining {
namespace {

/// The studies that come with Rung: name, and file.
constexpr std::pair<std::string_view, std::string_view> kStudies[] = {
    {"default", "rung/study/files/overtraining-fit.toml"},
    {"wide", "rung/study/files/overtraining-fit-wide.toml"},
};

/// Of an element of the list that `key` holds.
Location place_in(Fields& fields, std::string_view key, std::size_t i) {
  const Value& element = (*fields.value(key)->list())[i];
  return {fields.where().file, element.line, element.column};
}

/// One number, or a list of them, each with its place.
std::vector<std::pair<double, Location>> one_or_more(Fields& fields, std::string_view key) {
  const Value* const value = fields.value(key);
  if (!value || !value->list())
    return {{fields.require<double>(key, kPositive), fields.where(key)}};
  const auto numbers = fields.require<std::vector<double>>(key, kPositive);
  std::vector<std::pair<double, Location>> placed;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    placed.emplace_back(numbers[i], place_in(fields, key, i));
  return placed;
}

std::vector<RunChoice> runs_of(Fields& law) {
  std::vector<RunChoice> choices;
  law.items("runs", [&](Fields& run) {
    const auto model = run.require<std::string>("model");
    for (auto& [ratio, where] : one_or_more(run, "tokens_per_parameter"))
      choices.push_back({model, ratio, std::move(where)});
  });
  const Value* const runs = law.value("runs");
  if (!runs || (runs->list() && runs->list()->empty()))
    law.problem("needs runs = [{ model = \"…\", tokens_per_parameter = … }, …]");
  return choices;
}

TaskSet task_set_of(const std::string& name, Fields& fields) {
  TaskSet set{
      .name = name,
      .title = fields.get<std::string>("title").value_or(name),
      .tasks = fields.get<std::vector<std::string>>("tasks").value_or(std::vector<std::string>())};
  for (std::size_t i = 0; i < set.tasks.size(); ++i)
    set.places.push_back(place_in(fields, "tasks", i));
  return set;
}

Study study_of(Fields& top) {
  Study study;
  for (const char* section : {"loss_law", "error_law"}) {
    if (!top.has(section)) top.problem(fmt::format("[{}] is missing", section));
  }
  top.table("loss_law", [&](Fields& law) { study.loss_runs = runs_of(law); });
  top.table("error_law", [&](Fields& law) { study.error_runs = runs_of(law); });
  top.tables("task_sets", [&](const std::string& name, Fields& set) {
    study.task_sets.push_back(task_set_of(name, set));
  });
  top.table("titles", [&](Fields& titles) {
    for (const std::string& key : titles.keys())
      study.titles.emplace(key, titles.require<std::string>(key));
  });
  return study;
}

/// Up to rounding: a ratio may have been computed from sizes.
bool is_ratio_of(const TestbedModel& model, double tokens_per_parameter) {
  constexpr double kRounding = 1e-9;
  return std::abs(model.tokens_per_parameter() / tokens_per_parameter - 1) < kRounding;
}

/// What there is in place of a run that the testbed does not have.
std::string runs_instead(const Testbed& testbed, const RunChoice& choice,
                         std::string_view train_set) {
  std::vector<std::string> models;
  std::vector<double> ratios;
  for (const TestbedModel& model : testbed.models) {
    if (model.train_set != train_set) continue;
    models.push_back(model.architecture);
    if (model.architecture == choice.architecture) ratios.push_back(model.tokens_per_parameter());
  }
  if (ratios.empty()) {
    models = each_once(models);
    const std::string hint = did_you_mean(choice.architecture, models);
    return hint.empty() ? "there are " + join(models, ", ") : hint;
  }
  std::vector<std::string> words;
  for (const double ratio : sorted_distinct(std::move(ratios))) words.push_back(shortest(ratio));
  return choice.architecture + " has " + join(words, ", ");
}

bool is_built_in(const Location& where) {
  return std::any_of(std::begin(kStudies), std::end(kStudies),
                     [&](const auto& study) { return study.second == where.file; });
}

/// Throws what was found of a study's runs or tasks. Those of a study that comes with Rung have no
/// place that a user could mend: the first stands for all.
void fail_on(std::vector<Problem> problems) {
  if (problems.empty()) return;
  if (!is_built_in(problems.front().location)) throw InputError(std::move(problems));
  const std::size_t n_more = problems.size() - 1;
  throw InputError(problems.front().message +
                       (n_more > 0 ? fmt::format(", nor {} more", n_more) : "") +
                       " of the published study",
                   "--study FILE takes one of these runs, with [study.task_sets] of its own");
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
  } else if (!contains(testbed.tasks, set.name)) {
    throw InputError(fmt::format("there is no error set '{}'", name),
                     did_you_mean(set.name, error_set_names(testbed, study)));
  }
  const double n_tasks = static_cast<double>(tasks.size());
  std::vector<double> n_examples;
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (contains(testbed.tasks, tasks[i])) continue;
    const std::string hint = did_you_mean(tasks[i], testbed.tasks);
    problems.push_back({average->places[i], fmt::format("the testbed has no task '{}'", tasks[i]),
                        hint.empty() ? "there are " + join(testbed.tasks, ", ") : hint});
  }
  fail_on(std::move(problems));
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
    const std::size_t n_before = chosen.size();
    for (std::size_t i = 0; i < testbed.models.size(); ++i) {
      const TestbedModel& model = testbed.models[i];
      if (model.train_set == train_set && model.architecture == choice.architecture &&
          is_ratio_of(model, choice.tokens_per_parameter))
        chosen.push_back(i);
    }
    if (chosen.size() > n_before) continue;
    problems.push_back(
        {choice.where,
         fmt::format("the testbed has no run of '{}' on '{}' with {} tokens per parameter",
                     choice.architecture, train_set, shortest(choice.tokens_per_parameter)),
         runs_instead(testbed, choice, train_set)});
  }
  fail_on(std::move(problems));
  return chosen;
}

std::vector<std::size_t> measured_models(const Testbed& testbed,
                                         const std::vector<std::size_t>& chosen,
                                         std::string_view loss_set, const ErrorSet* errors) {
  const std::size_t loss = testbed.loss_set_index(loss_set);
  std::vector<std::size_t> measured;
  std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(measured), [&](std::size_t i) {
    return !std::isnan(testbed.models[i].losses[loss].loss_nats) &&
           !(errors && std::isnan(errors->errors[i]));
  });
  std::vector<Problem> problems;
  for (const std::size_t i : chosen) {
    const TestbedModel& model = testbed.models[i];
    const bool one_is_measured = std::ranges::any_of(measured, [&](std::size_t other) {
      return testbed.models[other].architecture == model.architecture &&
             is_ratio_of(testbed.models[other], model.tokens_per_parameter());
    });
    if (one_is_measured) continue;
    for (const Unmeasured& one : testbed.unmeasured) {
      const bool is_needed = one.column == fmt::format("loss/{}", loss_set) ||
                             (errors && std::ranges::any_of(errors->tasks, [&](std::size_t task) {
                                return one.column == "accuracy/" + testbed.tasks[task];
                              }));
      if (one.model == model.name && is_needed)
        problems.push_back(
            {one.where,
             one.text() + fmt::format(", and the study fits {} on it",
                                      errors ? "the error law of " + errors->name : "the loss law"),
             "measure it, or leave its size and ratio out of the study's runs"});
    }
  }
  fail_on(std::move(problems));
  return measured;
}

}  // namespace rung::overtraining
