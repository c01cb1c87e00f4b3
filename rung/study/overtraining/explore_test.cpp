#include "rung/study/overtraining/explore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/data/reader/testbed_folder.hpp"

namespace rung::overtraining {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

GridRun grid_run(double hidden_dim, double n_warmup_steps, double loss_nats) {
  GridRun run;
  run.hidden_dim = hidden_dim;
  run.n_layers = 2;
  run.n_heads = 2;
  run.n_warmup_steps = n_warmup_steps;
  run.n_tokens = 100 * hidden_dim;
  run.loss_nats = loss_nats;
  return run;
}

const Sensitivity& named(const std::vector<Sensitivity>& all, const std::string& name) {
  for (const Sensitivity& one : all) {
    if (one.hyperparameter == name) return one;
  }
  throw std::out_of_range(name);
}

TEST(GridSensitivity, compares_only_runs_that_differ_in_one_setting) {
  const std::vector<GridRun> grid = {grid_run(8, 100, 4.0), grid_run(8, 200, 3.8),
                                     grid_run(16, 100, 3.5), grid_run(16, 200, 3.6),
                                     grid_run(32, 400, 3.0)};
  const auto all = grid_sensitivity(grid);
  EXPECT_EQ(all.front().hyperparameter, "hidden_dim");
  const Sensitivity& warmup = named(all, "n_warmup_steps");
  EXPECT_EQ(warmup.n_values, 3u);
  EXPECT_EQ(warmup.n_groups, 2u);
  EXPECT_NEAR(warmup.mean_range_nats, 0.15, 1e-12);
  EXPECT_NEAR(warmup.largest_range_nats, 0.2, 1e-12);
  ASSERT_EQ(warmup.effects.size(), 2u);
  EXPECT_EQ(warmup.effects[0].value, 100);
  EXPECT_EQ(warmup.effects[0].n_best, 1u);
  EXPECT_NEAR(warmup.effects[0].mean_excess_nats, 0.1, 1e-12);
  EXPECT_EQ(named(all, "learning_rate").n_groups, 0u);
}

TEST(GridFrontier, keeps_what_no_cheaper_run_beats) {
  const std::vector<GridRun> grid = {grid_run(32, 1, 3.0), grid_run(8, 1, 4.0),
                                     grid_run(16, 1, 4.1), grid_run(8, 2, 3.9)};
  EXPECT_THAT(grid_frontier(grid), ElementsAre(3u, 0u));
}

class Explore : public ::testing::Test {
 protected:
  const Testbed testbed_ = read_testbed("published:over-training");
};

TEST_F(Explore, frontier_holds_the_four_sizes_that_the_testbed_scales) {
  std::vector<std::string> architectures;
  for (const std::size_t i : grid_frontier(testbed_.grid))
    architectures.push_back(testbed_.grid[i].architecture);
  for (const char* name : {"d=96_l=8_h=4", "d=512_l=8_h=4", "d=576_l=24_h=8", "d=1024_l=24_h=8"}) {
    EXPECT_THAT(architectures, Contains(name));
  }
}

TEST_F(Explore, search_can_tell_warmup_and_heads_but_not_the_learning_rate) {
  const auto all = grid_sensitivity(testbed_.grid);
  ASSERT_EQ(all.size(), 8u);
  EXPECT_EQ(named(all, "n_warmup_steps").n_groups, 126u);
  EXPECT_GT(named(all, "n_heads").n_groups, 50u);
  for (const char* name :
       {"learning_rate", "final_learning_rate", "weight_decay", "batch_sequences"}) {
    EXPECT_EQ(named(all, name).n_groups, 0u) << name;
  }
}

TEST_F(Explore, runs_of_one_size_are_no_curve_of_another_s) {
  Testbed testbed{.loss_sets = {"web"}};
  for (const auto& [name, ratio] : {std::pair("wide", 20.0), {"deep", 40.0}, {"wide", 80.0}})
    testbed.models.push_back({.train_set = "mix",
                              .architecture = name,
                              .n_params = 1e8,
                              .n_tokens = ratio * 1e8,
                              .chinchilla_multiplier = ratio / 20,
                              .losses = {{3}}});
  testbed.models.push_back(testbed.models.back());
  testbed.models.back().losses = {{kNaN}};
  const auto curves = token_curves(testbed, "web");
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].tokens_per_parameter, std::vector{40.0});
  EXPECT_EQ(curves[1].tokens_per_parameter, (std::vector{20.0, 80.0}));  // not the unmeasured one
}

TEST_F(Explore, loss_falls_with_tokens_on_every_curve) {
  const auto curves = token_curves(testbed_, "c4_val");
  ASSERT_EQ(curves.size(), 4u * 3u + 3u + 3u);  // the last: single runs
  for (const TokenCurve& curve : curves) {
    EXPECT_TRUE(
        std::is_sorted(curve.tokens_per_parameter.begin(), curve.tokens_per_parameter.end()));
    EXPECT_TRUE(curve.loss_nats.size() == 1 || curve.loss_nats.back() < curve.loss_nats.front())
        << curve.train_set << " " << curve.architecture;
    for (std::size_t i = 0; i < curve.loss_nats.size(); ++i) {
      EXPECT_LT(curve.lower[i], curve.loss_nats[i]);
      EXPECT_GT(curve.upper[i], curve.loss_nats[i]);
    }
  }
}

TEST_F(Explore, tasks_that_follow_the_loss_correlate_with_it) {
  const auto all = task_correlations(testbed_, default_study(), "c4_val", "rpj");
  ASSERT_EQ(all.size(), 48u);
  for (const TaskCorrelation& task : all) {
    EXPECT_EQ(task.n_models, 35u);
    if (task.error_set == "hellaswag" || task.error_set == "lambada_openai" ||
        task.error_set == "avg_subset") {
      EXPECT_GT(task.spearman.value(), 0.97) << task.error_set;
    }
    if (task.error_set == "piqa") {
      EXPECT_GT(task.best_over_chance_sigmas.value(), 10);
    }
    if (task.error_set == "math_qa") {
      EXPECT_LT(task.best_over_chance_sigmas.value(), 3);
    }
    if (task.error_set == "squad") {
      EXPECT_FALSE(task.best_over_chance_sigmas.has_value());
    }
  }
}

TEST_F(Explore, tables_have_a_row_a_run_and_no_gaps) {
  const Table models = model_table(testbed_, default_study());
  EXPECT_EQ(models.n_rows(), 104u);
  EXPECT_EQ(models.columns().size(), 15u + 8u * 3u + 48u);
  const Table grid = grid_table(testbed_);
  EXPECT_EQ(grid.n_rows(), 435u);
  for (const Table* table : {&models, &grid}) {
    for (const Column& column : table->columns()) {
      if (!column.is_number()) continue;
      for (const double value : std::get<0>(column.values))
        EXPECT_TRUE(std::isfinite(value)) << column.name;
    }
  }
}

}  // namespace
}  // namespace rung::overtraining
