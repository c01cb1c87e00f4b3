#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/run_command.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Data, GetBringsARepositorysResultsOnce) {
  const TempFolder folder;
  const std::string address = make_git_repository(
      folder, {{"exp_data/eval_metadata.csv", "a\n"}, {"exp_data/models/m.json", "{}"}});
  const std::string to = (folder.path() / "to").string();
  const std::vector<std::string> words = {"data", "get", "over-training", "--from", address,
                                          "--to", to};
  const Ran first = run_rung(words);
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("over-training is in " + to + "/over-training"));
  EXPECT_THAT(first.out, HasSubstr("Licence: MIT"));
  EXPECT_TRUE(fs::exists(to + "/over-training/models/m.json"));
  EXPECT_THAT(run_rung(words).out, HasSubstr("over-training was in"));
}

TEST(Data, ListSaysWhatIsHereAndWhere) {
  const TempFolder folder;
  const EnvironmentValue cache("XDG_CACHE_HOME", folder.path().string());
  const EnvironmentValue chosen("RUNG_DATA", std::nullopt);
  const std::string address =
      make_git_repository(folder, {{"eval_results/base_llm_benchmark_eval.csv", "Model\n"}});
  ASSERT_EQ(run_rung({"data", "get", "obs-scaling", "--from", address}).status, 0);
  const Ran ran = run_rung({"data", "list", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  for (const auto& result : json["results"]) {
    if (result["name"] != "obs-scaling") continue;
    EXPECT_EQ(result["folder"], (folder.path() / "rung" / "obs-scaling").string());
    EXPECT_EQ(result["licence"], "Apache-2.0");
    EXPECT_EQ(result["commit"].get<std::string>().size(), 40u);
    return;
  }
  FAIL() << "obs-scaling is not listed";
}

TEST(Data, WithoutARepositorySaysWhatItTriedAndHowToDoItByHand) {
  const TempFolder folder;
  const std::string to = (folder.path() / "to").string();
  const Ran ran = run_rung(
      {"data", "get", "olmo-ladder", "--from", (folder.path() / "none").string(), "--to", to});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("error: tried 'git clone"));
  EXPECT_THAT(ran.err, HasSubstr("does not exist"));
  EXPECT_THAT(ran.err,
              HasSubstr("by hand: git clone --depth 1 https://github.com/allenai/OLMo-ladder.git"));
  EXPECT_FALSE(fs::exists(to));
}

}  // namespace
}  // namespace rung::cli
