// On a machine that has no public data, commands read the tables that ship.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// `rung` with these words, in an empty folder without ../shared, with neither data nor cache.
Ran run_on_a_fresh_machine(const std::string& words) {
  const TempFolder folder;
  return run_shell("cd " + folder.path().string() +
                   " && mkdir here && cd here && unset RUNG_DATA && XDG_CACHE_HOME=$PWD " +
                   "$RUNG " + words);
}

nlohmann::json json_of(const std::string& words) {
  const Ran ran = run_on_a_fresh_machine(words + " --json -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  return ran.status == 0 ? nlohmann::json::parse(ran.out) : nlohmann::json();
}

TEST(FreshMachine, DemoHasTheHeadline) {
  const Ran ran = run_on_a_fresh_machine("demo --bootstrap 0");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nMean |relative error|: 5.85% at 7B-4T, 6.04% at 13B-5T\n"));
  EXPECT_THAT(ran.out, HasSubstr("in published:olmo-ladder, which ships with rung\n"));
}

TEST(FreshMachine, LadderStudiesFindTheirConfiguration) {
  const nlohmann::json json = json_of("ladder compute-error -k piqa_val_5shot --vary N");
  EXPECT_EQ(json["results"].size(), 4u);
  ASSERT_EQ(json["context"]["inputs"].size(), 19u);  // the configuration and 18 runs
  const nlohmann::json& first = json["context"]["inputs"][0];
  EXPECT_EQ(first["path"], "published:olmo-ladder/configs/final.json");
  EXPECT_EQ(first["sha256"].get<std::string>().size(), 64u);
}

TEST(FreshMachine, VarianceFindsItsPredictionConfigurationsBesideTheOther) {
  const nlohmann::json json = json_of(
      "ladder variance -k piqa_val_5shot -c published:olmo-ladder/configs/final_variance.json "
      "--last_n_points 10 --run_prediction");
  EXPECT_TRUE(json["results"][0]["relative_error"]["chained"].is_number());
}

TEST(FreshMachine, OvertrainingHasTheHeadline) {
  const nlohmann::json json =
      json_of("overtraining fit --train-set rpj --loss-set c4_val --error-set avg_subset");
  const nlohmann::json& targets = json["results"][0]["targets"];
  const auto target = std::find_if(targets.begin(), targets.end(), [](const nlohmann::json& entry) {
    return entry["name"] == "rpj-open_lm_1b-32.0";
  });
  ASSERT_NE(target, targets.end());
  EXPECT_NEAR(std::abs((*target)["loss"]["relative_error"].get<double>()), 0.0071, 5e-5);
  EXPECT_EQ(json["context"]["inputs"].size(), 3u);
}

TEST(FreshMachine, StudiesAndTablesReadWhatShips) {
  const Ran study = run_on_a_fresh_machine("study run observe-compute --bootstrap 0");
  EXPECT_EQ(study.status, 0) << study.err;
  const Ran fit = run_on_a_fresh_machine(
      "fit published:over-training/models.csv --law chinchilla --x N=n_params,D=n_tokens "
      "--y '`loss/c4_val`' --where \"family = 'rpj'\" --bootstrap 0");
  EXPECT_EQ(fit.status, 0) << fit.err;
}

TEST(FreshMachine, DataListSaysWhatShips) {
  const nlohmann::json json = json_of("data list");
  ASSERT_EQ(json["results"].size(), 3u);
  for (const nlohmann::json& result : json["results"]) {
    EXPECT_EQ(result["folder"], "published:" + result["name"].get<std::string>());
    EXPECT_EQ(result["ships"], true);
  }
}

TEST(FreshMachine, DataOfTheOwnersWinOverWhatShips) {
  const Ran ran = run_on_a_fresh_machine(
      "data list >/dev/null && mkdir -p mine/configs && echo '{}' >mine/configs/final.json && "
      "RUNG_DATA=mine $RUNG ladder compare -k piqa_val_5shot");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("mine/configs/final.json"));
}

}  // namespace
}  // namespace rung::cli
