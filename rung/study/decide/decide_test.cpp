#include "rung/study/decide/decide.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/study/decide/mean_task.hpp"
#include "rung/study/decide/metric_names.hpp"

namespace rung::decide {
namespace {

Table table_of(const std::string& csv) { return parse_table(csv, "results.csv"); }

Evaluations evaluations_in(const std::string& csv) {
  return evaluations_of(table_of(csv), {}, published_sizes());
}

TEST(Evaluations, RowsBecomeRunsInTheOrderOfTraining) {
  const Evaluations found = evaluations_in(
      "data,params,task,seed,step,acc\n"
      "c4,300M,piqa,0,200,0.6\nc4,300M,piqa,0,100,0.5\nc4,150M,piqa,0,100,0.4\n"
      "dclm,300M,piqa,0,200,0.7\n");
  EXPECT_EQ(found.recipes, (std::vector<std::string>{"c4", "dclm"}));
  ASSERT_EQ(found.sizes.size(), 2u);
  EXPECT_EQ(found.sizes[0].name, "150M");
  EXPECT_EQ(found.sizes[0].n_params, 151898880);
  const auto& runs = found.runs(0, 1, 0);
  ASSERT_EQ(runs.size(), 1u);
  const Series& run = found.series[runs[0]];
  EXPECT_EQ(run.values[0], (std::vector<double>{0.5, 0.6}));
  EXPECT_EQ(run.n_tokens[1], 200 * 320.0 * 2048);
  EXPECT_EQ(run.compute_flops[1], 6 * 319980544.0 * 200 * 320 * 2048);
  EXPECT_TRUE(std::isnan(found.final_mean(1, 0, 0, 0)));
}

TEST(Evaluations, OtherFormsOfTables) {
  const Evaluations wide = evaluations_in(
      "recipe,size,n_tokens,arc_easy_acc_per_char,piqa_acc\na,1B,10,0.1,0.2\nb,1B,10,0.3,0.4\n");
  EXPECT_EQ(wide.tasks, (std::vector<std::string>{"arc_easy", "piqa"}));
  EXPECT_EQ(wide.metrics, (std::vector<std::string>{"acc_per_char", "acc"}));
  const Evaluations rows = evaluations_in(
      "recipe,size,task,metric,value\na,1B,piqa,acc,0.1\na,1B,piqa,f1,0.2\nb,1B,piqa,acc,0.3\n");
  EXPECT_EQ(rows.final_mean(0, 0, 0, 1), 0.2);
  const Evaluations texts = evaluations_in(
      "data,params,task,step,seed,metrics\n"
      "a,1B,piqa,1,default,\"{'acc_raw': 0.25, 'margin': nan, 'no': None}\"\n"
      "b,1B,piqa,1,default,\"{'acc_raw': 0.5}\"\n");
  EXPECT_EQ(texts.final_mean(1, 0, 0, *texts.metric("acc_raw")), 0.5);
}

TEST(Evaluations, SaysWhatIsMissing) {
  EXPECT_THROW(evaluations_in("size,acc\n1B,1\n"), InputError);
  EXPECT_THROW(evaluations_in("recipe,acc\na,1\n"), InputError);
  EXPECT_THROW(evaluations_in("recipe,size,acc\na,large,1\n"), InputError);
  EXPECT_THROW(evaluations_in("recipe,size\na,1B\n"), InputError);
  EXPECT_EQ(evaluations_in("recipe,size,step,acc\na,1B,1,1\na,1B,1,2\n").warnings.size(), 1u);
}

TEST(Evaluations, AnAccuracyThatIsNoneIsRefusedWithItsRow) {
  const auto refused = [](const std::string& csv) -> std::string {
    try {
      evaluations_in(csv);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const std::string begin = "recipe,size,step,acc,loss\na,1B,1,0.5,3\na,1B,2,0.6,2\n";
  const std::string found = refused(begin + "b,1B,1,55,2\n");
  EXPECT_NE(found.find("results.csv:4"), std::string::npos) << found;
  EXPECT_NE(found.find("acc is 55"), std::string::npos) << found;
  EXPECT_NE(refused(begin + "b,1B,1,-0.1,2\n"), "");
  EXPECT_EQ(refused(begin + "b,1B,1,1,2\n"), "");
  // In percent throughout.
  EXPECT_EQ(refused("recipe,size,step,acc\na,1B,1,0.5\na,1B,2,60\nb,1B,1,55\n"), "");
  EXPECT_NE(refused("recipe,size,step,metric,value\na,1B,1,acc,.5\na,1B,2,acc,.6\nb,1B,1,acc,6\n"
                    ""),
            "");
}

TEST(Evaluations, RowsWithoutAValueAreCounted) {
  const Evaluations found =
      evaluations_in("recipe,size,step,acc,loss\na,1B,1,,3\na,1B,2,0.6,2\nb,1B,1,,\n");
  EXPECT_EQ(found.n_missing, (std::vector<std::size_t>{2, 1}));
}

TEST(Series, EndIsTheMeanOfTheLastTenth) {
  Series series{.n_tokens = std::vector<double>(20, 1)};
  std::vector<double> values(20, 0);
  values[18] = 1, values[19] = 3;
  series.values = {values, {}};
  EXPECT_EQ(series.end_mean(0), 2);
  EXPECT_EQ(series.final_value(0), 3);
}

TEST(MeanTask, SubtasksCountAsOne) {
  EXPECT_EQ(task_weights({"piqa", "mmlu_a", "mmlu_b"}), (std::vector<double>{0.5, 0.25, 0.25}));
  EXPECT_EQ(task_weights({"piqa", "mmlu_a", "mmlu"}), (std::vector<double>{0.5, 0, 0.5}));
}

TEST(Noise, OfLastCheckpointsAndOfSeeds) {
  // A straight rise of 1 a checkpoint with +-1 on top: differences 3 and -1, half their mean
  // square.
  const Evaluations found = evaluations_in(
      "recipe,size,seed,step,acc\n"
      "a,1B,0,1,0\na,1B,0,2,3\na,1B,0,3,2\na,1B,1,3,4\nb,1B,0,3,12\nb,1B,1,3,14\n");
  const Noise noise = noise_of(found, 0, 0, 0, 5);
  EXPECT_DOUBLE_EQ(*noise.checkpoints, std::sqrt((9.0 + 1) / 2 / 2));
  EXPECT_DOUBLE_EQ(*noise.seeds, std::sqrt(2.0));
  const SignalToNoise signal = signal_to_noise(found, 0, 0, 0, 5);
  EXPECT_DOUBLE_EQ(*signal.signal, 10 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(*signal.ratio, *signal.signal / *noise.checkpoints);
  EXPECT_GT(*signal.expected_order, 0.8);
}

TEST(Noise, ExpectedOrderIsWhatOneDraws) {
  Rng rng(3);
  const double signal = 1, noise = 0.7;
  std::size_t n_right = 0;
  constexpr std::size_t kPairs = 20000;
  for (std::size_t i = 0; i < kPairs; ++i) {
    const double a = signal * rng.normal(), b = signal * rng.normal();
    n_right += (a > b) == (a + noise * rng.normal() > b + noise * rng.normal());
  }
  EXPECT_NEAR(0.5 + std::atan(signal / noise) / M_PI, static_cast<double>(n_right) / kPairs, 0.01);
}

TEST(MetricNames, Columns) {
  EXPECT_EQ(split_column("arc_easy_acc_per_char")->task, "arc_easy");
  EXPECT_EQ(split_column("hellaswag_acc_norm")->metric, "acc_norm");
  EXPECT_FALSE(split_column("learning_rate"));
  EXPECT_TRUE(is_lower_better("correct_logit_per_byte"));
  EXPECT_FALSE(is_lower_better("correct_prob_per_byte"));
}

/// Recipes whose accuracy follows from compute by one law each, at DataDecide's sizes.
std::string law_results(double noise, int n_seeds) {
  std::string csv = "recipe,size,task,seed,step,n_tokens,acc,bpb\n";
  Rng rng(7);
  for (int recipe = 0; recipe < 4; ++recipe) {
    for (const auto& [name, size] : published_sizes()) {
      if (size.n_params < 1e8) continue;
      for (int seed = 0; seed < n_seeds; ++seed) {
        for (int i = 1; i <= 20; ++i) {
          const double tokens = 100 * size.n_params * i / 20;
          const double flops = 6 * size.n_params * tokens;
          const double bpb =
              0.5 + 0.02 * recipe + 40 * std::pow(flops, -0.1) + noise * rng.normal();
          const double acc = 0.25 + 0.7 / (1 + std::exp(6 * (bpb - 1.0)));
          csv += "r" + std::to_string(recipe) + "," + name + ",t," + std::to_string(seed) + "," +
                 std::to_string(i) + "," + std::to_string(tokens) + "," + std::to_string(acc) +
                 "," + std::to_string(bpb) + "\n";
        }
      }
    }
  }
  return csv;
}

TEST(Decide, LawsFindTheBestOfExactRuns) {
  Request request;
  request.by = "3_param-default";
  const Result result = run(request, table_of(law_results(1e-5, 1)));
  ASSERT_TRUE(result.has_actual);
  EXPECT_EQ(result.target, "1B");
  ASSERT_EQ(result.decisions.size(), 1u);
  const Decision& decision = result.decisions.front();
  EXPECT_EQ(result.recipes[decision.recipes.front().recipe], "r0");
  for (const Estimate& estimate : decision.recipes) {
    // The means over the last tenth stand at the last checkpoint: a little early.
    EXPECT_NEAR(estimate.value, *estimate.actual, 0.005);
    EXPECT_TRUE(estimate.standard_error);
  }
  for (const Score& score : result.scores) {
    if (result.methods[score.method].name != "3_param-default") continue;
    EXPECT_EQ(*score.agreement.decision_accuracy, 1);
    EXPECT_LT(*score.relative_error, 0.01);
  }
}

TEST(Decide, TargetsBeyondTheTable) {
  Request request;
  request.target = "7B";
  request.by = "2_param-default";
  const Result result = run(request, table_of(law_results(1e-3, 2)));
  EXPECT_FALSE(result.has_actual);
  EXPECT_EQ(result.rehearsal, "1B");
  EXPECT_FALSE(result.scores.front().agreement.decision_accuracy);
  EXPECT_TRUE(result.scores.front().rehearsal);
  EXPECT_EQ(result.recipes[result.decisions.front().recipes.front().recipe], "r0");
}

TEST(Decide, IntervalsHoldTheTruthAsOftenAsTheySay) {
  // Gaps of a single scale, whose truth is known: recipes 0.02 apart in bits per byte.
  const Result result = run({.loss = "bpb", .by = "bpb@750M"}, table_of(law_results(0.01, 3)));
  std::size_t n_held = 0;
  for (const Gap& gap : result.decisions.front().gaps) {
    const double truth = 0.02 * (static_cast<double>(gap.worse) - static_cast<double>(gap.better));
    n_held += gap.interval->lower <= truth && truth <= gap.interval->upper;
  }
  EXPECT_GE(n_held, 5u);
}

TEST(Decide, RefusesWhatIsNotThere) {
  const Table table = table_of(law_results(0, 1));
  EXPECT_THROW(run({.by = "4_param"}, table), InputError);
  EXPECT_THROW(run({.gold = "f1"}, table), InputError);
  EXPECT_THROW(run({.target = "large"}, table), InputError);
  EXPECT_THROW(run({.target = "150M"}, table), InputError);
  EXPECT_THROW(run({.small_sizes = {"2B"}}, table), InputError);
  EXPECT_THROW(run({.through = "bpb"}, table), InputError);
  EXPECT_THROW(run({.worth = 2}, table), InputError);
  EXPECT_THROW(run({}, table_of("recipe,size,acc\na,1B,1\na,150M,1\n")), InputError);
}

}  // namespace
}  // namespace rung::decide
