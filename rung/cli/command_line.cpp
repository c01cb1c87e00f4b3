#include "rung/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::cli {
namespace {

using Words = std::vector<std::string>;

/// CLI11's view of a command's options.
class Parser {
 public:
  explicit Parser(const app::CommandRun& run)
      : name_("rung " + run.command().name), app_("", name_) {
    app_.set_help_flag("-h,--help", "show this");
    app_.allow_extras();
    for (const Option& option : run.options().all()) add(option);
  }

  CLI::App& app() { return app_; }
  const std::string& name() const { return name_; }
  const CLI::Option* of(const Option& option) const { return options_.at(&option); }
  bool is_given(const Option& option) const { return of(option)->count() > 0; }

 private:
  void add(const Option& option) {
    const std::string names = join(option.names(), ",");
    CLI::Option* added = nullptr;
    if (option.is_flag()) {
      added = app_.add_flag(names, flags_.emplace_back(false), option.help());
    } else {
      added = option.is_list() ? app_.add_option(names, lists_.emplace_back(), option.help())
                               : app_.add_option(names, texts_.emplace_back(), option.help());
      if (option.has_last_counting()) added->take_last();
      if (option.takes_one_value_each()) added->allow_extra_args(false);
    }
    added->type_name(option.is_positional() ? "" : option.value_name())
        ->required(option.is_required());
    options_[&option] = added;
  }

  std::string name_;
  CLI::App app_;
  std::deque<Words> lists_;
  std::deque<std::string> texts_;
  std::deque<bool> flags_;
  std::map<const Option*, const CLI::Option*> options_;
};

/// "these draw: rung overtraining figure1, tokens": the commands beside one that draws nothing; ""
/// where there are none.
std::string drawing_commands(const app::Command& command) {
  for (const app::CommandGroup& group : app::command_groups()) {
    if (group.key != command.group || group.word.empty()) continue;
    Words names;
    for (const app::Command& other : group.commands) {
      if (other.has_figure) names.push_back(other.name.substr(group.word.size() + 1));
    }
    if (!names.empty()) return "these draw: rung " + group.word + " " + join(names, ", ");
  }
  return "";
}

[[noreturn]] void fail_unexpected(const app::Command& asked, const std::string& command,
                                  const std::string& word, const Words& known) {
  const std::string see = "see '" + command + " --help'";
  if (!word.starts_with('-')) throw InputError("unexpected argument '" + word + "'", see);
  const std::string option = word.substr(0, word.find('='));
  const bool draws = option == "-o" || option == "--output-path";
  // One letter is near to every other.
  const std::string hint = draws                      ? drawing_commands(asked)
                           : option.starts_with("--") ? did_you_mean(option, known)
                                                      : "";
  throw InputError("'" + command + "' has no option '" + option + "'", hint.empty() ? see : hint);
}

/// The published scripts write both --moving_avg and --config-path: either sign will do in every
/// option.
std::string with_known_spelling(const std::string& word, Options& options) {
  if (!word.starts_with("--")) return word;
  const std::size_t end = std::min(word.find('='), word.size());
  const Option* option = options.find(word.substr(0, end));
  return option && !option->is_positional() ? "--" + option->key() + word.substr(end) : word;
}

/// InputError where an option's value would be the next option: CLI11 takes whatever comes next.
void check_values_follow(const Words& words, const Options& options) {
  const auto named = [&](const std::string& word) -> const Option* {
    for (const Option& option : options.all()) {
      if (!option.is_positional() && contains(option.names(), word)) return &option;
    }
    return nullptr;
  };
  const auto is_option = [&](const std::string& word) {
    return word.starts_with("--") || word == "-h" || named(word);
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Option* const option = named(words[i]);
    if (!option || option->is_flag()) continue;
    const bool is_last = i + 1 == words.size();
    if (!is_last && !is_option(words[i + 1])) continue;
    const std::string value = is_last ? "" : words[i + 1];
    throw InputError(
        words[i] + " needs a value" + (is_last ? "" : ", and '" + value + "' is an option"),
        is_last ? "" : "where that is the value: " + option->names().back() + "=" + value);
  }
}

/// The error with a hint at the command's help where it has none.
[[noreturn]] void fail_with_hint(const InputError& error, const std::string& command) {
  std::vector<Problem> problems = error.problems();
  for (Problem& problem : problems) {
    if (problem.hint.empty() && problem.location.file.empty())
      problem.hint = "see '" + command + " --help'";
  }
  throw InputError(std::move(problems));
}

}  // namespace

bool set_from_words(app::CommandRun& run, const std::vector<std::string>& words) {
  Parser parser(run);
  Words reversed;  // CLI11 takes the words from the back
  for (const std::string& word : words)
    reversed.push_back(with_known_spelling(word, run.options()));
  try {
    check_values_follow(reversed, run.options());
  } catch (const InputError& error) {
    fail_with_hint(error, parser.name());
  }
  std::reverse(reversed.begin(), reversed.end());
  CLI::App& app = parser.app();
  const Words known = run.options().names();
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    // A mistyped option often brings a second error along; the first is the one to name.
    if (!app.remaining().empty() && !run.command().runs_others)
      fail_unexpected(run.command(), parser.name(), app.remaining().front(), known);
    throw InputError(error.what(), "see '" + parser.name() + " --help'");
  }
  if (run.command().runs_others) {
    run.context().further_words = app.remaining();
  } else if (!app.remaining().empty()) {
    fail_unexpected(run.command(), parser.name(), app.remaining().front(), known);
  }
  try {
    for (Option& option : run.options().all()) {
      if (parser.is_given(option))
        option.set(option.is_flag() ? Words() : parser.of(option)->results());
    }
    run.check();
  } catch (const InputError& error) {
    fail_with_hint(error, parser.name());
  }
  return true;
}

}  // namespace rung::cli
