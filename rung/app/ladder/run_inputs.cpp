#include "rung/app/ladder/run_inputs.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/pattern.hpp"
#include "rung/core/text.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/questions.hpp"

namespace rung::app {
namespace {

/// Those of --targets that --runs leaves out are not there to be predicted.
void check_targets(const RunOptions& given) {
  const std::string& pattern = given.logged.pattern;
  if (pattern.empty()) return;
  for (const std::string& target : given.targets) {
    if (Pattern(pattern, "--runs").is_found_in(target)) continue;
    throw InputError("--targets: run '" + target + "' is left out by --runs '" + pattern + "'",
                     "let it in as well: --runs '" + pattern + "|^" + target + "$'");
  }
}

/// The words behind `--accuracy A` are taken for files: those that look like none are further
/// columns.
void check_files(const RunOptions& given) {
  if (given.accuracies.empty() && given.targets.empty()) return;
  for (const std::string& source : given.logged.sources) {
    const bool file_like = source == "-" || source.find_first_of(".:") != std::string::npos;
    if (file_like || std::filesystem::exists(source)) continue;
    throw InputError(Location{source}, "there is no such file",
                     "several columns or runs are joined by commas: --accuracy A,B");
  }
}

/// What the column is taken for of which -y would say it.
ladder::Metric metric_of_column(const LadderOptions& options) {
  const std::vector<std::string>& choices = options.y_option->choices();
  const bool is_accuracy = std::all_of(choices.begin(), choices.end(), [](const std::string& name) {
    return ladder::is_accuracy(ladder::parse_metric(name));
  });
  return is_accuracy ? ladder::Metric::rc_acc : step1_metric(options);
}

/// What says something of a configuration's runs and nothing of those that were logged.
void check_no_configuration(const LadderOptions& options) {
  if (!options.keys.empty())
    throw InputError("-k names tasks of a configuration's runs",
                     "--loss and --accuracy say which columns of RUNS to use");
  if (!options.x_metric.empty())
    throw InputError("-x names a loss of a configuration's runs",
                     "--loss says which column of RUNS to use");
  if (options.y_option != nullptr && options.y_option->is_set() &&
      options.y_metric != ladder::metric_name(metric_of_column(options)))
    throw InputError("-y " + options.y_metric + " names a metric of a configuration's runs",
                     "--loss and --accuracy say which columns of RUNS to use; step 1 takes the "
                     "loss where both are given");
  if (!options.step2_config_path.empty())
    throw InputError("--step2-config-path names a configuration for step 2: RUNS are both steps'",
                     "leave it out, or give -c in place of RUNS");
}

/// Whether no accuracy is asked for: the loss that all tasks share is then told once.
bool are_of_losses(std::span<const Wanted> wanted) {
  const auto is_accuracy = [](ladder::Metric metric) { return ladder::is_accuracy(metric); };
  return std::all_of(wanted.begin(), wanted.end(), [&](const Wanted& want) {
    return std::none_of(want.metrics.begin(), want.metrics.end(), is_accuracy) &&
           std::none_of(want.optional_metrics.begin(), want.optional_metrics.end(), is_accuracy);
  });
}

/// Tasks of the file of --tasks whose losses are not of the column that --loss names.
void note_losses_not_taken(CommandContext& context, const ladder::Catalogue& catalogue,
                           const ladder::LoggedLadder& logged, const std::string& loss) {
  std::vector<std::string> with_losses;
  for (const ladder::Task& task : logged.tasks) {
    if (catalogue.added().count(task.key) == 0) continue;
    const ladder::Task& said = catalogue.task(task.key);
    const bool names_another =
        std::any_of(ladder::kMetrics.begin(), ladder::kMetrics.end(), [&](ladder::Metric metric) {
          return !ladder::is_accuracy(metric) && said.has(metric) &&
                 said.columns(metric).front().name != loss;
        });
    if (names_another) with_losses.push_back(task.key);
  }
  if (!with_losses.empty())
    context.note("the losses that the file of --tasks names for " + join(with_losses, ", ") +
                 " are not taken: of logged runs --loss says which");
}

}  // namespace

ladder::LoggedLadder read_logged_ladder(CommandContext& context, const LadderOptions& options) {
  const RunOptions& given = options.from_runs;
  check_no_configuration(options);
  check_files(given);
  std::vector<Run> runs = read_logged_runs(context, given.logged);
  for (Run& run : runs) {
    if (given.logged.batch_tokens)
      run.settings.try_emplace("batch_tokens", *given.logged.batch_tokens);
  }
  check_targets(given);
  ladder::LoggedLadder logged = ladder::logged_ladder(
      std::move(runs),
      {.loss = given.loss, .accuracies = given.accuracies, .targets = given.targets});
  for (const std::string& note : logged.notes) context.note(note);
  return logged;
}

void note_unused_tasks(CommandContext& context, const ladder::Catalogue& catalogue,
                       const std::vector<ladder::Task>& tasks) {
  const std::set<std::string>& added = catalogue.added();
  std::vector<std::string> here, elsewhere, names;
  for (const ladder::Task& task : tasks) {
    if (added.count(task.key) > 0) here.push_back(task.key);
    names.push_back("[tasks." + task.key + "]");
  }
  for (const std::string& key : added)
    if (!contains(here, key) && !catalogue.task(key).has_columns()) elsewhere.push_back(key);
  if (here.empty() && !added.empty())
    context.note("the file of --tasks says nothing of the tasks here, which it would name " +
                 join(names, ", "));
  else if (!elsewhere.empty())
    context.note("the file of --tasks has tasks that these runs don't: " + join(elsewhere, ", "));
}

void tell_questions(CommandContext& context, const ladder::Catalogue& catalogue,
                    const ladder::LoggedLadder& logged) {
  for (const auto& [key, count] : logged.questions) {
    const auto known = catalogue.tasks().find(key);
    const auto said = known == catalogue.tasks().end() ? std::nullopt : known->second.n_examples;
    if (said && !count.allows(*said)) {
      context.warn("the file of --tasks says that " + key + " has " + shortest(*said) +
                   " questions, and its scores are not of so many: by their steps there are " +
                   shortest(count.n));
    } else if (!said && *count.by) {
      context.note("by " + std::string(count.by) + " " + key + " has " + shortest(count.n) +
                   " questions; n_examples in a file of --tasks can say otherwise");
    } else if (!said && !count.doubt.empty()) {
      context.note(count.doubt);
    }
  }
}

LadderInputs read_run_inputs(CommandContext& context, const LadderOptions& options,
                             std::span<const Wanted> wanted) {
  const ladder::LoggedLadder logged = read_logged_ladder(context, options);
  LadderInputs inputs{.catalogue = read_catalogue(context, options), .tasks = {}, .ladders = {}};
  inputs.tasks = logged.tasks;
  note_unused_tasks(context, inputs.catalogue, inputs.tasks);
  note_losses_not_taken(context, inputs.catalogue, logged, options.from_runs.loss);
  tell_questions(context, inputs.catalogue, logged);
  take_chances(inputs.catalogue, logged.ladder, inputs.tasks);
  if (logged.loss && are_of_losses(wanted)) {
    // Alone, it is of whatever task follows from it.
    for (const ladder::Task& task : inputs.tasks)
      inputs.shared_by.push_back(task.key == logged.loss->key ? "" : task.key);
    inputs.tasks = {*logged.loss};
  }
  for (const Wanted& want : wanted) {
    for (const ladder::Task& task : inputs.tasks) {
      for (const ladder::Metric metric : want.metrics) {
        if (!task.has(metric))
          throw InputError(std::string("this command needs ") +
                               (ladder::is_accuracy(metric) ? "an accuracy" : "a loss"),
                           ladder::is_accuracy(metric) ? "--accuracy COLUMN" : "--loss COLUMN");
      }
    }
    inputs.ladders.push_back(logged.ladder);
  }
  return inputs;
}

void note_chances(CommandContext& context, const LadderOptions& options,
                  const std::vector<ladder::Task>& tasks, const std::set<std::string>& told) {
  const bool is_logged = !options.from_runs.logged.sources.empty();
  std::map<double, std::vector<std::string>> names_of_chance;
  for (const ladder::Task& task : tasks) {
    if (told.count(task.key) == 0 && (is_logged || task.chance_is_assumed))
      names_of_chance[task.chance].push_back(task.name);
  }
  if (names_of_chance.empty()) return;
  std::vector<std::string> words;
  for (const auto& [chance, names] : names_of_chance)
    words.push_back(percent(chance, 0) +
                    (names.size() == tasks.size() ? "" : " in " + join(names, ", ")));
  context.note("a guess is right with a chance of " + join(words, "; ") +
               (!is_logged                   ? ", as nobody says otherwise: chance or n_choices in "
                                               "the file of --tasks does"
                : options.tasks_path.empty() ? " (a file of --tasks can say otherwise)"
                                             : ""));
}

void note_uncounted(CommandContext& context, const std::vector<ladder::Task>& tasks) {
  std::vector<std::string> names;
  for (const ladder::Task& task : tasks) {
    if (!task.n_examples) names.push_back(task.name);
  }
  if (names.empty()) return;
  context.note((names.size() == tasks.size() ? "" : join(names, ", ") + ": ") + ladder::kUncounted);
}

}  // namespace rung::app
