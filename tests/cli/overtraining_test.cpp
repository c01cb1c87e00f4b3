#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Overtraining : public ::testing::Test {
 protected:
  Ran run(std::vector<std::string> words) const {
    words.insert(words.begin(), "overtraining");
    words.insert(words.end(), {"--data", data_});
    return run_rung(words);
  }
  json results(std::vector<std::string> words) const {
    words.insert(words.end(), {"--json", "-"});
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::parse(ran.out)["results"];
  }

  std::string data_ = "published:over-training";
};

/// A loss law goes on to the error law of each of its error sets.
TEST_F(Overtraining, a_loss_is_chained_to_all_its_errors) {
  const TempFolder folder;
  const std::string loss = (folder.path() / "loss.json").string();
  const std::string error = (folder.path() / "error.json").string();
  ASSERT_EQ(run({"fit", "--train-set", "rpj", "--loss-set", "c4_val", "--error-set", "avg",
                 "--error-set", "avg_subset", "--save-loss-fit", loss, "--save-error-fit", error})
                .status,
            0);
  const Ran ran =
      run_rung({"predict", loss, "--then", error, "--at", "M=20, C=1e22", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json chained = json::parse(ran.out)["results"];
  ASSERT_EQ(chained.size(), 2u);
  EXPECT_EQ(chained[0]["group"], "train_set=rpj, loss_set=c4_val, error_set=avg");
  EXPECT_EQ(chained[1]["group"], "train_set=rpj, loss_set=c4_val, error_set=avg_subset");
  EXPECT_NE(chained[0]["predictions"][0]["predicted"], chained[1]["predictions"][0]["predicted"]);
  // Far out intervals would hold losses and errors that can't be.
  const Ran far = run_rung({"predict", loss, "--at", "M=20, C=1e26", "--json", "-"});
  const json loss_far = json::parse(far.out)["results"][0]["predictions"][0]["interval"];
  EXPECT_EQ(loss_far["lower"], 0);
  EXPECT_GT(loss_far["upper"], 2);
  const Ran far_chained =
      run_rung({"predict", loss, "--then", error, "--at", "M=20, C=1e26", "--json", "-"});
  for (const json& result : json::parse(far_chained.out)["results"])
    EXPECT_GE(result["predictions"][0]["interval"]["lower"], 0);
  // One that is of something else is used, and said to be.
  ASSERT_EQ(run({"fit", "--train-set", "c4_original", "--loss-set", "c4_val", "--error-set", "avg",
                 "--save-error-fit", error})
                .status,
            0);
  EXPECT_THAT(run_rung({"predict", loss, "--then", error, "--at", "M=20, C=1e22"}).err,
              HasSubstr("error_set=avg' alone, and it is used for 'train_set=rpj"));
}

TEST_F(Overtraining, an_error_below_zero_is_marked) {
  const std::vector<std::string> words = {"fit",         "--study",    "wide",   "--train-set",
                                          "c4_original", "--loss-set", "c4_val", "--error-set"};
  const auto text = [&](const char* error_set) {
    std::vector<std::string> all = words;
    all.emplace_back(error_set);
    return run(all).out;
  };
  EXPECT_THAT(text("winograd"),
              AllOf(HasSubstr("-0.1021 (!)"), HasSubstr("(!) below 0 or above 1")));
  EXPECT_THAT(text("avg"), Not(HasSubstr("(!)")));
}

TEST_F(Overtraining, saved_laws_predict_what_the_study_predicts) {
  const TempFolder folder;
  const std::string loss = (folder.path() / "loss.json").string(),
                    error = (folder.path() / "error.json").string();
  const json fitted =
      results({"fit", "--train-set", "rpj", "--loss-set", "c4_val", "--error-set", "avg",
               "--error-set", "avg_subset", "--save-loss-fit", loss, "--save-error-fit", error});
  const json& target = fitted[1]["targets"].back();
  const double n = target["n"], d = target["d"], ratio = target["tokens_per_parameter"];
  const auto predicted = [&](const std::string& fit, const std::string& at) {
    const Ran ran = run_rung({"predict", fit, "--at", at, "--json", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return json::parse(ran.out)["results"].back();
  };
  const json again = predicted(
      loss, "M=" + json(ratio).dump() + ", C=" + json(6 * n * d).dump())["predictions"][0];
  EXPECT_NEAR(again["predicted"], target["loss"]["predicted"], 1e-9);
  const json by_size =
      predicted(loss, "N=" + json(n).dump() + ", D=" + json(d).dump())["predictions"][0];
  EXPECT_NEAR(by_size["predicted"], target["loss"]["predicted"], 1e-9);
  EXPECT_NEAR(again["interval"]["lower"], target["loss"]["interval"]["lower"], 1e-6);
  const json chained = predicted(error, "L=" + target["loss"]["predicted"].dump());
  EXPECT_THAT(run_rung({"predict", loss, "--at", "N=7B"}).err,
              HasSubstr("M (training tokens per parameter), C (training compute, FLOPs)"));
  EXPECT_EQ(chained["group"], "train_set=rpj, loss_set=c4_val, error_set=avg_subset");
  EXPECT_NEAR(chained["predictions"][0]["predicted"], target["error"]["predicted"], 1e-9);
}

/// What `fit` said of the laws is not forgotten by who saves them.
TEST_F(Overtraining, saved_laws_keep_their_doubts) {
  const TempFolder folder;
  const std::string loss = (folder.path() / "loss.json").string(),
                    error = (folder.path() / "error.json").string();
  ASSERT_EQ(run({"fit", "--study", "wide", "--loss-set", "c4_val", "--error-set", "winograd",
                 "--error-set", "avg", "--save-loss-fit", loss, "--save-error-fit", error})
                .status,
            0);
  const Ran losses = run_rung({"predict", loss, "--wide", "--at", "M=20, C=1e22"});
  const Ran errors = run_rung({"predict", error, "--wide", "--at", "L=2.1"});
  EXPECT_THAT(errors.err, HasSubstr("not to be predicted from loss: "));
  EXPECT_THAT(errors.err, HasSubstr("leaves 0 to 1"));
  EXPECT_THAT(errors.err, HasSubstr("off by "));
  EXPECT_THAT(errors.out, HasSubstr("below 0, where no value can be"));
  const Ran chained =
      run_rung({"predict", loss, "--then", error, "--wide", "--at", "M=20, C=1e22"});
  EXPECT_EQ(chained.status, 0) << chained.err;
  EXPECT_THAT(chained.err, HasSubstr("not to be predicted from loss: "));
}

TEST_F(Overtraining, fit_has_the_results_that_scripts_read) {
  const json found =
      results({"fit", "--train-set", "rpj", "--loss-set", "c4_val", "--error-set", "avg_subset"});
  ASSERT_EQ(found.size(), 1u);
  const json& result = found[0];
  EXPECT_EQ(result["train_set"], "rpj");
  EXPECT_EQ(result["loss_set"], "c4_val");
  EXPECT_EQ(result["error_set"], "avg_subset");
  EXPECT_EQ(result["loss_fit"]["law"], "over-training");
  EXPECT_EQ(result["loss_fit"]["status"], "certified");
  for (const char* name : {"a", "b", "eta", "E"})
    EXPECT_TRUE(result["loss_fit"]["parameters"].contains(name)) << name;
  for (const char* name : {"k", "gamma", "epsilon"})
    EXPECT_TRUE(result["error_fit"]["parameters"].contains(name)) << name;
  EXPECT_THAT(result["loss_fit"]["notes"][0], HasSubstr("1 degree of freedom"));
  EXPECT_TRUE(result["predictable"]);
  ASSERT_EQ(result["targets"].size(), 35u);
  for (const json& target : result["targets"]) {
    if (target["name"] != "rpj-open_lm_1b-32.0") continue;
    EXPECT_EQ(target["tokens_per_parameter"], 640);
    EXPECT_NEAR(target["loss"]["relative_error"], 0.007103, 1e-6);
    EXPECT_NEAR(target["error"]["relative_error"], 0.036365, 1e-6);
    EXPECT_EQ(target["loss"]["interval"]["method"], "delta-observation");
    EXPECT_EQ(target["error"]["interval"]["method"], "delta-chained");
    return;
  }
  FAIL() << "the 1.4B run is not among the targets";
}

TEST_F(Overtraining, fit_without_filters_has_every_combination) {
  EXPECT_EQ(results({"fit", "--train-set", "rpj"}).size(), 8u * 48);
}

TEST_F(Overtraining, json_has_no_number_that_is_none) {
  const Ran ran = run({"fit", "--train-set", "c4_original", "--loss-set", "c4_val", "--json", "-"});
  EXPECT_EQ(ran.out.find("nan"), std::string::npos);
  EXPECT_EQ(ran.out.find("inf\""), std::string::npos);
  EXPECT_EQ(ran.out.find(": inf"), std::string::npos);
}

TEST_F(Overtraining, threads_change_no_result) {
  const std::vector<std::string> words{"fit", "--loss-set", "c4_val", "--csv", "-", "--threads"};
  auto one = words, two = words;
  one.push_back("1");
  two.push_back("2");
  EXPECT_EQ(run(one).out, run(two).out);
}

TEST_F(Overtraining, tasks_says_why_an_error_cannot_be_predicted) {
  const json found =
      results({"tasks", "--train-set", "rpj", "--error-set", "mmlu", "--error-set", "avg_subset",
               "--error-set", "winogrande", "--error-set", "arc_easy", "--error-set", "coqa"});
  ASSERT_EQ(found.size(), 5u);
  EXPECT_THAT(found[0]["doubts"], ElementsAre("chance level"));
  EXPECT_TRUE(found[1]["predictable"]);
  EXPECT_THAT(found[2]["doubts"], ElementsAre("unbounded fit"));
  EXPECT_THAT(found[3]["doubts"], ElementsAre("wide interval"));
  EXPECT_TRUE(found[1]["holds"]);
  EXPECT_FALSE(found[2]["holds"]);
}

TEST_F(Overtraining, a_budget_far_from_the_runs_is_in_doubt) {
  const auto budget = [&](const std::string& flops) {
    return results({"budget", "--train-set", "rpj", "--study", "wide", "--budget", flops,
                    "--inference-tokens", "0"})[0];
  };
  const json near = budget("1e20");
  EXPECT_TRUE(near["doubt"].is_null());
  const json tiny = budget("1e12");
  EXPECT_THAT(tiny["doubt"].get<std::string>(), testing::HasSubstr("D lies a factor of"));
  EXPECT_THAT(tiny["beyond_runs"].get<std::string>(), testing::HasSubstr("x below in D"));
}

TEST_F(Overtraining, cost_and_budget_have_intervals) {
  const json cost = results({"cost", "--train-set", "rpj", "--study", "wide", "--ratio", "640"});
  ASSERT_EQ(cost.size(), 1u);
  EXPECT_GT(cost[0]["compute_ratio"]["interval"]["lower"], 1);
  EXPECT_GT(cost[0]["extra_loss"]["interval"]["lower"], 0);
  EXPECT_LT(cost[0]["n_params_ratio"]["interval"]["upper"], 1);
  // The wide study's runs have up to 640.
  EXPECT_EQ(
      results({"cost", "--train-set", "rpj", "--study", "wide", "--ratio", "20,640,20"}).size(),
      2u);
  EXPECT_EQ(results({"cost", "--train-set", "rpj", "--study", "wide", "--ratio", "6400",
                     "--compute", "1e20"})[0]["beyond_runs"],
            "10x in tokens/parameter");
  const json budget = results({"budget", "--train-set", "rpj", "--study", "wide", "--budget",
                               "1e21", "--inference-tokens", "1e11,1e11"});
  ASSERT_EQ(budget.size(), 1u);
  EXPECT_NEAR(
      budget[0]["training_flops"].get<double>() + budget[0]["inference_flops"].get<double>(), 1e21,
      1e12);
  EXPECT_LT(budget[0]["n"]["interval"]["lower"], budget[0]["n"]["value"]);
}

TEST_F(Overtraining, an_optimum_without_runs_around_it_is_called_extrapolated) {
  EXPECT_THAT(run({"cost", "--train-set", "rpj"}).err,
              HasSubstr("outside those of the fitted runs, 20 to 320: the law is extrapolated"));
}

TEST_F(Overtraining, every_table_comes_as_text_latex_and_csv) {
  const json tables =
      json::parse(run_rung({"overtraining", "table", "--json", "-"}).out)["results"];
  ASSERT_GT(tables.size(), 10u);
  for (const json& entry : tables) {
    const std::string name = entry["name"];
    SCOPED_TRACE(name);
    std::vector<std::string> words{"table", name, "--train-set", "rpj"};
    const Ran chosen = run(words);
    if (chosen.status == 2) {  // it depends on no training set, and says so
      EXPECT_THAT(chosen.err, HasSubstr("table " + name + " takes no --train-set"));
      words.resize(2);
      EXPECT_EQ(run(words).status, 0);
    }
    auto latex = words, csv = words;
    latex.insert(latex.end(), {"--latex", "-"});
    csv.insert(csv.end(), {"--csv", "-"});
    EXPECT_THAT(run(latex).out, HasSubstr("\\begin{tabular}"));
    EXPECT_THAT(run(csv).out, HasSubstr(","));
  }
}

TEST_F(Overtraining, tables_keep_to_the_training_sets_asked_for) {
  for (const char* name : {"runs", "tokens"}) {
    const Ran ran = run({"table", name, "--train-set", "rpj", "--csv", "-"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("rpj"), Not(HasSubstr("c4_original"))));
  }
  EXPECT_THAT(run({"table", "loss-laws", "--error-set", "mmlu"}).err,
              HasSubstr("table loss-laws takes no --error-set"));
}

TEST_F(Overtraining, explore_filters_and_sorts) {
  const json runs =
      results({"explore", "--where", "train_set = 'rpj' and tokens_per_parameter >= 160", "--sort",
               "-compute_flops", "--first", "3"});
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0]["name"], "rpj-open_lm_1b-32.0");
  EXPECT_EQ(runs[1]["name"], "rpj-d=1024_l=24_h=8-32.0");
  const Ran columns = run({"explore", "grid", "--columns", "model,loss_c4", "--sort", "loss_c4",
                           "--first", "1", "--csv", "-"});
  EXPECT_EQ(columns.out.substr(0, 14), "model,loss_c4\n");
  EXPECT_THAT(run({"explore", "contradictions"}).out, HasSubstr("--lr 0.0003"));
  EXPECT_THAT(run({"explore", "sensitivity"}).out, HasSubstr("n_warmup_steps"));
  EXPECT_EQ(run({"explore", "--where", "tokens_per_parameter > 1000"}).status, 1);
  for (const char* option : {"--where", "--sort", "--columns", "--first"}) {
    const Ran ignored = run({"explore", "tasks", option, "3"});
    EXPECT_EQ(ignored.status, 2);
    EXPECT_THAT(ignored.err, HasSubstr(option));
  }
  const Ran mistyped = run({"explore", "--sort", "loss_c4_vl"});
  EXPECT_EQ(mistyped.status, 2);
  EXPECT_THAT(mistyped.err, HasSubstr("loss_c4_val"));
}

TEST_F(Overtraining, figures_are_written) {
  const TempFolder folder;
  for (const char* name : {"fit", "figure1", "tokens", "tasks", "correlation"}) {
    const std::string path = (folder.path() / (std::string(name) + ".svg")).string();
    ASSERT_EQ(run({name, "--train-set", "rpj", "-o", path}).status, 0) << name;
    EXPECT_THAT(read_file(path), AllOf(HasSubstr("<svg"), HasSubstr("RedPajama"))) << name;
  }
}

TEST_F(Overtraining, what_a_figure_shows_is_named_and_where_to_get_one) {
  EXPECT_THAT(run({"figure1", "--train-set", "rpj"}).out,
              HasSubstr("training set: rpj, loss set: c4_val, error set: avg_subset\n"));
  const Ran undrawn = run({"explore", "-o", "explore.svg"});
  EXPECT_EQ(undrawn.status, 2);
  EXPECT_THAT(undrawn.err, HasSubstr("these draw: rung overtraining fit, figure1, tokens, "));
}

TEST_F(Overtraining, a_study_of_ones_own_changes_the_fit) {
  const TempFolder folder;
  const std::string study =
      folder
          .write("mine.toml",
                 "[loss_law]\nruns = [\n"
                 "{ model = \"d=96_l=8_h=4\", tokens_per_parameter = [20, 40, "
                 "80, 160] },\n"
                 "{ model = \"d=512_l=8_h=4\", tokens_per_parameter = [20, "
                 "40, 80] } ]\n"
                 "[error_law]\nruns = [\n"
                 "{ model = \"d=96_l=8_h=4\", tokens_per_parameter = [20, 40, "
                 "80, 160, 320] } ]\n"
                 "[task_sets.easy]\ntasks = [\"arc_easy\", \"piqa\"]\n")
          .string();
  const json found = results({"fit", "--study", study, "--train-set", "rpj", "--loss-set", "c4_val",
                              "--error-set", "easy"});
  EXPECT_EQ(found[0]["loss_fit"]["n_points"], 7);
  // Without sets asked for its own stand in for those of the default study.
  for (const char* name : {"configuration", "loss-laws", "error-predictions", "cost"})
    EXPECT_EQ(run({"table", name, "--study", study}).status, 0) << name;
  EXPECT_EQ(run({"figure1", "--study", study}).status, 0);
  const Ran unknown = run({"fit", "--study", study, "--error-set", "avg"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(run({"fit", "--study", "wied"}).err, HasSubstr("wide"));
  const Ran bad = run({"fit", "--study", folder.write("bad.toml", "[loss_law]\n").string()});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("bad.toml:1:1: error: needs runs"));
}

/// A copy of the published files that a test may damage.
class DamagedTestbed : public Overtraining {
 protected:
  void SetUp() override {
    const auto original = shared_path("data/over-training");
    if (!original) GTEST_SKIP() << "no ../shared/data/over-training";
    fs::copy(*original, folder_.path(), fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      fs::permissions(entry, fs::perms::owner_write, fs::perm_options::add);
    fs::permissions(folder_.path(), fs::perms::owner_all, fs::perm_options::add);
    data_ = folder_.path().string();
  }
  fs::path model() const { return folder_.path() / "models/rpj-d=96_l=8_h=4-1.0.json"; }
  fs::path evaluation() const {
    return folder_.path() / "evals/evaluation_rpj-d=96_l=8_h=4-1.0_heavy.json";
  }
  /// Status 2, nothing on standard output, and the file named.
  void expect_refused(const fs::path& file, const std::string& why) const {
    const Ran ran = run({"fit"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, AllOf(HasSubstr(file.filename().string()), HasSubstr(why)));
  }

  TempFolder folder_;
};

TEST_F(DamagedTestbed, names_a_missing_evaluation) {
  fs::remove(evaluation());
  expect_refused(evaluation(), "");
}

TEST_F(DamagedTestbed, names_an_evaluation_without_its_model) {
  fs::remove(model());
  expect_refused(model(), "");
}

TEST_F(DamagedTestbed, names_a_truncated_file_with_the_line) {
  const std::string text = read_file(model());
  write_file(model(), text.substr(0, text.size() / 2));
  expect_refused(model(), "error");
}

TEST_F(DamagedTestbed, names_a_value_of_the_wrong_type) {
  json changed = json::parse(read_file(model()));
  changed["hyperparameters"]["params"] = "many";
  write_file(model(), changed.dump());
  expect_refused(model(), "params");
}

TEST(OvertrainingData, a_folder_without_a_testbed_is_refused) {
  const TempFolder folder;
  const Ran ran = run_rung({"overtraining", "fit", "--data", folder.path().string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr(folder.path().string()));
}

}  // namespace
}  // namespace rung::cli
