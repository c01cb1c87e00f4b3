#include <nlohmann/json.hpp>
#include <sstream>

#include "rung/app/command.hpp"
#include "tests/cli/run_command.hpp"

namespace rung::cli {
using namespace app;
namespace {

using app::Command;
using app::command_groups;
using app::CommandGroup;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Usage, VersionIsOneLine) {
  const Ran ran = run_rung({"--version"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "rung " RUNG_VERSION "\n");
  EXPECT_EQ(ran.err, "");
}

TEST(Usage, NoCommandShowsTheOverviewAndFails) {
  const Ran ran = run_rung({});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("usage: rung COMMAND"));
}

TEST(Usage, OverviewNamesEveryCommandAndFitsAScreen) {
  const Ran ran = run_rung({"--help"});
  EXPECT_EQ(ran.status, 0);
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) {
      EXPECT_THAT(ran.out, HasSubstr("\n  " + command.name + " "));
    }
  }
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Usage, EveryCommandHasHelpBothWays) {
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) {
      std::vector<std::string> words = {"help"};
      std::istringstream parts(command.name);
      for (std::string word; parts >> word;) words.push_back(word);
      const Ran by_topic = run_rung(words);
      EXPECT_EQ(by_topic.status, 0) << command.name;
      for (const char* common : {"--json", "--csv", "--threads", "--seed", "--help"}) {
        EXPECT_THAT(by_topic.out, HasSubstr(common)) << command.name;
      }
      words.erase(words.begin());
      words.push_back("--help");
      EXPECT_EQ(run_rung(words).out, by_topic.out) << command.name;
    }
  }
}

TEST(Usage, CommandNamesAreUnique) {
  std::vector<std::string> names;
  for (const CommandGroup& group : command_groups()) {
    for (const Command& command : group.commands) names.push_back(command.name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

struct Mistake {
  std::vector<std::string> words;
  std::string error;
};

class BadUsage : public ::testing::TestWithParam<Mistake> {};

TEST_P(BadUsage, SaysWhatAndExitsWithTwo) {
  const Ran ran = run_rung(GetParam().words);
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "error: " + GetParam().error + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadUsage,
    ::testing::Values(
        Mistake{{"docter"}, "unknown command 'docter' (did you mean 'doctor'?)"},
        Mistake{{"xylophone"}, "unknown command 'xylophone' (see 'rung --help')"},
        Mistake{{"data", "lst"},
                "unknown command 'data lst' (did you mean 'data list' or 'data get'?)"},
        Mistake{{"--hlep"}, "unknown option '--hlep' (did you mean '--help'?)"},
        Mistake{{"help", "jsn"}, "unknown subject of help 'jsn' (did you mean 'json'?)"},
        Mistake{{"doctor", "--thread=2"},
                "'rung doctor' has no option '--thread' (did you mean '--threads'?)"},
        Mistake{{"doctor", "-z"}, "'rung doctor' has no option '-z' (see 'rung doctor --help')"},
        Mistake{{"doctor", "twice"}, "unexpected argument 'twice' (see 'rung doctor --help')"},
        Mistake{{"doctor", "--threads", "many"},
                "--threads: 'many' is not a whole number of 0 to 4096 (see 'rung doctor --help')"},
        Mistake{{"data", "get"}, "NAME is required (see 'rung data get --help')"},
        Mistake{{"data", "get", "--form", "x"},
                "'rung data get' has no option '--form' (did you mean '--from' or '--force'?)"},
        Mistake{{"data", "get", "olmo"},
                "there is no data set 'olmo' (did you mean 'olmo-ladder'?)"},
        Mistake{{"fit", "t.csv", "--law"}, "--law needs a value (see 'rung fit --help')"},
        Mistake{{"ladder", "predict", "t.csv", "--accuracy", "-n", "7B"},
                "--accuracy needs a value, and '-n' is an option (where that is the value: "
                "--accuracy=-n)"},
        Mistake{{"ladder", "predict", "t.csv", "--moving-avg", "--config-path", "x"},
                "--moving_avg needs a value, and '--config-path' is an option (where that is "
                "the value: --moving_avg=--config-path)"},
        Mistake{{"model", "flops", "--length", ""},
                "--length needs a value, and '' is none (see 'rung model flops --help')"},
        Mistake{{"ladder", "predict", "t.csv", "--accuracy", "a,,b"},
                "--accuracy: a value of the list is empty (see 'rung ladder predict --help')"},
        Mistake{{"ladder", "compare", "--csv", "-", "--latex", "-"},
                "--csv and --latex can't both go to standard output (give one of them a file)"},
        Mistake{{"ladder", "compare", "--json", "-", "--print_table_as_latex"},
                "--json and --print_table_as_latex can't both go to standard output (give one "
                "of them a file)"},
        Mistake{{"doctor", "--json", "-", "--csv", "-"},
                "--json and --csv can't both go to standard output (give one of them a file)"},
        Mistake{{"doctor", "--json", "same", "--csv", "same"},
                "two outputs would go to 'same' (give each a file of its own)"},
        Mistake{{"fit", "no.csv", "--law", "chinchilla", "--level", "95"},
                "--level: '95' is not a number of 0.01 to 0.9999 (95% is written 0.95)"},
        // Before anything is read: there is no such table.
        Mistake{{"fit", "no.csv", "--law", "chinchilla", "--json", "same", "--save-fit", "./same"},
                "two outputs would go to 'same' (give each a file of its own)"},
        Mistake{{"fit", "no.csv", "--law", "chinchilla", "--save-fit", "./no.csv"},
                "'./no.csv' is read by this command, and would be lost (give the output a file of "
                "its own)"}));

TEST(Usage, GroupAloneFailsButItsHelpDoesNot) {
  const Ran alone = run_rung({"data"});
  EXPECT_EQ(alone.status, 2);
  EXPECT_THAT(alone.err, HasSubstr("  get "));
  for (const auto& words : {std::vector<std::string>{"help", "data"}, {"data", "--help"}}) {
    const Ran asked = run_rung(words);
    EXPECT_EQ(asked.status, 0);
    EXPECT_EQ(asked.out, alone.err);
  }
}

TEST(Usage, TopicsAreTexts) {
  for (const char* topic : {"exit-status", "json", "data-folders"}) {
    const Ran ran = run_rung({"help", topic});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, StartsWith(std::string(topic) + ": "));
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(Usage, JsonToStandardOutputIsTheEnvelopeAlone) {
  const Ran ran = run_rung({"doctor", "--json", "-", "--threads=1", "--seed", "7"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto json = nlohmann::ordered_json::parse(ran.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["command"], "doctor");
  EXPECT_EQ(json["context"]["seed"], 7);
  EXPECT_EQ(json["context"]["options"]["threads"], 1);
  EXPECT_EQ(json["context"]["options"]["csv"], nullptr);
  EXPECT_GE(json["context"]["seconds"].get<double>(), 0);
  EXPECT_EQ(json["results"][0]["what"], "rung");
}

}  // namespace
}  // namespace rung::cli
