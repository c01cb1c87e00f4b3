#include "rung/lm/ladder_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_of.hpp"

namespace rung::lm {
namespace {

using ::testing::HasSubstr;

LadderPlan parsed(const std::string& toml) {
  return parse_ladder_plan("trainer = 'train {name}'\nlog = '{folder}/log.csv'\n" + toml,
                           "/nowhere/plan.toml", model::Configs::embedded());
}

TEST(LadderPlan, RungsAreOrderedByCostHeldOutOnesLast) {
  const LadderPlan plan = parsed(
      "models = ['tiny-66k', 'tiny-20k']\nlengths = ['2xC', '1xC']\n"
      "[[rungs]]\nmodel = 'tiny-20k'\nlength = '1xC'\nseeds = [1, 2]\n"
      "[[targets]]\nmodel = 'tiny-20k'\nlength = '4xC'\n");
  std::vector<std::string> names;
  for (const PlannedRung& rung : plan.rungs) names.push_back(rung.settings.name);
  EXPECT_THAT(names, ::testing::ElementsAre("tiny-20k-1xC", "tiny-20k-1xC-seed1",
                                            "tiny-20k-1xC-seed2", "tiny-20k-2xC", "tiny-66k-1xC",
                                            "tiny-66k-2xC", "tiny-20k-4xC"));
}

/// Each plan begins in line 3.
TEST(LadderPlan, ErrorsNameTheirPlace) {
  const std::string grid = "models = ['tiny-20k']\nlengths = ['1xC']\n";
  const struct {
    std::string plan;
    std::vector<const char*> says;
  } cases[] = {
      {"models = ['tiny-20k',\n 'tiny-20k']\nlengths = ['1xC']\n",
       {"plan.toml:4:2: error: rung 'tiny-20k-1xC' is named twice", "first in line 3"}},
      {"models = ['tiny-20k']\nlengths = ['1xC',\n '1xC']\n", {"plan.toml:5:2", "named twice"}},
      {grid + "[[rungs]]\nmodel = 'tiny-20k'\nlength = '1xC'\n",
       {"plan.toml:6:9", "named twice", "first in line 3"}},
      {grid + "[[targets]]\nmodel = 'tiny-20k'\nlength = '1xC'\n",
       {"plan.toml:6:9", "named twice", "a held-out rung is not one of the others"}},
      {grid + "seeds = [1, 1]\n", {"plan.toml:4", "'tiny-20k-1xC-seed1' is named twice"}},
      {grid + "seeds = []\n", {"plan.toml:5:9", "'seeds' must be"}},
      {grid + "[[rungs]]\nmodel = 'tiny-20k'\nlength = '2xC'\nseeds = [0.5]\n",
       {"plan.toml:8:9", "'seeds' must be"}},
      {"models = ['tiny-20']\nlengths = ['1xC']\n",
       {"plan.toml:3:11: error: there is no model 'tiny-20'", "did you mean 'tiny-20k'"}},
      {"models = ['tiny-20k']\nlengths = ['1xC', '2xD']\n",
       {"plan.toml:4:19: error: '2xD' is no length of training"}},
      {grid + "[[targets]]\nmodel = 'nosuch'\nlength = '-1xC'\n",
       {"plan.toml:6:9: error: there is no model 'nosuch'"}},
      {grid + "[recipe]\nscheduler = 'cosine'\n", {"plan.toml:6:13", "cosine_with_warmup"}},
      {grid + "[recipe]\nalpha_f = 2\n", {"plan.toml:5", "--alpha_f"}},
      {"model = ['tiny-20k']\nlengths = ['1xC']\n",
       {"plan.toml:3:1: error: unknown key 'model'", "did you mean 'models'"}},
  };
  for (const auto& each : cases) {
    const std::string error = error_of([&] { parsed(each.plan); });
    for (const char* words : each.says) EXPECT_THAT(error, HasSubstr(words)) << each.plan;
  }
}

TEST(LadderPlan, ErrorsComeAllAndOnceEach) {
  const std::string error =
      error_of([] { parsed("models = ['a', 'b']\nlengths = ['1xC', '2xC']\nseeds = [0, 1]\n"); });
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
}

}  // namespace
}  // namespace rung::lm
