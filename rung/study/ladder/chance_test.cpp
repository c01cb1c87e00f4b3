#include "rung/study/ladder/chance.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"

namespace rung::ladder {
namespace {

/// Twelve runs that score what `accuracy` says of their place, 0 to 1, give or take a point.
template <class Accuracy>
double chance_of(const std::string& column, const Accuracy& accuracy) {
  Rng rng(5, 0);
  Ladder ladder;
  for (int i = 0; i < 12; ++i) {
    LadderRun& run = ladder.runs.emplace_back();
    run.n_params.non_embedding = 5e7 * std::pow(2, i / 3);
    run.n_tokens = {*run.n_params.non_embedding * 20 * (1 + i % 3)};
    run.metrics[column] = {accuracy(i / 11.0) + 0.01 * rng.normal()};
  }
  std::vector<Task> tasks = {{.key = column, .name = column}};
  take_chances(Catalogue::embedded(), ladder, tasks);
  return tasks[0].chance;
}

/// Of a task whose chance is assumed, from the smallest run to the largest.
TaskData eight_runs(const std::vector<double>& accuracies) {
  TaskData data;
  data.task.chance_is_assumed = true;
  for (const double accuracy : accuracies) {
    RunData& run = data.runs.emplace_back();
    run.accuracy = accuracy;
    run.scale.n_params = 1e8 * static_cast<double>(data.runs.size());
    run.scale.n_tokens = 20 * run.scale.n_params;
  }
  return data;
}

TEST(Chance, IsOfTheBenchmarkThatTheColumnNames) {
  const auto any = [](double) { return 0.6; };
  EXPECT_EQ(chance_of("lm_eval/copa_acc", any), 0.5);
  EXPECT_EQ(chance_of("rte_acc", any), 0.5);
  EXPECT_EQ(chance_of("mmlu_pro_acc", any), 0.1);
  EXPECT_EQ(chance_of("gsm8k_exact_match", any), 0);
  EXPECT_EQ(chance_of("parte_acc", [](double x) { return 0.3 + 0.3 * x; }), 0.25);  // no RTE
}

TEST(Chance, OfAnUnknownTaskIsWhereAllRunsStay) {
  EXPECT_EQ(chance_of("yesno_acc", [](double) { return 0.505; }), 0.5);
  EXPECT_EQ(chance_of("three_acc", [](double) { return 0.335; }), 1.0 / 3);
  EXPECT_EQ(chance_of("four_acc", [](double) { return 0.25; }), 0.25);
  EXPECT_EQ(chance_of("ten_acc", [](double) { return 0.1; }), 0.1);
}

TEST(Chance, OfAnUnknownTaskThatRisesIsAQuarterOrNothing) {
  EXPECT_EQ(chance_of("new_acc", [](double x) { return 0.3 + 0.4 * x; }), 0.25);
  EXPECT_EQ(chance_of("new_acc", [](double x) { return 0.05 + 0.4 * x; }), 0);
}

TEST(Chance, ThatIsAssumedMayBeThatOfTheSmallestRuns) {
  TaskData data = eight_runs({0.5, 0.51, 0.52, 0.55, 0.6, 0.65, 0.7, 0.75});
  data.task.chance_is_assumed = false;
  EXPECT_FALSE(other_chance(data));
  data.task.chance_is_assumed = true;
  EXPECT_EQ(other_chance(data), 0.5);
  for (RunData& run : data.runs) run.accuracy -= 0.1;
  EXPECT_FALSE(other_chance(data));
}

TEST(Chance, IsNotOneThatARunIsClearlyWorseThan) {
  TaskData data = eight_runs({0.46, 0.51, 0.52, 0.55, 0.6, 0.65, 0.7, 0.75});
  EXPECT_EQ(other_chance(data), 0.5);
  data.runs[0].accuracy = 0.4;  // the mean of the smallest is near, as before
  EXPECT_FALSE(other_chance(data));
}

}  // namespace
}  // namespace rung::ladder
