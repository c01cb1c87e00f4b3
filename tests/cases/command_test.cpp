// What once came out wrong in a command's answer: shared/cases, by the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "rung/system/file.hpp"
#include "tests/cases/case_fit.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// `rung COMMAND FILE WORDS`, the file being one of the cases.
Ran on_case(const std::string& command, const char* file, std::vector<std::string> words) {
  words.insert(words.begin(), {command, (*shared_path("cases") / file).string()});
  return run_rung(words);
}

json results_of(const std::string& command, const char* file, std::vector<std::string> words) {
  words.insert(words.end(), {"--json", "-"});
  const Ran ran = on_case(command, file, words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  return ran.status == 0 ? json::parse(ran.out)["results"] : json();
}

TEST(PowerOfAnExponential, IsAFitOrAnError) {
  RUNG_NEED_CASES();
  const Ran ran =
      on_case("fit", "crash-power-of-exponential.csv",
              {"--formula", "exp(Q)*D^(-exp(A*N))", "--x", "N=N, D=D", "--bootstrap", "0"});
  EXPECT_THAT(ran.status, testing::AnyOf(0, 2)) << ran.err;
}

TEST(Percent, IsDoubted) {
  RUNG_NEED_CASES();
  const std::vector<std::pair<const char*, const char*>> laws = {
      {"sigmoid-chance", "L=loss"}, {"sigmoid", "L=loss"}, {"single-step", "N=params, D=tokens"}};
  for (const auto& [law, x] : laws) {
    const Ran ran =
        on_case("fit", "percent.csv", {"--law", law, "--x", x, "--y", "acc", "--bootstrap", "0"});
    EXPECT_THAT(ran.err, HasSubstr("is it in percent?")) << law;
  }
}

TEST(BacktestOfGroups, PairsThemByName) {
  RUNG_NEED_CASES();
  for (const char* file : {"backtest-groups.csv", "backtest-groups-2.csv"}) {
    std::map<std::pair<std::string, std::string>, json> seen;
    for (const char* laws : {"chinchilla,compute-power", "compute-power,chinchilla"}) {
      const json results = results_of(
          "backtest", file, {"--law", laws, "--x", "N=N, D=D, C=C", "--group-by", "group"});
      ASSERT_EQ(results.size(), 4u) << file << ' ' << laws;
      for (const json& row : results) {
        const std::string law = row["law"], group = row["group"];
        if (law == "compute-power") {
          EXPECT_GT(row["n_rollouts"], 0) << file << ' ' << group;
        }
        json& before = seen[{group, law}];
        if (before.is_null()) before = row["rollouts"];
        EXPECT_EQ(before, row["rollouts"]) << file << ' ' << group << ' ' << law;
      }
    }
    EXPECT_EQ(seen.size(), 4u);
  }
}

TEST(BacktestOfGroups, SaysWhatALawCantBeFittedTo) {
  RUNG_NEED_CASES();
  const Ran ran =
      on_case("backtest", "backtest-groups.csv",
              {"--law", "chinchilla,compute-power", "--x", "N=N, D=D, C=C", "--group-by", "group"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.err, HasSubstr("group 'b': chinchilla: no row has y and all of its inputs"));
  EXPECT_THAT(ran.out, HasSubstr("can't be fitted"));
}

TEST(SharedGroups, TakeBoundsForAllOrForOne) {
  RUNG_NEED_CASES();
  const std::vector<std::string> words = {"--formula",   "E + A/x^al", "--x",    "x=x",     "--y",
                                          "y",           "--group-by", "g",      "--share", "al",
                                          "--bootstrap", "0",          "--param"};
  const auto of = [&](const char* bounds, const char* name) {
    std::vector<std::string> all = words;
    all.push_back(bounds);
    const json fit = results_of("fit", "shared-groups.csv", all)[0]["fit"];
    return fit["parameters"][name]["value"].get<double>();
  };
  EXPECT_EQ(of("E=3.5..4", "E[a]"), 3.5);
  EXPECT_EQ(of("E=3.5..4", "E[b]"), 3.5);
  EXPECT_LT(of("E[b]=3.5..4", "E[a]"), 3.5);
  EXPECT_EQ(of("E[b]=3.5..4", "E[b]"), 3.5);
}

TEST(PlanOfFewCandidates, IsTheBest) {
  RUNG_NEED_CASES();
  const Ran ran = on_case("plan", "plan-d.csv",
                          {"--law", "chinchilla", "--x", "N=params,D=tokens", "--at",
                           "N=7e9,D=1.4e11", "--grid", "N=1e8..3e9:4, ratio=5|20|80, D=ratio*N",
                           "--budget", "3e20", "--criterion", "d", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_GE(json::parse(ran.out)["results"][0]["gain"], 3.373);
}

TEST(IsoflopsOfOnesOwnCompute, NeedTheColumnAndUseIt) {
  RUNG_NEED_CASES();
  const std::vector<std::string> words = {
      "--approach", "2",           "--y", "cd_val_loss", "--budget",
      "1e21",       "--bootstrap", "0",   "--x",         "N=parameter_count, D=total_tokens"};
  const Ran refused = on_case("allocate", "isoflop-own-flops.csv", words);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("C=COLUMN"));
  std::vector<std::string> own = words;
  own.back() += ", C=budget";
  const json result = results_of("allocate", "isoflop-own-flops.csv", own)[0];
  const std::vector<double> n = {3.243e6, 6.442e6, 1.2456e7, 2.5811e7},
                            d = {2.079e9, 4.216e9, 7.739e9, 1.4735e10};
  ASSERT_EQ(result["bottoms"].size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(result["bottoms"][i]["n_params"].get<double>() / n[i], 1, 1e-3);
    EXPECT_NEAR(result["bottoms"][i]["n_tokens"].get<double>() / d[i], 1, 1e-3);
  }
}

TEST(InstantsWithZones, AreComparedAsInstants) {
  RUNG_NEED_CASES();
  const Ran ran = on_case("fit", "dates-with-zones.csv",
                          {"--formula", "E + A/N^0.3", "--x", "N=params", "--where",
                           "date > '2026-01-05T09:30:00Z'", "--bootstrap", "0"});
  EXPECT_EQ(ran.status, 2);  // one of them names no zone
  EXPECT_THAT(ran.err, HasSubstr("dates-with-zones.csv:5"));
  EXPECT_THAT(ran.err, HasSubstr("zone"));
}

TEST(CellsOfText, MatterInRowsThatCount) {
  RUNG_NEED_CASES();
  std::vector<std::string> words = {"--formula", "E + B/D^b",   "--x",
                                    "D=tokens",  "--bootstrap", "0"};
  const Ran all = on_case("fit", "status-cells.csv", words);
  EXPECT_EQ(all.status, 2);
  EXPECT_THAT(all.err, HasSubstr("status-cells.csv:11"));
  words.insert(words.end(), {"--where", "status = 'done'"});
  EXPECT_EQ(on_case("fit", "status-cells.csv", words).status, 0);
}

TEST(GroupsWithSharedParameters, AreDrawnEachByItself) {
  RUNG_NEED_CASES();
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"--share", "alpha,beta"}, {"--multiplier", "C"}}) {
    const TempFolder folder;
    const std::string svg = (folder.path() / "g.svg").string();
    std::vector<std::string> words = {
        "--law",       "chinchilla", "--x",        "N=n_params, D=n_tokens",
        "--y",         "c4_loss",    "--group-by", "data",
        "--bootstrap", "0",          "-o",         svg};
    words.insert(words.end(), how.begin(), how.end());
    const Ran ran = on_case("fit", "grouped-ladder.csv", words);
    ASSERT_EQ(ran.status, 0) << ran.err;
    const std::string drawn = read_file(svg);
    EXPECT_THAT(drawn, HasSubstr("dclm"));
    EXPECT_THAT(drawn, HasSubstr("fineweb"));
  }
}

}  // namespace
}  // namespace rung::cli
