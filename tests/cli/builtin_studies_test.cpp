// The studies that come with Rung give what their commands give.
#include <algorithm>
#include <map>

#include "rung/study/file.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/study_command.hpp"

namespace rung::cli {
namespace {

/// What the commands themselves say, for every study that comes with Rung.
const std::map<std::string, std::vector<Words>>& commands_of_studies() {
  static const std::string kConfig = "data:olmo-ladder/configs/final.json";
  const auto ladder = [](const char* command, Words more) {
    Words words = {"ladder", command, "-k", "v2_main", "-c", kConfig};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const auto grow = [&](const char* vary) {
    return ladder("compute-error", {"--vary", vary, "--which_step", "all", "--do_average",
                                    "--skip_perc", "0.1", "--moving_avg", "5"});
  };
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const auto observe = [&](const char* command, const Words& more) {
    return with({"observe", command}, more);
  };
  const Words emergent = {"--y",     "word_unscrambling_2_exact_match",
                          "--range", "0,1",
                          "--y",     "parsinlu_qa_2_acc",
                          "--range", "0.25,1",
                          "--y",     "ipa_transliterate_2_exact_match",
                          "--range", "0,1",
                          "--y",     "ipa_transliterate_2_bleu",
                          "--range", "0,100",
                          "--y",     "arithmetic_3ds_2_acc",
                          "--range", "0,1",
                          "--y",     "arithmetic_3da_2_acc",
                          "--range", "0,1",
                          "--y",     "arithmetic_2dm_2_acc",
                          "--range", "0,1",
                          "--y",     "arithmetic_2da_2_acc",
                          "--range", "0,1"};
  const Words three_metrics = {"--y", "word_unscrambling_2_exact_match",
                               "--y", "arithmetic_3ds_2_acc",
                               "--y", "arithmetic_2dm_2_acc"};
  static const std::map<std::string, std::vector<Words>> kCommands = {
      {"ladder-demo", {{"demo", "--bootstrap", "20", "--figures", "again"}}},
      {"ladder-step1", {ladder("step1", {"--moving_avg", "5"})}},
      {"ladder-step2", {ladder("step2", {"--moving_avg", "5", "--skip_perc", "0.1"})}},
      {"ladder-predict",
       {ladder("predict", {"--moving_avg", "5", "--skip_perc", "0.1", "--bootstrap", "20"})}},
      {"ladder-predict-soft-log",
       {ladder("predict", {"-x", "rc_soft_log", "--use_log_sigmoid", "--skip_perc", "0.5",
                           "--bootstrap", "20"})}},
      {"ladder-combined",
       {ladder("predict", {"--method", "combined", "--level", "0.9"}), ladder("diagnose", {})}},
      {"ladder-flops",
       {ladder("step1-flops", {"--moving_avg", "5"}),
        ladder("predict-flops", {"--moving_avg", "5", "--skip_perc", "0.1", "--bootstrap", "20"})}},
      {"ladder-single-step", {ladder("single-step", {"--moving_avg", "5"})}},
      {"ladder-step2-levels", {ladder("step2-mc", {"--moving_avg", "5", "--skip_perc", "0.1"})}},
      {"ladder-variance",
       {{"ladder", "variance", "-k", "v2_main_variance", "-c",
         "data:olmo-ladder/configs/final_variance.json", "--run_prediction"}}},
      {"ladder-compute-error", {grow("N"), grow("xC"), grow("flops")}},
      {"ladder-compare", {ladder("compare", {})}},
      {"ladder-sensitivity", {ladder("sensitivity", {})}},
      {"ladder-extrapolate",
       {ladder("extrapolate-d", {"-y", "c4"}), ladder("extrapolate-n", {"-y", "c4"})}},
      {"overtraining-fit", {{"overtraining", "fit"}}},
      {"overtraining-fit-wide", {{"overtraining", "fit", "--study", "wide"}}},
      {"overtraining-figures",
       {{"overtraining", "figure1"},
        {"overtraining", "tokens"},
        {"overtraining", "tasks"},
        {"overtraining", "correlation"}}},
      {"overtraining-cost",
       {{"overtraining", "cost", "--study", "wide"},
        {"overtraining", "budget", "--study", "wide"}}},
      {"overtraining-chinchilla",
       {{"overtraining", "explore", "--where", "tokens_per_parameter >= 20", "--columns",
         "name,train_set,n_params,n_tokens,loss_c4_val", "--csv", "runs.csv"},
        {"fit",         "runs.csv",
         "--law",       "chinchilla",
         "--x",         "N=n_params, D=n_tokens",
         "--y",         "loss_c4_val",
         "--group-by",  "train_set",
         "--loss",      "huber:1e-3",
         "--residual",  "log",
         "--at",        "N=7e9, D=1.4e11",
         "--at",        "N=7e9, D=2e12",
         "--save-fit",  "fit.json",
         "--bootstrap", "20"},
        {"allocate", "--fit", "fit.json", "--budget", "1e21,1e23"},
        {"backtest", "runs.csv", "--law", "chinchilla,chinchilla-no-floor", "--x",
         "N=n_params, D=n_tokens", "--y", "loss_c4_val", "--group-by", "train_set", "--residual",
         "log", "--over", "C"}}},
      {"observe-compute",
       {{"fit",         "data:obs-scaling/base_llm_benchmark_eval.csv",
         "--formula",   "low + (1 - low) / (1 + exp(-slope * (log10(C) - middle)))",
         "--x",         "C=`FLOPs (1E21)`*1e21",
         "--y",         "MMLU",
         "--param",     "low=0..0.5@0.25",
         "--param",     "slope=0..20@1",
         "--param",     "middle=15..35@24",
         "--at",        "C=1e25",
         "--at",        "C=1e26",
         "--residual",  "raw",
         "--bootstrap", "20"}}},
      {"observe-demo", {observe("demo", {"--bootstrap", "20"})}},
      {"observe-components", {observe("pca", {})}},
      {"observe-emergent",
       {observe("fit", with({"--models", "base-compute", "--downstream", "emergent", "--x",
                             "size,flops,pc:3", "--bootstrap", "20"},
                            emergent))}},
      {"observe-emergent-later", {observe("fit", {"--models",     "base-compute-later",
                                                  "--downstream", "emergent",
                                                  "--y",          "word_unscrambling_2_exact_match",
                                                  "--y",          "parsinlu_qa_2_acc",
                                                  "--y",          "arithmetic_3ds_2_acc",
                                                  "--y",          "arithmetic_2dm_2_acc",
                                                  "--range",      "0,1",
                                                  "--range",      "0.25,1",
                                                  "--range",      "0,1",
                                                  "--range",      "0,1",
                                                  "--hold-out",   "preregistered",
                                                  "--highlight",  "preregistered",
                                                  "--bootstrap",  "20"})}},
      {"observe-weights",
       {observe("fit",
                with({"--models", "base-compute", "--downstream", "emergent", "--bootstrap", "20"},
                     emergent))}},
      {"observe-post-training",
       {observe("fit",
                {"--downstream", "post-training", "--x", "size,flops,pc:3", "--y",
                 "gsm8k_5_exact_match,flexible-extract", "--y",
                 "gsm8k_cot_8_exact_match,flexible-extract", "--y",
                 "gsm8k_cot_self_consistency_8_exact_match,maj@5-flexible-extract", "--y",
                 "bbh_fewshot_overall_3_exact_match,flexible-extract", "--y",
                 "bbh_cot_fewshot_overall_3_exact_match,flexible-extract", "--bootstrap", "20"})}},
      {"observe-agents",
       {observe("fit", {"--models", "instruct", "--downstream", "agents", "--y", "`ABench-OA` / 10",
                        "--y", "`ABoard-Avg_SR` / 100", "--x", "pc:1,pc:2,pc:3,pc:4", "--split",
                        "rank", "--split-by", "y", "--test", "0.1", "--bootstrap", "20"})}},
      {"observe-leaderboard-v2", {observe("fit", {"--models",     "base-compute-later",
                                                  "--downstream", "leaderboard-v2",
                                                  "--y",          "leaderboard_gpqa",
                                                  "--y",          "leaderboard_math_hard",
                                                  "--y",          "leaderboard_bbh",
                                                  "--range",      "0.25,1",
                                                  "--range",      "0,1",
                                                  "--range",      "0.26243386243386246,1",
                                                  "--cutoff",     "168",
                                                  "--cutoff",     "252",
                                                  "--cutoff",     "84",
                                                  "--x",          "size,flops,pc:3",
                                                  "--form",       "sigmoid",
                                                  "--bootstrap",  "20"})}},
      {"observe-test-ratio",
       {observe("test-ratio",
                with({"--models", "base-compute", "--downstream", "emergent"}, three_metrics))}},
      {"observe-compare",
       {observe("compare",
                with({"--models", "base-compute", "--downstream", "emergent"}, three_metrics))}},
      {"observe-select",
       {observe("select", {"--max-flops-1e21", "84", "--exclude-missing", "--downstream",
                           "post-training", "--random-samples", "5"})}},
  };
  return kCommands;
}

std::vector<std::string> builtin_names() {
  std::vector<std::string> names;
  for (const BuiltinStudy& study : builtin_studies()) names.emplace_back(study.name);
  return names;
}

class BuiltinStudies : public ::testing::TestWithParam<std::string> {};

TEST_P(BuiltinStudies, GiveWhatTheirCommandsGive) {
  const TempFolder folder;
  const FreshMachine here(folder.path());
  std::vector<Words> commands = commands_of_studies().at(GetParam());
  bool has_bootstrap = false;
  for (Words& words : commands) {
    for (std::string& word : words) {
      if (word.starts_with("data:")) word = "published:" + word.substr(5);
      has_bootstrap = has_bootstrap || word == "--bootstrap";
    }
  }
  Words study = {"study", "run", GetParam()};
  if (has_bootstrap) study.insert(study.end(), {"--bootstrap", "20"});
  const Json found = results_of(study);
  EXPECT_EQ(found, numbered_results(commands));
}

TEST_P(BuiltinStudies, HaveATitleAndAreShownAsTheyStand) {
  const BuiltinStudy study = *builtin_study(GetParam());
  EXPECT_NE(parse_study_file(study.text, std::string(study.path)).title, "");
  EXPECT_EQ(run_rung({"study", "show", GetParam()}).out, study.text);
  EXPECT_EQ(study.text, read_file(std::string(RUNG_SOURCE_DIR "/") + std::string(study.path)));
}

INSTANTIATE_TEST_SUITE_P(All, BuiltinStudies, ::testing::ValuesIn(builtin_names()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(BuiltinStudyCopies, CanBeEditedAndRun) {
  const TempFolder folder;
  const FreshMachine here(folder.path());
  std::string text = run_rung({"study", "show", "overtraining-fit"}).out;
  const auto copy = folder.write("mine.toml", text);
  const Words sets = {"--train-set", "rpj", "--loss-set", "c4_val", "--error-set", "avg"};
  const auto with_sets = [&](Words words) {
    words.insert(words.end(), sets.begin(), sets.end());
    return words;
  };
  const Json as_published = results_of(with_sets({"study", "run", copy.string()}));
  EXPECT_EQ(as_published, numbered_results({with_sets({"overtraining", "fit"})}));
  // The copy's own runs are the ones that are fitted, by both commands.
  const std::string run = "  { model = \"d=96_l=8_h=4\", tokens_per_parameter = 320 },\n";
  text.insert(text.find(run) + run.size(),
              "  { model = \"d=512_l=8_h=4\", tokens_per_parameter = 320 },\n");
  folder.write("mine.toml", text);
  const Json edited = results_of(with_sets({"study", "run", copy.string()}));
  EXPECT_EQ(edited[0]["loss_fit"]["n_points"], 6);
  EXPECT_EQ(edited,
            numbered_results({with_sets({"overtraining", "fit", "--study", copy.string()})}));
}

TEST(BuiltinStudyList, HasThemAll) {
  std::vector<std::string> tested;
  for (const auto& [name, commands] : commands_of_studies()) tested.push_back(name);
  std::vector<std::string> names = builtin_names();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, tested);
  const Json listed = results_of({"study", "list"});
  ASSERT_EQ(listed.size(), names.size());
  for (const Json& study : listed) EXPECT_TRUE(builtin_study(study["name"].get<std::string>()));
}

}  // namespace
}  // namespace rung::cli
