#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void expect_equal(double actual, const json& golden, const std::string& what) {
  EXPECT_EQ(actual, golden.get<double>()) << what;
}

TEST(Testbed, reads_all_published_models) {
  const auto folder = shared_path("data/over-training"),
             golden_file = shared_path("goldens/over-training/models.json");
  if (!folder || !golden_file) GTEST_SKIP() << "no shared data";
  const Testbed testbed = read_testbed(*folder);
  const json golden = json::parse(read_file(*golden_file));
  ASSERT_EQ(testbed.models.size(), 104u);
  ASSERT_EQ(testbed.loss_sets.size(), 8u);
  ASSERT_EQ(testbed.tasks.size(), 46u);
  EXPECT_THAT(testbed.train_sets(), ElementsAre("c4_original", "rpj", "rw_original"));
  for (const json& expected : golden["models"]) {
    const std::string name = expected["name"];
    const TestbedModel& model = testbed.model(name);
    EXPECT_EQ(model.train_set, expected["dataset_name"]) << name;
    EXPECT_EQ(model.architecture, expected["model_name"]) << name;
    expect_equal(model.n_params, expected["N"], name);
    expect_equal(model.n_tokens, expected["D"], name);
    expect_equal(model.tokens_per_parameter(), expected["tok_mult"], name);
    EXPECT_DOUBLE_EQ(model.compute_flops(), expected["flops"].get<double>()) << name;
    for (std::size_t i = 0; i < testbed.loss_sets.size(); ++i) {
      const std::string& set = testbed.loss_sets[i];
      expect_equal(model.losses[i].loss_nats, expected["loss_" + set], name + " " + set);
      expect_equal(model.losses[i].lower_by_sequences.value(), expected["loss_lower_" + set],
                   name + " " + set);
      expect_equal(model.losses[i].upper_by_sequences.value(), expected["loss_upper_" + set],
                   name + " " + set);
    }
    for (std::size_t i = 0; i < testbed.tasks.size(); ++i) {
      expect_equal(1 - model.accuracies[i], expected["err_" + testbed.tasks[i]],
                   name + " " + testbed.tasks[i]);
    }
  }
}

TEST(Testbed, compute_passes_2_to_the_63_without_overflow) {
  const auto folder = shared_path("data/over-training");
  if (!folder) GTEST_SKIP() << "no shared data";
  EXPECT_DOUBLE_EQ(read_testbed(*folder).model("rpj-open_lm_1b-32.0").compute_flops(),
                   7960359236901273600000.0);
}

TEST(Testbed, reads_the_grid_and_the_task_metadata) {
  const auto folder = shared_path("data/over-training"),
             golden = shared_path("goldens/over-training/constants.json");
  if (!folder || !golden) GTEST_SKIP() << "no shared data";
  const Testbed testbed = read_testbed(*folder);
  ASSERT_EQ(testbed.grid.size(), 435u);
  const GridRun& run = testbed.grid.back();
  EXPECT_EQ(run.key, "d=96_l=8_h=4-8-0.003-0.033-8-211386240-100-3e-05");
  EXPECT_EQ(run.hidden_dim, 96);
  EXPECT_EQ(run.n_layers, 8);
  EXPECT_EQ(run.n_heads, 4);
  EXPECT_EQ(run.batch_sequences, 8);
  EXPECT_EQ(run.learning_rate, 0.003);
  EXPECT_EQ(run.weight_decay, 0.033);
  EXPECT_EQ(run.n_tokens, 211386240);
  EXPECT_EQ(run.n_warmup_steps, 100);
  EXPECT_EQ(run.final_learning_rate, 3e-5);
  EXPECT_EQ(run.loss_nats, 5.1537672996521);
  const json constants = json::parse(read_file(*golden));
  EXPECT_EQ(testbed.task_infos.size(), 51u);
  for (const auto& [task, chance] : constants["RANDOM_BASELINE_acc"].items()) {
    EXPECT_EQ(testbed.task_info(task).chance_accuracy, chance.get<double>()) << task;
  }
  EXPECT_EQ(testbed.task_info("copa").n_examples, 100);
  EXPECT_THAT(testbed.task_info("mmlu").description, HasSubstr("14,042 four-choice"));
}

TEST(Testbed, counts_parameters_as_the_models_do) {
  const auto golden = shared_path("goldens/over-training/constants.json");
  if (!golden) GTEST_SKIP() << "no shared data";
  const json counts = json::parse(read_file(*golden))["NAME_PARAMS"];
  EXPECT_EQ(open_lm_params(96, 8), counts["d=96_l=8_h=4"]);
  EXPECT_EQ(open_lm_params(512, 8), counts["d=512_l=8_h=4"]);
  EXPECT_EQ(open_lm_params(576, 24), counts["d=576_l=24_h=8"]);
  EXPECT_EQ(open_lm_params(1024, 24), counts["d=1024_l=24_h=8"]);
  EXPECT_EQ(open_lm_params(2048, 24), counts["open_lm_1b"]);
  EXPECT_EQ(open_lm_params(4096, 32), counts["open_lm_7b"]);
}

TEST(Testbed, reports_metadata_that_contradicts_itself) {
  const auto folder = shared_path("data/over-training");
  if (!folder) GTEST_SKIP() << "no shared data";
  std::map<std::string, std::vector<std::string>> by_model;
  for (const Problem& warning : read_testbed(*folder).warnings) {
    by_model[fs::path(warning.location.file).stem().string()].push_back(warning.message);
  }
  EXPECT_EQ(by_model.size(), 8u);
  for (const char* train_set : {"c4_original", "rpj", "rw_original"}) {
    EXPECT_GE(by_model[std::string(train_set) + "-open_lm_7b-1.0"].size(), 7u) << train_set;
  }
  for (const char* name : {"d=1024_l=24_h=8-16.0", "d=1024_l=24_h=8-32.0", "open_lm_1b-32.0"}) {
    EXPECT_THAT(by_model[std::string("rpj-") + name],
                ElementsAre(HasSubstr("dataset_uuid 67db6b77")));
  }
  EXPECT_THAT(by_model["rw_original-open_lm_7b-1.0"].back(), HasSubstr("has dataset_uuid"));
  EXPECT_THAT(by_model["rw_original-d=576_l=24_h=8-4.0"],
              ElementsAre(HasSubstr("1229419008 samples x 5 epochs"),
                          "has the uuid of model 'rw_original-d=576_l=24_h=8-2.0'"));
  EXPECT_THAT(by_model["rw_original-d=576_l=24_h=8-8.0"],
              ElementsAre(HasSubstr("1229419008 samples x 5 epochs")));
  EXPECT_THAT(
      by_model["rpj-open_lm_7b-1.0"],
      ElementsAre(
          "hyperparameters say --lr 0.0003, the command line 0.003",
          "hyperparameters say --lr-cooldown-end 3e-05, the command line 0.0003",
          "hyperparameters say --wd 0.33, the command line 0.033",
          "hyperparameters say --warmup 5000, the command line 100",
          "hyperparameters say --global-batch-size 1, the command line 2048",
          "hyperparameters say --accum-freq 1, the command line 2",
          "hyperparameters say 137788211200 tokens, the command line 21138624 samples x 5 epochs",
          "the command line names the run 'rpj_original-open_lm_7b-1.0'"));
}

/// A testbed of two models in a folder of its own, to be spoilt.
class SmallTestbed : public ::testing::Test {
 protected:
  SmallTestbed() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / (std::string("rung_testbed_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "models");
    fs::create_directories(folder_ / "evals");
    for (const char* name : {"c4-tiny-1.0", "c4-tiny-2.0", "c4-tiny-4.0"}) {
      write(model_file(name), model(name));
      write(evaluation_file(name), evaluation());
    }
    put("grid.json", R"({"d=96_l=8_h=4-8-3e-03-0.033-8-211386240-100-3e-05": 5.15})");
    put("eval_metadata.csv",
        "Eval Task,Task Category,Task Type,#shots,#datapoints,Random baseline,Centered "
        "Metric?,Description\n"
        "copa,reasoning,multiple choice,0,100,50,,\"Causes, effects\"\n"
        "squad,reading,language modeling,10,10570,0,,Answers\n");
  }
  ~SmallTestbed() override { fs::remove_all(folder_); }

  static std::string model_file(const std::string& name) { return "models/" + name + ".json"; }
  static std::string evaluation_file(const std::string& name) {
    return "evals/evaluation_" + name + "_heavy.json";
  }

  static json result(const std::string& path, double loss) {
    return {{"loss", loss},
            {"loss_sequences_lower_95", loss - 0.1},
            {"loss_sequences_upper_95", loss + 0.1},
            {"loss_tokens_lower_95", loss - 0.01},
            {"loss_tokens_upper_95", loss + 0.01},
            {"sequences", 10},
            {"tokens", 20480},
            {"val_data", {path}}};
  }

  static json model(const std::string& name) {
    const double multiplier = std::stod(name.substr(name.rfind('-') + 1));
    return {{"name", name},
            {"dataset_name", "c4"},
            {"dataset_uuid", "d"},
            {"uuid", name},
            {"creation_date", "2024_01_01-00_00_00"},
            {"open_lm_version", "0.0.21"},
            {"hyperparameters",
             {{"model", "configs/tiny.json"},
              {"params", 1000},
              {"params_no_embed", 500},
              {"tokens", 20000 * multiplier},
              {"chinchilla_multiplier", multiplier},
              {"lr", 0.003},
              {"cd", 3e-5},
              {"wd", 0.033},
              {"z_loss", 1e-4},
              {"warmup", 100},
              {"global_bs", 8},
              {"acc", 1},
              {"qk_norm", true}}},
            {"open_lm_args", {"--lr", "0.003"}},
            {"results", {result("x/c4_val/0.tar", 4), result("x/de-en/val_de-en_100.tar", 5)}}};
  }

  static json evaluation() {
    return {{"model", "tiny"}, {"eval_metrics", {{"icl", {{"copa", 0.5}, {"squad", 0.25}}}}}};
  }

  void put(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file) << text;
  }
  void write(const std::string& file, const json& content) const { put(file, content.dump(2)); }

  /// "FILE[:LINE:COLUMN]: MESSAGE" of every problem, FILE relative to the folder.
  std::vector<std::string> problems() const {
    std::vector<std::string> texts;
    try {
      read_testbed(folder_);
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) {
        std::string text = fs::path(problem.location.file).lexically_relative(folder_).string();
        if (problem.location.line > 0) {
          text += ":" + std::to_string(problem.location.line) + ":" +
                  std::to_string(problem.location.column);
        }
        texts.push_back(text + ": " + problem.message);
      }
    }
    return texts;
  }

  fs::path folder_;
};

TEST_F(SmallTestbed, reads_what_it_should) {
  const Testbed testbed = read_testbed(folder_);
  EXPECT_THAT(testbed.loss_sets, ElementsAre("c4_val", "val_de-en_100"));
  EXPECT_EQ(testbed.warnings.size(), 0u);
  EXPECT_EQ(testbed.model("c4-tiny-2.0").n_tokens, 40000);
  EXPECT_EQ(testbed.grid.at(0).learning_rate, 0.003);
  EXPECT_EQ(testbed.task_info("copa").description, "Causes, effects");
  EXPECT_THROW(testbed.task_index("copper"), InputError);
}

TEST_F(SmallTestbed, needs_no_more_than_the_laws_do) {
  for (const char* name : {"c4-tiny-1.0", "c4-tiny-2.0", "c4-tiny-4.0"}) {
    const json full = model(name);
    json small = {{"dataset_name", "c4"}};
    for (const char* key : {"model", "params", "tokens"})
      small["hyperparameters"][key] = full["hyperparameters"][key];
    small["results"] = {{{"loss", 4}, {"val_data", {"x/c4_val/0.tar"}}}};
    write(model_file(name), small);
    write(evaluation_file(name), {{"eval_metrics", evaluation()["eval_metrics"]}});
  }
  fs::remove(folder_ / "grid.json");
  const Testbed testbed = read_testbed(folder_);
  EXPECT_EQ(testbed.warnings.size(), 0u);
  EXPECT_EQ(testbed.grid.size(), 0u);
  EXPECT_EQ(testbed.model("c4-tiny-2.0").tokens_per_parameter(), 40);
  EXPECT_FALSE(testbed.model("c4-tiny-2.0").settings.learning_rate);
  EXPECT_FALSE(testbed.model("c4-tiny-2.0").losses[0].lower_by_sequences);
}

TEST_F(SmallTestbed, names_a_missing_evaluation_and_a_missing_model_at_once) {
  fs::remove(folder_ / evaluation_file("c4-tiny-1.0"));
  fs::remove(folder_ / model_file("c4-tiny-4.0"));
  EXPECT_THAT(
      problems(),
      ElementsAre(
          "models/c4-tiny-4.0.json: no such file: the model of evaluation_c4-tiny-4.0_heavy.json",
          "evals/evaluation_c4-tiny-1.0_heavy.json: no such file: the evaluation of model "
          "'c4-tiny-1.0'"));
}

TEST_F(SmallTestbed, says_where_a_file_breaks_off) {
  put(model_file("c4-tiny-2.0"), "{\n\"name\": \"c4-ti");
  put(evaluation_file("c4-tiny-1.0"), "{\"model\": \"tiny\",\n  \"eval_metrics\": }");
  put("grid.json", "");
  EXPECT_THAT(
      problems(),
      ElementsAre(
          "models/c4-tiny-2.0.json:2:15: the JSON ends too early",
          "evals/evaluation_c4-tiny-1.0_heavy.json:2:19: not valid JSON: unexpected '}'; expected "
          "'[', '{', or a literal",
          "grid.json:1:1: the JSON ends too early"));
}

TEST_F(SmallTestbed, names_every_value_of_the_wrong_type) {
  json spoilt = model("c4-tiny-1.0");
  spoilt["hyperparameters"]["params"] = "1000";
  spoilt["hyperparameters"].erase("tokens");
  spoilt["results"][1]["loss"] = -1.5;
  spoilt["open_lm_args"] = 3;
  write(model_file("c4-tiny-1.0"), spoilt);
  json evaluated = evaluation();
  evaluated["eval_metrics"]["icl"]["copa"] = 50;
  write(evaluation_file("c4-tiny-4.0"), evaluated);
  write(evaluation_file("c4-tiny-2.0"), json::array());
  EXPECT_THAT(
      problems(),
      ElementsAre(
          HasSubstr("1.0.json:5:22: 'tokens' is missing in [hyperparameters]"),
          HasSubstr("1.0.json:12:15: 'params' must be a number above 0, not '1000'"),
          HasSubstr("1.0.json:20:19: 'open_lm_args' must be a list"),
          HasSubstr("1.0.json:36:15: 'loss' must be a number above 0, not -1.5"),
          "evals/evaluation_c4-tiny-2.0_heavy.json:1:1: must be an object, not an empty list",
          "evals/evaluation_c4-tiny-4.0_heavy.json:4:15: 'copa' must be an accuracy from 0 to 1, "
          "not 50"));
}

TEST_F(SmallTestbed, names_a_missing_loss_set_and_task) {
  json spoilt = model("c4-tiny-1.0");
  spoilt["results"].erase(0);
  write(model_file("c4-tiny-1.0"), spoilt);
  json evaluated = evaluation();
  evaluated["eval_metrics"]["icl"].erase("squad");
  write(evaluation_file("c4-tiny-2.0"), evaluated);
  put("eval_metadata.csv",
      "Eval Task,Task Category,Task Type,#shots,#datapoints,Random "
      "baseline,Description\nsquad,a,b,0,1,0,c\n");
  EXPECT_THAT(problems(),
              ElementsAre("models/c4-tiny-1.0.json: loss set 'c4_val' is missing",
                          "evals/evaluation_c4-tiny-2.0_heavy.json: task 'squad' is missing",
                          "eval_metadata.csv: task 'copa' is missing"));
}

TEST_F(SmallTestbed, takes_tasks_in_any_order_and_leaves_out_one_that_few_have) {
  write(evaluation_file("c4-tiny-1.0"),
        {{"model", "small"},
         {"eval_metrics", {{"icl", {{"zebra", 0.1}, {"squad", 0.25}, {"copa", 0.75}}}}}});
  const Testbed testbed = read_testbed(folder_);
  EXPECT_EQ(testbed.tasks.size(), 2u);
  EXPECT_EQ(testbed.model("c4-tiny-1.0").accuracies.at(testbed.task_index("copa")), 0.75);
  ASSERT_EQ(testbed.warnings.size(), 2u);
  EXPECT_EQ(testbed.warnings[0].message, "task 'zebra' is left out: few other models have it");
  EXPECT_EQ(testbed.warnings[1].message, "evaluates 'small', its model is 'tiny'");
}

TEST_F(SmallTestbed, rejects_grid_keys_that_do_not_read) {
  put("grid.json",
      R"({"d=96_l=8-8-0.003-0.033-8-2e8-100-3e-05": 5, "d=96_l=8_h=4-8-0.003-0.033-8-2e8-100-3e-05": "5",
                       "d=96_l=8_h=4-8-0.003-0.033-16-2e8-100-3e-05": 5})");
  const auto found = problems();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_THAT(found[1], HasSubstr("must be a positive loss, not '5'"));
}

TEST_F(SmallTestbed, needs_its_folders) {
  fs::remove_all(folder_ / "evals");
  EXPECT_THAT(problems(), ElementsAre("evals: no such folder"));
}

TEST_F(SmallTestbed, is_the_same_on_any_number_of_threads) {
  for (const int n_threads : {1, 2, 5}) {
    EXPECT_EQ(read_testbed(folder_, n_threads).model("c4-tiny-4.0").losses.at(1).loss_nats, 5);
  }
}

}  // namespace
}  // namespace rung
