#include "rung/study/ladder/example.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {
namespace {

std::vector<Task> example_tasks(const Catalogue& catalogue) {
  return catalogue.select(std::vector<std::string>{"v2_main"});
}

TEST(SimulatedLadder, HasARunForEachSizeAndLength) {
  const Catalogue catalogue = Catalogue::embedded();
  const auto tasks = example_tasks(catalogue);
  const Ladder ladder = simulated_ladder(catalogue, tasks, 0);
  EXPECT_EQ(ladder.runs.size(), 18u);
  EXPECT_EQ(tasks.size(), example_truths().size());
  for (const auto& run : ladder.runs) {
    for (const auto& [name, values] : run.metrics) EXPECT_EQ(values.size(), run.n_rows()) << name;
  }
}

TEST(SimulatedLadder, IsTheSameForASeed) {
  const Catalogue catalogue = Catalogue::embedded();
  const auto tasks = example_tasks(catalogue);
  const auto columns = [&](std::uint64_t seed) {
    return simulated_ladder(catalogue, tasks, seed).runs[3].metrics;
  };
  EXPECT_EQ(columns(7), columns(7));
  EXPECT_NE(columns(7), columns(8));
}

/// The steps find again what the simulation put in, as near as the noise lets them.
TEST(SimulatedLadder, StepsRecoverTheTruth) {
  const Catalogue catalogue = Catalogue::embedded();
  const auto tasks = example_tasks(catalogue);
  const Ladder ladder = simulated_ladder(catalogue, tasks, 1);
  Step1Settings settings;
  settings.points.moving_avg = 5;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Step1Result step1 = run_step1(ladder, tasks[i], settings);
    EXPECT_LT(step1.fitting_error, 0.01) << tasks[i].key;
    ASSERT_EQ(step1.targets.size(), 2u);
    for (const TargetPrediction& target : step1.targets) {
      EXPECT_LT(std::abs(target.relative_error().value()), 0.15) << tasks[i].key;
    }
    const Step2Result step2 = run_step2(ladder, tasks[i], {});
    const ExampleTruth& truth = example_truths()[i];
    for (const double loss : {1.0, 1.4}) {
      const double accuracy = truth.a / (1 + std::exp(-truth.k * (loss - truth.x0))) + truth.b;
      EXPECT_NEAR(step2_curve(step2, loss), accuracy, 0.02) << tasks[i].key;
    }
  }
}

}  // namespace
}  // namespace rung::ladder
