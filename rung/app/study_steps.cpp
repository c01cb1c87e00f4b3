#include "rung/app/study_steps.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "rung/app/study_paths.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

using Words = std::vector<std::string>;

/// An option as it stands on the command line, with the values after it.
struct GivenOption {
  std::string name;
  Words values;
};

/// "-o", "--seed=3"; a negative number is none.
bool looks_like_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && !parse_double(word);
}

std::vector<GivenOption> grouped(const Words& words) {
  std::vector<GivenOption> options;
  for (const std::string& word : words) {
    if (looks_like_option(word)) {
      const std::size_t end = std::min(word.find('='), word.size());
      GivenOption& option = options.emplace_back(GivenOption{word.substr(0, end), {}});
      if (end < word.size()) option.values.push_back(word.substr(end + 1));
    } else if (options.empty()) {
      throw InputError("unexpected argument '" + word + "'", "see 'rung study run --help'");
    } else {
      options.back().values.push_back(word);
    }
  }
  return options;
}

/// What a setting is called in a study: positional arguments in small letters.
std::string key_of(const Option& option) {
  std::string key = option.key();
  if (!option.is_positional()) return key;
  for (char& letter : key)
    letter = 'A' <= letter && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  return key;
}

/// --json is of the study as a whole.
bool is_settable(const Option& option) { return option.key() != "json"; }

Option* settable(Options& options, const std::string& key) {
  Option* option = options.find(key);
  return option && is_settable(*option) ? option : nullptr;
}

Words keys_of(const Options& options) {
  Words keys;
  for (const Option& option : options.all()) {
    if (is_settable(option)) keys.push_back(key_of(option));
  }
  return keys;
}

/// A command that a study can run: not one that runs studies.
const Command* command_named(const std::string& name) {
  Words words = split(name, ' ');
  std::erase(words, "");
  const FoundCommand found = find_command(words);
  const bool fits = found.command && found.n_words == words.size();
  return fits && !name.starts_with("study") ? found.command : nullptr;
}

class Preparer {
 public:
  Preparer(const StudyFile& study, const StudyWords& words, std::ostream& err)
      : study_(study),
        data_(words.data),
        paths_(study, words.data),
        given_(grouped(words.options)),
        err_(err) {}

  std::vector<PreparedStep> prepare() {
    for (const StudyStep& step : study_.steps) declare(step);
    for (const StudySetting& setting : study_.shared) share(setting);
    check_known();
    fail_on_problems();
    for (PreparedStep& step : steps_) set_options(step);
    fail_on_problems();
    check_outputs_differ();
    return std::move(steps_);
  }

 private:
  void fail_on_problems() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

  template <class Do>
  void collect(Do act) {
    try {
      act();
    } catch (const InputError& error) {
      problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
    }
  }

  void problem(const Location& where, std::string message, std::string hint = "") {
    problems_.push_back({where, std::move(message), std::move(hint)});
  }

  void declare(const StudyStep& step) {
    const Command* command = command_named(step.command);
    if (!command) return fail_unknown_command(step);
    PreparedStep& prepared = steps_.emplace_back();
    prepared.step = &step;
    prepared.command = std::make_unique<CommandRun>(*command, err_, err_);
    Options& options = prepared.command->options();
    for (const StudySetting& setting : step.settings) {
      const Option* option = settable(options, setting.key);
      if (!option) {
        fail_unknown(setting, "'rung " + step.command + "' has no", keys_of(options));
      } else if (const auto [at, is_new] = prepared.settings.emplace(option, &setting); !is_new) {
        problem(setting.where,
                fmt::format("'{}' is already set on line {}", setting.key, at->second->where.line));
      }
    }
  }

  /// What is set for all steps. A key that is a long name somewhere means that name everywhere: "x"
  /// of rung fit is not rung ladder's -x.
  void share(const StudySetting& setting) {
    const auto named = [&](PreparedStep& step) {
      return settable(step.command->options(), setting.key);
    };
    const auto is_long = [&](const Option* option) {
      return option && (setting.key.size() > 1 || key_of(*option) == setting.key);
    };
    const bool some_long = std::any_of(steps_.begin(), steps_.end(),
                                       [&](PreparedStep& step) { return is_long(named(step)); });
    for (PreparedStep& step : steps_) {
      const Option* option = named(step);
      if (option && (is_long(option) || !some_long)) step.settings.emplace(option, &setting);
    }
  }

  void fail_unknown_command(const StudyStep& step) {
    Words known;
    for (const CommandGroup& group : command_groups()) {
      for (const Command& each : group.commands) {
        if (!each.name.starts_with("study")) known.push_back(each.name);
      }
    }
    const std::string hint = did_you_mean(step.command, known);
    problem(step.where, fmt::format("there is no command '{}' for a study", step.command),
            hint.empty() ? "see 'rung --help'" : hint);
  }

  void fail_unknown(const StudySetting& setting, const std::string& who, const Words& keys) {
    if (setting.key == "json") {
      return problem(setting.where, "'json' is no setting of a study",
                     "give --json to 'rung study run': it writes what all steps found");
    }
    std::string hint = did_you_mean(setting.key, keys);
    if (hint.empty()) hint = "keys are the names of the command's options";
    problem(setting.where, fmt::format("{} option '{}'", who, setting.key), hint);
  }

  /// What is set for all steps, and what the command line sets, must be known to one.
  void check_known() {
    if (!problems_.empty()) return;
    Words all_keys, all_names;
    for (const PreparedStep& step : steps_) {
      const Options& options = step.command->options();
      for (const std::string& key : keys_of(options)) all_keys.push_back(key);
      for (const std::string& name : options.names()) all_names.push_back(name);
    }
    const auto some_step_has = [&](const std::string& name) {
      return std::any_of(steps_.begin(), steps_.end(), [&](const PreparedStep& step) {
        return settable(step.command->options(), name) != nullptr;
      });
    };
    for (const StudySetting& setting : study_.shared) {
      if (!some_step_has(setting.key)) fail_unknown(setting, "no step's command has an", all_keys);
    }
    for (const GivenOption& given : given_) {
      if (some_step_has(given.name)) continue;
      const std::string hint =
          given.name.starts_with("--") ? did_you_mean(given.name, all_names) : "";
      throw InputError("no command of the study has an option '" + given.name + "'",
                       hint.empty() ? "see 'rung study run --help'" : hint);
    }
  }

  /// The file's settings, and over them those of the command line.
  void set_options(PreparedStep& step) {
    Options& options = step.command->options();
    std::set<const Option*> replaced;
    for (const GivenOption& given : given_) {
      Option* option = settable(options, given.name);
      if (!option) continue;
      replaced.insert(option);
      collect([&] { option->set(given.values); });
    }
    if (Option* option = options.find("--data"); option && !data_.empty()) {
      replaced.insert(option);
      option->set({data_.string()});
    }
    for (const auto& [option, setting] : step.settings) {
      if (replaced.contains(option)) continue;
      Option& own = *options.find(option->names().back());
      set(own, *setting);
      if (is_shared(*setting)) own.mark_shared();
    }
    if (problems_.empty()) collect([&] { step.check(); });
  }

  bool is_shared(const StudySetting& setting) const {
    return std::any_of(study_.shared.begin(), study_.shared.end(),
                       [&](const StudySetting& shared) { return &shared == &setting; });
  }

  void set(Option& option, const StudySetting& setting) {
    const std::string& key = setting.key;
    if (option.is_flag()) {
      if (!setting.flag)
        return problem(setting.where, fmt::format("'{}' is either true or false", key));
      if (*setting.flag) option.set({});
      return;
    }
    Words values = setting.values;
    if (setting.is_table && option.value_name() == "STUDY") {
      values = {study_.source};
    } else if (setting.flag || setting.is_table) {
      return problem(setting.where, fmt::format("'{}' takes text or a number, not {}", key,
                                                setting.flag ? "true or false" : "a table"));
    } else if (setting.is_list && !option.is_list()) {
      return problem(setting.where, fmt::format("'{}' takes one value, not a list", key));
    }
    std::erase(values, "");  // as if it were not set
    if (values.empty()) return;
    try {
      if (option.takes_path() && !setting.is_table) {
        for (std::string& value : values)
          value = paths_.resolved(value, option.value_name() == "STUDY", setting.where);
      }
      option.set(values);
    } catch (const InputError& error) {
      for (const Problem& each : error.problems())
        problem(each.location.file.empty() ? setting.where : each.location, each.message,
                each.hint);
    }
  }

  void check_outputs_differ() {
    std::set<std::string> paths;
    for (const PreparedStep& step : steps_) {
      const CommonOptions& common = step.command->context().common;
      const Option* const saved = step.command->options().find("save-fit");
      const std::string saved_path = saved && saved->is_set() ? saved->given().front() : "";
      for (const std::string& path : {common.csv_path, common.figure_path, saved_path}) {
        if (path.empty() || paths.insert(path).second) continue;
        throw InputError(step.step->where, "two steps would write to '" + path + "'",
                         "name a file in each step of the study");
      }
    }
  }

  const StudyFile& study_;
  std::filesystem::path data_;
  StudyPaths paths_;
  std::vector<GivenOption> given_;
  std::ostream& err_;
  std::vector<PreparedStep> steps_;
  std::vector<Problem> problems_;
};

}  // namespace

/// Mistakes that have no place yet, but an option, a file that can't be read, or none, stand where
/// the setting that they name does, or the command.
template <class Do>
auto PreparedStep::at_place(Do act) const {
  try {
    return act();
  } catch (const InputError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) {
      const std::string about = problem.location.file;
      if (problem.location.line > 0) continue;
      const auto is_about = [&](const auto& option) {
        return contains(option->names(), about) || contains(option->given(), about);
      };
      if (!about.empty() && std::none_of(settings.begin(), settings.end(),
                                         [&](const auto& each) { return is_about(each.first); }))
        continue;
      if (!about.empty()) problem.message = about + ": " + problem.message;
      problem.location = step->where;
      for (const auto& [option, setting] : settings) {
        const bool is_meant =
            (!about.empty() && is_about(option)) ||
            problem.message.find(option->names().back()) != std::string::npos ||
            std::any_of(setting->values.begin(), setting->values.end(), [&](const auto& value) {
              return problem.message.find("'" + value + "'") != std::string::npos;
            });
        if (is_meant) problem.location = setting->where;
      }
    }
    throw InputError(std::move(problems));
  }
}

void PreparedStep::check() const {
  at_place([&] { command->check(); });
}

int PreparedStep::run() const {
  return at_place([&] { return command->run(); });
}

std::vector<PreparedStep> prepare_steps(const StudyFile& study, const StudyWords& words,
                                        std::ostream& err) {
  return Preparer(study, words, err).prepare();
}

}  // namespace rung::app
