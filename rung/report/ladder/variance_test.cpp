#include "rung/report/ladder/variance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

TEST(VarianceReport, MarksAndNamesWhatIsInDoubt) {
  std::vector<VarianceResult> results = spreads(3, 10);
  for (std::size_t t = 0; t < 3; ++t) results[t].task.name = "task " + std::to_string(t);
  EXPECT_THAT(text_of(describe(results)), Not(HasSubstr("(!)")));
  results[1].wrong_checkpoints = {{.what = "bpb", .name = "step 9", .value = 9, .by_others = 1}};
  results[2].errors = {0.1, 0.1, 0.1, {"step 2: a reason"}};
  const Document document = describe(results);
  const std::string text = text_of(document);
  EXPECT_THAT(text, HasSubstr("\ntask 0 "));
  EXPECT_THAT(text, Not(HasSubstr("task 0 (!)")));
  for (const char* words : {"\ntask 1 (!)", "\ntask 2 (!)", "\n(!) task 1: bpb of ",
                            "\n(!) task 2: the prediction, step 2: a reason", "those in doubt (!)"})
    EXPECT_THAT(text, HasSubstr(words));
  EXPECT_THAT(csv_of(document), HasSubstr("step 2: a reason\"\n"));
  EXPECT_THAT(csv_of(document), Not(HasSubstr("(!)")));
  const Json& json = document.results();
  EXPECT_TRUE(json[0]["doubts"].empty());
  EXPECT_EQ(json[2]["doubts"][0], "the prediction, step 2: a reason");
}

}  // namespace
}  // namespace rung::ladder
