/// Which data recipe: rung decide.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class DecideCommand : public ::testing::Test {
 protected:
  DecideCommand() {
    std::string csv = "recipe,size,task,seed,step,primary_metric,correct_prob,bpb\n", lines;
    Rng rng(5);
    for (const char* task : {"piqa", "boolq"}) {
      for (int recipe = 0; recipe < 3; ++recipe) {
        for (const auto& [size, at] :
             {std::pair{"150M", 1.3}, {"300M", 1.15}, {"530M", 1.1}, {"750M", 1.05}, {"1B", 1.0}}) {
          for (int seed = 0; seed < 2; ++seed) {
            for (int step = 1000; step <= 5000; step += 1000) {
              const double bpb = at + 300.0 / step + 0.03 * recipe + 0.004 * rng.normal();
              csv += "r" + std::to_string(recipe) + "," + size + "," + task + "," +
                     std::to_string(seed) + "," + std::to_string(step) + "," +
                     shortest(0.25 + 0.6 / (1 + std::exp(5 * (bpb - 1.1)))) + "," +
                     shortest(std::exp(-3 * bpb)) + "," + shortest(bpb) + "\n";
            }
          }
        }
      }
    }
    folder_.write("results.csv", csv);
  }

  std::string at(const char* name) const { return (folder_.path() / name).string(); }
  Ran decide(std::vector<std::string> more) const {
    more.insert(more.begin(), {"decide", at("results.csv")});
    return run_rung(more);
  }

  TempFolder folder_;
};

TEST_F(DecideCommand, SaysWhichRecipeAndHowSure) {
  const Ran ran = decide({"-o", at("decide.svg")});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Best at 1B: r0, with a chance of "));
  EXPECT_THAT(ran.out, HasSubstr("chosen by rehearsal at 750M"));
  EXPECT_THAT(ran.out, HasSubstr("Benchmarks"));
  EXPECT_THAT(read_file(at("decide.svg")), HasSubstr("<svg"));
}

TEST_F(DecideCommand, NamesRecipesThatItLeavesOut) {
  std::istringstream lines(read_file(at("results.csv")));
  std::string csv, partly;
  for (std::string line; std::getline(lines, line);) {
    const bool is_largest = line.starts_with("r0,750M") || line.starts_with("r0,1B");
    if (!is_largest) csv += line + "\n";
    if (!is_largest || line.find("boolq") == std::string::npos) partly += line + "\n";
  }
  for (const std::string& table : {csv, partly}) {
    const std::string path = folder_.write("less.csv", table).string();
    const Ran ran = run_rung({"decide", path, "--target", "7B"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("r0 is left out of what is decided"));
  }
  EXPECT_THAT(decide({}).err, Not(HasSubstr("left out of what is decided")));
}

TEST_F(DecideCommand, SaysHowManyMethodsDidAsWell) {
  const json results = json::parse(decide({"--json", "-", "--task", "piqa"}).out)["results"];
  std::optional<double> chosen;
  for (const json& result : results) {
    if (result["task"] == "average" && result["decides"])
      chosen = result["rehearsal_decision_accuracy"].get<double>();
  }
  ASSERT_TRUE(chosen);
  int n_others = -1;  // not the one that decides itself
  for (const json& result : results)
    n_others += result["task"] == "average" && result["rehearsal_decision_accuracy"] == *chosen;
  ASSERT_GT(n_others, 1);
  std::string out = decide({"--wide"}).out;
  std::replace(out.begin(), out.end(), '\n', ' ');
  EXPECT_THAT(out, HasSubstr("where " + std::to_string(n_others) +
                             " other methods did as well: --by NAME asks another"));
  EXPECT_THAT(decide({"--by", "bpb@750M"}).out, Not(HasSubstr("did as well")));
}

/// Of two sizes nothing says whether gaps change; of more it is said, and followed.
TEST_F(DecideCommand, FollowsGapsOverSizes) {
  const std::string wide = decide({"--by", "bpb@750M", "--wide"}).out;
  EXPECT_THAT(wide, HasSubstr("how gaps change over 4 sizes, followed to 1B"));
  EXPECT_THAT(wide, Not(HasSubstr("if their order does not change with size")));
  const std::string two = decide({"--by", "bpb@750M", "--wide", "--small", "530M,750M"}).out;
  EXPECT_THAT(two, HasSubstr("if their order does not change with size"));
  EXPECT_THAT(decide({"--by", "3_param-default", "--wide"}).out,
              HasSubstr("if the laws hold up to there"));
}

/// "web" leads at all small sizes, by less and less.
TEST(DecideCrossing, NamesTheRecipeThatOvertakes) {
  const TempFolder folder;
  std::string csv = "recipe,size,step,acc\n";
  Rng rng(2);
  int size_index = 0;
  for (const char* size : {"150M", "300M", "530M", "750M"}) {
    for (int step = 1000; step <= 5000; step += 1000) {
      const double web = 0.40 + 0.03 * size_index, books = web - 0.04 + 0.012 * size_index;
      csv += std::string("web,") + size + "," + std::to_string(step) + "," +
             shortest(web + 0.001 * rng.normal()) + "\n";
      csv += std::string("books,") + size + "," + std::to_string(step) + "," +
             shortest(books + 0.001 * rng.normal()) + "\n";
    }
    ++size_index;
  }
  folder.write("results.csv", csv);
  const Ran ran = run_rung({"decide", (folder.path() / "results.csv").string(), "--target", "7B",
                            "--by", "acc@750M", "--wide"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Best at 7B: books, with a chance of "));
  EXPECT_THAT(ran.out, HasSubstr("web, best by acc@750M, loses its lead with size"));
  EXPECT_THAT(ran.out, HasSubstr("the gap of books to web changes with size (p = "));
}

TEST(DecideCrossing, SaysWhereTheLastStepGoesTheOtherWay) {
  const TempFolder folder;
  std::string csv = "recipe,size,step,acc\n";
  Rng rng(2);
  const std::vector<std::pair<const char*, double>> leads_of_web = {
      {"150M", 0.01}, {"300M", 0.04}, {"530M", 0.08}, {"750M", 0.06}};
  for (const auto& [size, lead] : leads_of_web) {
    for (int step = 1000; step <= 5000; step += 1000) {
      const std::string rest = std::string(",") + size + "," + std::to_string(step) + ",";
      csv += "web" + rest + shortest(0.40 + lead + 0.001 * rng.normal()) + "\n";
      csv += "books" + rest + shortest(0.40 + 0.001 * rng.normal()) + "\n";
    }
  }
  csv += "books,750M,6000,\n";  // a row without a value
  folder.write("results.csv", csv);
  const Ran ran = run_rung({"decide", (folder.path() / "results.csv").string(), "--target", "7B",
                            "--by", "acc@750M", "--wide"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("The last step goes the other way than all sizes together: the "
                                 "gap to books shrank there"));
  EXPECT_THAT(ran.err + ran.out, HasSubstr("1 row"));
}

TEST_F(DecideCommand, ResultsForPrograms) {
  const Ran ran = decide({"--json", "-", "--by", "3_param-no_750M"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  // Three metrics at four sizes and thirty setups; two tasks, their mean as a task, their average.
  EXPECT_EQ(results.size(), (3u * 4 + 30) * 4);
  std::size_t n_deciding = 0;
  for (const json& result : results) {
    EXPECT_EQ(result["n_pairs"], 3);
    EXPECT_TRUE(result["decision_accuracy"].is_number()) << result["method"];
    for (const char* key : {"task", "method", "mean_relative_error", "compute_share"})
      EXPECT_TRUE(result.contains(key)) << key;
    if (result["method"] != "3_param-no_750M" || result["task"] == "average") continue;
    ++n_deciding;
    EXPECT_TRUE(result["decides"]);
    EXPECT_EQ(result["recipes"][0]["recipe"], "r0");
    ASSERT_EQ(result["gaps"].size(), 3u);
    for (const json& gap : result["gaps"]) {
      EXPECT_GE(gap["predicted"], 0);
      EXPECT_LT(gap["interval"]["lower"], gap["interval"]["upper"]);
      EXPECT_GE(gap["chance"], 0.5);
      EXPECT_GE(gap["runs_factor"], 1);
    }
  }
  EXPECT_EQ(n_deciding, 3u);
  // What a single scale lists is what was measured there, and no prediction of the target.
  EXPECT_THAT(decide({"--by", "3_param-no_750M"}).out, HasSubstr("recipe  predicted"));
  EXPECT_THAT(decide({"--by", "bpb@530M"}).out, HasSubstr("recipe  bpb@530M"));
  const Ran unknown = decide({"--by", "zzz"});
  EXPECT_THAT(unknown.err, HasSubstr("methods: "));
  const Ran csv = decide({"--csv", "-"});
  EXPECT_THAT(csv.out, HasSubstr("task,method,metric,compute_flops,compute_share,"));
}

TEST_F(DecideCommand, TheSameOnAnyNumberOfThreads) {
  EXPECT_EQ(decide({"--csv", "-", "--threads", "1"}).out,
            decide({"--csv", "-", "--threads", "4"}).out);
}

TEST_F(DecideCommand, QuestionsOneByOne) {
  std::string lines;
  for (const char* recipe : {"good", "bad"}) {
    for (const auto& [size, lead] : {std::pair{"150M", 0.5}, {"300M", 1.0}}) {
      for (int question = 0; question < 50; ++question) {
        // The right answer leads by more with the good recipe, but for a few questions.
        const double by = question % 10 == 0 ? -1 : recipe[0] == 'g' ? lead : lead - 0.7;
        lines += std::string(R"({"recipe": ")") + recipe + R"(", "size": ")" + size +
                 R"(", "task": "boolq", "step": 100, "label": 1, "model_output": [)" +
                 R"({"sum_logits": -2, "num_tokens": 1, "num_chars": 2, "num_bytes": 2}, )" +
                 R"({"sum_logits": )" + shortest(-2 + by) +
                 R"(, "num_tokens": 1, "num_chars": 3, "num_bytes": 3}]})" + "\n";
      }
    }
  }
  folder_.write("questions.jsonl", lines);
  const Ran ran = run_rung({"decide", at("questions.jsonl"), "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  bool found = false;
  for (const json& result : results) {
    if (result["method"] != "primary_metric@150M") continue;
    found = true;
    EXPECT_EQ(result["recipes"][0]["recipe"], "good");
    EXPECT_EQ(result["recipes"][0]["predicted"], 0.9);
    EXPECT_EQ(result["recipes"][1]["predicted"], 0);
  }
  EXPECT_TRUE(found);
}

TEST_F(DecideCommand, TokensOfATargetThatWasRunAreItsOwn) {
  const char* const kIdle = "--target-tokens changes nothing: 1B was run";
  EXPECT_THAT(decide({"--target", "1B", "--target-tokens", "1T"}).out, HasSubstr(kIdle));
  EXPECT_THAT(decide({"--target", "7B", "--target-tokens", "1T"}).out, Not(HasSubstr(kIdle)));
}

TEST_F(DecideCommand, RefusesWhatItCannotUse) {
  for (const auto& [words, says] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--by", "3_parm-default"}, "did you mean '3_param-default'"},
           {{"--y", "acc"}, "there is no metric 'acc'"},
           {{"--task", "piqqa"}, "did you mean 'piqa'"},
           {{"--target", "huge"}, "no size of the table and no quantity"},
           {{"--recipe", "mixture"}, "no column 'mixture'"},
           {{"--through", "bpb"}, "more is better"},
           {{"--where", "recipe = 'r0'"}, "only one recipe"}}) {
    const Ran ran = decide(words);
    EXPECT_EQ(ran.status, 2) << words[0];
    EXPECT_THAT(ran.err, HasSubstr(says)) << words[0];
  }
}

}  // namespace
}  // namespace rung::cli
