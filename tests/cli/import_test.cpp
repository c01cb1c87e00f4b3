#include <fmt/format.h>

#include <cmath>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

class Import : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("chart.csv",
                  "\"Step\",\"190M - eval/c4\",\"190M - eval/c4__MIN\",\"370M - eval/c4\"\n"
                  "10,3.5,3.4,3.25\n20,3.25,3.1,3\n");
    folder_.write("evals/190M/results_2024-05-21T10-11-12.json",
                  R"({"results": {"piqa": {"acc,none": 0.5, "acc_stderr,none": 0.01}}})");
    folder_.write("evals/190M/results_2024-04-21T10-11-12.json",
                  R"({"results": {"piqa": {"acc,none": 0.25}}})");
    folder_.write("evals/notes.txt", "nothing of this kind");
  }
  std::string at(const std::string& name) const { return (folder_.path() / name).string(); }

  TempFolder folder_;
};

TEST_F(Import, JoinsAChartWithAFolderOfEvaluations) {
  const Ran ran = run_rung(
      {"import", at("chart.csv"), at("evals"), "--batch-tokens", "1M", "-o", at("runs.csv")});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(read_file(at("runs.csv")),
            "model,file,n_params,n_tokens,eval/c4,piqa_acc,piqa_acc_stderr,step\n"
            "190M," +
                at("chart.csv") +
                ",190000000,10000000,3.5,,,10\n"
                "190M," +
                at("chart.csv") +
                ",190000000,20000000,3.25,0.5,0.01,20\n"
                "370M," +
                at("chart.csv") +
                ",370000000,10000000,3.25,,,10\n"
                "370M," +
                at("chart.csv") + ",370000000,20000000,3,,,20\n");
  EXPECT_THAT(ran.out, HasSubstr("2 runs, 4 rows"));
  EXPECT_THAT(ran.out, HasSubstr("the newest counts: 1 score of 1 model"));
  EXPECT_THAT(ran.err, HasSubstr("nothing to import in 1 file,"));
  // What it wrote is read like any table of runs.
  EXPECT_EQ(run_rung({"import", at("runs.csv")}).status, 0);
}

TEST_F(Import, WritesScoresAlone) {
  const Ran ran = run_rung({"import", at("evals"), "--csv", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "model,task,metric,value,stderr,n\n190M,piqa,acc,0.5,0.01,\n");
}

// Nine runs of three sizes with scores beside them, as one table that the other commands take.
TEST_F(Import, IsReadByFitAndLadder) {
  std::string log = "run,n_params,n_tokens,x,y\n", config = "{";
  for (const double n : {1e8, 4e8, 1.6e9}) {
    config += fmt::format("{}\"{}\": {{\"mode\": \"train\", \"n\": {}, \"paths\": [",
                          config.size() > 1 ? ", " : "", n, n);
    for (const int length : {1, 4, 10}) {
      const std::string run = fmt::format("{:.0f}M-{}xC", n / 1e6, length);
      config += fmt::format("{}\"runs.csv#{}\"", length == 1 ? "" : ", ", run);
      for (int i = 1; i <= 10; ++i) {
        const double d = 2 * n * length * i;
        const double x = 0.5 + 200 * std::pow(n, -0.3) + 400 * std::pow(d, -0.3);
        log +=
            fmt::format("{},{},{},{},{}\n", run, n, d, x, 1 - 0.75 / (1 + std::exp(-5 * (x - 1))));
      }
    }
    config += "]}";
  }
  folder_.write("log.csv", log);
  folder_.write("config.json", config + "}");
  folder_.write("tasks.toml", "[tasks.t]\nrc_bpb = \"x\"\nrc_acc = \"y\"\n");
  ASSERT_EQ(run_rung({"import", at("log.csv"), "-o", at("runs.csv")}).status, 0);
  const Ran fit = run_rung({"fit", at("runs.csv"), "--law", "chinchilla", "--x",
                            "N=n_params, D=n_tokens", "--y", "x", "--bootstrap", "0"});
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("certified"));
  const Ran ladder = run_rung({"ladder", "predict", "-k", "t", "-c", at("config.json"), "--tasks",
                               at("tasks.toml"), "-n", "1e10", "-d", "1e12", "--bootstrap", "0"});
  EXPECT_EQ(ladder.status, 0) << ladder.err;
  EXPECT_THAT(ladder.out, HasSubstr("9 runs"));
}

TEST_F(Import, NamesWhatItCannotRead) {
  const std::string parquet = folder_.write("t.bin", std::string("PAR1\0\0\1", 7)).string();
  const Ran foreign = run_rung({"import", parquet});
  EXPECT_EQ(foreign.status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("this is a Parquet file"));
  folder_.write("empty/readme.md", "");
  const Ran nothing = run_rung({"import", at("empty")});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("holds no runs or evaluations"));
  EXPECT_EQ(run_rung({"import", at("chart.csv"), "--format", "wandb"}).status, 2);
  EXPECT_EQ(run_rung({"import", at("gone.csv")}).status, 2);
}

}  // namespace
}  // namespace rung::cli
