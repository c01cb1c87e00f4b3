#include "rung/app/study_steps.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/sources.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::string_view kDataPrefix = "data:";

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

bool is_positional(const CLI::Option& option) {
  return option.get_lnames().empty() && option.get_snames().empty();
}

std::string key_of(const CLI::Option& option) {
  std::string key = option.get_single_name();
  if (is_positional(option)) {
    for (char& letter : key)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return key;
}

std::string plain(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return key;
}

/// Whether the option's value is a path.
bool takes_path(const CLI::Option& option) {
  static const std::set<std::string> kTypes = {"FILE", "DIR", "FIGURE", "STUDY"},
                                     kArguments = {"TABLE", "FIT"};
  return is_positional(option) ? kArguments.contains(option.get_single_name())
                               : kTypes.contains(option.get_type_name());
}

/// The options that a study may set: --json is of the study as a whole.
std::vector<const CLI::Option*> settable(const CLI::App& app) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options()) {
    if (option != app.get_help_ptr() && option->get_single_name() != "json")
      options.push_back(option);
  }
  return options;
}

const CLI::Option* find_option(const CLI::App& app, const std::string& key) {
  for (const CLI::Option* option : settable(app)) {
    if (plain(key_of(*option)) == plain(key)) return option;
    for (const auto* names : {&option->get_lnames(), &option->get_snames()}) {
      for (const std::string& name : *names) {
        if (plain(name) == plain(key)) return option;
      }
    }
  }
  return nullptr;
}

const CLI::Option* find_typed(const CLI::App& app, const std::string& word) {
  const std::string known = with_known_spelling(word, option_names(app));
  const std::string name = known.substr(0, known.find('='));
  const CLI::Option* option = app.get_option_no_throw(name);
  return option == app.get_help_ptr() ? nullptr : option;
}

/// "-o", "--seed=3"; a negative number is none.
bool looks_like_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && !parse_double(word);
}

/// Each option with the values after it.
std::vector<Words> grouped(const Words& words) {
  std::vector<Words> groups;
  for (const std::string& word : words) {
    if (looks_like_option(word)) {
      groups.push_back({word});
    } else if (groups.empty()) {
      throw InputError("unexpected argument '" + word + "'", "see 'rung study run --help'");
    } else {
      groups.back().push_back(word);
    }
  }
  return groups;
}

class Preparer {
 public:
  Preparer(const StudyFile& study, const StudyWords& words, std::ostream& err)
      : study_(study), data_(words.data), groups_(grouped(words.options)), err_(err) {}

  std::vector<PreparedStep> prepare() {
    for (const StudyStep& step : study_.steps) declare(step);
    check_known();
    fail_on_problems();
    for (const PreparedStep& step : steps_) {
      const Words words = words_of(step);
      if (problems_.empty()) collect([&] { step.parse(words); });
    }
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
    if (!command) {
      Words known;
      for (const CommandGroup& group : command_groups()) {
        for (const Command& each : group.commands) {
          if (!each.name.starts_with("study")) known.push_back(each.name);
        }
      }
      const std::string hint = did_you_mean(step.command, known);
      return problem(step.where, fmt::format("there is no command '{}' for a study", step.command),
                     hint.empty() ? "see 'rung --help'" : hint);
    }
    PreparedStep& prepared = steps_.emplace_back();
    prepared.step = &step;
    prepared.line = std::make_unique<CommandLine>(*command, err_, err_);
    const CLI::App& app = prepared.line->app();
    for (const StudySetting& setting : step.settings) {
      const CLI::Option* option = find_option(app, setting.key);
      if (!option) {
        fail_unknown(setting, "'rung " + step.command + "' has no", keys_of(app));
      } else if (const auto [at, is_new] = prepared.settings.emplace(option, &setting); !is_new) {
        problem(setting.where,
                fmt::format("'{}' is already set on line {}", setting.key, at->second->where.line));
      }
    }
    for (const StudySetting& setting : study_.shared) {
      if (const CLI::Option* option = find_option(app, setting.key))
        prepared.settings.emplace(option, &setting);
    }
  }

  /// A command that a study can run: not one that runs studies.
  static const Command* command_named(const std::string& name) {
    const Words words = split_words(name);
    const FoundCommand found = find_command(words);
    const bool fits = found.command && found.n_words == words.size();
    return fits && !name.starts_with("study") ? found.command : nullptr;
  }

  static Words split_words(const std::string& text) {
    Words words;
    for (const std::string& word : split(text, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    return words;
  }

  static Words keys_of(const CLI::App& app) {
    Words keys;
    for (const CLI::Option* option : settable(app)) keys.push_back(key_of(*option));
    return keys;
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
      for (const std::string& key : keys_of(step.line->app())) all_keys.push_back(key);
      for (const std::string& name : option_names(step.line->app())) all_names.push_back(name);
    }
    const auto some_step = [&](auto knows) {
      return std::any_of(steps_.begin(), steps_.end(),
                         [&](const PreparedStep& step) { return knows(step.line->app()); });
    };
    for (const StudySetting& setting : study_.shared) {
      const auto knows = [&](const CLI::App& app) { return find_option(app, setting.key); };
      if (!some_step(knows)) fail_unknown(setting, "no step's command has an", all_keys);
    }
    for (const Words& group : groups_) {
      const auto knows = [&](const CLI::App& app) { return find_typed(app, group.front()); };
      if (some_step(knows)) continue;
      const std::string name = group.front().substr(0, group.front().find('='));
      const std::string hint = name.starts_with("--") ? did_you_mean(name, all_names) : "";
      throw InputError("no command of the study has an option '" + name + "'",
                       hint.empty() ? "see 'rung study run --help'" : hint);
    }
  }

  /// Positional arguments, then options, then those of the command line.
  Words words_of(const PreparedStep& step) {
    const CLI::App& app = step.line->app();
    std::set<const CLI::Option*> replaced;
    Words further;
    for (const Words& group : groups_) {
      const CLI::Option* option = find_typed(app, group.front());
      if (!option) continue;
      replaced.insert(option);
      further.insert(further.end(), group.begin(), group.end());
    }
    if (const CLI::Option* option = find_option(app, "data"); option && !data_.empty()) {
      replaced.insert(option);
      further.push_back("--data=" + data_.string());
    }
    Words words;
    bool has_gap = false;
    for (const CLI::Option* option : app.get_options()) {
      const auto found = step.settings.find(option);
      const bool is_set = found != step.settings.end() && !replaced.contains(option);
      if (!is_positional(*option)) continue;
      if (is_set && has_gap)
        problem(found->second->where, fmt::format("'{}' needs what stands before it in '{} --help'",
                                                  found->second->key, step.line->command().name));
      if (is_set) append(*option, *found->second, words);
      has_gap = has_gap || !is_set;
    }
    for (const CLI::Option* option : app.get_options()) {
      const auto found = step.settings.find(option);
      if (found == step.settings.end() || replaced.contains(option) || is_positional(*option))
        continue;
      append(*option, *found->second, words);
    }
    words.insert(words.end(), further.begin(), further.end());
    return words;
  }

  void append(const CLI::Option& option, const StudySetting& setting, Words& words) {
    const std::string name = option.get_lnames().empty() ? "" : "--" + option.get_lnames().front();
    if (is_flag(option)) {
      if (!setting.flag)
        return problem(setting.where, fmt::format("'{}' is either true or false", setting.key));
      if (*setting.flag) words.push_back(name);
      return;
    }
    Words values = setting.values;
    if (setting.is_table && option.get_type_name() == "STUDY") {
      values = {study_.source};
    } else if (setting.flag || setting.is_table) {
      return problem(setting.where,
                     fmt::format("'{}' takes {}, not {}", setting.key, "text or a number",
                                 setting.flag ? "true or false" : "a table"));
    } else if (setting.is_list && option.get_items_expected_max() <= 1) {
      return problem(setting.where, fmt::format("'{}' takes one value, not a list", setting.key));
    }
    for (std::string& value : values) {
      if (value.empty()) continue;  // as if it were not set
      if (takes_path(option) && !setting.is_table)
        collect([&] { value = path_of(value, option, setting.where); });
      words.push_back(is_positional(option) ? value : name + "=" + value);
    }
  }

  std::string path_of(const std::string& written, const CLI::Option& option,
                      const Location& where) const {
    if (written.starts_with(kDataPrefix))
      return data_path(written.substr(kDataPrefix.size()), where);
    const fs::path folder = is_builtin() ? fs::path() : fs::path(study_.source).parent_path();
    const fs::path path = folder / written;
    // A study of the over-training room may be named instead.
    if (written == "-" || (option.get_type_name() == "STUDY" && !fs::exists(path))) return written;
    return path.lexically_normal().string();
  }

  bool is_builtin() const {
    const auto studies = builtin_studies();
    return std::any_of(studies.begin(), studies.end(),
                       [&](const BuiltinStudy& builtin) { return builtin.path == study_.source; });
  }

  /// "olmo-ladder/configs/final.json" where it lies here.
  std::string data_path(const std::string& written, const Location& where) const {
    const std::size_t slash = std::min(written.find('/'), written.size());
    const std::string name = written.substr(0, slash);
    const auto fail = [&](std::string message, std::string hint) {
      throw InputError(where, std::move(message), std::move(hint));
    };
    try {
      const DataSource& source = data_source(name);
      const auto folder = data_.empty() ? data_folder(source, data_places_of_environment())
                                        : data_within(source, data_);
      if (!folder) {
        fail(fmt::format("the public results '{}' are not in {}", name, data_.string()),
             fmt::format("bring them with 'rung data get {}', or leave --data out", name));
      }
      const fs::path path =
          (*folder / fs::path(written.substr(std::min(slash + 1, written.size()))))
              .lexically_normal();
      if (!path_exists(path)) fail("there is no " + path.string(), "");
      return path.string();
    } catch (const InputError& error) {
      const Problem& first = error.problems().front();
      if (!first.location.file.empty()) throw;
      throw InputError(where, first.message, first.hint);
    }
  }

  void check_outputs_differ() {
    std::set<std::string> paths;
    for (const PreparedStep& step : steps_) {
      const CommonOptions& common = step.line->context().common;
      for (const std::string& path : {common.csv_path, common.figure_path}) {
        if (path.empty() || paths.insert(path).second) continue;
        throw InputError(step.step->where, "two steps would write to '" + path + "'",
                         "name a file in each step of the study");
      }
    }
  }

  const StudyFile& study_;
  fs::path data_;
  std::vector<Words> groups_;
  std::ostream& err_;
  std::vector<PreparedStep> steps_;
  std::vector<Problem> problems_;
};

}  // namespace

void PreparedStep::fail_at_place(const InputError& error) const {
  std::vector<Problem> problems = error.problems();
  for (Problem& problem : problems) {
    if (!problem.location.file.empty()) continue;
    problem.location = step->where;
    for (const auto& [option, setting] : settings) {
      const std::string name =
          is_positional(*option) ? option->get_single_name() : "--" + option->get_single_name();
      const bool is_meant =
          problem.message.find(name) != std::string::npos ||
          std::any_of(setting->values.begin(), setting->values.end(), [&](const auto& value) {
            return problem.message.find("'" + value + "'") != std::string::npos;
          });
      if (is_meant) problem.location = setting->where;
    }
  }
  throw InputError(std::move(problems));
}

void PreparedStep::parse(const std::vector<std::string>& words) const {
  try {
    line->parse(words);
  } catch (const InputError& error) {
    fail_at_place(error);
  }
}

int PreparedStep::run() const {
  try {
    return line->run();
  } catch (const InputError& error) {
    fail_at_place(error);
  }
}

std::vector<PreparedStep> prepare_steps(const StudyFile& study, const StudyWords& words,
                                        std::ostream& err) {
  return Preparer(study, words, err).prepare();
}

}  // namespace rung::app
