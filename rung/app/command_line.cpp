#include "rung/app/command_line.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

constexpr int kMostThreads = 4096;
constexpr int kMostReplicates = 10'000'000;
constexpr const char* kCommonGroup = "Options of every command";

using Words = std::vector<std::string>;

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

}  // namespace

std::vector<std::string> option_names(const CLI::App& app) {
  Words names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string with_known_spelling(const std::string& word, const std::vector<std::string>& known) {
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

CommandLine::CommandLine(const Command& command, std::ostream& out, std::ostream& err)
    : command_(command),
      app_("rung " + command.name + ": " + command.summary + "\n", "rung " + command.name),
      context_(out, err) {
  context_.command = command.name;
  app_.set_help_flag("-h,--help", "show this");
  app_.allow_extras();
  app_.option_defaults()->always_capture_default();
  app_.get_formatter()->column_width(34);
  action_ = command.declare(app_);
  add_common_options(command, app_, context_.common);
}

bool CommandLine::parse(const std::vector<std::string>& arguments) {
  const Words known = option_names(app_);
  Words reversed;  // CLI11 takes the words from the back
  for (const std::string& word : arguments) reversed.push_back(with_known_spelling(word, known));
  std::reverse(reversed.begin(), reversed.end());
  try {
    app_.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    // A mistyped option often brings a second error along; the first is the one to name.
    if (!app_.remaining().empty() && !command_.runs_others)
      fail_unexpected(command_, app_.remaining().front(), known);
    throw InputError(error.what(), "see 'rung " + command_.name + " --help'");
  }
  if (command_.runs_others) {
    context_.further_words = app_.remaining();
  } else if (!app_.remaining().empty()) {
    fail_unexpected(command_, app_.remaining().front(), known);
  }
  check_outputs(context_.common);
  context_.options = options_in_force(app_);
  return true;
}

int CommandLine::run() { return action_(context_); }

}  // namespace rung::app
