/// Training runs side by side: rung runs. And the ladder's commands on runs as they were logged.

#include <cmath>
#include <filesystem>
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

/// Rows of a run of 1e9 tokens, one for each 1%.
std::string log_rows(int from, int to) {
  std::string rows;
  for (int i = from; i <= to; ++i)
    rows += "50M-1xC,5e7," + std::to_string(i) + "e7," + std::to_string(2 + 2.0 / i) + "," +
            std::to_string(90 * i) + "\n";
  return rows;
}
constexpr const char* kLogHead = "run,n_params,n_tokens,train/loss,_runtime\n";

/// Rows that hold nothing but their step were logged with losses that are no numbers.
TEST(RunsCommand, AShortRunWhoseLossIsLostHasDiverged) {
  const TempFolder folder;
  const std::string log = (folder.path() / "log.csv").string();
  const auto state = [&](const std::string& rows) {
    folder.write("log.csv", "model,step,loss,lr\n" + rows);
    return json::parse(run_rung({"runs", log, "--json", "-"}).out)["results"][0]["state"];
  };
  EXPECT_EQ(state("a,1,3,\na,2,2.9,\na,3,2.8,\na,4,2.7,\n"), "finished");
  EXPECT_EQ(state("a,1,3,\na,2,nan,\na,3,nan,\na,4,NaN,\n"), "diverged");
  EXPECT_EQ(state("a,1,3,\na,2,inf,\na,3,nan,\na,4,nan,\n"), "diverged");
  EXPECT_EQ(state("a,1,3,1\na,2,,1\na,3,,1\na,4,,1\n"), "finished");  // another metric goes on
}

TEST(RunsCommand, WithoutALossTheMetricIsAskedFor) {
  const TempFolder folder;
  folder.write("log.csv", "model,step,acc\na,1,0.3\na,2,0.4\n");
  EXPECT_THAT(run_rung({"runs", (folder.path() / "log.csv").string()}).err,
              HasSubstr("no column's name says loss: give --metric (there are: acc)"));
}

TEST(RunsCommand, DrawsOverTime) {
  const TempFolder folder;
  folder.write("log.csv", kLogHead + log_rows(1, 60));
  const std::string log = (folder.path() / "log.csv").string();
  for (const char* name : {"runs.svg", "runs.png", "runs.pdf"}) {
    const Ran ran =
        run_rung({"runs", log, "--over", "time", "-o", (folder.path() / name).string()});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("unfinished (60%)"));
  }
  EXPECT_THAT(read_file(folder.path() / "runs.svg"), HasSubstr("Hours of training"));
  folder.write("clockless.csv", "model,step,loss\na,1,3\na,2,2\n");
  const std::string figure = (folder.path() / "none.svg").string();
  const Ran none = run_rung(
      {"runs", (folder.path() / "clockless.csv").string(), "--over", "time", "-o", figure});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("no run has loss against hours"));
  EXPECT_FALSE(std::filesystem::exists(figure));
}

/// Means over a stretch: where the other run has a spike at the last row that both have, the rows
/// before say what the difference is.
TEST(RunsCommand, ComparesStretchesAndSaysTheirNoise) {
  const TempFolder folder;
  std::string rows = "run,n_params,n_tokens,step,train/loss\n";
  const auto add = [&](const char* name, int n, double more, int spike) {
    for (int i = 1; i <= n; ++i)
      rows += std::string(name) + ",5e7," + std::to_string(i) + "e7," + std::to_string(10 * i) +
              "," +
              std::to_string(2 + 2.0 / i + more + 0.01 * std::sin(7.0 * i * (i + n)) +
                             (i == spike ? 1 : 0)) +
              "\n";
  };
  add("a-2xC", 200, 0, 100), add("b-2xC", 100, -0.1, 0), add("c-2xC", 150, 0, 0);
  folder.write("log.csv", rows);
  const std::string log = (folder.path() / "log.csv").string();
  const std::string figure = (folder.path() / "runs.svg").string();
  const Ran ran = run_rung({"runs", log, "--against", "a-2xC", "--json", "-", "-o", figure});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json results = json::parse(ran.out)["results"];
  EXPECT_NEAR(results[1]["difference"].get<double>(), -0.1, 0.02);
  EXPECT_LT(results[1]["difference_interval"]["upper"].get<double>(), 0);
  EXPECT_EQ(results[1]["difference_doubt"], "");
  EXPECT_EQ(results[1]["compared_from"], 91e7);
  EXPECT_EQ(results[1]["compared_at"], 100e7);
  EXPECT_EQ(results[2]["difference_doubt"], "within noise");
  EXPECT_TRUE(results[0]["difference"].is_null());
  EXPECT_THAT(read_file(figure), HasSubstr("b-2xC: −0.097"));
  EXPECT_THAT(read_file(figure), HasSubstr("(?): it may be noise"));
  const Ran text = run_rung({"runs", log, "--against", "a-2xC"});
  EXPECT_THAT(text.out, HasSubstr("note: (?): it may be noise, for the interval holds 0"));
  EXPECT_THAT(run_rung({"runs", log, "--against", "a-2xC", "--csv", "-"}).out,
              HasSubstr("difference,difference_lower,difference_upper,difference_doubt"));
}

TEST(RunsCommand, CallsARunUnfinishedOverEachAxis) {
  const TempFolder folder;
  std::string rows = "run,n_params,n_tokens,step,train/loss\n";
  for (int i = 1; i <= 60; ++i)
    rows += "50M-1xC,5e7," + std::to_string(i) + "e7," + std::to_string(10 * i) + "," +
            std::to_string(2 + 2.0 / i) + "\n";
  folder.write("log.csv", rows);
  const std::string log = (folder.path() / "log.csv").string();
  for (const auto& [axis, end] :
       {std::pair("tokens", 1e9), {"steps", 1000.0}, {"flops", 6 * 5e7 * 1e9}}) {
    const json results =
        json::parse(run_rung({"runs", log, "--over", axis, "--json", "-"}).out)["results"];
    EXPECT_EQ(results[0]["state"], "unfinished") << axis;
    EXPECT_NEAR(results[0]["planned"].get<double>(), end, 1e-9 * end) << axis;
  }
}

// Pictures come as the file grows, also while its last line is half written, and end when the run
// has come to what was planned.
TEST(RunsCommand, FollowsAFileThatGrows) {
  const TempFolder folder;
  const std::string log = (folder.path() / "log.csv").string();
  for (const auto& [name, text] : {std::pair("head", kLogHead + log_rows(1, 40)),
                                   {"half", log_rows(41, 59) + "50M-1xC,5e7,60e7,2.0"},
                                   {"rest", "3,5400\n" + log_rows(61, 100)}})
    folder.write(name, text);
  const std::string at = "cd '" + folder.path().string() + "'; ";
  // Each part is written when the picture of the one before was seen.
  const Ran ran = run_shell(
      at +
      "seen() { until grep -qF \"$1\" err; do sleep 0.05; done; }; touch err; "
      "(seen 'error: '; cat head >> log.csv; seen '(40%)'; cat half >> log.csv; "
      "seen '(59%)'; cat rest >> log.csv) & "
      "timeout 120 $RUNG runs log.csv --follow --every 0.05 2> err; status=$?; cat err >&2; "
      "exit $status");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("log.csv: error: can't read it"));  // not there yet
  for (const char* words : {"unfinished (40%)", "unfinished (59%)", "1B tokens"})
    EXPECT_THAT(ran.err, HasSubstr(words));
  EXPECT_THAT(ran.err, HasSubstr("\xe2\xa0"));  // braille
  EXPECT_THAT(ran.out, HasSubstr("finished"));
  EXPECT_EQ(ran.err.find('\x1b'), std::string::npos);
  // On a terminal each picture takes the place of the one before.
  const Ran shown =
      run_shell(at + "script -qec \"$RUNG runs log.csv --follow --every 0.1\" /dev/null");
  EXPECT_THAT(shown.out, HasSubstr("\x1b[H"));
  EXPECT_EQ(shown.status, 0) << shown.out;
}

TEST(RunsCommand, GivesUpAFileThatStandsStill) {
  const TempFolder folder;
  folder.write("log.csv", kLogHead + log_rows(1, 40));
  const Ran ran = run_rung({"runs", (folder.path() / "log.csv").string(), "--follow", "--every",
                            "0.05", "--give-up", "0.2"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("unfinished (40%)"));
  EXPECT_THAT(run_rung({"runs", "wandb:a/b", "--follow"}).err, HasSubstr("follows files"));
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
  json by_runs;
  // "190M-1xC" is no model of the published catalogue, by either way in.
  for (const char* method : {"two-step", "combined"}) {
    const json by_config = results({"ladder", "predict", "-c", config, "--tasks",
                                    (folder.path() / "ladder.toml").string(), "-k",
                                    "hellaswag_acc_norm", "--method", method, "--json", "-"});
    by_runs = results({"ladder", "predict", kChart, kEvals, "--batch-tokens", "1048576", "--loss",
                       "c4", "--accuracy", "hellaswag_acc_norm", "--targets", "1.3B-5xC",
                       "--method", method, "--json", "-"});
    EXPECT_EQ(by_config, by_runs);
  }
  EXPECT_EQ(by_runs[0]["targets"][0]["name"], "1.3B-5xC");
}

TEST(LadderOnRuns, TheCommandThatAConfigurationSaysRunsOnAnyLoss) {
  const TempFolder folder;
  std::string chart = read_file(kChart);
  const std::string c4 = "eval/c4_en-validation/CrossEntropyLoss", mine = "val/loss";
  for (std::size_t at = 0; (at = chart.find(c4, at)) != std::string::npos; at += mine.size())
    chart.replace(at, c4.size(), mine);
  const std::string log = folder.write("chart.csv", chart).string();
  const std::string stem = (folder.path() / "ladder").string();
  const std::vector<std::string> given = {log,      kEvals, "--batch-tokens", "1048576",
                                          "--loss", mine,   "--accuracy",     "hellaswag_acc_norm"};
  std::vector<std::string> write = {"ladder", "configuration", "-o", stem + ".json"};
  write.insert(write.end(), given.begin(), given.end());
  const Ran written = run_rung(write);
  ASSERT_EQ(written.status, 0) << written.err;
  EXPECT_THAT(written.out, HasSubstr(" -x loss"));
  const Ran by_config =
      run_rung({"ladder", "predict", "-c", stem + ".json", "--tasks", stem + ".toml", "-k",
                "hellaswag_acc_norm", "-x", "loss", "-n", "7B", "-d", "4T", "--json", "-"});
  ASSERT_EQ(by_config.status, 0) << by_config.err;
  std::vector<std::string> predict = {"ladder", "predict", "-n", "7B", "-d", "4T", "--json", "-"};
  predict.insert(predict.end(), given.begin(), given.end());
  EXPECT_EQ(json::parse(by_config.out)["results"], json::parse(run_rung(predict).out)["results"]);
}

TEST(LadderOnRuns, StepsByThemselves) {
  for (const char* step : {"step1", "step1-flops", "step2"}) {
    const Ran ran = run_rung({"ladder", step, kChart, kEvals, "--batch-tokens", "1048576", "--loss",
                              "c4", "--accuracy", "hellaswag_acc_norm", "--targets", "1.3B-5xC"});
    EXPECT_EQ(ran.status, 0) << step << ran.err;
    const bool in_compute = std::string(step) == "step1-flops";
    EXPECT_EQ(ran.err.find("no run says its FLOPs: 6 N FLOPs") != std::string::npos, in_compute);
  }
}

/// A study of the example's runs, all but the longest of 1.3B fitted.
Ran study_of_runs(const char* study, const std::vector<std::string>& more) {
  std::vector<std::string> words = {
      "ladder",  study,    kChart, kEvals,       "--batch-tokens",
      "1048576", "--loss", "c4",   "--accuracy", "hellaswag_acc_norm"};
  words.insert(words.end(), more.begin(), more.end());
  return run_rung(words);
}

TEST(LadderOnRuns, StudiesSayTheSameAsPredictions) {
  const auto results = [](const char* study, std::vector<std::string> more) {
    more.insert(more.end(), {"--targets", "1.3B-5xC", "--json", "-"});
    const Ran ran = study_of_runs(study, more);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  };
  const json predicted = results("predict", {"--bootstrap", "0"})[0]["targets"][0]["predicted"];
  std::map<std::string, json> by_feature;
  for (const json& entry : results("compare", {}))
    by_feature[entry["feature"]] = entry["predicted"];
  EXPECT_EQ(by_feature["c4"], predicted);
  EXPECT_EQ(by_feature.count("flops"), 1u);
  EXPECT_EQ(by_feature.count("single_step"), 1u);
  EXPECT_EQ(by_feature.count("rc_bpb"), 0u);
  std::vector<std::string> meanings;
  for (const json& entry : results("sensitivity", {"--moving_avg", "1", "--skip_perc", "0"})) {
    if (entry["choice"] == "published") {
      EXPECT_EQ(entry["predicted"], predicted);
    }
    meanings.push_back(entry["meaning"]);
  }
  EXPECT_THAT(study_of_runs("sensitivity", {"--targets", "1.3B-5xC"}).out,
              testing::Not(HasSubstr("error: task")));
  // A size is all of its runs, and the loss itself is no other choice.
  EXPECT_THAT(meanings, testing::IsSupersetOf({"without 190M", "without 1.3B"}));
  EXPECT_THAT(meanings, testing::Not(testing::Contains("through C4 loss")));
  const json grown = results("compute-error", {"--vary", "N"});
  ASSERT_EQ(grown.size(), 4u);
  EXPECT_EQ(grown[0]["key"], "190M");
  EXPECT_EQ(grown[0]["n_runs"], 3);
  EXPECT_EQ(grown[3]["n_runs"], 11);
  // One evaluated checkpoint a run: the first parts are too few for a curve, and said to be.
  // Once a size or a run at a time, the whole ladder is the same.
  const json by_run = results("compute-error", {"--vary", "flops"});
  ASSERT_EQ(by_run.size(), 11u);
  EXPECT_FALSE(by_run[0]["identified"]);
  EXPECT_NEAR(by_run[10]["chained"], grown[3]["chained"].get<double>(), 1e-9);
}

TEST(LadderOnRuns, StudiesNeedATarget) {
  for (const char* study : {"compare", "sensitivity", "compute-error"})
    EXPECT_THAT(study_of_runs(study, {}).err, HasSubstr("of RUNS --targets does")) << study;
}

TEST(LadderOnRuns, WithoutATargetItIsSaidHowToNameOne) {
  for (const char* method : {"two-step", "combined"}) {
    const Ran ran =
        run_rung({"ladder", "predict", kChart, kEvals, "--batch-tokens", "1048576", "--loss", "c4",
                  "--accuracy", "hellaswag_acc_norm", "--method", method});
    EXPECT_THAT(ran.err, HasSubstr("no model is predicted: -n N and -d D")) << method;
    EXPECT_EQ(ran.status, 1) << method;
  }
}

TEST(LadderOnRuns, ATargetThatIsLeftOutIsSaid) {
  const Ran ran = study_of_runs("predict", {"--runs", "190M|370M", "--targets", "1.3B-5xC"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("run '1.3B-5xC' is left out by --runs '190M|370M'"));
  EXPECT_THAT(ran.err, HasSubstr("--runs '190M|370M|^1.3B-5xC$'"));
}

TEST(LadderOnRuns, RefusesWhatItCannotUse) {
  for (const auto& [words, says] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "which columns"},
           {{"--loss", "c5"}, "in no column's name"},
           {{"--loss", "c4"}, "--accuracy COLUMN"},
           {{"--loss", "c4", "--accuracy", "hellaswag", "-n", "1B", "-d", "1T"}, "may mean"},
           {{"--loss", "c4", "--accuracy", "hellaswag_acc", "hellaswag_acc_norm"}, "by commas"},
           {{"--loss", "c4", "-k", "v2_main"}, "-k names tasks"},
           {{"--loss", "c4", "-x", "c4"}, "-x names a loss of a configuration's"},
           {{"--loss", "c4", "-y", "mc_acc"}, "-y mc_acc names a metric of a configuration's"},
           {{"--loss", "c4", "--step2-config-path", "x.json"}, "--step2-config-path names"},
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

TEST(LadderOnRuns, Step1TakesNoAccuracyBesideALoss) {
  const Ran ran = study_of_runs("step1", {"-y", "rc_acc"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("-y rc_acc names a metric of a configuration's runs"));
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '('), 1);
  EXPECT_EQ(study_of_runs("step1", {"-y", "c4", "-n", "7B", "-d", "4T"}).status, 0);
}

}  // namespace
}  // namespace rung::cli
