#include "rung/study/ladder/questions.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

TEST(QuestionVariance, IsOfTheQuestionsThatNoRunAnswered) {
  const Task task{.key = "t", .name = "t", .n_examples = 400};
  // Half of the 160 left are gained: the variance of a binomial of 160 draws, in shares of 400.
  EXPECT_NEAR(question_variance(task, 0.6, 0.8), 160 * 0.25 / (400.0 * 400), 1e-15);
  EXPECT_EQ(question_variance(task, 0.6, 0.6), 0);
  EXPECT_EQ(question_variance(task, 0.6, 1), 0);
  EXPECT_EQ(question_variance(Task{.key = "t", .name = "t"}, 0.6, 0.8), 0);
}

}  // namespace
}  // namespace rung::ladder
