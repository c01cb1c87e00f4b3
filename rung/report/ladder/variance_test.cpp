#include "rung/report/ladder/variance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Of as many tasks, over the last of ten checkpoints.
std::vector<VarianceResult> spreads(std::size_t n_tasks, std::size_t last_n_points) {
  std::vector<VarianceResult> results(n_tasks);
  for (std::size_t t = 0; t < n_tasks; ++t) {
    results[t].settings.last_n_points = last_n_points;
    results[t].task.columns_by_metric[static_cast<std::size_t>(Metric::rc_bpb)] = {
        {"bpb " + std::to_string(t), 1}};
    results[t].loss_sd = results[t].accuracy_sd = 0.01 * static_cast<double>(t * t + 1);
    for (int i = 1; i <= 10; ++i) results[t].n_tokens.push_back(90 + i);
  }
  return results;
}

TEST(VarianceReport, SaysThatTasksAreTooFewForCorrelations) {
  for (const std::size_t n_tasks : {1u, 2u}) {
    const Document document = describe(spreads(n_tasks, 10));
    EXPECT_THAT(text_of(document), HasSubstr("too few for correlations"));
    EXPECT_THAT(text_of(document), Not(HasSubstr("r (p)")));
    EXPECT_THAT(latex_of(document), Not(HasSubstr("r (p)")));
  }
  EXPECT_THAT(latex_of(describe(spreads(3, 10))), HasSubstr("r (p)"));
}

TEST(VarianceReport, SaysThatCheckpointsAreTooFewToTellNoiseFromATrend) {
  const auto says_so = HasSubstr("too few checkpoints to tell noise from a trend");
  EXPECT_THAT(text_of(describe(spreads(3, 6))), says_so);
  EXPECT_THAT(text_of(describe(spreads(3, 7))), Not(says_so));
}

}  // namespace
}  // namespace rung::ladder
