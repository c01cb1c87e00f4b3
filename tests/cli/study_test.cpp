#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "rung/study/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/cli/small_ladder.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Works in a folder until this goes.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::filesystem::path& folder) {
    std::filesystem::current_path(folder);
  }
  ~WorkingFolder() { std::filesystem::current_path(before_); }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

/// Works in a folder, where there is no public data but what ships, until this goes.
struct FreshMachine {
  explicit FreshMachine(const std::filesystem::path& folder)
      : working(folder), cache("XDG_CACHE_HOME", folder.string()) {}
  WorkingFolder working;
  EnvironmentChange chosen{"RUNG_DATA", std::nullopt}, cache;
};

Json results_of(Words words) {
  words.insert(words.end(), {"--json", "-"});
  const Ran ran = run_rung(words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  return ran.status == 0 ? Json::parse(ran.out)["results"] : Json();
}

/// The results of commands as a study would number them.
Json numbered_results(const std::vector<Words>& commands) {
  Json all = Json::array();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    for (Json result : results_of(commands[i])) {
      result["step"] = i + 1;
      all.push_back(std::move(result));
    }
  }
  return all;
}

const char* kRuns =
    "params,tokens,loss\n1e7,2e8,5.312\n1e7,8e8,4.620\n1e7,3.2e9,4.174\n3e7,2e8,4.914\n"
    "3e7,8e8,4.227\n3e7,3.2e9,3.771\n1e8,8e8,3.890\n1e8,3.2e9,3.441\n1e8,1.3e10,3.127\n";

TEST(Study, GivesWhatItsCommandGives) {
  const SmallLadder ladder;
  std::ofstream(ladder.path("mine.toml"))
      << "command = \"ladder step1\"\n"
         "keys = [\"t\"]\n"
         "config_path = \"config.json\"  # either sign will do\n"
         "tasks = \"tasks.toml\"\n"
         "moving-avg = 2\n"
         "n = 3e9\nd = 1e11\n"
         "print_table_as_latex = false\n";
  const Words command = {"ladder",       "step1",
                         "-k",           "t",
                         "-c",           ladder.path("config.json"),
                         "--tasks",      ladder.path("tasks.toml"),
                         "-n",           "3e9",
                         "-d",           "1e11",
                         "--moving_avg", "2"};
  EXPECT_EQ(results_of({"study", "run", ladder.path("mine.toml")}), numbered_results({command}));
  EXPECT_EQ(run_rung({"study", "run", ladder.path("mine.toml")}).out, run_rung(command).out);
}

TEST(Study, StepsRunInOrderOnEachOthersFilesAndShareWhatStandsAbove) {
  const TempFolder folder;
  folder.write("data/runs.csv", kRuns);
  const auto study = folder.write("study.toml",
                                  "title = \"Two laws\"\n"
                                  "x = \"N=params, D=tokens\"\n"
                                  "table = \"data/runs.csv\"\n"
                                  "bootstrap = 0\n"
                                  "[[step]]\n"
                                  "command = \"fit\"\n"
                                  "law = \"chinchilla\"\n"
                                  "fix = [\"beta=0.28\", \"alpha=0.34\"]\n"
                                  "save-fit = \"fit.json\"\n"
                                  "[[step]]\n"
                                  "title = \"From the saved fit\"\n"
                                  "command = \"predict\"\n"
                                  "fit = \"fit.json\"\n"
                                  "table = \"\"  # not the one above: only --at\n"
                                  "at = [\"N=7e9, D=4e12\", \"N=1e9, D=1e11\"]\n");
  const Json results = results_of({"study", "run", study.string()});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["step"], 1);
  EXPECT_EQ(results[0]["fit"]["parameters"]["beta"]["value"], 0.28);
  EXPECT_EQ(results[1]["predictions"].size(), 2u);
  EXPECT_EQ(results[1]["step"], 2);
  const std::string fit = (folder.path() / "fit.json").string();
  EXPECT_EQ(results,
            numbered_results({{"fit", (folder.path() / "data/runs.csv").string(), "--law",
                               "chinchilla", "--x", "N=params, D=tokens", "--bootstrap", "0",
                               "--fix", "beta=0.28", "--fix", "alpha=0.34"},
                              {"predict", fit, "--at", "N=7e9, D=4e12", "--at", "N=1e9, D=1e11"}}));
  const Ran shown = run_rung({"study", "run", study.string()});
  EXPECT_THAT(shown.out, StartsWith("Step 1: rung fit\n\nchinchilla: "));
  EXPECT_THAT(shown.out, HasSubstr("\n\nStep 2: From the saved fit\n\n"));
}

TEST(Study, TheCommandLineReplacesWhatTheFileSays) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const auto study = folder.write("study.toml",
                                  "command = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
                                  "x = \"N=params, D=tokens\"\nfix = [\"beta=0.28\"]\nseed = 3\n");
  const std::string csv = (folder.path() / "out.csv").string();
  const Ran ran = run_rung({"study", "run", study.string(), "--fix", "beta=0.3", "--csv", csv,
                            "--bootstrap", "0", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Json json = Json::parse(ran.out);
  EXPECT_EQ(json["command"], "study run");
  EXPECT_EQ(json["context"]["seed"], 3);
  EXPECT_EQ(json["context"]["inputs"].size(), 2u);  // the study and the table
  EXPECT_EQ(json["context"]["options"]["steps"][0]["command"], "fit");
  EXPECT_EQ(json["context"]["options"]["steps"][0]["options"]["law"], "chinchilla");
  EXPECT_EQ(json["results"][0]["fit"]["parameters"]["beta"]["value"], 0.3);
  EXPECT_THAT(read_file(csv), StartsWith("parameter,"));
}

TEST(Study, ReadsStandardInput) {
  const Ran ran = run_shell("echo 'command = \"laws\"\nname = \"chinchilla\"' | $RUNG study run -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("chinchilla"));
}

TEST(Study, StatusIsTheWorstOfTheSteps) {
  const TempFolder folder;
  folder.write("runs.csv", "N,loss\n1,2\n2,2\n3,2\n4,2\n5,2\n");
  const auto study = folder.write(
      "study.toml",
      "[[step]]\ncommand = \"laws\"\nname = \"kaplan-n\"\n[[step]]\n"
      "command = \"overtraining explore\"\nwhat = \"runs\"\nwhere = \"n_params < 0\"\n");
  EXPECT_EQ(run_rung({"study", "run", study.string(), "--data", "published:over-training"}).status,
            1);
}

struct BadStudy {
  const char* text;
  const char* error;  // after the file's name
};

class BadStudies : public ::testing::TestWithParam<BadStudy> {};

TEST_P(BadStudies, SayWhereAndExitWithTwo) {
  const TempFolder folder;
  folder.write("runs.csv", kRuns);
  const auto study = folder.write("study.toml", GetParam().text);
  const Ran ran = run_rung({"study", "run", study.string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("study.toml:" + std::string(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadStudies,
    ::testing::Values(
        BadStudy{"command = \"fit\"\nlaww = \"chinchilla\"\n",
                 "2:1: error: 'rung fit' has no option 'laww' (did you mean 'law'"},
        BadStudy{"command = \"fitt\"\n",
                 "1:1: error: there is no command 'fitt' for a study (did you mean 'fit'"},
        BadStudy{"command = \"study run\"\n", "1:1: error: there is no command 'study run'"},
        BadStudy{"x = \"N=params\"\n", "1:1: error: a step needs a command"},
        BadStudy{"command = 3\n", "1:1: error: 'command' should be text"},
        BadStudy{"step = 3\ncommand = \"fit\"\n", "1:8: error: 'step' should be tables"},
        BadStudy{"command = \"fit\"\ncommand = \"fit\"\n", "2:"},
        BadStudy{"command = \"fit\"\nlaw = \"a\"\nx = [1, 2]\n",
                 "3:1: error: 'x' takes one value, not a list"},
        BadStudy{"command = \"fit\"\nx = true\n",
                 "2:1: error: 'x' takes text or a number, not true or false"},
        BadStudy{"command = \"fit\"\n[table]\nfile = \"x\"\n",
                 "2:2: error: 'table' takes text or a number, not a table"},
        BadStudy{"command = \"fit\"\nprofile = \"yes\"\n",
                 "2:1: error: 'profile' is either true or false"},
        BadStudy{"command = \"fit\"\nlaw = 1979-05-27\n", "2:"},
        BadStudy{"command = \"fit\"\njson = \"x.json\"\n",
                 "2:1: error: 'json' is no setting of a study"},
        BadStudy{"command = \"ladder step1\"\nmoving_avg = 5\nmoving-avg = 5\n",
                 "3:1: error: 'moving-avg' is already set on line 2"},
        BadStudy{"command = \"ladder step1\"\nconfig-path = \"c.json\"\nmoving_avg = \"many\"\n",
                 "3:1: error: "},
        BadStudy{"command = \"ladder step1\"\nmoving_avg = 1\n",
                 "1:1: error: --config-path is required"},
        BadStudy{"command = \"ladder step1\"\nconfig-path = \"data:olmo/x.json\"\n",
                 "2:1: error: there is no data set 'olmo' (did you mean 'olmo-ladder'?)"},
        BadStudy{"command = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchila\"\nx = \"N=params\"\n",
                 "3:1: error: "},
        BadStudy{"command = \"predict\"\ntable = \"runs.csv\"\n", "1:1: error: FIT is required"},
        BadStudy{"alpha = 3\n[[step]]\ncommand = \"fit\"\n",
                 "1:1: error: no step's command has an option 'alpha'"},
        BadStudy{"[[step]]\ncommand = \"laws\"\ncsv = \"a.csv\"\n[[step]]\ncommand = \"laws\"\n"
                 "csv = \"a.csv\"\n",
                 "5:1: error: two steps would write to"},
        BadStudy{"command = \"fit\n", "1:"}));

TEST(Study, EveryMistakeIsTold) {
  const TempFolder folder;
  const auto study = folder.write(
      "study.toml",
      "[[step]]\ncommand = \"fit\"\nlaww = 1\n[[step]]\ncommand = \"laws\"\nnames = 2\n");
  const Ran ran = run_rung({"study", "run", study.string()});
  EXPECT_THAT(ran.err, HasSubstr("study.toml:3:1: "));
  EXPECT_THAT(ran.err, HasSubstr("study.toml:6:1: "));
}

TEST(Study, UnknownNamesAndMissingFilesAreTold) {
  EXPECT_THAT(run_rung({"study", "show", "ladder-step"}).err,
              StartsWith("error: there is no study 'ladder-step' (did you mean 'ladder-step1'"));
  EXPECT_THAT(run_rung({"study", "run", "none.toml"}).err,
              HasSubstr("there is no study 'none.toml', by name or as a file"));
  EXPECT_THAT(run_rung({"study", "run", "ladder-step1", "--movingavg", "3"}).err,
              HasSubstr("no command of the study has an option '--movingavg' (did you mean"));
  EXPECT_THAT(run_rung({"study", "run", "ladder-step1", "--data", "/nowhere"}).err,
              HasSubstr("rung/study/files/ladder-step1.toml:5:1: error: the public results "
                        "'olmo-ladder' are not in /nowhere"));
}

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
         "N=n_params, D=n_tokens", "--y", "loss_c4_val", "--residual", "log", "--over", "C"}}},
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
