/// rung observe: capabilities of public models, and what they predict.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
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

TEST_F(ObserveTest, SelectGivesThePublishedChoicesAndTheirErrors) {
  const json all = results({"select", "--max-flops-1e21", "84", "--exclude-missing", "--downstream",
                            "post-training", "--budgets", "4,8,12", "--random-samples", "3"});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1]["max_models"], 8);
  EXPECT_EQ(all[1]["combinations"], 15913);
  EXPECT_EQ(all[1]["method"], "exhaustive");
  EXPECT_NEAR(all[1]["objective"], -8.8443787, 1e-6);
  EXPECT_EQ(all[1]["families"], json({"Llama-2", "Llama", "Phi", "MPT", "DeepSeek-Coder"}));
  EXPECT_EQ(all[1]["models"].size(), 8u);
  EXPECT_TRUE(all[0]["errors"]["geometric_mean"].is_null());  // 4 models for 5 parameters
  EXPECT_NEAR(all[1]["errors"]["geometric_mean"], 0.00763, 1e-4);
  EXPECT_NEAR(all[2]["errors"]["geometric_mean"], 0.00510, 1e-4);
  ASSERT_EQ(all[1]["random"].size(), 3u);
  EXPECT_LT(all[1]["random"][0]["objective"], all[1]["objective"]);
  const json guide = results({"select", "--models", "base", "--budgets", "8", "--include-family",
                              "Llama-2", "--max-size-b", "7"});
  EXPECT_NEAR(guide[0]["objective"], -10.509297, 1e-6);
  EXPECT_EQ(guide[0]["families"].back(), "Llama-2");
  const json few = results({"select", "--budgets", "12", "--families", "Llama-2,Qwen1.5,Pythia"});
  EXPECT_EQ(few[0]["combinations"], 7);
}

TEST_F(ObserveTest, SelectRefusesWhatIsNoQuestion) {
  EXPECT_THAT(error({"select", "--budgets", "0"}), HasSubstr("--budgets"));
  EXPECT_THAT(error({"select", "--include-family", "Lama"}), HasSubstr("no candidate is of"));
  EXPECT_THAT(error({"select", "--families", "Lama-2"}), HasSubstr("did you mean 'Llama-2'"));
  EXPECT_THAT(error({"select", "--max-size-b", "0.001"}), HasSubstr("nothing to choose among"));
}

TEST_F(ObserveTest, CompareTriesPredictorsOnFamiliesLeftOut) {
  const json all = results({"compare", "--models", "base-compute", "--downstream", "emergent",
                            "--y", kWords, "--x", "size,pc:3,irt:1,skills:1"});
  ASSERT_EQ(all.size(), 4u);
  for (const json& each : all) EXPECT_EQ(each["metrics"][kWords]["n_models"], 63);
  EXPECT_LT(all[1]["geometric_mean"], all[0]["geometric_mean"]);
}

/// A column in percent is one of shares times 100, however its range is said.
TEST_F(ObserveTest, PercentAndRangesOfItAreTheSameMetric) {
  std::string text = "Model,Model Family,Model Size (B),FLOPs (1E21),A,B,C,share,percent\n";
  for (int family = 0; family < 5; ++family) {
    for (const double size : {0.5, 1.0, 3.0, 7.0, 13.0}) {
      const double capability = std::log10(1.8 * size) + 0.2 * family;
      const auto score = [&](double slope, double place) {
        return 1 / (1 + std::exp(place - slope * capability));
      };
      const double share = score(1.5, 2);
      text += "m" + std::to_string(family) + "-" + shortest(size) + ",f" + std::to_string(family);
      for (const double cell :
           {size, 1.8 * size, score(0.8, 1), score(1, 1.5), score(1.2, 2.1), share, 100 * share})
        text += "," + shortest(cell);
      text += "\n";
    }
  }
  const std::string table = file("shares.csv", text);
  const auto error_by = [&](Words words) {
    Words all = {"compare", "--data", table, "--metrics", "A,B,C", "--x", "pc:1,flops"};
    all.insert(all.end(), words.begin(), words.end());
    return results(all)[0]["geometric_mean"].get<double>();
  };
  const double error = error_by({"--y", "share"});
  EXPECT_GT(error, 0);
  for (const Words& words : {Words{"--y", "share", "--range", "0,1"},
                             {"--y", "percent"},
                             {"--y", "percent", "--range", "0,1"},
                             {"--y", "percent", "--range", "0,100"}})
    EXPECT_NEAR(error_by(words), error, 1e-6 * error) << words[1] << " " << words.back();
}

TEST_F(ObserveTest, TestRatioGivesThePublishedArea) {
  const json all = results({"test-ratio", "--models", "base-compute", "--downstream", "emergent",
                            "--y", kWords, "--x", "size"});
  EXPECT_NEAR(all[0]["area"], 0.0349787, 1e-4);
  EXPECT_EQ(all[0]["points"].size(), 12u);
}

TEST_F(ObserveTest, PlaceFindsAModelAmongOthers) {
  const std::string mine =
      file("mine.csv",
           "Model,MMLU,ARC-C,HellaSwag,Winograd,TruthfulQA,GSM8K,XWinograd,HumanEval\n"
           "mine,43.8,53.1,77.7,74.0,39.0,14.5,75.5,12.8\n");  // Llama-2-7B in percent
  const json document = this->document({"place", "--mine", mine});
  const json& place = document["results"][0];
  EXPECT_EQ(place["model"], "mine");
  EXPECT_EQ(place["nearest"][0]["model"], "meta-llama/Llama-2-7b-hf");
  EXPECT_LT(place["nearest"][0]["distance"], 0.01);
  EXPECT_THAT(document["warnings"].dump(), HasSubstr("MMLU is in percent"));
  EXPECT_THAT(document["warnings"].dump(), ::testing::Not(HasSubstr("filled in")));
  const json few = this->document({"place", "--mine", file("few.csv", "Model,MMLU\nfew,0.438\n")});
  EXPECT_THAT(few["warnings"].dump(), HasSubstr("few has 1 of 8 scores"));
  const auto llama = std::find_if(place["families"].begin(), place["families"].end(),
                                  [](const json& each) { return each["family"] == "Llama-2"; });
  ASSERT_NE(llama, place["families"].end());
  EXPECT_NEAR(std::log10((*llama)["flops"].get<double>()), std::log10(84e21), 0.05);
  EXPECT_THAT(error({"place"}), HasSubstr("which model is to be placed"));
  EXPECT_THAT(error({"place", "--model", "meta-llama/Llama-2-7b"}), HasSubstr("did you mean"));
  EXPECT_THAT(error({"place", "--mine", file("none.csv", "Model,Mmlu\nx,1\n")}),
              HasSubstr("'Mmlu' is called 'MMLU' among the benchmarks"));
  EXPECT_THAT(error({"place", "--mine", file("none.csv", "Model,GLUE\nx,1\n")}),
              HasSubstr("none of the benchmarks"));
}

TEST_F(ObserveTest, ModelsOfOnesOwnAreCheckedAsPublicOnesAre) {
  const std::string outside = file("outside.csv", "Model,MMLU,ARC-C\nx,1.2,0.5\ny,0.3,0.4\n");
  EXPECT_THAT(error({"place", "--mine", outside}),
              HasSubstr("outside.csv:2: error: 'MMLU' is 1.2, and scores lie from 0 to 1"));
  const std::string empty = file("empty.csv", "Model,MMLU,ARC-C\nx,,\ny,0.3,0.4\n");
  const json left = document({"place", "--mine", empty});
  EXPECT_EQ(left["results"].size(), 1u);
  EXPECT_THAT(left["warnings"].dump(), HasSubstr("left out, without a score on any of"));
  EXPECT_THAT(error({"place", "--mine", file("twice.csv", "Model,MMLU\nx,0.3\nx,0.4\n")}),
              HasSubstr("twice.csv:3: error: model 'x' stands here a second time"));
  const std::string both = file("both.csv", "Model,MMLU,ARC-C\nx,0.7,0.5\ny,0.3,0.4\n");
  // Where a model stands does not depend on the models placed with it.
  const std::string alone = file("alone.csv", "Model,MMLU,ARC-C\ny,0.3,0.4\n");
  EXPECT_EQ(results({"place", "--mine", alone})[0], results({"place", "--mine", both})[1]);
}

TEST_F(ObserveTest, ImportedScoresAreMetricsOfPublicModels) {
  const std::pair<const char*, double> scored[] = {{"meta-llama/Llama-2-7b-hf", 0.1},
                                                   {"meta-llama/Llama-2-13b-hf", 0.2},
                                                   {"meta-llama/Llama-2-70b-hf", 0.4},
                                                   {"huggyllama/llama-7b", 0.06},
                                                   {"huggyllama/llama-13b", 0.11},
                                                   {"huggyllama/llama-30b", 0.13},
                                                   {"huggyllama/llama-65b", 0.25},
                                                   {"bigscience/bloom-7b1", 0.02},
                                                   {"nobody/model", 0.5}};
  std::vector<std::string> words = {"import"};
  for (const auto& [model, value] : scored)
    words.push_back(file((std::to_string(value) + "_results.json").c_str(),
                         "{\"results\": {\"task\": {\"acc,none\": " + std::to_string(value) +
                             "}}, \"model_name\": \"" + model + "\"}"));
  const std::string table = file("scores.csv", "");
  words.insert(words.end(), {"-o", table});
  ASSERT_EQ(run_rung(words).status, 0);
  const json fit = document({"fit", "--downstream", table, "--y", "task_acc", "--x", "pc:1",
                             "--split", "none", "--bootstrap", "0"});
  EXPECT_EQ(fit["results"][0]["train"]["n"], 8);
  EXPECT_THAT(fit["warnings"].dump(), HasSubstr("left out, without benchmark scores: 1 model of"));
}

TEST_F(ObserveTest, SetsAreListedAndExtended) {
  const std::string own = file("sets.toml",
                               "[sets.mine]\nlike = \"base\"\nfamilies = [\"Llama-2\", "
                               "\"Qwen1.5\", \"Pythia\"]\n");
  const json all = results({"sets", "--sets", own});
  EXPECT_TRUE(
      std::any_of(all.begin(), all.end(), [](const json& each) { return each["set"] == "mine"; }));
  EXPECT_EQ(results({"pca", "--sets", own, "--models", "mine"})[0]["n_models"], 18);
  EXPECT_THAT(run_rung({"observe", "sets", "--show"}).out, HasSubstr("[sets.base]"));
  // A family without a training model has no score to learn from.
  EXPECT_THAT(error({"fit", "--y", "MMLU", "--metrics", "ARC-C,HumanEval", "--where",
                     "`Model Family` in ('Falcon', 'Llama-2')", "--cutoff", "20"}),
              HasSubstr("has a score in 'HumanEval'"));
}

TEST_F(ObserveTest, DemoSaysWhatTheMethodSays) {
  const std::string figures = file("x", "") + "-figures";
  const Ran ran = run_rung({"observe", "demo", "--figures", figures, "--bootstrap", "30"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("explains 80% of their variance"));
  EXPECT_THAT(ran.out, HasSubstr("mean R2 0.97 over 14"));
  EXPECT_THAT(read_file(figures + "/observe-report.md"), HasSubstr("What public benchmarks say"));
  EXPECT_THAT(read_file(figures + "/observe-growth.png"), HasSubstr("PNG"));
}

TEST_F(ObserveTest, EveryPictureCanBeDrawn) {
  const std::string svg = file("figure.svg", "");
  const auto draws = [&](Words words) {
    words.insert(words.begin(), "observe");
    words.insert(words.end(), {"-o", svg});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(read_file(svg), HasSubstr("</svg>"));
  };
  const Words fit = {"fit",          "--downstream", "emergent", "--models",
                     "base-compute", "--y",          kWords,     "--x",
                     "pc:3,flops",   "--bootstrap",  "0"};
  for (const char* picture : {"weights", "errors", "fits"}) {
    Words words = fit;
    words.insert(words.end(), {"--picture", picture});
    draws(words);
  }
  EXPECT_THAT(read_file(svg), HasSubstr("predicted best from 3 components"));
  draws({"pca", "--picture", "size"});
  draws({"select", "--budgets", "8,12"});
  draws({"place", "--model", "meta-llama/Llama-2-7b-hf", "--level", "0.8"});
  EXPECT_THAT(read_file(svg), HasSubstr("worth, 80% interval"));
  draws({"test-ratio", "--y", "MMLU", "--x", "flops", "--ratios", "0.1,0.2"});
}

TEST_F(ObserveTest, AnyTableTakesFurtherColumnsByJoin) {
  const std::string left = file("left.csv", "run,N\na,1\nb,2\nc,4\nd,8\n");
  const std::string right = file("right.csv", "run,loss\na,3\nb,5\nc,9\ne,7\n");
  const Words fit = {"fit", left,   "--formula",   "p + q*N", "--x",    "N=N",
                     "--y", "loss", "--bootstrap", "0",       "--json", "-"};
  Words joined = fit;
  joined.insert(joined.end(), {"--join", right, "--on", "run"});
  const Ran ran = run_rung(joined);
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_NEAR(document["results"][0]["fit"]["parameters"]["q"]["value"], 2, 1e-9);
  EXPECT_THAT(document["warnings"].dump(), HasSubstr("have no partner in"));
  EXPECT_THAT(document["warnings"].dump(), HasSubstr("and are left out: 'e'"));
  joined.resize(fit.size() + 2);
  EXPECT_THAT(run_rung(joined).err, HasSubstr("on which column"));
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
  EXPECT_THAT(error({"pca", "--data", outside, "--metrics", "A,B"}),
              HasSubstr("outside.csv:3: error: 'A' is 1.2"));
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
  EXPECT_THAT(error({"fit", "--y", "MMLU", "--cutoff", "1", "--cutoff", "2"}),
              HasSubstr("2 cutoffs for 1 metric ("));
  EXPECT_THAT(error({"fit", "--data", own, "--metrics", "A,B,C", "--y", "A", "--split", "none",
                     "--x", "pc:9"}),
              HasSubstr("9 components of"));
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

TEST_F(ObserveTest, AMetricThatIsPredictedFromItselfIsTold) {
  const std::string own = own_table();
  const auto told = [&](const char* y, const char* x, const char* metrics) {
    return run_rung({"observe", "compare", "--data", own, "--metrics", metrics, "--y", y, "--x", x})
        .err;
  };
  EXPECT_THAT(told("C", "pc:1,size", "A,B,C"), HasSubstr("leave it out with --metrics \"A,B\""));
  EXPECT_THAT(told("(B + C)/2", "pc:1", "A,B,C"), HasSubstr("B, C are predicted, and also among"));
  EXPECT_THAT(told("C", "size,flops", "A,B,C"), testing::Not(HasSubstr("also among")));
  EXPECT_THAT(told("C", "pc:1", "A,B"), testing::Not(HasSubstr("also among")));
}

}  // namespace
}  // namespace rung::cli
