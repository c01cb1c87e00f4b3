#include "rung/cli/app.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <new>
#include <ostream>
#include <string>
#include <vector>

#include "rung/cli/commands.hpp"
#include "rung/cli/help.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::cli {
namespace {

constexpr std::size_t kMostCommandWords = 3;
constexpr int kMostThreads = 4096;
constexpr int kMostReplicates = 10'000'000;
constexpr const char* kCommonGroup = "Options of every command";

using Words = std::vector<std::string>;

struct FoundCommand {
  const Command* command = nullptr;
  std::size_t n_words = 0;
};

/// The command with the longest name that `words` begin with.
FoundCommand find_command(const Words& words) {
  for (std::size_t n = std::min(kMostCommandWords, words.size()); n > 0; --n) {
    const std::string name = join(Words(words.begin(), words.begin() + n), " ");
    for (const CommandGroup& group : command_groups()) {
      for (const Command& command : group.commands) {
        if (command.name == name) return {&command, n};
      }
    }
  }
  return {};
}

const CommandGroup* find_group(const std::string& word) {
  for (const CommandGroup& group : command_groups()) {
    if (!group.word.empty() && group.word == word) return &group;
  }
  return nullptr;
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

/// Where the first word is a group's, the second is the mistyped one; otherwise the first is.
std::string mistyped_name(const Words& words) {
  const bool two = words.size() > 1 && find_group(words.front());
  return two ? words[0] + " " + words[1] : words.front();
}

[[noreturn]] void fail_unknown(const std::string& what, const std::string& name,
                               const Words& known) {
  const std::string hint = did_you_mean(name, known);
  throw InputError("unknown " + what + " '" + name + "'",
                   hint.empty() ? "see 'rung --help'" : hint);
}

void add_common_options(const Command& command, CLI::App& app, CommonOptions& common) {
  app.add_option("--json", common.json_path, "write the results as JSON ('-': standard output)")
      ->type_name("FILE")
      ->group(kCommonGroup);
  app.add_option("--csv", common.csv_path, "write the results as CSV ('-': standard output)")
      ->type_name("FILE")
      ->group(kCommonGroup);
  if (command.has_figure) {
    app.add_option("-o,--output-path", common.figure_path,
                   "write the figure: .png, .pdf, .svg or .html")
        ->type_name("FIGURE")
        ->group(kCommonGroup);
  }
  app.add_option("--threads", common.n_threads,
                 "threads to use; 0: all there are; results never depend on it")
      ->type_name("N")
      ->check(CLI::Range(0, kMostThreads).description(""))
      ->group(kCommonGroup);
  app.add_option("--seed", common.seed, "where random numbers start")
      ->type_name("N")
      ->group(kCommonGroup);
  if (command.has_bootstrap) {
    app.add_option("--bootstrap", common.n_bootstrap,
                   "replicates behind each interval; 0: no intervals")
        ->take_last()
        ->type_name("N")
        ->check(CLI::Range(0, kMostReplicates).description(""))
        ->group(kCommonGroup);
  }
}

Words option_names(const CLI::App& app) {
  Words names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

/// The published scripts write both --moving_avg and --config-path: either sign will do in every
/// option.
std::string with_known_spelling(const std::string& word, const Words& known) {
  if (!word.starts_with("--")) return word;
  const std::size_t end = std::min(word.find('='), word.size());
  const auto plain = [](std::string name) {
    std::replace(name.begin() + 2, name.end(), '_', '-');
    return name;
  };
  for (const std::string& name : known) {
    if (name.starts_with("--") && plain(name) == plain(word.substr(0, end)))
      return name + word.substr(end);
  }
  return word;
}

[[noreturn]] void fail_unexpected(const Command& command, const std::string& word,
                                  const Words& known) {
  const std::string see = "see 'rung " + command.name + " --help'";
  if (!word.starts_with('-')) throw InputError("unexpected argument '" + word + "'", see);
  const std::string option = word.substr(0, word.find('='));
  // One letter is near to every other.
  const std::string hint = option.starts_with("--") ? did_you_mean(option, known) : "";
  throw InputError("'rung " + command.name + "' has no option '" + option + "'",
                   hint.empty() ? see : hint);
}

Json value_from_text(const std::string& text) {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  const std::optional<double> number = parse_double(text);
  if (!number || !std::isfinite(*number)) return text;
  const bool is_count = *number == std::trunc(*number) && std::abs(*number) <= kLargestExact;
  return is_count ? Json(static_cast<std::int64_t>(*number)) : Json(*number);
}

/// Every option in force, given or by default, by its long name.
Json options_in_force(const CLI::App& app) {
  Json options = Json::object();
  for (const CLI::Option* option : app.get_options()) {
    if (option == app.get_help_ptr()) continue;
    Json& value = options[option->get_single_name()];
    if (option->get_items_expected_max() == 0) {
      value = option->count() > 0;
    } else if (option->count() > 0) {
      const Words& given = option->results();
      if (given.size() == 1) {
        value = value_from_text(given.front());
      } else {
        for (const std::string& text : given) value.push_back(value_from_text(text));
      }
    } else if (!option->get_default_str().empty()) {
      value = value_from_text(option->get_default_str());
    }
  }
  return options;
}

int run_command(const Command& command, const Words& arguments, std::ostream& out,
                std::ostream& err) {
  CommandContext context(out, err);
  context.command = command.name;
  CLI::App app("rung " + command.name + ": " + command.summary + "\n", "rung " + command.name);
  app.set_help_flag("-h,--help", "show this");
  app.allow_extras();
  app.option_defaults()->always_capture_default();
  app.get_formatter()->column_width(34);
  const Action action = command.declare(app);
  add_common_options(command, app, context.common);

  const Words known = option_names(app);
  Words reversed;  // CLI11 takes the words from the back
  for (const std::string& word : arguments) reversed.push_back(with_known_spelling(word, known));
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    out << app.help() << '\n';
    return kUsable;
  } catch (const CLI::ParseError& error) {
    // A mistyped option often brings a second error along; the first is the one to name.
    if (!app.remaining().empty()) fail_unexpected(command, app.remaining().front(), known);
    throw InputError(error.what(), "see 'rung " + command.name + " --help'");
  }
  if (!app.remaining().empty()) fail_unexpected(command, app.remaining().front(), known);
  check_outputs(context.common);
  context.options = options_in_force(app);
  return action(context);
}

int help(const Words& words, std::ostream& out, std::ostream& err) {
  if (words.empty()) {
    out << overview();
    return kUsable;
  }
  if (const FoundCommand found = find_command(words); found.command) {
    return run_command(*found.command, {"--help"}, out, err);
  }
  const CommandGroup* group = words.size() == 1 ? find_group(words.front()) : nullptr;
  const std::string text = group ? group_help(*group) : topic_text(words.front());
  if (text.empty()) {
    Words known = command_words();
    for (const std::string& topic : topic_names()) known.push_back(topic);
    fail_unknown("subject of help", mistyped_name(words), known);
  }
  out << text;
  return kUsable;
}

int dispatch(const Words& words, std::ostream& out, std::ostream& err) {
  if (words.empty()) {
    err << overview();
    return kBadUsageOrInput;
  }
  const std::string& first = words.front();
  if (first == "--version") {
    out << "rung " RUNG_VERSION "\n";
    return kUsable;
  }
  if (asks_for_help(first)) return help({}, out, err);
  if (first == "help") return help({words.begin() + 1, words.end()}, out, err);
  if (const FoundCommand found = find_command(words); found.command) {
    return run_command(*found.command,
                       {words.begin() + static_cast<long>(found.n_words), words.end()}, out, err);
  }
  if (const CommandGroup* group = find_group(first); group && words.size() == 1) {
    err << group_help(*group);
    return kBadUsageOrInput;
  } else if (group && asks_for_help(words[1])) {
    out << group_help(*group);
    return kUsable;
  }
  if (first.starts_with('-')) fail_unknown("option", first, {"--help", "--version"});
  fail_unknown("command", mistyped_name(words), command_words());
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  try {
    return dispatch(Words(argv + std::min(argc, 1), argv + argc), out, err);
  } catch (const InputError& error) {
    err << error.what() << '\n';
    return kBadUsageOrInput;
  } catch (const std::bad_alloc&) {
    err << "error: out of memory\n";
  } catch (const std::exception& error) {
    err << "error: this should not happen, please report it: " << error.what() << '\n';
  }
  return kNoUsableResult;
}

}  // namespace rung::cli
