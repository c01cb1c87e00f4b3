#include "rung/study/overtraining/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::overtraining {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::vector<Problem> problems_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.problems();
  }
  return {};
}

TEST(OvertrainingStudy, default_has_the_published_runs) {
  const Study& study = default_study();
  EXPECT_EQ(study.loss_runs.size(), 5u);
  EXPECT_EQ(study.error_runs.size(), 6u);
  ASSERT_EQ(study.task_sets.size(), 2u);
  EXPECT_EQ(study.task_sets[1].tasks.size(), 17u);
  EXPECT_EQ(study.title("rpj"), "RedPajama");
  EXPECT_EQ(study.title("unknown"), "unknown");
}

TEST(OvertrainingStudy, names_every_mistake_with_its_line) {
  const auto problems = problems_of([] {
    parse_study("[loss_law]\nruns = [{ model = 3 }]\n[task_set.x]\n[task_sets.avg]\ntasks = [1]\n",
                "my.toml");
  });
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(problem.text());
  EXPECT_THAT(texts,
              ::testing::UnorderedElementsAre(
                  "my.toml:2:19: error: 'model' must be a text in quotes, not 3",
                  "my.toml:2:9: error: 'tokens_per_parameter' is missing in [loss_law.runs[0]]",
                  "my.toml:3:2: error: unknown key 'task_set' (did you mean 'task_sets'?)",
                  "my.toml:5:10: error: 'tasks' must be a list of texts, not empty, not 1",
                  "my.toml:1:1: error: [error_law] is missing"));
}

TEST(OvertrainingStudy, wide_has_more_runs_and_the_task_sets_of_the_default) {
  EXPECT_EQ(study_names(), (std::vector<std::string>{"default", "wide"}));
  const std::optional<Study> wide = named_study("wide");
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->loss_runs.size(), 23u);
  EXPECT_EQ(wide->error_runs.back().architecture, "open_lm_1b");
  EXPECT_EQ(wide->task_sets.size(), default_study().task_sets.size());
  EXPECT_EQ(wide->title("rpj"), "RedPajama");
  EXPECT_FALSE(named_study("broad"));
}

TEST(OvertrainingStudy, names_the_place_of_bad_toml) {
  const auto problems = problems_of([] { parse_study("[loss_law]\nruns = [", "my.toml"); });
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].location.line, 2u);
}

class OvertrainingData : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto goldens = shared_path("goldens/over-training");
    if (!goldens) GTEST_SKIP() << "no shared goldens";
    goldens_ = *goldens;
  }
  json golden(const char* file) const { return json::parse(read_file(goldens_ / file)); }

  const Testbed testbed_ = read_testbed("published:over-training");
  std::filesystem::path goldens_;
};

TEST_F(OvertrainingData, averages_equal_the_published_ones) {
  const ErrorSet all = error_set(testbed_, default_study(), "avg");
  const ErrorSet subset = error_set(testbed_, default_study(), "avg_subset");
  const json models = golden("models.json")["models"];
  for (std::size_t i = 0; i < testbed_.models.size(); ++i) {
    ASSERT_EQ(models[i]["name"], testbed_.models[i].name);
    EXPECT_NEAR(all.errors[i], models[i]["err_avg"].get<double>(), 1e-15);
    EXPECT_NEAR(subset.errors[i], models[i]["err_avg_subset"].get<double>(), 1e-15);
  }
  const json constants = golden("constants.json");
  EXPECT_NEAR(all.chance_error, constants["RANDOM_AVG_ERROR_46"].get<double>(), 1e-15);
  EXPECT_NEAR(subset.chance_error, constants["RANDOM_AVG_SUBSET_ERROR_17"].get<double>(), 1e-15);
}

TEST_F(OvertrainingData, single_task_has_its_sampling_error) {
  const ErrorSet copa = error_set(testbed_, default_study(), "copa");
  EXPECT_EQ(copa.chance_error, 0.5);
  EXPECT_EQ(copa.title, "COPA");
  const double error = copa.errors[0];
  EXPECT_NEAR(copa.standard_errors[0], std::sqrt(error * (1 - error) / 100), 1e-15);
  EXPECT_EQ(error_set_names(testbed_, default_study()).size(), 48u);
}

TEST_F(OvertrainingData, chooses_the_published_points_in_their_order) {
  const json losses = golden("loss_fits.json"), errors = golden("downstream_fits.json");
  for (const std::string& train_set : testbed_.train_sets()) {
    for (const std::string& loss_set : testbed_.loss_sets) {
      const json& expected = losses[train_set + "|" + loss_set];
      const auto chosen = chosen_models(testbed_, default_study().loss_runs, train_set);
      ASSERT_EQ(chosen.size(), expected["points"].size());
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        const TestbedModel& model = testbed_.models[chosen[i]];
        EXPECT_EQ(model.name, expected["points"][i]);
        EXPECT_EQ(model.tokens_per_parameter(), expected["M"][i]);
        EXPECT_DOUBLE_EQ(model.compute_flops(), expected["flops"][i].get<double>());
        EXPECT_EQ(model.losses[testbed_.loss_set_index(loss_set)].loss_nats, expected["loss"][i]);
      }
    }
    const json& expected = errors[train_set + "|c4_val|avg"];
    std::vector<std::string> names;
    for (const std::size_t i : chosen_models(testbed_, default_study().error_runs, train_set)) {
      names.push_back(testbed_.models[i].name);
    }
    EXPECT_EQ(json(names), expected["points"]);
  }
}

TEST_F(OvertrainingData, names_runs_and_error_sets_that_are_not_there) {
  const auto runs = problems_of([&] {
    chosen_models(testbed_, {{"open_lm_2b", 20}, {"open_lm_1b", 21, {"my.toml", 3}}, {"gpt", 1}},
                  "rpj");
  });
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_THAT(runs[0].hint, HasSubstr("open_lm_1b"));
  EXPECT_EQ(runs[1].hint, "open_lm_1b has 20, 640");
  EXPECT_EQ(runs[1].location.line, 3u);
  EXPECT_THAT(runs[2].hint, HasSubstr("there are d=1024_l=24_h=8, "));
  Study mistyped = default_study();
  mistyped.task_sets = {{"mine", "mine", {"copa", "squid"}, {{"my.toml", 5}, {"my.toml", 6}}}};
  const auto tasks = problems_of([&] { error_set(testbed_, mistyped, "mine"); });
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_THAT(tasks[0].text(), HasSubstr("my.toml:6: error: the testbed has no task 'squid' (did"));
  const auto sets = problems_of([&] { error_set(testbed_, default_study(), "hellaswags"); });
  ASSERT_EQ(sets.size(), 1u);
  EXPECT_THAT(sets[0].hint, HasSubstr("'hellaswag'"));
}

}  // namespace
}  // namespace rung::overtraining
