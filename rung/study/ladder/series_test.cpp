#include "rung/study/ladder/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung::ladder {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

TEST(Series, WeightedMeanOfTheTasksColumnsWithTheMetricsSign) {
  Task task;
  task.columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{"a", 3}, {"b", 1}};
  task.columns_by_metric[static_cast<std::size_t>(Metric::rc_soft_log)] = {{"s", 1}};
  rung::Run run;
  run.n_tokens = {1, 2};
  run.metrics = {{"a", {0.2, 0.4}}, {"b", {0.6, 0.8}}, {"s", {-2, -1.5}}};
  EXPECT_THAT(series(run, task, Metric::rc_acc), ElementsAre(DoubleEq(0.3), DoubleEq(0.5)));
  EXPECT_THAT(series(run, task, Metric::rc_soft_log), ElementsAre(2, 1.5));
}

TEST(Series, PercentagesAreNoAccuracies) {
  Task task;
  task.columns_by_metric[static_cast<std::size_t>(Metric::rc_acc)] = {{"a", 1}};
  rung::Run run;
  run.n_tokens = {1, 2};
  run.metrics = {{"a", {0.9, 45.3}}};
  EXPECT_THROW(series(run, task, Metric::rc_acc), InputError);
}

}  // namespace
}  // namespace rung::ladder
