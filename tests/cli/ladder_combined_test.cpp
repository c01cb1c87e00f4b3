#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/small_ladder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

json first_task(const Ran& ran) {
  EXPECT_EQ(ran.status, 0) << ran.err;
  return json::parse(ran.out)["results"][0];
}

TEST(LadderCombined, SaysHowFarATargetIsWhatToExpectAndWhetherToTrustIt) {
  const json task =
      first_task(SmallLadder().run("predict", {"--method", "combined", "--json", "-"}));
  const json& target = task["targets"][0];
  EXPECT_EQ(task["signal"], "clear");
  EXPECT_EQ(task["settings"]["moving_avg"], 5);
  EXPECT_GT(target["compute_ratio"], 1);
  EXPECT_EQ(target["trusted"], target["marks"].empty());
  EXPECT_THAT(target["interval_parts"], Not(IsEmpty()));
  EXPECT_LT(target["expected_error"], 1);
}

// Accuracies that never leave chance: a mark, a reason, and a prediction near them.
TEST(LadderCombined, MarksATaskAtChance) {
  SmallLadder ladder;
  for (const char* name : {"S-1xC.csv", "S-4xC.csv", "S-10xC.csv", "M-1xC.csv", "M-4xC.csv",
                           "M-10xC.csv", "L-1xC.csv", "L-4xC.csv", "L-10xC.csv", "big.csv"}) {
    std::string csv = "throughput/total_tokens,x,y\n";
    for (int i = 1; i <= 10; ++i)
      csv += fmt::format("{}e9,{},{}\n", i, 2 - 0.01 * i, 0.25 + 0.003 * (i % 3));
    ladder.write(name, csv);
  }
  const Ran ran = ladder.run("predict", {"--method", "combined"});
  EXPECT_THAT(ran.out, HasSubstr("t (!)"));
  EXPECT_THAT(ran.out, HasSubstr("have not left chance"));
  const json task = first_task(ladder.run("predict", {"--method", "combined", "--json", "-"}));
  EXPECT_EQ(task["signal"], "at chance");
  EXPECT_FALSE(task["targets"][0]["trusted"]);
  EXPECT_NEAR(task["targets"][0]["predicted"].get<double>(), 0.25, 0.02);
}

TEST(LadderCombined, TakesTheRunsOfAModelForOneTraining) {
  const SmallLadder ladder;
  const auto interval = [&](const std::string& method, const std::string& cluster) {
    const json target =
        first_task(ladder.run("predict", {"--method", method, "--cluster", cluster, "--json", "-",
                                          "--bootstrap", "100"}))["targets"][0];
    return target["interval"].dump();
  };
  EXPECT_NE(interval("combined", "run"), interval("combined", "model"));
  EXPECT_NE(interval("two-step", "run"), interval("two-step", "model"));
  EXPECT_EQ(ladder.run("predict", {"--cluster", "size"}).status, 2);
}

}  // namespace
}  // namespace rung::cli
