// The testbed's commands with runs and studies of one's own.
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kModels =
    "model,label,family,n_params,n_tokens,loss/web,accuracy/qa,accuracy/cloze\n"
    "mymix-s25-1,s25,mymix,25e6,5e8,3.740,0.349,0.132\n"
    "mymix-s25-16,s25,mymix,25e6,8e9,3.200,0.392,0.235\n"
    "mymix-s70-1,s70,mymix,70e6,1.4e9,3.242,0.392,0.222\n"
    "mymix-s160-1,s160,mymix,160e6,3.2e9,2.929,0.428,0.286\n"
    "mymix-s410-1,s410,mymix,410e6,8.2e9,2.659,0.467,0.357\n";
constexpr const char* kLarger = "mymix-s1400-1,s1400,mymix,1.4e9,2.8e10,2.391,0.520,0.441\n";

class RunsOfOnesOwn : public ::testing::Test {
 protected:
  RunsOfOnesOwn() {
    write_models(kModels);
    folder_.write("tasks.csv", "task,n_examples,chance_percent\nqa,2000,25\ncloze,5000,0\n");
  }
  void write_models(const std::string& text) { folder_.write("models.csv", text); }

  /// Of its runs with 20 tokens per parameter, and s25 with these.
  std::string study(const std::string& ratio = "320", const std::string& task = "cloze") {
    const std::string runs = "runs = [\n{ model = \"s25\", tokens_per_parameter = [20, " + ratio +
                             "] },\n{ model = \"s70\", tokens_per_parameter = 20 },\n"
                             "{ model = \"s160\", tokens_per_parameter = 20 },\n"
                             "{ model = \"s410\", tokens_per_parameter = 20 },\n]\n";
    return folder_
        .write("mine.toml", "command = \"overtraining fit\"\n[study.loss_law]\n" + runs +
                                "[study.error_law]\n" + runs +
                                "[study.task_sets.mine]\ntasks = [\"qa\",\n\"" + task + "\"]\n")
        .string();
  }
  Ran run(std::vector<std::string> words, const std::string& study) const {
    words.insert(words.begin(), "overtraining");
    words.insert(words.end(), {"--data", folder_.path().string(), "--study", study});
    return run_rung(words);
  }

  TempFolder folder_;
};

TEST_F(RunsOfOnesOwn, ATableOfSizesLossesAndAccuraciesIsEnough) {
  write_models(std::string(kModels) + kLarger);
  const Ran ran = run({"fit", "--error-set", "mine"}, study());
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, AllOf(HasSubstr("2.3952"), HasSubstr("1 of 1 interval holds the run's")));
  for (const char* command : {"figure1", "tokens", "tasks", "correlation", "cost", "budget"})
    EXPECT_EQ(run({command, "-o", (folder_.path() / "f.svg").string()}, study()).status, 0)
        << command;
  const Ran tokens = run({"tokens"}, study());
  EXPECT_THAT(tokens.out, Not(HasSubstr("95% intervals over the held-out sequences")));
}

/// Of runs at one ratio the law's optimum is open, and four runs leave nothing to check it by.
TEST_F(RunsOfOnesOwn, LossLawsThatTheRunsLeaveOpenAreInDoubt) {
  const std::string five = std::string(kModels) + kLarger;
  std::string at_20 = five, four = kModels;
  at_20.erase(at_20.find("mymix-s25-16"), at_20.find("mymix-s70-1") - at_20.find("mymix-s25-16"));
  four.erase(four.find("mymix-s410-1"));
  const auto study_of = [&](const char* names, const char* ratio) {
    std::string runs = "runs = [";
    for (const std::string& name : split(names, ' '))
      runs += "{ model = \"" + name +
              "\", tokens_per_parameter = " + (name == "s25" ? ratio : "20") + " }, ";
    return folder_
        .write("open.toml", "[loss_law]\n" + runs + "]\n[error_law]\n" + runs +
                                "]\n[task_sets.mine]\ntasks = [\"qa\"]\n")
        .string();
  };
  const std::string figure = (folder_.path() / "f.svg").string();
  for (const auto& [models, names, ratio, reason] :
       {std::tuple(at_20, "s25 s70 s160 s410 s1400", "20", "other parameters fit its runs as well"),
        std::tuple(four, "s25 s70 s160", "[20, 320]", "as many parameters as runs (4)")}) {
    write_models(models);
    const std::string study = study_of(names, ratio);
    for (const char* command : {"fit", "figure1", "cost", "budget"}) {
      const Ran ran = run({command, "-o", figure}, study);
      EXPECT_THAT(ran.err, HasSubstr(reason)) << command;
      EXPECT_THAT(ran.err, HasSubstr("the loss law of mymix, web, is not to be trusted"));
      EXPECT_THAT(read_file(figure), AllOf(HasSubstr("(!): the loss law is not to be trusted"),
                                           Not(HasSubstr("shaded")), Not(HasSubstr("bars:"))))
          << command;
      const json answer = json::parse(run({command, "--json", "-"}, study).out);
      EXPECT_THAT(answer["warnings"].dump(), HasSubstr(reason)) << command;
      EXPECT_THAT(answer["results"][0].dump(), HasSubstr(reason)) << command;
    }
    const json fit = json::parse(run({"fit", "--json", "-"}, study).out)["results"][0];
    EXPECT_THAT(fit["doubts"].dump(), HasSubstr("loss law in doubt"));
    EXPECT_FALSE(fit["predictable"]);
    EXPECT_THAT(run({"cost"}, study).out, HasSubstr("(!) not to be trusted: the loss law"));
  }
}

/// Losses of two sets are not on one scale: what draws or lists one says which.
TEST_F(RunsOfOnesOwn, OfTwoLossSetsOneIsShownAndNamed) {
  std::string two = kModels;
  two.replace(two.find("loss/web"), 8, "loss/web,loss/code");
  for (const auto& [web, code] :
       {std::pair("3.740", "2.740"), std::pair("3.200", "2.260"), std::pair("3.242", "2.295"),
        std::pair("2.929", "2.020"), std::pair("2.659", "1.775")})
    two.replace(two.find(web), 5, std::string(web) + "," + code);
  write_models(two);
  const std::string path = (folder_.path() / "f.svg").string();
  for (const auto& [command, words] : {std::pair("cost", "the same law of loss on web"),
                                       std::pair("budget", "for least loss on web")}) {
    const Ran ran = run({command, "-o", path}, study());
    EXPECT_THAT(ran.out, AllOf(HasSubstr("web"), HasSubstr("code")));
    EXPECT_THAT(ran.err, HasSubstr("note: the figure shows loss set web, one of 2: --loss-set"));
    EXPECT_THAT(read_file(path), AllOf(HasSubstr(words), Not(HasSubstr("training sets"))));
    const std::string both = read_file(path);
    EXPECT_EQ(run({command, "--loss-set", "web", "-o", path}, study()).err.find("note:"),
              std::string::npos);
    EXPECT_EQ(read_file(path), both) << command;
  }
  for (const char* command : {"correlation", "tokens", "tasks", "figure1"}) {
    const Ran first = run({command}, study());
    EXPECT_THAT(first.err, HasSubstr("note: shown is loss set web, one of 2: --loss-set"));
    EXPECT_THAT(first.out, AllOf(HasSubstr("web"), Not(HasSubstr("code")))) << command;
    const Ran other = run({command, "--loss-set", "code"}, study());
    EXPECT_THAT(other.out, AllOf(HasSubstr("code"), Not(HasSubstr("web")))) << command;
    EXPECT_THAT(other.err, Not(HasSubstr("shown is loss set")));
  }
  for (const char* command : {"correlation", "tokens", "tasks"})
    EXPECT_THAT(run({command, "--csv", "-"}, study()).out,
                AllOf(HasSubstr("loss_set"), HasSubstr(",web,"), Not(HasSubstr(",code,"))));
}

TEST_F(RunsOfOnesOwn, ExploreShowsTheirLossesAndAverages) {
  const Ran ran = run({"explore"}, study());
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("web"), HasSubstr("mine"), HasSubstr("5 rows")));
  const Ran unknown = run({"explore", "--columns", "name,loss_c4_val"}, study());
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("--columns: there is no column 'loss_c4_val'"),
                                 HasSubstr("columns are name, train_set")));
  // A study of the published runs that averages tasks of its own.
  const std::string easy =
      folder_
          .write("easy.toml",
                 "[loss_law]\nruns = [{ model = \"open_lm_1b\", tokens_per_parameter = 20 }]\n"
                 "[error_law]\nruns = [{ model = \"open_lm_1b\", tokens_per_parameter = 20 }]\n"
                 "[task_sets.easy]\ntasks = [\"arc_easy\"]\n")
          .string();
  const Ran published = run_rung({"overtraining", "explore", "--study", easy, "--first", "1"});
  EXPECT_EQ(published.status, 0) << published.err;
  EXPECT_THAT(published.out, AllOf(HasSubstr("loss_c4_val"), HasSubstr("error_easy")));
}

TEST_F(RunsOfOnesOwn, ColumnsThatAreNotThereAreToldFromThoseThatAre) {
  for (const char* option : {"--sort", "--columns"}) {
    const Ran ran = run_rung({"overtraining", "explore", option, "foo"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, AllOf(HasSubstr(std::string(option) + ": there is no column 'foo'"),
                               HasSubstr("columns are name, train_set")));
  }
}

TEST_F(RunsOfOnesOwn, AStudysMistakesHaveTheirPlaceInItsFile) {
  const std::string bad_task = study("320", "clozee");
  const Ran task = run({"fit"}, bad_task);
  EXPECT_EQ(task.status, 2);
  EXPECT_THAT(task.err, HasSubstr("mine.toml:18:1: error: the testbed has no task 'clozee'"));
  EXPECT_THAT(task.err, HasSubstr("did you mean 'cloze'"));
  EXPECT_THAT(run_rung({"study", "run", bad_task, "--data", folder_.path().string()}).err,
              HasSubstr("mine.toml:18:1: error: the testbed has no task 'clozee'"));
  const Ran ratio = run({"cost"}, study("321"));
  EXPECT_THAT(ratio.err, AllOf(HasSubstr("mine.toml:4:46: error: the testbed has no run of 's25'"),
                               HasSubstr("s25 has 20, 320")));
}

TEST_F(RunsOfOnesOwn, NeedAStudyOfTheirOwn) {
  for (const char* command : {"cost", "tasks"}) {
    const Ran ran = run({command}, "default");
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, AllOf(HasSubstr("of the published study"), HasSubstr("--study FILE")));
  }
}

TEST_F(RunsOfOnesOwn, WhatIsNotThereIsSaidInASentence) {
  const Ran fit = run({"fit"}, study());
  EXPECT_EQ(fit.status, 0);
  EXPECT_THAT(fit.out, AllOf(HasSubstr("There is no run to predict"), HasSubstr("--save-loss-fit"),
                             Not(HasSubstr("Their errors"))));
  for (const auto& [name, why] : {std::pair("loss-predictions", "no run to predict"),
                                  std::pair("error-predictions", "no run to predict"),
                                  std::pair("best-settings", "no hyperparameter search"),
                                  std::pair("sensitivity", "no hyperparameter search")}) {
    const Ran ran = run({"table", name}, study());
    EXPECT_EQ(ran.status, 1) << name;
    EXPECT_THAT(ran.out, AllOf(HasSubstr(why), Not(HasSubstr("---")))) << name;
  }
  for (const char* what : {"grid", "best-settings", "effects", "sensitivity"}) {
    const Ran ran = run({"explore", what}, study());
    EXPECT_EQ(ran.status, 1) << what;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("no hyperparameter search"), Not(HasSubstr("---"))));
    EXPECT_EQ(json::parse(run({"explore", what, "--json", "-"}, study()).out)["results"],
              json::array());
  }
  const Ran none = run({"explore", "--where", "n_params > 1e15"}, study());
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.out, "No row fits --where.\n");
}

TEST_F(RunsOfOnesOwn, NamesThatContradictAreToldWhatTheyWouldBe) {
  EXPECT_THAT(run({"explore", "contradictions"}, study()).out, HasSubstr("contradicts itself"));
  write_models(std::string(kModels) +
               "mymix-s1400-20,s1400,mymix,1.4e9,2.8e10,2.391,0.520,0.441\n");
  const Ran ran = run({"explore", "contradictions"}, study());
  EXPECT_THAT(ran.err, HasSubstr("TRAIN_SET-MODEL-MULTIPLIER"));
  EXPECT_THAT(ran.err, HasSubstr("1 contradiction in"));
  EXPECT_THAT(ran.out, HasSubstr("'mymix-s1400-1'"));
}

/// Seeds are data: whatever their names, the laws are fitted on all of them.
TEST_F(RunsOfOnesOwn, SeveralRunsOfASizeAndRatioAreAllFitted) {
  const std::string others = std::string(kModels).substr(std::string(kModels).find('\n') + 1);
  const auto first_row = others.substr(0, others.find('\n') + 1);
  const std::string header = std::string(kModels).substr(0, std::string(kModels).find('\n') + 1);
  std::vector<json> laws;
  for (const char* name : {"mymix-s25-1-seed2", "mymix-s25-0-seed2"}) {
    write_models(header + others + name + ",s25,mymix,25e6,5e8,3.760,0.345,0.130\n");
    const Ran ran = run({"fit", "--error-set", "mine", "--json", "-"}, study());
    EXPECT_EQ(ran.status, 0) << ran.err;
    laws.push_back(json::parse(ran.out)["results"][0]["loss_fit"]["parameters"]);
  }
  EXPECT_EQ(laws[0], laws[1]);
  write_models(header + others + "mymix-s25-1-seed2,s25,mymix,25e6,5e8,3.760,0.345,0.130\n");
  EXPECT_THAT(run({"explore", "contradictions"}, study()).out, HasSubstr("itself nowhere"));
  for (const auto& [words, shown] :
       {std::pair(std::vector<std::string>{"tokens"}, "3.7600"),
        std::pair(std::vector<std::string>{"figure1"}, "mymix-s25-1-seed2"),
        std::pair(std::vector<std::string>{"table", "all-predictions"}, "mymix-s25-1-seed2")})
    EXPECT_THAT(run(words, study()).out, HasSubstr(shown)) << words.back();
  EXPECT_EQ(
      json::parse(run({"table", "configuration", "--json", "-"}, study()).out)["results"].size(),
      12u);
}

TEST_F(RunsOfOnesOwn, WhatWasNotMeasuredIsLeftOutWhereItIsNeeded) {
  write_models(std::string(kModels) + "mymix-s1400-1,s1400,mymix,1.4e9,2.8e10,2.391,,0.441\n");
  const std::string figure = (folder_.path() / "f.svg").string();
  for (const std::string command :
       {"fit", "figure1", "tokens", "tasks", "correlation", "cost", "budget"}) {
    const Ran ran = run({command, "-o", figure}, study());
    EXPECT_EQ(ran.status, 0) << command << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("models.csv:7: run 'mymix-s1400-1' has no accuracy/qa"));
  }
  const json fit = json::parse(run({"fit", "--error-set", "mine", "--json", "-"}, study()).out);
  EXPECT_TRUE(fit["results"][0]["targets"].front()["error"]["actual"].is_null());
  EXPECT_TRUE(fit["results"][0]["targets"].front()["loss"]["actual"].is_number());

  write_models(std::string(kModels) + "mymix-s1400-1,s1400,mymix,1.4e9,2.8e10,,0.52,0.441\n");
  for (const std::string command : {"fit", "figure1", "tokens", "tasks", "correlation"})
    EXPECT_EQ(run({command, "-o", figure}, study()).status, 0) << command;
}

TEST_F(RunsOfOnesOwn, ARunThatALawIsFittedOnNeedsItsMeasurement) {
  std::string models = kModels;
  models.replace(models.find("2.929,0.428"), 11, "2.929,");
  write_models(models);
  const Ran fit = run({"fit"}, study());
  EXPECT_EQ(fit.status, 2);
  EXPECT_THAT(fit.err, AllOf(HasSubstr("models.csv:5: error: run 'mymix-s160-1' has no "
                                       "accuracy/qa, and the study fits the error law of mine"),
                             HasSubstr("measure it")));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"fit", "--error-set", "cloze"},
        {"cost"},
        {"tokens"},
        {"explore"},
        {"table", "loss-laws"}})
    EXPECT_EQ(run(words, study()).status, 0) << words.front();
}

/// A table by its name warns and explains as the command that it is of.
TEST_F(RunsOfOnesOwn, TablesByNameSayWhatTheirCommandsSay) {
  write_models(std::string(kModels) + kLarger);
  for (const auto& [name, note] :
       {std::pair("loss-predictions", "1 of 1 interval holds the run's loss"),
        std::pair("error-predictions", "1 of 1 interval holds the run's error"),
        std::pair("predictability", "bear no doubt"),
        std::pair("cost", "note: from and to are 95% intervals of the law itself")})
    EXPECT_THAT(run({"table", name}, study()).out, HasSubstr(note)) << name;
  const Ran published = run_rung({"overtraining", "table", "cost", "--train-set", "rpj"});
  EXPECT_EQ(published.err, run_rung({"overtraining", "cost", "--train-set", "rpj"}).err);
  EXPECT_THAT(published.err, HasSubstr("the best tokens per parameter on rpj, 7.42, lie outside"));
  EXPECT_THAT(run_rung({"overtraining", "table", "tokens"}).out,
              HasSubstr("intervals over the held-out sequences"));

  std::string four = kModels;
  four.erase(four.find("mymix-s410-1"));
  write_models(four + kLarger);
  const std::string runs =
      "runs = [{ model = \"s25\", tokens_per_parameter = [20, 320] }, "
      "{ model = \"s70\", tokens_per_parameter = 20 }, "
      "{ model = \"s160\", tokens_per_parameter = 20 }]\n";
  const std::string open = folder_
                               .write("open.toml", "[loss_law]\n" + runs + "[error_law]\n" + runs +
                                                       "[task_sets.mine]\ntasks = [\"qa\"]\n")
                               .string();
  for (const char* name :
       {"loss-laws", "loss-predictions", "error-predictions", "predictability", "tokens", "cost"})
    EXPECT_THAT(run({"table", name}, open).err, HasSubstr("as many parameters as runs (4)"))
        << name;
  for (const char* name : {"loss-predictions", "error-predictions", "cost"})
    EXPECT_THAT(run({"table", name}, open).out, HasSubstr("(!) not to be trusted: the loss law"))
        << name;
}

TEST_F(RunsOfOnesOwn, TargetsOfOneSizeAreTheirRatiosToo) {
  write_models(std::string(kModels) + kLarger +
               "mymix-s1400-4,s1400,mymix,1.4e9,1.12e11,2.25,0.55,0.48\n");
  const Ran ran = run({"tasks"}, study());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1.4B, 20"), HasSubstr("1.4B, 80")));
  EXPECT_THAT(run({"tasks", "--csv", "-"}, study()).out,
              AllOf(HasSubstr("target_1,target_2"), HasSubstr("mymix-s1400-1,mymix-s1400-4")));
  const json target =
      json::parse(run({"tasks", "--json", "-"}, study()).out)["results"][0]["targets"][1];
  EXPECT_EQ(target["tokens_per_parameter"], 80);
  EXPECT_EQ(target["n"], 1.4e9);
}

TEST_F(RunsOfOnesOwn, ALawNeedsAsManyRunsAsParameters) {
  const std::string runs = "runs = [{ model = \"s25\", tokens_per_parameter = [20, 320] }]\n";
  const std::string few =
      folder_.write("few.toml", "[loss_law]\n" + runs + "[error_law]\n" + runs).string();
  const Ran ran = run({"cost"}, few);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("few.toml:2:"), HasSubstr("the loss law has 4 parameters"),
                             HasSubstr("gives it 2 runs"), HasSubstr("name 5 runs or more")));
}

TEST_F(RunsOfOnesOwn, AFolderThatHoldsNothingOfAKindIsRefused) {
  write_models("model,label,family,n_params,n_tokens,loss/web\nmymix-s25-1,s25,mymix,25e6,5e8,3\n");
  const Ran ran = run({"fit"}, study());
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("the testbed has no tasks"));
}

}  // namespace
}  // namespace rung::cli
