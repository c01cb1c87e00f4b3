#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/cli/small_ladder.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class LadderStudies : public testing::Test {
 protected:
  static std::string config(const std::string& name) {
    return "published:olmo-ladder/configs/" + name;
  }

  json results(std::vector<std::string> words) const {
    words.insert(words.end(), {"--json", "-"});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out).at("results") : json::array();
  }
};

TEST_F(LadderStudies, FlopsOnly) {
  const json step1 = results({"ladder", "step1-flops", "-k", "hellaswag_val_5shot", "-c",
                              config("final.json"), "--moving_avg", "5"});
  ASSERT_EQ(step1.size(), 1u);
  EXPECT_NEAR(step1[0]["fit"]["parameters"]["a"]["value"], 5.887077523, 1e-6);
  EXPECT_TRUE(step1[0]["fit"]["parameters"].contains("alpha"));
  const json chained =
      results({"ladder", "predict-flops", "-k", "hellaswag_val_5shot", "-c", config("final.json"),
               "-n", "6887575552", "-d", "3945065873408", "-t", "7B-4T", "--skip_perc", "0.1",
               "--moving_avg", "5", "--bootstrap", "100"});
  ASSERT_EQ(chained[0]["targets"].size(), 2u);
  const json& target = chained[0]["targets"][0];
  EXPECT_LT(target["interval"]["lower"], target["predicted"]);
  EXPECT_GT(target["interval"]["upper"], target["predicted"]);
}

TEST_F(LadderStudies, SingleStep) {
  const json single = results({"ladder", "single-step", "-k", "piqa_val_5shot", "-c",
                               config("final.json"), "--moving_avg", "5"});
  const json& parameters = single[0]["fits"]["single"]["parameters"];
  std::vector<std::string> names;
  for (const auto& [name, value] : parameters.items()) names.push_back(name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("a", "b", "alpha", "beta", "E", "p", "q"));
}

TEST_F(LadderStudies, Step2McTakesSeveralConfigurations) {
  const json two = results({"ladder", "step2-mc", "-k", "mmlu_avg_test_5shot", "-c",
                            config("final.json"), config("final_7b_only.json")});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_NE(two[0]["config"], two[1]["config"]);
  EXPECT_GE(two[0]["fit"]["parameters"]["b"]["value"], 0.999);
  const TempFolder folder;
  const std::string figure = (folder.path() / "mc.svg").string();
  const Ran ran = run_rung({"ladder", "step2-mc", "-k", "mmlu_avg_test_5shot", "-c",
                            config("final.json"), config("final_7b_only.json"), "-o", figure});
  for (const std::string& shown : {ran.out, read_file(figure)})
    EXPECT_THAT(shown, testing::AllOf(HasSubstr("MMLU, final_7b_only"), HasSubstr("the maximum")));
}

TEST_F(LadderStudies, Step2McSaysThatTheRunsLackTheColumns) {
  const Ran ran = run_rung({"ladder", "step2-mc", "-k", "mmlu_avg_test_5shot", "-c",
                            config("final.json"), "-y", "mc_acc"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("190M-1xC.csv"));
  EXPECT_THAT(ran.err, HasSubstr("mc_5shot"));
}

TEST_F(LadderStudies, VarianceFindsItsLadderBesideTheConfiguration) {
  const json plain = results({"ladder", "variance", "-k", "v2_main_variance", "-c",
                              config("final_variance.json"), "--last_n_points", "10"});
  ASSERT_EQ(plain.size(), 10u);
  EXPECT_TRUE(plain[0]["relative_error"]["loss"].is_null());
  const json predicted =
      results({"ladder", "variance", "-k", "v2_main", "-c", config("final_variance.json"),
               "--last_n_points", "10", "--run_prediction"});
  ASSERT_EQ(predicted.size(), 8u);
  EXPECT_NEAR(predicted[0]["relative_error"]["loss"], 0.0127742701, 1e-7);
  EXPECT_NEAR(predicted[0]["relative_error"]["chained"], -0.0128419469, 2e-6);
  const Ran latex = run_rung({"ladder", "variance", "-k", "v2_main", "-c",
                              config("final_variance.json"), "--print_table_as_latex"});
  EXPECT_THAT(latex.out, HasSubstr("\\begin{tabular}"));
}

TEST_F(LadderStudies, VarianceWithoutALadderSaysWhatToName) {
  const TempFolder folder;
  const std::filesystem::path alone = folder.path() / "alone.json";
  std::ofstream(alone) << R"({"1.3B": {"paths": ["published:olmo-ladder/ladder-runs/1B-10xC.csv"],)"
                       << R"("mode": "eval", "n": 1279395840}})";
  const Ran ran =
      run_rung({"ladder", "variance", "-k", "v2_main", "-c", alone.string(), "--run_prediction"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("--prediction-config"));
}

TEST_F(LadderStudies, RunsHaveTheNamesThatTheirConfigurationGivesThem) {
  for (const char* command : {"extrapolate-d", "diagnose"}) {
    const Ran ran =
        run_rung({"ladder", command, "-k", "hellaswag_val_5shot", "-c", config("final.json")});
    EXPECT_THAT(ran.out, testing::AllOf(HasSubstr("\n1.3B-5xC "), Not(HasSubstr("1B-5xC"))));
  }
}

TEST_F(LadderStudies, ComputeErrorSaysWhatIsNotIdentified) {
  const Ran ran =
      run_rung({"ladder", "compute-error", "-k", "hellaswag_val_5shot", "-c", config("final.json"),
                "--vary", "N", "--which_step", "all", "--moving_avg", "5", "--skip_perc", "0.1"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, testing::AllOf(HasSubstr("grows by model size"),
                                      HasSubstr("(!) Not identified up to 190M, 370M:")));
  const Ran bad = run_rung({"ladder", "compute-error", "-c", config("final.json"), "-t", "8B"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("'8B' is no run to be predicted"));
}

TEST_F(LadderStudies, CompareHasEveryFeatureAtEveryTarget) {
  const json entries =
      results({"ladder", "compare", "-k", "hellaswag_val_5shot", "-c", config("final.json")});
  EXPECT_EQ(entries.size(), 10u);
  EXPECT_NEAR(entries[0]["absolute_error"], 0.0117479480, 1e-6);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_F(LadderStudies, AveragesOfDoubtedValuesAreMarked) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "compare.svg").string(), rows = figure + ".csv";
  for (const std::string command : {"compare", "sensitivity"}) {
    const Ran ran = run_rung({"ladder", command, "-k", "hellaswag_val_5shot", "-c",
                              config("final.json"), "--wide", "-o", figure, "--csv", rows});
    ASSERT_EQ(ran.status, 0) << ran.err;
    const std::string tables = ran.out.substr(0, ran.out.find("note:"));
    // An average ends each line, and is marked where a value in it is.
    EXPECT_GT(count(tables, "(!)\n"), 0u);
    std::istringstream lines(tables);
    for (std::string line; std::getline(lines, line);)
      EXPECT_EQ(line.find("(!)") != line.npos, line.ends_with("(!)")) << line;
    EXPECT_THAT(ran.out, HasSubstr("(of an average: behind one of its values)"));
    EXPECT_THAT(read_file(rows), HasSubstr(",(!)\n"));
    const std::size_t n_drawn = count(read_file(figure), " (!)<");
    EXPECT_TRUE(command != "compare" || n_drawn == count(tables, "(!)"));
  }
}

TEST_F(LadderStudies, SensitivityMovesFromThePublishedChoice) {
  const json entries =
      results({"ladder", "sensitivity", "-k", "hellaswag_val_5shot", "-c", config("final.json")});
  ASSERT_GT(entries.size(), 20u);
  EXPECT_EQ(entries[0]["choice"], "published");
  EXPECT_EQ(entries[0]["change"], 0);
  EXPECT_NE(entries[2]["change"], 0);
}

TEST_F(LadderStudies, SensitivitysFigureNamesTheChoiceThatMattersMost) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "sensitivity.svg").string();
  const json entries = results({"ladder", "sensitivity", "-k", "hellaswag_val_5shot", "-c",
                                config("final.json"), "-o", figure});
  json most = entries[0];
  bool any_in_doubt = false;
  for (const json& entry : entries) {
    any_in_doubt |= entry["in_doubt"].get<bool>();
    if (!entry["in_doubt"] &&
        std::abs(entry["change"].get<double>()) > std::abs(most["change"].get<double>()))
      most = entry;
  }
  ASSERT_TRUE(any_in_doubt);
  EXPECT_THAT(read_file(figure),
              testing::AllOf(HasSubstr("matters most: " + most["meaning"].get<std::string>()),
                             HasSubstr(" (!)<")));
}

TEST_F(LadderStudies, ExtrapolateDFitsChecksAndPredicts) {
  const std::vector<std::string> words = {"ladder",
                                          "extrapolate-d",
                                          "-k",
                                          "hellaswag_val_5shot",
                                          "-c",
                                          config("final.json"),
                                          "--train_step_min",
                                          "2000",
                                          "--train_step_max",
                                          "12000",
                                          "--final_loss_tokens",
                                          "1e11"};
  std::vector<std::string> empty = words;
  empty[7] = "1000000";  // no run has so many steps
  const Ran none = run_rung(empty);
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("window holds 0 checkpoints"));
  const TempFolder folder;
  const std::filesystem::path one = folder.path() / "one.json";
  std::ofstream(one) << R"({"190M": {"paths": ["published:olmo-ladder/ladder-runs/190M-10xC.csv"],)"
                     << R"("mode": "train", "n": 190354176}})";
  std::vector<std::string> longer = words;
  longer[5] = one.string();
  const json plain = results(longer);
  ASSERT_EQ(plain.size(), 1u);
  EXPECT_GT(plain[0]["n_check"], 10);
  EXPECT_NEAR(plain[0]["perplexity"], std::exp(plain[0]["predicted"].get<double>()), 1e-9);
  longer.emplace_back("--lr_correction");
  const json corrected = results(longer);
  EXPECT_EQ(corrected[0]["fit"]["law"], "d-lr");
  EXPECT_GT(corrected[0]["check_error"], 0);
  // What is predicted further on is not read, and may lack what a fit along a run takes.
  std::vector<std::string> all = words;
  all.emplace_back("--lr_correction");
  all[7] = "0";
  EXPECT_EQ(results(all).size(), 16u);
}

TEST_F(LadderStudies, ExtrapolateDSaysWhetherTheFitHasSeenWhatItPredicts) {
  std::vector<std::string> words = {"ladder", "extrapolate-d",     "-k", "hellaswag_val_5shot",
                                    "-c",     config("final.json")};
  EXPECT_THAT(run_rung(words).out,
              testing::AllOf(HasSubstr("own end from the first half of its tokens"),
                             Not(HasSubstr("has seen"))));
  for (const json& run : results(words)) EXPECT_GT(run["n_check"], 0) << run["file"];
  words.insert(words.end(), {"--train_step_max", "1e6"});
  EXPECT_THAT(run_rung(words).out, HasSubstr("each run's own end, which the fit has seen"));
  words.back() = "12000";
  EXPECT_THAT(run_rung(words).out, HasSubstr("each run's own end"));
}

TEST_F(LadderStudies, ExtrapolationMarksIntervalsThatItsOwnCheckContradicts) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "d.svg").string();
  std::vector<std::string> words = {"ladder",
                                    "extrapolate-d",
                                    "-k",
                                    "hellaswag_val_5shot",
                                    "-c",
                                    config("final.json"),
                                    "--final_loss_tokens",
                                    "1e12"};
  EXPECT_THAT(run_rung(words).out, Not(HasSubstr("(!) too narrow")));  // nothing was checked
  words.insert(words.end(), {"--train_step_max", "10000"});
  std::size_t n_marked = 0;
  const json runs = results(words);
  for (const json& run : runs) {
    const json& interval = run["interval"];
    const double predicted = run["predicted"];
    const bool narrow =
        !run["check_error"].is_null() &&
        (interval["upper"].get<double>() - interval["lower"].get<double>()) / (2 * predicted) <
            run["check_error"].get<double>();
    const json& half = run["rehearsal"];
    const bool missed = !half.is_null() && (half["actual"] < half["interval"]["lower"] ||
                                            half["actual"] > half["interval"]["upper"]);
    const bool inside = !run["inside_gap"].is_null();
    EXPECT_EQ(!run["interval_doubt"].is_null(), narrow || missed || inside) << run["file"];
    n_marked += narrow;
  }
  EXPECT_GT(n_marked, 0u);
  EXPECT_LT(n_marked, runs.size());
  words.insert(words.end(), {"-o", figure});
  // These runs' learning rates decay.
  EXPECT_THAT(run_rung(words).out, HasSubstr("(!) not of longer runs: inside runs losses lie"));
  EXPECT_THAT(read_file(figure),
              HasSubstr("(!): an interval that is of checkpoints off the ends of runs"));
}

TEST_F(LadderStudies, VarianceSaysWhereItIsOfMostOfTheRun) {
  const std::vector<std::string> words = {"ladder",
                                          "variance",
                                          "-k",
                                          "hellaswag_val_5shot",
                                          "-c",
                                          config("final_variance.json"),
                                          "--last_n_points"};
  std::vector<std::string> few = words, many = words;
  few.emplace_back("10");
  many.emplace_back("10000");
  EXPECT_THAT(run_rung(few).err, Not(HasSubstr("differ by its course")));
  EXPECT_THAT(run_rung(many).err, HasSubstr("differ by its course"));
}

TEST_F(LadderStudies, ExtrapolateDDrawsNoMoreThanAPage) {
  const TempFolder folder;
  const std::string figure = (folder.path() / "d.svg").string();
  const Ran ran = run_rung({"ladder", "extrapolate-d", "-k", "v2_main", "-y", "rc_bpb", "-c",
                            config("final.json"), "-o", figure});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(read_file(figure), HasSubstr("shown are the 8 of 128 that it errs most on"));
}

TEST_F(LadderStudies, ExtrapolateNNeedsThreeSizes) {
  const json at = results({"ladder", "extrapolate-n", "-k", "hellaswag_val_5shot", "-c",
                           config("final.json"), "-d", "2e10"});
  EXPECT_EQ(at[0]["at"].size(), 1u);
  EXPECT_EQ(at[0]["at"][0]["fit"]["n_points"], 4);
  EXPECT_TRUE(at[0]["at"][0]["targets"][0]["actual"].is_null());  // no 7B checkpoint is near
  const TempFolder folder;
  const std::string figure = (folder.path() / "n.svg").string();
  const Ran half = run_rung({"ladder", "extrapolate-n", "-k", "hellaswag_val_5shot", "-c",
                             config("final.json"), "-d", "2e10", "--level", "0.5", "-o", figure});
  EXPECT_THAT(half.out, HasSubstr("50% interval"));
  EXPECT_THAT(read_file(figure), HasSubstr("50% intervals"));
  const json all =
      results({"ladder", "extrapolate-n", "-k", "hellaswag_val_5shot", "-c", config("final.json")});
  EXPECT_GT(all[0]["at"].size(), 20u);
  const Ran far = run_rung({"ladder", "extrapolate-n", "-k", "hellaswag_val_5shot", "-c",
                            config("final.json"), "-d", "1e12"});
  EXPECT_EQ(far.status, 2);
  EXPECT_THAT(far.err, HasSubstr("fewer than three training sizes"));
}

TEST_F(LadderStudies, EveryStudyDrawsItsFigure) {
  const TempFolder folder;
  const std::vector<std::vector<std::string>> commands = {
      {"step1-flops", "-c", config("final.json")},
      {"single-step", "-c", config("final.json")},
      {"step2-mc", "-c", config("final.json")},
      {"variance", "-c", config("final_variance.json")},
      {"compute-error", "-c", config("final.json"), "--vary", "N", "--which_step", "all"},
      {"compare", "-c", config("final.json")},
      {"sensitivity", "-c", config("final.json")},
      {"extrapolate-d", "-c", config("final.json")},
      {"extrapolate-n", "-c", config("final.json")},
      {"extrapolate-n", "-c", config("final.json"), "-y", "c4"}};  // no target's loss is known
  for (const std::vector<std::string>& command : commands) {
    const std::string figure = (folder.path() / (command.front() + ".svg")).string();
    std::vector<std::string> words = {"ladder"};
    words.insert(words.end(), command.begin(), command.end());
    words.insert(words.end(), {"-k", "hellaswag_val_5shot", "-o", figure});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << command.front() << ": " << ran.err;
    ASSERT_TRUE(std::filesystem::exists(figure)) << command.front();
    const std::string drawn = read_file(figure);
    EXPECT_GT(drawn.size(), 1000u) << command.front();
    EXPECT_THAT(drawn, Not(HasSubstr("nan"))) << command.front();
  }
}

/// Twelve runs of known laws in a table of one's own, whose columns have names of one's own.
std::string own_runs() {
  std::string csv = "run,params,tokens,val_loss,my_acc\n";
  for (const double n : {6e7, 1.5e8, 4e8, 1e9}) {
    for (const double ratio : {10, 20, 60}) {
      for (const double part : {0.5, 0.7, 0.8, 0.9, 1.0}) {
        const double d = ratio * n * part;
        const double loss = 1.7 + 420 / std::pow(n, 0.34) + 380 / std::pow(d, 0.28);
        const double accuracy = 0.25 + 0.75 / (1 + std::exp(3.2 * (loss - 2.6)));
        csv += std::to_string(static_cast<int>(n / 1e6)) + "-" +
               std::to_string(static_cast<int>(ratio)) + "x," + std::to_string(n) + "," +
               std::to_string(d) + "," + std::to_string(loss) + "," + std::to_string(accuracy) +
               "\n";
      }
    }
  }
  return csv;
}

TEST_F(LadderStudies, RunsAsLoggedHaveTheirOwnLossAndAccuracy) {
  const TempFolder folder;
  const std::string runs = folder.write("runs.csv", own_runs());
  const auto with = [&](const char* command, std::vector<std::string> words) {
    words.insert(words.begin(), {"ladder", command, runs, "--loss", "val_loss"});
    return results(words);
  };
  const json single = with("single-step", {"--accuracy", "my_acc", "-n", "7B", "-d", "4T"});
  EXPECT_LT(single[0]["fitting_error"], 0.05);
  EXPECT_GT(single[0]["targets"][0]["predicted"], 0.6);
  EXPECT_LE(single[0]["targets"][0]["predicted"], 1);
  const json flops = with("predict-flops", {"--accuracy", "my_acc", "-n", "7B", "-d", "4T"});
  EXPECT_GT(flops[0]["targets"][0]["predicted"], 0.6);
  // The accuracies lie on the curve between chance and 1.
  const json levels = with("step2-mc", {"--accuracy", "my_acc", "--targets", "1000-60x"});
  const json target = levels[0]["targets"][0];
  EXPECT_NEAR(target["predicted"], target["actual"].get<double>(), 0.01);
  const Ran along = run_rung({"ladder", "extrapolate-d", runs, "--loss", "val_loss"});
  EXPECT_THAT(along.out, testing::AllOf(HasSubstr("60-10x"), HasSubstr("1000-60x")));
  const Ran in_steps =
      run_rung({"ladder", "extrapolate-d", runs, "--loss", "val_loss", "--train_step_max", "500"});
  EXPECT_EQ(in_steps.status, 2);
  EXPECT_THAT(in_steps.err, HasSubstr("has neither steps nor tokens a step"));
  const Ran by_model = run_rung({"ladder", "predict", runs, "--loss", "val_loss", "--accuracy",
                                 "my_acc", "-n", "7B", "-d", "4T", "--cluster", "model"});
  EXPECT_EQ(by_model.status, 2);
  EXPECT_THAT(by_model.err, HasSubstr("each of RUNS has a name of its own"));
}

}  // namespace
}  // namespace rung::cli
