#include "rung/study/ladder/task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/system/file.hpp"

namespace rung::ladder {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> keys_in(const Catalogue& catalogue, std::vector<std::string> names) {
  std::vector<std::string> keys;
  for (const Task& task : catalogue.select(names)) keys.push_back(task.key);
  return keys;
}

/// What adding `toml` to the embedded catalogue complains about; "" when it doesn't.
std::string complaint(const std::string& toml) {
  Catalogue catalogue = Catalogue::embedded();
  try {
    catalogue.add_text(toml, "mine.toml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Metric, NamesReadBackAndUnknownOnesNameTheNearest) {
  for (const Metric metric : kMetrics) {
    EXPECT_EQ(parse_metric(std::string(metric_name(metric))), metric);
    EXPECT_FALSE(metric_label(metric).empty());
  }
  try {
    parse_metric("rc_bbp");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("rc_bpb"));
  }
}

TEST(Catalogue, SetsOfThePublishedProgram) {
  const Catalogue catalogue = Catalogue::embedded();
  EXPECT_THAT(keys_in(catalogue, {"v2_main"}),
              ElementsAre("mmlu_avg_test_5shot", "hellaswag_val_5shot", "arc_challenge_test_5shot",
                          "arc_easy_test_5shot", "piqa_val_5shot", "csqa_val_5shot",
                          "socialiqa_val_5shot", "openbookqa_test_5shot"));
  EXPECT_THAT(keys_in(catalogue, {"v2_main_variance"}),
              ElementsAre("mmlu_avg_test_5shot", "hellaswag_val_5shot", "arc_easy_test_5shot",
                          "arc_challenge_test_5shot", "boolq_val_5shot", "csqa_val_5shot",
                          "openbookqa_test_5shot", "piqa_val_5shot", "socialiqa_val_5shot",
                          "winogrande_val_5shot"));
  EXPECT_THAT(keys_in(catalogue, {"v2_main_avg"}), ElementsAre("main_avg_5shot"));
  EXPECT_THAT(keys_in(catalogue, {"main_mc"}), ElementsAre("mmlu_avg_var", "arc_challenge_5shot"));
  EXPECT_THAT(keys_in(catalogue, {"core_small_avg"}), ElementsAre("core_small_avg_5shot"));
  EXPECT_EQ(keys_in(catalogue, {"main"}).size(), 8u);
  EXPECT_EQ(keys_in(catalogue, {"core"}).size(), 9u);
  EXPECT_EQ(keys_in(catalogue, {"mmlu"}).size(), 5u);
  EXPECT_EQ(keys_in(catalogue, {"mmlu_subset"}).size(), 4u);
  EXPECT_EQ(keys_in(catalogue, {"all"}).size(), 10u);
}

TEST(Catalogue, SelectTakesTasksAndSetsTogetherNoneTwice) {
  const Catalogue catalogue = Catalogue::embedded();
  EXPECT_THAT(keys_in(catalogue, {"piqa_val_5shot", "v2_main_avg", "piqa_val_5shot"}),
              ElementsAre("piqa_val_5shot", "main_avg_5shot"));
  EXPECT_THROW(keys_in(catalogue, {}), InputError);
  try {
    keys_in(catalogue, {"v2_mian", "piqa_vla_5shot"});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().size(), 2u);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'v2_main'"), HasSubstr("'piqa_val_5shot'")));
  }
  EXPECT_THROW(catalogue.task("v2_main"), InputError);
}

TEST(Catalogue, ColumnsChanceAndExamplesOfTasks) {
  const Catalogue catalogue = Catalogue::embedded();
  const Task& hellaswag = catalogue.task("hellaswag_val_5shot");
  EXPECT_EQ(hellaswag.name, "HellaSwag");
  EXPECT_EQ(hellaswag.n_examples, 10042);
  EXPECT_EQ(hellaswag.chance, 0.25);
  EXPECT_EQ(hellaswag.maximum, 1);
  EXPECT_EQ(hellaswag.columns(Metric::rc_acc).front().name,
            "eval/downstream/hellaswag_val_rc_5shot_len_norm");
  EXPECT_EQ(hellaswag.columns(Metric::mc_acc).front().name,
            "eval/downstream/hellaswag_val_mc_5shot_acc");
  EXPECT_EQ(catalogue.task("piqa_val_5shot").chance, 0.5);
  EXPECT_EQ(catalogue.task("csqa_val_5shot").chance, 0.2);
  EXPECT_EQ(catalogue.task("socialiqa_val_5shot").chance, 1.0 / 3);
  EXPECT_EQ(catalogue.task("mmlu_stem").maximum, 0.9);
  EXPECT_EQ(catalogue.task("arc_easy_5shot").columns(Metric::rc_acc).front().name,
            "eval/downstream/arc_easy_rc_5shot_acc");
  const Task& boolq = catalogue.task("boolq_val_5shot");
  EXPECT_EQ(boolq.columns(Metric::rc_soft_log), boolq.columns(Metric::rc_acc));
}

TEST(Catalogue, AveragesWeighTheColumnsOfTheirParts) {
  const Catalogue catalogue = Catalogue::embedded();
  const Task& mmlu = catalogue.task("mmlu_avg_test_5shot");
  EXPECT_THAT(
      mmlu.columns(Metric::rc_bpb),
      ElementsAre(
          WeightedColumn{"eval/downstream_bpb/mmlu_stem_test_rc_5shot_bpb", 0.215},
          WeightedColumn{"eval/downstream_bpb/mmlu_humanities_test_rc_5shot_bpb", 0.335},
          WeightedColumn{"eval/downstream_bpb/mmlu_social_sciences_test_rc_5shot_bpb", 0.219},
          WeightedColumn{"eval/downstream_bpb/mmlu_other_test_rc_5shot_bpb", 0.231}));
  EXPECT_THAT(mmlu.columns(Metric::c4),
              ElementsAre(WeightedColumn{"eval/c4_en-validation/CrossEntropyLoss", 1}));
  double weight = 0;
  for (const WeightedColumn& c : catalogue.task("main_avg_5shot").columns(Metric::rc_acc)) {
    weight += c.weight;
  }
  EXPECT_DOUBLE_EQ(weight, 8);
  // A part without the metric leaves the average without it.
  EXPECT_THROW(catalogue.task("core_small_avg_5shot").columns(Metric::rc_soft_log), InputError);
}

TEST(Catalogue, ModelSizesByNameAliasAndEntry) {
  const Catalogue catalogue = Catalogue::embedded();
  ASSERT_NE(catalogue.model("7B-4T"), nullptr);
  EXPECT_EQ(catalogue.model("7B-4T")->flops_per_token, 49412071424);
  EXPECT_EQ(catalogue.model("1B")->name, "1.3B");
  EXPECT_EQ(catalogue.model("190M")->batch_tokens, 524288);
  EXPECT_EQ(catalogue.model("2B"), nullptr);
  EXPECT_EQ(catalogue.models().front().name, "190M");
  EXPECT_EQ(catalogue.models().back().name, "13B");
}

TEST(Catalogue, AFileOfTheUsersAddsAndOverrides) {
  Catalogue catalogue = Catalogue::embedded();
  catalogue.add_text(R"(
[patterns.mine]
rc_bpb = "bpb/{}/{}"
[tasks.sums]
pattern = "mine"
rc_acc = "acc/sums"
n_choices = 10
[tasks.both]
name = "Both"
average_of = ["sums", "mmlu_avg_test_5shot"]
weights = [1, 3]
[tasks.boolq_val_5shot]
rc_soft_log = "other/column"
[sets]
v2_main_avg = ["sums", "both"]
[models."1B"]
n_params = 1e9
flops_per_token = 6e9
)",
                     "mine.toml");
  const Task& sums = catalogue.task("sums");
  EXPECT_EQ(sums.name, "sums");
  EXPECT_EQ(sums.chance, 0.1);
  EXPECT_EQ(sums.columns(Metric::rc_bpb).front().name, "bpb/sums/sums");
  EXPECT_FALSE(sums.has(Metric::mc_acc));
  const auto& both = catalogue.task("both").columns(Metric::rc_bpb);
  ASSERT_EQ(both.size(), 5u);
  EXPECT_EQ(both[0].weight, 1);
  EXPECT_DOUBLE_EQ(both[1].weight, 3 * 0.215);
  EXPECT_EQ(catalogue.task("boolq_val_5shot").name, "BoolQ");
  EXPECT_EQ(catalogue.task("boolq_val_5shot").columns(Metric::rc_soft_log).front().name,
            "other/column");
  EXPECT_THAT(keys_in(catalogue, {"v2_main_avg"}), ElementsAre("sums", "both"));
  EXPECT_EQ(catalogue.model("1B")->n_params, 1e9);
}

TEST(Catalogue, AnAverageHasTheChanceAndTheQuestionsOfItsParts) {
  Catalogue catalogue = Catalogue::embedded();
  EXPECT_NEAR(catalogue.task("main_avg_5shot").chance, (5 * 0.25 + 0.5 + 0.2 + 1.0 / 3) / 8, 1e-12);
  EXPECT_EQ(catalogue.task("mmlu_avg_test_5shot").chance, 0.25);
  EXPECT_EQ(catalogue.task("mmlu_avg_test_5shot").n_examples, 14042);  // as it says itself
  EXPECT_FALSE(catalogue.task("core_small_avg_5shot").n_examples);     // its parts say none
  catalogue.add_text(R"(
[tasks.a]
rc_acc = "a"
n_examples = 2500
n_choices = 4
[tasks.b]
rc_acc = "b"
n_examples = 1200
n_choices = 2
[tasks.unsaid]
rc_acc = "c"
[tasks.both]
average_of = ["a", "b"]
weights = [3, 1]
[tasks.other]
average_of = ["a", "unsaid"]
[tasks.said]
average_of = ["a", "unsaid"]
chance = 0.3
)",
                     "mine.toml");
  const Task& both = catalogue.task("both");
  EXPECT_DOUBLE_EQ(both.chance, 0.75 * 0.25 + 0.25 * 0.5);
  EXPECT_EQ(both.n_examples, std::round(1 / (0.5625 / 2500 + 0.0625 / 1200)));
  EXPECT_FALSE(both.chance_is_assumed);
  EXPECT_TRUE(catalogue.task("other").chance_is_assumed);
  EXPECT_FALSE(catalogue.task("other").n_examples);
  EXPECT_FALSE(catalogue.task("said").chance_is_assumed);
  EXPECT_EQ(catalogue.task("said").chance, 0.3);
}

TEST(Catalogue, MistakesSayWhereAndWhat) {
  EXPECT_THAT(complaint("[tasks.a]\nrc_bbp = \"x\"\nrc_acc = \"y\""),
              AllOf(HasSubstr("mine.toml:2"), HasSubstr("rc_bbp"), HasSubstr("'rc_bpb'")));
  EXPECT_THAT(complaint("[tasks.a]\nrc_acc = 3\nn_examples = -1"),
              AllOf(HasSubstr("mine.toml:2"), HasSubstr("mine.toml:3")));
  EXPECT_THAT(complaint("[tasks.a]\nname = \"A\""), HasSubstr("no columns"));
  EXPECT_THAT(complaint("[tasks.a]\npattern = \"spilt\""), HasSubstr("'split'"));
  EXPECT_THAT(complaint("[tasks.a]\naverage_of = [\"piqa_val_5sho\"]"),
              AllOf(HasSubstr("mine.toml:1"), HasSubstr("'piqa_val_5shot'")));
  EXPECT_THAT(complaint("[tasks.a]\naverage_of = [\"b\"]\n[tasks.b]\naverage_of = [\"a\"]"),
              HasSubstr("average of itself"));
  EXPECT_THAT(complaint("[tasks.a]\naverage_of = [\"piqa_val_5shot\"]\nweights = [1, 2]"),
              HasSubstr("2 weights for 1 tasks"));
  EXPECT_THAT(complaint("[tasks.a]\nrc_acc = \"y\"\nchance = 0.5\nmaximum = 0.5"),
              HasSubstr("below chance"));
  EXPECT_THAT(complaint("[sets]\nmine = [\"v2_main\"]"), HasSubstr("mine.toml:2"));
  EXPECT_THAT(complaint("[sets]\npiqa_val_5shot = [\"piqa_val_5shot\"]"),
              HasSubstr("and of a set"));
  EXPECT_THAT(complaint("[models.x]\nn_params = 5"), HasSubstr("flops_per_token"));
  EXPECT_THAT(complaint("[task.a]\nrc_acc = \"y\""), HasSubstr("'tasks'"));
  EXPECT_THAT(complaint("tasks = 3"), HasSubstr("mine.toml:1"));
  EXPECT_THAT(complaint("[tasks.a]\nrc_acc = "), HasSubstr("mine.toml:2"));
  EXPECT_EQ(complaint("[tasks.a]\nrc_acc = \"y\""), "");
}

TEST(Catalogue, TheDocumentedFileDoesWhatTheDocumentSays) {
  const std::string text = read_file(RUNG_SOURCE_DIR "/docs/tasks.md");
  const std::size_t begin = text.find("```toml\n") + 8;
  Catalogue catalogue = Catalogue::embedded();
  catalogue.add_text(text.substr(begin, text.find("```", begin) - begin), "docs/tasks.md");
  const std::vector<std::string> set = {"science"};
  const std::vector<Task> tasks = catalogue.select(set);
  ASSERT_EQ(tasks.size(), 4u);
  EXPECT_EQ(tasks[0].columns(Metric::rc_acc).front().name, "eval/downstream/sciq_rc_5shot_acc");
  EXPECT_EQ(tasks[3].columns(Metric::rc_soft_log).size(), 3u);
  EXPECT_EQ(tasks[3].columns(Metric::rc_bpb)[2].weight, 2);
  EXPECT_FALSE(tasks[3].has(Metric::mc_acc));
  EXPECT_EQ(catalogue.model("0.5B-1T")->n_params, 512e6);
  EXPECT_NE(catalogue.task("boolq_val_5shot").columns(Metric::rc_soft_log),
            catalogue.task("boolq_val_5shot").columns(Metric::rc_acc));
}

TEST(Catalogue, AFileWithMistakesLeavesItAsItWas) {
  Catalogue catalogue = Catalogue::embedded();
  const std::size_t n_tasks = catalogue.tasks().size();
  EXPECT_THROW(catalogue.add_text("[tasks.a]\nrc_acc = \"y\"\n[sets]\ns = [\"no\"]", "mine.toml"),
               InputError);
  EXPECT_EQ(catalogue.tasks().size(), n_tasks);
}

}  // namespace
}  // namespace rung::ladder
