/// rung observe: capabilities of public models, and what they predict.

#include <nlohmann/json.hpp>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* kWords = "word_unscrambling_2_exact_match";

class ObserveTest : public ::testing::Test {
 protected:
  std::string file(const char* name, const std::string& content) {
    const std::string path = (folder_.path() / name).string();
    write_file(path, content);
    return path;
  }

  json document(Words words) {
    words.insert(words.begin(), "observe");
    words.insert(words.end(), {"--json", "-"});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out) : json();
  }
  json results(Words words) { return document(std::move(words))["results"]; }
  std::string error(Words words) {
    words.insert(words.begin(), "observe");
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    return ran.err;
  }

  /// Ten models of three families on three benchmarks; `line` takes the place of the fourth.
  std::string own_table(const std::string& header = "Model,Model Family,Model Size (B),A,B,C",
                        const std::string& line = "b1,beta,1,0.35,0.32,0.41") {
    return file("own.csv", header +
                               "\na1,alpha,1,0.3,0.31,0.4\na2,alpha,3,0.4,0.45,0.5\n"
                               "a3,alpha,9,0.6,0.62,0.65\n" +
                               line +
                               "\nb2,beta,4,0.5,0.49,0.52\nb3,beta,12,0.62,0.66,0.71\n"
                               "c1,gamma,2,0.31,0.4,0.39\nc2,gamma,6,0.45,0.52,0.5\n"
                               "c3,gamma,20,0.66,0.7,0.74\nd1,delta,5,0.5,0.5,0.51\n");
  }

 private:
  TempFolder folder_;
};

TEST_F(ObserveTest, PcaGivesThePublishedComponents) {
  const json result = results({"pca", "--models", "base"})[0];
  EXPECT_NEAR(result["explained_variance_ratio"][0], 0.80163, 5e-6);
  EXPECT_NEAR(result["components"]["PC-1"]["GSM8K"], 0.552, 5e-4);
  EXPECT_EQ(result["scores"].size(), 77u);
  EXPECT_EQ(result["imputed"].size(), 6u);
  const json& line = result["lines"][0];
  EXPECT_EQ(line["value"], "PC-1");
  EXPECT_EQ(line["scale"], "flops");
  EXPECT_NEAR(line["mean_r2"], 0.9665, 5e-5);
  EXPECT_NEAR(line["pooled"]["slope"], 0.30865, 5e-6);
  EXPECT_NEAR(line["families"]["Llama-2"]["slope"], 0.52036, 5e-6);
}

TEST_F(ObserveTest, PcaOfATableOfOnesOwn) {
  const json document = this->document({"pca", "--data", own_table(), "--metrics", "A,B,C"});
  const json& result = document["results"][0];
  EXPECT_EQ(result["components"].size(), 3u);
  EXPECT_EQ(result["lines"].size(), 12u);
  EXPECT_TRUE(result["lines"][0]["families"]["delta"].is_null());
  EXPECT_EQ(document["warnings"], json::array());
  const Ran ran = run_rung({"observe", "pca", "--data", own_table(), "--metrics", "A,B,C"});
  EXPECT_THAT(ran.out, HasSubstr("families of one model have no line: delta"));
}

TEST_F(ObserveTest, FitGivesThePublishedPrediction) {
  const json result = results({"fit", "--models", "base-compute", "--downstream", "emergent", "--y",
                               kWords, "--x", "pc:3", "--bootstrap", "30"})[0];
  EXPECT_EQ(result["train"]["n"], 44);
  EXPECT_EQ(result["test"]["n"], 19);
  EXPECT_NEAR(result["test"]["mse"], 0.00282, 5e-6);
  EXPECT_EQ(result["fit"]["status"], "certified");
  EXPECT_EQ(result["formula"], "y = sigmoid(6.12PC-1 - 0.54PC-2 + 2.80PC-3 - 4.65)");
  EXPECT_NEAR(result["equivalent_scale"]["slope"], 1.8586, 1e-3);
  const json& row = result["predictions"][0];
  EXPECT_EQ(row["split"], "train");
  EXPECT_LE(row["interval"]["lower"], row["predicted"]);
  EXPECT_EQ(row["interval"]["level"], 0.9);
  EXPECT_EQ(result["benchmark_weights"].size(), 7u);
}

TEST_F(ObserveTest, FitTakesExpressionsRangesAndLists) {
  // Overall scores out of 10, as published for AgentBench: the best tenth is tried.
  const json all = results({"fit", "--models", "instruct", "--downstream", "agents", "--y",
                            "`ABench-OA` / 10", "--x", "pc:1,pc:2,pc:3,pc:4", "--split", "rank",
                            "--split-by", "y", "--test", "0.1", "--bootstrap", "0"});
  ASSERT_EQ(all.size(), 4u);
  const double published[] = {0.005725, 0.0002623, 0.0002244, 0.001032};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(all[i]["train"]["n"], 20);
    EXPECT_NEAR(all[i]["test"]["mse"], published[i], 1.5e-3 * published[i]) << i;
  }
  const json later = results({"fit", "--models", "base-compute-later", "--downstream", "emergent",
                              "--y", kWords, "--hold-out", "preregistered", "--highlight",
                              "preregistered", "--bootstrap", "0"})[0];
  EXPECT_NEAR(later["test"]["mse"], 0.00282, 5e-6);
  EXPECT_GT(later["held_out"]["n"], 5);
  EXPECT_EQ(later["predictions"].back()["highlighted"], true);
}

TEST_F(ObserveTest, AFitThatFailsAmongOthersIsNamed) {
  const json document = this->document({"fit", "--models", "instruct", "--downstream", "agents",
                                        "--y", "`ABoard-Avg_SR` / 100", "--x", "pc:1,pc:9",
                                        "--split", "none", "--bootstrap", "0"});
  EXPECT_TRUE(document["results"][0].contains("fit"));
  EXPECT_TRUE(document["results"][1].contains("problem"));
  EXPECT_THAT(document["warnings"][0].get<std::string>(), HasSubstr("from pc:9 could not be"));
}

TEST_F(ObserveTest, PercentAndImpossibleScoresAreNamed) {
  const std::string percent =
      file("percent.csv", "Model,A,B\na,30,0.3\nb,40,0.41\nc,55,0.5\nd,60,0.61\ne,71,0.7\n");
  const json document = this->document({"pca", "--data", percent, "--metrics", "A,B"});
  const std::string warnings = document["warnings"].dump();
  EXPECT_THAT(warnings, HasSubstr("A is in percent and was divided by 100"));
  EXPECT_THAT(warnings, HasSubstr("there is no column 'Model Family'"));
  const std::string outside =
      file("outside.csv", "Model,A,B\na,0.3,0.3\nb,1.2,0.41\nc,0.55,0.5\nd,0.6,0.61\ne,0.71,0.7\n");
  EXPECT_THAT(this->document({"pca", "--data", outside, "--metrics", "A,B"})["warnings"].dump(),
              HasSubstr("A lies outside 0 to 1 and is moved inside for b (1.2)"));
}

TEST_F(ObserveTest, BadInputsSayWhatIsWrong) {
  const std::string own = own_table();
  EXPECT_THAT(error({"pca", "--data", own, "--metrics", "A,B,D"}),
              HasSubstr("there is no column 'D'"));
  EXPECT_THAT(error({"pca", "--models", "basis"}), HasSubstr("did you mean 'base'"));
  EXPECT_THAT(error({"pca", "--families", "Lama-2"}), HasSubstr("did you mean 'Llama-2'"));
  EXPECT_THAT(error({"pca", "--data", own, "--metrics", "A,B,C", "--components", "4"}),
              HasSubstr("4 components of"));
  EXPECT_THAT(error({"pca", "--where", "MMLU > 2"}), HasSubstr("--where leaves none of the 77"));
  EXPECT_THAT(error({"fit", "--y", "MMLUU"}), HasSubstr("did you mean 'MMLU'"));
  EXPECT_THAT(error({"fit", "--y", "MMLU", "--reference", "Lama-2"}), HasSubstr("Llama-2"));
  EXPECT_THAT(error({"fit", "--y", "MMLU", "--cutoff", "much"}), HasSubstr("--cutoff 'much'"));
  EXPECT_THAT(error({"fit", "--y", "MMLU", "--range", "1,0"}), HasSubstr("--range '1,0'"));
  EXPECT_THAT(error({"pca", "--data",
                     own_table("Model,Model Family,Model Size (B),A,B,C", "a1,alpha,1,0.3,0.9,0.4"),
                     "--metrics", "A,B,C"}),
              HasSubstr("model 'a1' stands here a second time with another 'B'"));
  const std::string none = file("none.csv", "Model,A,B\na,0.3,\nb,0.4,\nc,0.5,\n");
  EXPECT_THAT(error({"pca", "--data", none, "--metrics", "A,B"}),
              HasSubstr("no model has a score in 'B'"));
}

TEST_F(ObserveTest, ModelsWithoutAnyScoreAreLeftOutByName) {
  const std::string own = own_table("Model,Model Family,Model Size (B),A,B,C", "b1,beta,1,,,");
  EXPECT_THAT(this->document({"pca", "--data", own, "--metrics", "A,B,C"})["warnings"].dump(),
              HasSubstr("left out, without a score on any of the metrics: b1"));
}

}  // namespace
}  // namespace rung::cli
