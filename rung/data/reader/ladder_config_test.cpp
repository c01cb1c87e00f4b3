#include "rung/data/reader/ladder_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/shared_data.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string complaint(const TempFolder& folder, const std::string& json) {
  const auto file = folder.write("config.json", json);
  try {
    read_config(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Config, KeepsTheOrderAndReadsEveryKey) {
  const TempFolder folder;
  folder.write("b.csv", "x");
  folder.write("a.csv", "x");
  folder.write("point.json", "{}");
  const Config config = read_config(folder.write("config.json", R"({
  "Z": {"paths": ["b.csv"], "mode": "train", "n": 5, "flops": 30, "label": "zed", "color": "teal",
        "use_last_n_percentage": 100},
  "A": {"paths": ["a.csv"], "mode": "eval", "n": 7.0},
  "external": {"paths": ["point.json"], "mode": "train", "label": "others"}
})"));
  ASSERT_EQ(config.models.size(), 3u);
  EXPECT_EQ(config.models[0].name, "Z");
  EXPECT_EQ(config.models[0].label, "zed");
  EXPECT_EQ(config.models[0].color, "teal");
  EXPECT_EQ(config.models[0].n_params, 5);
  EXPECT_EQ(config.models[0].flops_per_token, 30);
  EXPECT_EQ(config.models[0].mode, Mode::train);
  EXPECT_EQ(config.models[0].paths, std::vector{folder.path() / "b.csv"});
  EXPECT_EQ(config.models[1].mode, Mode::eval);
  EXPECT_EQ(config.models[1].label, "A");
  EXPECT_EQ(config.models[1].where.line, 4u);
  EXPECT_FALSE(config.models[1].flops_per_token.has_value());
  EXPECT_TRUE(config.models[2].is_external());
}

TEST(Config, MistakesSayWhereAndWhat) {
  const TempFolder folder;
  folder.write("a.csv", "x");
  EXPECT_THAT(complaint(folder, "{\n\"A\": {\"paths\": [\"a.csv\"], \"mode\": \"train\"}\n}"),
              AllOf(HasSubstr("config.json:2"), HasSubstr("'n' is missing in [A]")));
  EXPECT_THAT(complaint(folder, R"({"A": {"paths": ["a.csv"], "mode": "train", "n": 0}})"),
              HasSubstr("above 0"));
  EXPECT_THAT(complaint(folder, R"({"A": {"paths": ["a.csv"], "mode": "test", "n": 1}})"),
              HasSubstr("'mode' must be one of train, eval, not 'test'"));
  EXPECT_THAT(complaint(folder, R"({"A": {"paths": ["a.csv"], "n": 1}})"),
              HasSubstr("'mode' is missing in [A]"));
  EXPECT_THAT(complaint(folder, R"({"A": {"path": ["a.csv"], "mode": "train", "n": 1}})"),
              AllOf(HasSubstr("unknown key 'path'"), HasSubstr("'paths'")));
  EXPECT_THAT(
      complaint(folder,
                R"({"A": {"paths": ["rung-has-no-such-file.csv"], "mode": "train", "n": 1}})"),
      HasSubstr("rung-has-no-such-file.csv"));
  EXPECT_THAT(
      complaint(folder, R"({"A": {"paths": ["a.csv", "./a.csv"], "mode": "train", "n": 1}})"),
      HasSubstr("already in this configuration"));
  EXPECT_THAT(complaint(folder, "{\n\"A\": {\"mode\" \"train\"}}"), HasSubstr("config.json:2:20"));
  EXPECT_THAT(complaint(folder, R"({"A": {"n": 1e999}})"), HasSubstr("1e999"));
  EXPECT_THAT(complaint(folder, "[]"), HasSubstr("must be an object"));
  EXPECT_THAT(complaint(folder, "{}"), HasSubstr("JSON object"));
  EXPECT_THAT(complaint(folder, R"({"A": 3})"), HasSubstr("must be an object"));
  EXPECT_THAT(complaint(folder, R"({"A": {"paths": ["a.csv"], "mode": "train", "n": 1},
                                    "A": {"paths": ["a.csv"], "mode": "train", "n": 1}})"),
              HasSubstr("the key 'A' stands twice"));
}

TEST(Config, PathsAreLookedForAboveTheConfiguration) {
  const TempFolder folder;
  const auto near = folder.write("paper/data/runs/x.csv", "near");
  const auto far = folder.write("data/runs/x.csv", "far");
  const auto bare = folder.write("x.csv", "bare");
  const auto configs = folder.path() / "paper" / "configs";
  // The longest tail wins, wherever it is found; then the nearest folder.
  EXPECT_EQ(resolve_path("src/scripts/paper/data/runs/x.csv", configs), near);
  EXPECT_EQ(resolve_path("src/data/runs/x.csv", configs), near);
  std::filesystem::remove(near);
  EXPECT_EQ(resolve_path("src/scripts/paper/data/runs/x.csv", configs), far);
  EXPECT_EQ(resolve_path("elsewhere/x.csv", configs), bare);
  EXPECT_EQ(resolve_path(bare, configs), bare);
  EXPECT_EQ(resolve_path("src/none.csv", configs), std::nullopt);
}

TEST(Config, PublishedConfigurationsReadUnchanged) {
  const auto configs = shared_path("data/olmo-ladder/configs");
  if (!configs) GTEST_SKIP() << "needs the shared data";
  const Config config = read_config(*configs / "final.json");
  ASSERT_EQ(config.models.size(), 6u);
  EXPECT_EQ(config.models[3].name, "1.3B");
  EXPECT_EQ(config.models[3].paths.size(), 4u);
  EXPECT_EQ(config.models[4].name, "7B-4T");
  EXPECT_EQ(config.models[4].n_params, 6887575552);
  EXPECT_EQ(config.models[4].mode, Mode::eval);
  for (const char* name :
       {"final_7b_only.json", "final_variance.json", "final_variance_train_mode.json"}) {
    EXPECT_FALSE(read_config(*configs / name).models.empty()) << name;
  }
}

}  // namespace
}  // namespace rung::ladder
