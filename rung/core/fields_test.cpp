#include "rung/core/fields.hpp"

#include <gmock/gmock.h>

#include <map>

namespace rung {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

using Read = std::function<void(Fields&)>;

std::vector<std::string> problems_of(const std::function<void()>& action) {
  std::vector<std::string> texts;
  try {
    action();
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) texts.push_back(problem.text());
  }
  return texts;
}
std::vector<std::string> toml_problems(const std::string& text, const Read& read) {
  return problems_of([&] { read_toml_fields(text, "x", read); });
}
std::vector<std::string> json_problems(const std::string& text, const Read& read) {
  return problems_of([&] { read_json_fields(text, "x", read); });
}

TEST(Fields, ReadsEveryType) {
  read_toml_fields("on = false\nn = 3\nx = 0.5\nname = 'a'\nlist = [1, 2.5]\nnames = ['b', 'c']\n",
                   "x", [](Fields& top) {
                     EXPECT_THAT(top.get<bool>("on"), Optional(false));
                     EXPECT_THAT(top.get<std::int64_t>("n"), Optional(3));
                     EXPECT_THAT(top.get<double>("n"), Optional(3.0));
                     EXPECT_EQ(top.require<double>("x"), 0.5);
                     EXPECT_EQ(top.require<std::string>("name"), "a");
                     EXPECT_EQ(top.text_or_empty("name"), "a");
                     EXPECT_EQ(top.text_or_empty("other"), "");
                     EXPECT_THAT(top.texts_or_empty("names"), ElementsAre("b", "c"));
                     EXPECT_THAT(top.texts_or_empty("others"), ElementsAre());
                     EXPECT_THAT(top.require<std::vector<double>>("list"), ElementsAre(1, 2.5));
                     EXPECT_THAT(top.require<std::vector<std::string>>("names"),
                                 ElementsAre("b", "c"));
                     EXPECT_THAT(top.get_choice("name", {"b", "a"}), Optional(1u));
                     EXPECT_THAT(top.get<double>("absent"), Eq(std::nullopt));
                   });
}

TEST(Fields, CollectsEveryProblemInTheFilesOrder) {
  const auto problems = toml_problems(
      "titel = 'a'\nn = -1\nx = 'much'\nnames = ['b', 3]\n[tasks.a]\nmode = 'trian'\n[tasks]\nb = "
      "3\n",
      [](Fields& top) {
        top.require<std::string>("title");
        top.get<std::vector<std::string>>("names");
        top.get<double>("x");
        top.get<double>("n", kPositive);
        top.tables("tasks", [](const std::string&, Fields& task) {
          task.get_choice("mode", {"train", "eval"});
          task.require<double>("share", kShare);
        });
      });
  EXPECT_THAT(problems,
              ElementsAre("x:1:1: error: unknown key 'titel' (did you mean 'title'?)",
                          "x:2:5: error: 'n' must be a number above 0, not -1",
                          "x:3:5: error: 'x' must be a number, not 'much'",
                          "x:4:15: error: 'names' must be a list of texts, not empty, not 3",
                          "x:5:1: error: 'share' is missing in [tasks.a]",
                          "x:6:8: error: 'mode' must be one of train, eval, not 'trian' (did you "
                          "mean 'train'?)",
                          "x:8:5: error: 'tasks.b' must be a table, not 3"));
}

TEST(Fields, RangesHoldForWholeNumbersAndLists) {
  EXPECT_THAT(
      toml_problems("a = 2.5\nb = 0\nc = [1, 0]\nd = inf\ne = []\n",
                    [](Fields& top) {
                      top.get<std::int64_t>("a");
                      top.get<std::int64_t>("b", kPositive);
                      top.get<std::vector<double>>("c", kPositive);
                      top.get<double>("d", kPositive);
                      top.get<std::vector<std::string>>("e");
                    }),
      ElementsAre("x:1:5: error: 'a' must be a whole number, not 2.5",
                  "x:2:5: error: 'b' must be a number above 0, not 0",
                  "x:3:9: error: 'c' must be a list of numbers above 0, not 0",
                  "x:4:5: error: 'd' must be a number above 0, not inf",
                  "x:5:5: error: 'e' must be a list of texts, not empty, not an empty list"));
}

TEST(Fields, AListOfTables) {
  std::vector<std::string> names;
  const Read read = [&](Fields& top) {
    top.items("step", [&](Fields& step) { names.push_back(step.require<std::string>("name")); });
  };
  EXPECT_THAT(toml_problems("[[step]]\nname = 'a'\n[[step]]\nname = 'b'\n", read), ElementsAre());
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_THAT(toml_problems("step = [{ name = 1 }, 2]\n", read),
              ElementsAre("x:1:18: error: 'name' must be a text in quotes, not 1",
                          "x:1:23: error: 'step[1]' must be a table, not 2"));
  EXPECT_THAT(toml_problems("step = 'a'", read),
              ElementsAre("x:1:8: error: 'step' must be a list, not 'a'"));
}

TEST(Fields, AHeaderWithoutAKeyIsAProblemOfTheFile) {
  for (const std::string& header : {std::string("[=]"), std::string("[\0x]", 4)})
    EXPECT_THAT(toml_problems(header, [](Fields&) {}), ElementsAre(StartsWith("x:1:2: error: ")));
}

TEST(Fields, TheUsersOwnKeys) {
  std::map<std::string, double> rates;
  read_toml_fields("rates = { fp8 = 2, bf16 = 1 }", "x", [&](Fields& top) {
    top.table("rates", [&](Fields& table) {
      EXPECT_THAT(table.keys(), ElementsAre("fp8", "bf16"));
      for (const std::string& key : table.keys()) rates[key] = table.require<double>(key);
    });
  });
  EXPECT_EQ(rates, (std::map<std::string, double>{{"bf16", 1}, {"fp8", 2}}));
}

TEST(Fields, JsonHasItsOwnWordsAndNulls) {
  const Read read = [](Fields& top) {
    top.require<double>("n");
    top.table("more", [](Fields&) {});
    top.ignore_other_keys();
  };
  EXPECT_THAT(json_problems("{\"n\": 1, \"more\": null, \"other\": 2}", read), ElementsAre());
  EXPECT_THAT(json_problems("{\"n\": null,\n \"more\": [1]}", read),
              ElementsAre("x:1:1: error: 'n' is missing",
                          "x:2:10: error: 'more' must be an object, not a list"));
  EXPECT_THAT(json_problems("[1]", read),
              ElementsAre("x:1:1: error: must be an object, not a list"));
}

TEST(Fields, OwnProblemsStandAtTheirKey) {
  EXPECT_THAT(toml_problems("\na = 1\n",
                            [](Fields& top) {
                              top.get<double>("a");
                              top.problem_at("a", "is odd", "make it even");
                              top.problem_at("b", "is absent");
                              EXPECT_EQ(top.where("a").line, 2u);
                            }),
              ElementsAre("x:1:1: error: is absent", "x:2:5: error: is odd (make it even)"));
}

TEST(Fields, AMistypedKeyIsNotAlsoMissing) {
  const auto problems = [](const char* text) {
    return problems_of([&] {
      read_toml_fields(text, "x", [](Fields& top) {
        top.require<double>("vocab_size");
        top.require<double>("eos_token");
      });
    });
  };
  EXPECT_THAT(problems("vocab_sise = 3\neos_token = 1\n"),
              ElementsAre("x:1:1: error: unknown key 'vocab_sise' (did you mean 'vocab_size'?)"));
  EXPECT_THAT(
      problems("colour = 3\neos_token = 1\n"),
      ElementsAre("x:1:1: error: 'vocab_size' is missing", "x:1:1: error: unknown key 'colour'"));
}

}  // namespace
}  // namespace rung
