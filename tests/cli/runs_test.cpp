/// Training runs side by side: rung runs. And the ladder's commands on runs as they were logged.

#include <nlohmann/json.hpp>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kChart = RUNG_SOURCE_DIR "/docs/examples/ladder/wandb.csv";
constexpr const char* kEvals = RUNG_SOURCE_DIR "/docs/examples/ladder/evals";

TEST(RunsCommand, ListsAndDraws) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "runs.svg").string();
  const Ran ran = run_rung({"runs", kChart, "--batch-tokens", "1048576", "--runs", "190M", "--sort",
                            "-final", "--planned", "20B", "-o", figure});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("3 runs, eval/c4_en-validation/CrossEntropyLoss"));
  EXPECT_THAT(ran.out, HasSubstr("unfinished (19%)"));
  EXPECT_LT(ran.out.find("190M-1xC"), ran.out.find("190M-5xC"));
  EXPECT_THAT(read_file(figure), HasSubstr("<svg"));
  const json results =
      json::parse(run_rung({"runs", kChart, "--over", "steps", "--json", "-"}).out)["results"];
  EXPECT_EQ(results.size(), 12u);
  EXPECT_EQ(results[0]["state"], "finished");
  EXPECT_EQ(run_rung({"runs", kChart, "--over", "hours"}).status, 2);
}

TEST(LadderOnRuns, PredictsFromLogsAndEvaluations) {
  const Ran ran =
      run_rung({"ladder", "predict", kChart, kEvals, "--batch-tokens", "1048576", "--loss", "c4",
                "--accuracy", "hellaswag_acc_norm", "-n", "7B", "-d", "4T", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0]["task"], "hellaswag_acc_norm");
  EXPECT_EQ(results[0]["fits"]["step1"]["n_points"], 12);
  const json& target = results[0]["targets"][0];
  // The numbers were made with 0.901 there.
  EXPECT_NEAR(target["predicted"].get<double>(), 0.901, 0.02);
  EXPECT_LT(target["interval"]["lower"].get<double>(), 0.901);
  EXPECT_GT(target["interval"]["upper"].get<double>(), 0.901);
}

TEST(LadderOnRuns, AConfigurationSaysTheSame) {
  const TempFolder folder;
  const std::string config = (folder.path() / "ladder.json").string();
  const Ran written =
      run_rung({"ladder", "configuration", kChart, kEvals, "--batch-tokens", "1048576", "--loss",
                "c4", "--accuracy", "hellaswag_acc_norm", "--targets", "1.3B-5xC", "-o", config});
  ASSERT_EQ(written.status, 0) << written.err;
  EXPECT_THAT(written.out, HasSubstr("rung ladder predict -c "));
  EXPECT_THAT(written.out, HasSubstr(" -x c4"));
  const auto results = [](const std::vector<std::string>& words) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  };
  const json by_config = results(
      {"ladder", "predict", "-c", config, "--tasks", (folder.path() / "ladder.toml").string(), "-k",
       "hellaswag_acc_norm", "-x", "c4", "--bootstrap", "200", "--json", "-"});
  const json by_runs = results({"ladder", "predict", kChart, kEvals, "--batch-tokens", "1048576",
                                "--loss", "c4", "--accuracy", "hellaswag_acc_norm", "--targets",
                                "1.3B-5xC", "--bootstrap", "200", "--json", "-"});
  EXPECT_EQ(by_config, by_runs);
  EXPECT_EQ(by_runs[0]["targets"][0]["name"], "1.3B-5xC");
}

TEST(LadderOnRuns, StepsByThemselves) {
  for (const char* step : {"step1", "step1-flops", "step2"}) {
    const Ran ran = run_rung({"ladder", step, kChart, kEvals, "--batch-tokens", "1048576", "--loss",
                              "c4", "--accuracy", "hellaswag_acc_norm", "--targets", "1.3B-5xC"});
    EXPECT_EQ(ran.status, std::string(step) == "step1-flops" ? 2 : 0) << step << ran.err;
  }
}

TEST(LadderOnRuns, RefusesWhatItCannotUse) {
  for (const auto& [words, says] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "which columns"},
           {{"--loss", "c5"}, "in no column's name"},
           {{"--loss", "c4"}, "--accuracy COLUMN"},
           {{"--loss", "c4", "--accuracy", "hellaswag", "-n", "1B", "-d", "1T"}, "may mean"},
           {{"--loss", "c4", "-k", "v2_main"}, "-k names tasks"},
           {{"--loss", "c4", "-c", "x.json"}, "both say"}}) {
    std::vector<std::string> all = {"ladder", "predict",        kChart,
                                    kEvals,   "--batch-tokens", "1048576"};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run_rung(all);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
  EXPECT_EQ(run_rung({"ladder", "predict"}).status, 2);
}

}  // namespace
}  // namespace rung::cli
