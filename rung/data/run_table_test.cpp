#include "rung/data/run_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/data/reader/testbed_folder.hpp"
#include "rung/data/testbed_runs.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

rung::Run small_run() {
  rung::Run run;
  run.model = "7B";
  run.label = "seven";
  run.family = "c4";
  run.length = "2xC";
  run.seed = 3;
  run.file = "seven.csv";
  run.n_params = {.total = 7e9, .non_embedding = 6.5e9};
  run.flops_per_token = 4e10;
  run.settings = {{"learning_rate", 3e-4}};
  run.descriptions = {{"optimizer", "adamw"}};
  run.n_tokens = {0, 1e9, 2e9};
  run.metrics = {{"loss", {11, 3, 2.5}}, {"acc", {NAN, 0.5, 0.75}}};
  return run;
}

void expect_same(const Run& a, const Run& b) {
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.label, b.label) << a.model;
  EXPECT_EQ(a.family, b.family) << a.model;
  EXPECT_EQ(a.length, b.length) << a.model;
  EXPECT_EQ(a.seed, b.seed) << a.model;
  EXPECT_EQ(a.file, b.file) << a.model;
  EXPECT_EQ(a.n_params, b.n_params) << a.model;
  EXPECT_EQ(a.flops_per_token, b.flops_per_token) << a.model;
  EXPECT_EQ(a.total_flops, b.total_flops) << a.model;
  EXPECT_EQ(a.settings, b.settings) << a.model;
  EXPECT_EQ(a.descriptions, b.descriptions) << a.model;
  EXPECT_EQ(a.n_tokens, b.n_tokens) << a.model;
  ASSERT_EQ(a.metrics.size(), b.metrics.size()) << a.model;
  for (const auto& [name, values] : a.metrics)
    EXPECT_THAT(b.metrics.at(name), testing::Pointwise(testing::NanSensitiveDoubleEq(), values))
        << a.model << " " << name;
}

TEST(RunTable, CheckpointsThereAndBack) {
  rung::Run other = small_run();
  other.model = "1B";
  other.n_params = {.active = 1e9};
  other.flops_per_token.reset();
  other.total_flops = 5e19;
  other.seed.reset();
  other.descriptions.clear();
  other.metrics.erase("acc");
  const std::vector<rung::Run> runs = {small_run(), other};
  const Table table = table_of_checkpoints(runs, "runs");
  EXPECT_EQ(table.n_rows(), 6u);
  EXPECT_THAT(table.numbers("n_tokens"), ElementsAre(0, 1e9, 2e9, 0, 1e9, 2e9));
  const std::vector<rung::Run> back = runs_of(table);
  ASSERT_EQ(back.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) expect_same(runs[i], back[i]);
}

TEST(RunTable, RowsOfARunNeedNotStandTogether) {
  const Table table = parse_csv(
      "name,D,step,loss,config.lr,host\n7,1,10,3.5,1e-3,a\n8,1,10,3.4,1e-3,a\n7,2,20,3.2,1e-3,b\n",
      "mixed.csv");
  const std::vector<rung::Run> runs = runs_of(table, {.model = "name", .n_tokens = "D"});
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].model, "7");
  EXPECT_THAT(runs[0].n_tokens, ElementsAre(1, 2));
  EXPECT_THAT(runs[0].metrics.at("loss"), ElementsAre(3.5, 3.2));
  EXPECT_THAT(runs[0].metrics.at("step"), ElementsAre(10, 20));
  EXPECT_THAT(runs[0].settings, ElementsAre(Pair("lr", 1e-3)));
  EXPECT_EQ(runs[0].metrics.count("host"), 0u);
}

TEST(RunTable, TokensThatGoBackAreToldWithTheirLine) {
  const Table table = parse_csv("model,n_tokens,loss\na,2,3\nb,5,3\na,1,3\n", "back.csv");
  try {
    runs_of(table);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("back.csv:4"), HasSubstr("'a'")));
  }
}

TEST(RunTable, FlopsFollowTheTotalWhereNothingSaysThoseOfAToken) {
  rung::Run run = small_run();
  EXPECT_EQ(run.compute_flops(1), 4e19);
  run.flops_per_token.reset();
  EXPECT_EQ(run.compute_flops(), std::nullopt);
  run.total_flops = 1e20;
  EXPECT_EQ(run.compute_flops(1), 5e19);
  EXPECT_EQ(run.compute_flops(), 1e20);
  EXPECT_EQ(run.params(ParameterCount::total), 7e9);
  EXPECT_THROW(run.params(ParameterCount::active), InputError);
}

TEST(RunTable, ThePublishedLadderLosesNothing) {
  const auto config = shared_path("data/olmo-ladder/configs/final.json");
  if (!config) GTEST_SKIP() << "needs the shared data";
  const ladder::Ladder ladder = ladder::read_ladder(
      ladder::read_config(*config), {"eval/c4_en-validation/CrossEntropyLoss",
                                     "eval/downstream/arc_challenge_val_rc_5shot_len_norm"});
  const std::vector<rung::Run> runs(ladder.runs.begin(), ladder.runs.end());
  const std::vector<rung::Run> back = runs_of(table_of_checkpoints(runs, "ladder"));
  ASSERT_EQ(back.size(), runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) expect_same(runs[i], back[i]);
}

TEST(RunTable, TheTestbedLosesNothing) {
  const auto folder = shared_path("data/over-training");
  if (!folder) GTEST_SKIP() << "needs the shared data";
  const Testbed testbed = read_testbed(*folder);
  const std::vector<rung::Run> back = runs_of(table_of_checkpoints(runs_of(testbed), "testbed"));
  EXPECT_EQ(testbed_models(back, testbed.loss_sets, testbed.tasks), testbed.models);
  const TestbedModel unmeasured =
      testbed_models({back.data(), 1}, {"no_such_set"}, testbed.tasks).front();
  EXPECT_TRUE(std::isnan(unmeasured.losses.at(0).loss_nats));
}

}  // namespace
}  // namespace rung
