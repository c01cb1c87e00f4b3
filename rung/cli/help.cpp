#include "rung/cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/core/wrapped.hpp"

namespace rung::cli {
namespace {

struct Topic {
  const char* name;
  const char* summary;
  const char* text;
};

constexpr Topic kTopics[] = {
    {"exit-status", "what a script can rely on",
     "0    a usable result\n"
     "1    it ran, but has no usable result\n"
     "2    bad usage or bad input; nothing was written\n"
     "130  interrupted\n"
     "\n"
     "Results go to standard output; progress, warnings and errors to standard error.\n"},
    {"json", "what --json writes",
     "{\"schema_version\": 1, \"command\", \"context\", \"warnings\", \"results\"}\n"
     "\n"
     "context   version, options in force, seed, inputs with their SHA-256, seconds\n"
     "warnings  the texts that also went to standard error\n"
     "results   a list; each command's help says what is in it\n"
     "\n"
     "Numbers read back as the same double. What is absent, or not finite, is null.\n"},
    {"data-folders", "where commands look for public results",
     "In this order, NAME being olmo-ladder, obs-scaling or over-training:\n"
     "\n"
     "1. the folder that --data names\n"
     "2. $RUNG_DATA, then $RUNG_DATA/NAME\n"
     "3. the cache, which 'rung data get NAME' fills: $XDG_CACHE_HOME/rung/NAME, or\n"
     "   ~/.cache/rung/NAME\n"
     "4. ../shared/data/NAME\n"
     "5. the tables of their measurements that ship with rung: published:NAME\n"
     "\n"
     "A clone of the results' own repository will do as a folder too. Where a file\n"
     "to read is named, published:NAME/FILE is one that ships, such as\n"
     "published:olmo-ladder/configs/final.json.\n"},
};

std::string line(const std::string& name, const std::string& summary) {
  constexpr std::size_t kIndent = 28;
  return fmt::format("  {:<26}", name) + wrapped_text(summary, kTextWidth, kIndent).substr(kIndent);
}

/// "ladder step1" -> "step1".
std::string last_word(const Command& command) { return split(command.name, ' ').back(); }

}  // namespace

std::string overview() {
  std::string text = "rung " RUNG_VERSION
                     ": fits scaling laws and predicts big models from small ones\n"
                     "\n"
                     "usage: rung COMMAND [options]\n"
                     "       rung help COMMAND\n";
  for (const CommandGroup& group : command_groups()) {
    text += "\n" + group.heading + "\n";
    for (const Command& command : group.commands) text += line(command.name, command.summary);
  }
  std::vector<std::string> names = topic_names();
  return text + "\nMore: rung help " + join(names, " | ") + "\n";
}

std::string group_help(const CommandGroup& group) {
  std::string text = fmt::format("rung {}: {}\n\nusage: rung {} COMMAND [options]\n\n", group.word,
                                 group.summary, group.word);
  for (const Command& command : group.commands) text += line(last_word(command), command.summary);
  return text + fmt::format("\nMore: rung help {} COMMAND\n", group.word);
}

std::string topic_text(const std::string& topic) {
  for (const Topic& known : kTopics) {
    if (topic == known.name)
      return fmt::format("{}: {}\n\n{}", known.name, known.summary, known.text);
  }
  return "";
}

std::vector<std::string> topic_names() {
  std::vector<std::string> names;
  for (const Topic& topic : kTopics) names.emplace_back(topic.name);
  return names;
}

std::vector<std::string> command_words() {
  std::vector<std::string> words = {"help"};
  for (const CommandGroup& group : command_groups()) {
    if (!group.word.empty()) words.push_back(group.word);
    for (const Command& command : group.commands) words.push_back(command.name);
  }
  return words;
}

}  // namespace rung::cli
