// FLOPs-only and single-step predictions against the published programs' own numbers.
#include <gtest/gtest.h>

#include "rung/study/ladder/steps.hpp"
#include "tests/golden/ladder_goldens.hpp"

namespace rung::ladder {
namespace {

void expect_close(const std::optional<double>& value, double expected, double tolerance,
                  const std::string& what) {
  ASSERT_TRUE(value) << what;
  EXPECT_NEAR(*value, expected, tolerance * std::abs(expected)) << what;
}

TEST(LadderVariants, FlopsOnly) {
  const auto published = published_ladder("final.json");
  const auto golden = golden_numbers("ladder_fits");
  ChainSettings settings{.n_bootstrap = 0};
  settings.step1.points.moving_avg = settings.step2.points.moving_avg = 5;
  settings.step2.points.skip_perc = 0.1;
  settings.step1.inputs = Step1Inputs::compute;
  for (const ChainResult& chain :
       run_chain(published.ladder, published.ladder, published.tasks, settings)) {
    const auto& task = golden.at("flops").at("tasks").at(chain.task.key);
    SCOPED_TRACE(chain.task.key);
    EXPECT_TRUE(chain.step1.fitted.fit.identified);
    const auto& theta = task.at("coefficients");
    EXPECT_NEAR(std::log(chain.step1.fitted.fit.value("A")), theta[0], 1e-6);
    EXPECT_NEAR(chain.step1.fitted.fit.value("alpha"), theta[1], 1e-7);
    EXPECT_NEAR(chain.step1.fitted.fit.value("E"), theta[2], 1e-6);
    EXPECT_NEAR(chain.step1.fitted.fit.objective, task.at("objective"), 1e-12 * 1e-4);
    EXPECT_NEAR(chain.step1.fitting_error, task.at("fitting_error"), 1e-7);
    for (const TargetPrediction& target : chain.step1.targets) {
      const auto& expected = task.at("step1_eval").at(target.target.name);
      expect_close(target.actual, expected.at("y"), 1e-14, "loss");
      expect_close(target.predicted, expected.at("y_pred"), 1e-7, "predicted loss");
    }
    for (const TargetPrediction& target : chain.targets) {
      const auto& expected = task.at("chained_p0_fixed").at(target.target.name);
      expect_close(target.actual, expected.at("y"), 1e-14, "accuracy");
      // Step 2 of the published program stops within 1e-6 of its optimum.
      expect_close(target.predicted, expected.at("y_pred"), 2e-6, "predicted accuracy");
    }
  }
}

TEST(LadderVariants, SingleStep) {
  const auto published = published_ladder("final.json");
  const auto golden = golden_numbers("ladder_fits");
  Step1Settings settings{.points = {.metric = Metric::rc_acc, .moving_avg = 5},
                         .single_step = true};
  for (const Task& task : published.tasks) {
    SCOPED_TRACE(task.key);
    const Step1Result result = run_step1(published.ladder, task, settings);
    const auto& expected = golden.at("single_step").at("tasks").at(task.key);
    const bool flat = task.key == "openbookqa_test_5shot";  // the published fit stopped early
    EXPECT_LE(result.fitted.fit.objective, expected.at("objective").get<double>() * (1 + 1e-5));
    EXPECT_NEAR(result.fitting_error, expected.at("fitting_error"), flat ? 1e-4 : 1e-6);
    for (const TargetPrediction& target : result.targets) {
      const auto& there = expected.at("eval").at(target.target.name);
      expect_close(target.actual, there.at("y"), 1e-14, "accuracy");
      expect_close(target.predicted, there.at("y_pred"), flat ? 5e-3 : 5e-6, "prediction");
    }
  }
}

}  // namespace
}  // namespace rung::ladder
