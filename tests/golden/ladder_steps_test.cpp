/// Steps 1 and 2 and their chain against the published programs' numbers and the best optima known.

#include <gtest/gtest.h>

#include <cmath>

#include "rung/study/ladder/steps.hpp"
#include "tests/golden/ladder_goldens.hpp"

namespace rung::ladder {
namespace {

using nlohmann::json;

struct Step1Case {
  std::string golden;  // its entry in fits.json
  Metric metric;
  std::size_t moving_avg;
};

Step1Settings settings_of(const Step1Case& given) {
  return {.points = {.metric = given.metric, .moving_avg = given.moving_avg}};
}

/// The infimum of these accuracy fits lies at infinity: alpha, beta -> 0.
bool is_accuracy_ridge(const std::string& task) {
  return task == "mmlu_avg_test_5shot" || task == "hellaswag_val_5shot" ||
         task == "arc_challenge_test_5shot" || task == "socialiqa_val_5shot" ||
         task == "openbookqa_test_5shot";
}

class Step1Golden : public testing::TestWithParam<Step1Case> {};

TEST_P(Step1Golden, ObjectivesPredictionsAndStatus) {
  const auto published = published_ladder("final.json");
  const json golden = golden_numbers("ladder_fits"), best = golden_numbers("ladder_best");
  const json& optima = best.at(GetParam().golden);
  for (const Task& task : published.tasks) {
    SCOPED_TRACE(task.key);
    const Step1Result result = run_step1(published.ladder, task, settings_of(GetParam()));
    // C4 loss is every task's: its optimum stands once.
    const json& optimum =
        optima.at(GetParam().metric == Metric::c4 ? "mmlu_avg_test_5shot" : task.key);
    const double best_objective = optimum.at("best_objective");
    EXPECT_LE(result.fitted.fit.objective, best_objective * (1 + 1e-9));
    if (GetParam().metric == Metric::rc_acc && is_accuracy_ridge(task.key)) {
      EXPECT_TRUE(result.fitted.fit.status == Status::unbounded || !result.fitted.fit.identified);
      continue;
    }
    EXPECT_EQ(result.fitted.fit.status, Status::certified);
    EXPECT_TRUE(result.fitted.fit.identified);
    if (GetParam().metric != Metric::rc_bpb && GetParam().metric != Metric::c4) continue;
    const json& targets = golden.at(GetParam().golden).at(task.key).at("eval");
    ASSERT_EQ(result.targets.size(), 2u);
    for (const TargetPrediction& target : result.targets) {
      const double expected = targets.at(target.target.name).at("y_pred");
      EXPECT_NEAR(*target.predicted, expected, 1e-7 * expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, Step1Golden,
                         testing::Values(Step1Case{"step1_main", Metric::rc_bpb, 5},
                                         Step1Case{"step1_c4", Metric::c4, 5},
                                         Step1Case{"step1_acc", Metric::rc_acc, 5},
                                         Step1Case{"step1_taskce", Metric::rc_soft_log, 1}),
                         [](const auto& info) { return info.param.golden; });

struct Step2Case {
  std::string golden;
  Metric x_metric;
  double skip_perc;
  std::size_t moving_avg;
  bool use_log_sigmoid;
};

class Step2Golden : public testing::TestWithParam<Step2Case> {};

TEST_P(Step2Golden, SumsOfSquaresPredictionsAndStatus) {
  const auto published = published_ladder("final.json");
  const auto golden = golden_numbers("ladder_fits");
  const Step2Case& given = GetParam();
  const Step2Settings settings{.points = {.x_metric = given.x_metric,
                                          .skip_perc = given.skip_perc,
                                          .moving_avg = given.moving_avg},
                               .use_log_sigmoid = given.use_log_sigmoid};
  for (const Task& task : published.tasks) {
    SCOPED_TRACE(task.key);
    const json& there = golden.at(given.golden).at(task.key);
    const Step2Result result = run_step2(published.ladder, task, settings);
    EXPECT_LE(result.fitted.fit.objective, there.at("sse").get<double>() * (1 + 1e-9));
    // Of the log-sigmoid's fits only these two have a bend at a finite k.
    const bool finite =
        !given.use_log_sigmoid || task.key == "piqa_val_5shot" || task.key == "csqa_val_5shot";
    EXPECT_EQ(result.fitted.fit.status, finite ? Status::certified : Status::unbounded);
    EXPECT_EQ(result.fitted.fit.identified, finite);
    if (!finite) continue;
    for (const TargetPrediction& target : result.targets) {
      const double expected = there.at("eval").at(target.target.name).at("y_pred");
      EXPECT_NEAR(*target.predicted, expected, 5e-6 * expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, Step2Golden,
                         testing::Values(Step2Case{"step2_main", Metric::rc_bpb, 0.1, 5, false},
                                         Step2Case{"step2_c4", Metric::c4, 0.1, 5, false},
                                         Step2Case{"step2_taskce", Metric::rc_soft_log, 0.5, 1,
                                                   true}),
                         [](const auto& info) { return info.param.golden; });

struct ChainCase {
  std::string golden;
  Metric x_metric;
  double mean_7b, mean_13b;  // mean |relative error|, %
};

class ChainGolden : public testing::TestWithParam<ChainCase> {};

TEST_P(ChainGolden, PredictionsAndHeadline) {
  const auto published = published_ladder("final.json");
  const auto golden = golden_numbers("ladder_fits");
  ChainSettings settings{.n_bootstrap = 0};
  settings.step1.points = {.metric = GetParam().x_metric, .moving_avg = 5};
  settings.step2.points = {.x_metric = GetParam().x_metric, .skip_perc = 0.1, .moving_avg = 5};
  const std::vector<ChainResult> chains =
      run_chain(published.ladder, published.ladder, published.tasks, settings);
  double total[2] = {0, 0};
  for (const ChainResult& chain : chains) {
    SCOPED_TRACE(chain.task.key);
    const json& targets = golden.at(GetParam().golden).at("tasks").at(chain.task.key).at("eval");
    for (std::size_t i = 0; i < 2; ++i) {
      const double expected = targets.at(chain.targets[i].target.name).at("y_pred");
      EXPECT_NEAR(*chain.targets[i].predicted, expected, 5e-6 * expected);
      total[i] += 100 * std::abs(*chain.targets[i].relative_error()) / 8;
    }
  }
  EXPECT_NEAR(total[0], GetParam().mean_7b, 1e-3);
  EXPECT_NEAR(total[1], GetParam().mean_13b, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, ChainGolden,
    testing::Values(ChainCase{"chained_main_p0_fixed", Metric::rc_bpb, 5.8517, 6.0351},
                    ChainCase{"chained_c4_p0_fixed", Metric::c4, 2.9824, 5.3645}),
    [](const auto& info) { return info.param.golden; });

}  // namespace
}  // namespace rung::ladder
