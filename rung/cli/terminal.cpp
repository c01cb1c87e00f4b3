#include "rung/cli/terminal.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "rung/app/command.hpp"
#include "rung/app/manual.hpp"
#include "rung/cli/command_line.hpp"
#include "rung/cli/help.hpp"
#include "rung/core/cancel.hpp"
#include "rung/core/failure.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/wrapped.hpp"

namespace rung::cli {
using namespace app;
namespace {

using Words = std::vector<std::string>;

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

int run_command(const Command& command, const Words& arguments, std::ostream& out,
                std::ostream& err) {
  CommandRun run(command, out, err);
  if (set_from_words(run, arguments)) return run.run();
  out << help_text(run);
  return kUsable;
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
  const Words words(argv + std::min(argc, 1), argv + argc);
  const auto say = [&](const std::string& error) {
    err << wrapped_errors(shown(error), contains(words, "--wide") ? 0 : kTextWidth);
  };
  try {
    return dispatch(words, out, err);
  } catch (const AlreadyTold& error) {
    return error.exit_status();
  } catch (const Failure& error) {
    say(error.what());
  } catch (const InputError& error) {
    say(error.what());
    return kBadUsageOrInput;
  } catch (const Cancelled&) {
    return kInterrupted;
  } catch (const std::bad_alloc&) {
    err << "error: out of memory\n";
  } catch (const std::system_error& error) {
    // No thread, no process, no descriptor to be had, a folder that went away.
    say("error: the system refuses: " + std::string(error.what()));
  } catch (const std::exception& error) {
    say("error: this should not happen, please report it: " + std::string(error.what()));
  }
  return kNoUsableResult;
}

}  // namespace rung::cli
