// Foreign evaluations, each as its program's published description has it.
#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;

std::vector<Score> scores_of(const std::string& importer, const std::string& path,
                             const std::string& content) {
  return import_content(find_importer(importer), {path, content}).scores;
}

std::string error_in(const std::string& importer, const std::string& path,
                     const std::string& content) {
  return error_of([&] { scores_of(importer, path, content); });
}

const Score& score(const std::vector<Score>& scores, const std::string& task,
                   const std::string& metric) {
  for (const Score& each : scores) {
    if (each.task == task && each.metric == metric) return each;
  }
  throw InputError("no score of " + task + " in " + metric);
}

TEST(LmEval, ReadsVersion04) {
  const Imported imported = import_content(
      find_importer("lm_eval"), {"out/org__OLMo-190M/results_2024-05-21T10-11-12.123456.json", R"({
    "results": {
      "hellaswag": {"alias": "hellaswag", "acc,none": 0.25, "acc_stderr,none": 0.01,
                    "acc_norm,none": 0.5, "acc_norm_stderr,none": "N/A"},
      "gsm8k": {"exact_match,strict-match": 0.125, "exact_match_stderr,strict-match": 0.02}},
    "n-samples": {"hellaswag": {"original": 10042, "effective": 100}},
    "config": {"model": "hf", "model_args": "pretrained=org/OLMo-190M,revision=step1000-tokens4B",
               "model_num_parameters": 190354176},
    "date": 1})"});
  const Score& acc = score(imported.scores, "hellaswag", "acc");
  EXPECT_EQ(acc.model, "OLMo-190M");
  EXPECT_EQ(acc.value, 0.25);
  EXPECT_EQ(acc.stderror, 0.01);
  EXPECT_EQ(acc.n, 100);
  EXPECT_EQ(acc.step, 1000);
  EXPECT_NEAR(*acc.date, 1716286272.123456, 1e-5);
  EXPECT_FALSE(score(imported.scores, "hellaswag", "acc_norm").stderror);
  EXPECT_EQ(score(imported.scores, "gsm8k", "exact_match:strict-match").stderror, 0.02);
  EXPECT_EQ(imported.scores.size(), 3u);
  ASSERT_EQ(imported.runs.size(), 1u);
  EXPECT_EQ(imported.runs.front().n_params.total, 190354176);
}

TEST(LmEval, ReadsVersion03) {
  const auto scores = scores_of("lm_eval", "results/pythia.json", R"({
    "results": {"piqa": {"acc": 0.6, "acc_stderr": 0.011}}, "versions": {"piqa": 0},
    "config": {"model": "gpt2", "model_args": "pretrained=EleutherAI/pythia-70m"}})");
  EXPECT_EQ(score(scores, "piqa", "acc").model, "pythia-70m");
  EXPECT_EQ(score(scores, "piqa", "acc").stderror, 0.011);
}

TEST(LmEval, ReadsTheOpenLeaderboardsFirstVersion) {
  const auto scores = scores_of("lm_eval", "org/model/results_2023-09-01T01:02:03.json", R"({
    "config_general": {"model_name": "meta-llama/Llama-2-7b-hf"},
    "results": {"harness|arc:challenge|25": {"acc": 0.5, "acc_norm": 0.53},
                "all": {"acc": 0.4}}})");
  EXPECT_EQ(scores.size(), 2u);
  EXPECT_EQ(score(scores, "arc:challenge", "acc_norm").value, 0.53);
  EXPECT_EQ(scores.front().model, "Llama-2-7b");
}

// A group's mean stands among the results, too, and again under "groups".
TEST(LmEval, ReadsTheOpenLeaderboardsSecondVersion) {
  const auto scores =
      scores_of("lm_eval", "results/org/m/results_2024-06-16T18-10-21.105.json", R"({
    "results": {
      "leaderboard": {"inst_level_loose_acc,none": 0.41, "inst_level_loose_acc_stderr,none": "N/A",
                      "acc_norm,none": 0.46, "acc_norm_stderr,none": 0.005, "alias": "leaderboard"},
      "leaderboard_bbh": {"acc_norm,none": 0.48, "acc_norm_stderr,none": 0.006,
                          "alias": " - leaderboard_bbh"},
      "leaderboard_bbh_navigate": {"acc_norm,none": 0.6, "acc_norm_stderr,none": 0.03,
                                   "alias": "  - leaderboard_bbh_navigate"},
      "leaderboard_math_algebra_hard": {"exact_match,none": 0.04, "exact_match_stderr,none": 0.01,
                                        "alias": "  - leaderboard_math_algebra_hard"}},
    "groups": {"leaderboard_bbh": {"acc_norm,none": 0.48}},
    "group_subtasks": {"leaderboard_bbh": ["leaderboard_bbh_navigate"]},
    "versions": {"leaderboard_bbh_navigate": 0.0}, "n-shot": {"leaderboard_bbh_navigate": 3},
    "n-samples": {"leaderboard_bbh_navigate": {"original": 250, "effective": 250}},
    "config": {"model": "hf", "model_args": "pretrained=org/m,revision=main,dtype=bfloat16",
               "model_num_parameters": 7241732096},
    "date": 1718559842.5, "model_source": "hf", "model_name": "org/m",
    "model_name_sanitized": "org__m", "total_evaluation_time_seconds": "4021.7"})");
  EXPECT_EQ(scores.size(), 5u);
  EXPECT_EQ(score(scores, "leaderboard_bbh", "acc_norm").value, 0.48);
  const Score& navigate = score(scores, "leaderboard_bbh_navigate", "acc_norm");
  EXPECT_EQ(navigate.n, 250);
  EXPECT_EQ(navigate.stderror, 0.03);
  EXPECT_EQ(navigate.model, "m");
  EXPECT_EQ(score(scores, "leaderboard_math_algebra_hard", "exact_match").value, 0.04);
}

// What is called as the harness calls its results is read as such, however spoilt: not as a table.
TEST(LmEval, ResultsThatAreNoObjectAreNoTable) {
  const TempFolder folder;
  for (const char* content : {R"({"results": [{"piqa": 0.5}]})", R"({"results": 5})",
                              R"({"results": null, "config": {}})", R"({"piqa": {"acc": 0.5}})",
                              R"([{"task": "piqa", "acc": 0.5}])"}) {
    const std::string path = folder.write("results_1.json", content).string();
    EXPECT_THAT(error_of([&] { import_files(std::vector{path}, {}); }),
                HasSubstr("results_1.json: error: has no object \"results\" with tasks"))
        << content;
  }
}

TEST(LmEval, SaysWhatIsWrong) {
  EXPECT_THAT(error_in("lm_eval", "results_1.json", "{\"results\": []}"),
              HasSubstr("has no object \"results\""));
  EXPECT_THAT(error_in("lm_eval", "results_1.json", "{\"results\":\n {\"piqa\": 3}}"),
              HasSubstr("results_1.json:2:"));
  EXPECT_THAT(error_in("lm_eval", "results_1.json", "{\"results\": {\"piqa\": {}}}"),
              HasSubstr("no task in \"results\" has a number"));
  EXPECT_THAT(error_in("lm_eval", "results_1.json", "{\"results\": "), HasSubstr("too early"));
}

TEST(LmEvalSamples, AreAveraged) {
  const auto scores =
      scores_of("lm_eval_samples", "out/org__m/samples_arc_easy_2024-05-21T10-11-12.123456.jsonl",
                "{\"doc_id\": 0, \"resps\": [], \"target\": 2, \"acc\": 1.0, \"acc_norm\": 0.0}\n"
                "{\"doc_id\": 1, \"resps\": [], \"target\": 1, \"acc\": 0.0, \"acc_norm\": 0.0}\n");
  const Score& acc = score(scores, "arc_easy", "acc");
  EXPECT_EQ(acc.model, "m");
  EXPECT_EQ(acc.value, 0.5);
  EXPECT_EQ(acc.n, 2);
  EXPECT_EQ(acc.stderror, 0.5);
  EXPECT_EQ(scores.size(), 2u);
  EXPECT_THAT(error_in("lm_eval_samples", "samples_x.jsonl",
                       "{\"doc_id\": 0, \"acc\": 1}\n{\"acc\": 1}\n{\"doc_id\": }\n"),
              AllOf(HasSubstr("samples_x.jsonl:2"), HasSubstr("samples_x.jsonl:3")));
}

TEST(Helm, ReadsStatisticsOfTheTestSplit) {
  const std::string folder =
      "runs/v1/mmlu:subject=anatomy,model=org_gpt,data_augmentation=canonical";
  const auto scores = scores_of("helm", folder + "/stats.json", R"([
    {"name": {"name": "exact_match", "split": "test"}, "count": 1, "sum": 0.4, "sum_squared": 0.16,
     "mean": 0.4},
    {"name": {"name": "exact_match", "split": "valid"}, "count": 1, "sum": 0.3,
     "sum_squared": 0.09, "mean": 0.3},
    {"name": {"name": "exact_match", "split": "test", "perturbation": {"name": "robustness"}},
     "count": 1, "sum": 0.1, "sum_squared": 0.01, "mean": 0.1},
    {"name": {"name": "num_instances", "split": "test"}, "count": 1, "sum": 114,
     "sum_squared": 12996, "mean": 114}])");
  const Score& match = score(scores, "mmlu:subject=anatomy", "exact_match");
  EXPECT_EQ(match.value, 0.4);
  EXPECT_EQ(match.n, 114);
  EXPECT_EQ(match.model, "org_gpt");
  EXPECT_THAT(error_in("helm", "stats.json", "[]"), HasSubstr("says no model"));
  EXPECT_THAT(error_in("helm", "x:model=m/stats.json", "[{\"mean\": 1}]"),
              HasSubstr("it has no name"));
}

TEST(EvalPlus, CountsWhatPassesBothTests) {
  const auto scores = scores_of("evalplus", "humaneval/org--m_vllm_temp_0.0_eval_results.json", R"({
    "date": "2024-05-21 10:11", "eval": {
      "HumanEval/0": [{"base_status": "pass", "plus_status": "pass"}],
      "HumanEval/1": [{"base_status": "pass", "plus_status": "fail"}],
      "HumanEval/2": [{"base_status": "fail", "plus_status": "fail"}],
      "HumanEval/3": [{"base_status": "fail", "plus_status": "pass"}]}})");
  EXPECT_EQ(score(scores, "humaneval", "pass@1").value, 0.5);
  EXPECT_EQ(score(scores, "humaneval_plus", "pass@1").value, 0.25);
  EXPECT_EQ(scores.front().model, "m");
  EXPECT_EQ(scores.front().n, 4);
}

TEST(EvalPlus, ReadsEarlierVersionsAndManySamples) {
  std::string base = "[\"pass\", []]";
  for (int i = 1; i < 10; ++i) base += ", [\"fail\", []]";
  const auto scores = scores_of(
      "evalplus", "m_temp_0.8/eval_results.json",
      "{\"eval\": {\"HumanEval/0\": {\"nfiles\": 10, \"base\": [" + base + "], \"plus\": []}}}");
  // One of ten passes: any one does with 1/10, some of ten for sure.
  EXPECT_NEAR(score(scores, "humaneval", "pass@1").value, 0.1, 1e-12);
  EXPECT_EQ(score(scores, "humaneval", "pass@10").value, 1);
  EXPECT_THAT(error_in("evalplus", "eval_results.json", "{\"eval\": {\"HumanEval/0\": 3}}"),
              HasSubstr("must hold a list of samples"));
}

TEST(Olmes, ReadsATaskALine) {
  const std::string line =
      R"({"task_name": "arc_easy", "num_instances": 1000, "model_config": {"model": "org/m",)"
      R"( "revision": "step500-tokens2B"}, "task_config": {"metadata": {"alias": "arc_easy:mc::olmes"}},)"
      R"( "metrics": {"acc_raw": 0.5, "primary_score": 0.75}})";
  const auto scores = scores_of("olmes", "out/metrics-all.jsonl", line + "\n" + line + "\n");
  EXPECT_EQ(scores.size(), 4u);
  EXPECT_EQ(score(scores, "arc_easy:mc", "primary_score").value, 0.75);
  EXPECT_EQ(scores.front().step, 500);
  EXPECT_EQ(scores.front().n, 1000);
  EXPECT_THAT(error_in("olmes", "metrics.json", "{\"task_name\": \"a\"}"),
              HasSubstr("lacks task_name or metrics"));
}

}  // namespace
}  // namespace rung
