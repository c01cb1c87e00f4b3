// What ships reads as the papers' own files do, number for number, so every fit is the same.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/reader/testbed_folder.hpp"
#include "rung/data/testbed.hpp"
#include "rung/study/ladder/series.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

/// Every column that a task of the catalogue names, where the published runs hold it.
std::vector<std::string> task_columns() {
  std::set<std::string> columns;
  for (const ladder::Task& task :
       ladder::Catalogue::embedded().select(std::vector<std::string>{"v2_main_variance"})) {
    for (const auto metric : {ladder::Metric::c4, ladder::Metric::rc_bpb, ladder::Metric::rc_acc,
                              ladder::Metric::rc_soft_log}) {
      for (const auto& column : task.columns(metric)) columns.insert(column.name);
    }
  }
  return {columns.begin(), columns.end()};
}

TEST(Published, LadderIsTheOriginal) {
  const auto original = shared_path("data/olmo-ladder/configs");
  if (!original) GTEST_SKIP() << "no ../shared/data/olmo-ladder";
  for (const char* config : {"final.json", "final_7b_only.json", "final_variance.json",
                             "final_variance_train_mode.json"}) {
    SCOPED_TRACE(config);
    const auto read = [&](const fs::path& folder) {
      return read_ladder(ladder::read_config(folder / config), task_columns());
    };
    const ladder::Ladder shipped = read("published:olmo-ladder/configs"), there = read(*original);
    ASSERT_EQ(shipped.runs.size(), there.runs.size());
    for (std::size_t i = 0; i < there.runs.size(); ++i) {
      const auto &ours = shipped.runs[i], &theirs = there.runs[i];
      SCOPED_TRACE(theirs.file);
      EXPECT_EQ(ours.model, theirs.model);
      EXPECT_EQ(ours.label, theirs.label);
      EXPECT_EQ(ours.mode, theirs.mode);
      EXPECT_EQ(ours.length, theirs.length);
      EXPECT_EQ(ours.n_params, theirs.n_params);
      EXPECT_EQ(ours.flops_per_token, theirs.flops_per_token);
      EXPECT_EQ(ours.n_tokens, theirs.n_tokens);
      EXPECT_EQ(ours.metrics, theirs.metrics);
    }
  }
}

TEST(Published, TestbedIsTheOriginal) {
  const auto original = shared_path("data/over-training");
  if (!original) GTEST_SKIP() << "no ../shared/data/over-training";
  const Testbed shipped = read_testbed("published:over-training"), there = read_testbed(*original);
  EXPECT_EQ(shipped.loss_sets, there.loss_sets);
  EXPECT_EQ(shipped.tasks, there.tasks);
  EXPECT_EQ(shipped.models, there.models);
  ASSERT_EQ(shipped.task_infos.size(), there.task_infos.size());
  for (std::size_t i = 0; i < there.task_infos.size(); ++i) {
    const TaskInfo &ours = shipped.task_infos[i], &theirs = there.task_infos[i];
    EXPECT_EQ(ours.name, theirs.name);
    EXPECT_EQ(ours.n_shots, theirs.n_shots) << ours.name;
    EXPECT_EQ(ours.n_examples, theirs.n_examples) << ours.name;
    EXPECT_EQ(ours.chance_accuracy, theirs.chance_accuracy) << ours.name;
  }
  ASSERT_EQ(shipped.grid.size(), there.grid.size());
  for (std::size_t i = 0; i < there.grid.size(); ++i) {
    EXPECT_EQ(shipped.grid[i].key, there.grid[i].key);
    EXPECT_EQ(shipped.grid[i].n_params(), there.grid[i].n_params());
    EXPECT_EQ(shipped.grid[i].learning_rate, there.grid[i].learning_rate);
    EXPECT_EQ(shipped.grid[i].final_learning_rate, there.grid[i].final_learning_rate);
    EXPECT_EQ(shipped.grid[i].loss_nats, there.grid[i].loss_nats);
  }
  std::multiset<std::string> our_warnings, their_warnings;
  for (const Problem& warning : shipped.warnings) our_warnings.insert(warning.message);
  for (const Problem& warning : there.warnings) their_warnings.insert(warning.message);
  EXPECT_EQ(our_warnings, their_warnings);
}

TEST(Published, BenchmarksAreTheOriginal) {
  const auto original = shared_path("data/obs-scaling");
  if (!original) GTEST_SKIP() << "no ../shared/data/obs-scaling";
  for (const auto& entry : fs::directory_iterator(*original)) {
    const fs::path name = entry.path().filename();
    SCOPED_TRACE(name.string());
    const Table shipped = read_table(fs::path("published:obs-scaling") / name),
                there = read_table(entry.path());
    ASSERT_EQ(shipped.column_names(), there.column_names());
    ASSERT_EQ(shipped.n_rows(), there.n_rows());
    for (std::size_t k = 0; k < there.columns().size(); ++k) {
      const Column &ours = shipped.columns()[k], &theirs = there.columns()[k];
      ASSERT_EQ(ours.is_number(), theirs.is_number()) << theirs.name;
      if (!theirs.is_number()) {
        EXPECT_EQ(ours.values, theirs.values) << theirs.name;
        continue;
      }
      const auto &x = shipped.numbers(ours.name), &y = there.numbers(theirs.name);
      for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_TRUE(x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]))) << theirs.name;
    }
  }
}

}  // namespace
}  // namespace rung
