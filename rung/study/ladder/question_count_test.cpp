#include "rung/study/ladder/question_count.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"

namespace rung::ladder {
namespace {

/// Scores of so many questions, written with so many decimals.
std::vector<double> scores(int n_questions, int n_decimals, std::size_t n, double whole = 1) {
  Rng rng(static_cast<std::uint64_t>(n_questions), 0);
  const double digits = std::pow(10, n_decimals);
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    const double right = n_questions / 4 + rng.below(static_cast<std::uint32_t>(n_questions / 2));
    values.push_back(std::round(whole * right / n_questions * digits) / digits);
  }
  return values;
}

TEST(QuestionCount, IsSeenInTheStepsOfTheScores) {
  EXPECT_EQ(questions_by_steps(scores(500, 16, 48)), 500);
  EXPECT_EQ(questions_by_steps(scores(10042, 16, 48)), 10042);
  EXPECT_EQ(questions_by_steps(scores(1172, 4, 48)), 1172);
  EXPECT_EQ(questions_by_steps(scores(1319, 3, 48, 100)), 1319);
}

TEST(QuestionCount, AllowsWhatTheScoresAreMultiplesOf) {
  const QuestionCount count{1172, "the scores' steps", "", scores(1172, 4, 48)};
  EXPECT_TRUE(count.allows(1172));
  EXPECT_TRUE(count.allows(2344));
  EXPECT_FALSE(count.allows(300));
  EXPECT_TRUE(QuestionCount{500}.allows(300));  // of a column, which a file may put right
}

/// To five decimals and then to four, as a spreadsheet between does: some are off the grid of 1/n
/// by more than half a unit of the last.
TEST(QuestionCount, IsSeenInScoresThatWereRoundedTwice) {
  for (const int n : {1172, 1838, 2376}) {
    for (const int decimals : {5, 6}) {
      std::vector<double> twice = scores(n, decimals, 200);
      for (double& score : twice) score = std::round(score * 1e4) / 1e4;
      const auto found = questions_by_steps(twice);
      EXPECT_TRUE(!found || *found == n) << n << ": " << found.value_or(0);
    }
  }
}

TEST(QuestionCount, IsNotSeenWhereItMayBeChance) {
  EXPECT_FALSE(questions_by_steps({0.25, 0.5, 0.75}));     // of 4, of 8, of 100?
  EXPECT_FALSE(questions_by_steps(scores(10042, 4, 48)));  // rounded to fewer steps than that
  EXPECT_FALSE(questions_by_steps(scores(1319, 2, 20)));
  for (const int n_decimals : {2, 3}) {  // as many as a ladder's checkpoints
    for (const int n : {1000, 1838, 2376, 10042})
      EXPECT_FALSE(questions_by_steps(scores(n, n_decimals, 240))) << n << " by " << n_decimals;
  }
  EXPECT_FALSE(questions_by_steps(scores(10042, 4, 240)));
  EXPECT_FALSE(questions_by_steps({}));
  std::vector<double> smooth;  // averages, say
  Rng rng(1, 0);
  for (int i = 0; i < 48; ++i) smooth.push_back(rng.uniform());
  EXPECT_FALSE(questions_by_steps(smooth));
}

TEST(QuestionCount, IsNotThatOfThePercentsTheyWereRoundedTo) {
  for (const int n_decimals : {0, 1, 2}) {
    for (const int n : {570, 1319, 1500, 3000, 10042}) {
      std::vector<double> shares = scores(n, n_decimals, 48, 100);
      for (const bool divided : {false, true}) {
        const auto found = questions_by_steps(shares);
        EXPECT_TRUE(!found || *found == n)
            << n << " by " << n_decimals << ": " << found.value_or(0);
        if (divided) continue;
        for (double& share : shares) share /= 100;
      }
    }
  }
}

TEST(QuestionCount, StandsInStandardErrors) {
  std::vector<double> accuracies = {0.3, 0.4, 0.75}, errors, percents;
  for (double& p : accuracies) {
    errors.push_back(std::round(std::sqrt(p * (1 - p) / 1318) * 1e4) / 1e4);
    percents.push_back(100 * std::sqrt(p * (1 - p) / 1318));
  }
  EXPECT_NEAR(questions_by_errors(accuracies, errors).value(), 1319, 30);
  EXPECT_EQ(questions_by_errors({30, 40, 75}, percents), 1319);
}

TEST(QuestionCount, IsNotTakenFromErrorsThatDiffer) {
  EXPECT_FALSE(questions_by_errors({0.3, 0.4}, {0.01, 0.02}));  // between seeds, say
  EXPECT_FALSE(questions_by_errors({}, {}));
  EXPECT_FALSE(questions_by_errors({0.0, 1.0}, {0.0, 0.0}));
}

TEST(QuestionCount, StandsInAColumnOfItsOwn) {
  rung::Run run;
  run.metrics = {{"arc_easy_acc", {0.3, 0.4}}, {"arc_n", {1172, 1172}}};
  const auto count = [&] { return logged_questions({run}, "arc_easy_acc").value().n; };
  EXPECT_EQ(count(), 1172);
  run.metrics["arc_easy_n"] = {2376, 2376};
  EXPECT_EQ(count(), 2376);
  run.metrics["arc_easy_acc_n"] = {std::nan(""), 100};
  EXPECT_EQ(count(), 100);
  run.metrics["arc_easy_acc_norm_n"] = {5, 5};
  EXPECT_EQ(count(), 100);
  run.metrics["arc_easy_acc_n"] = {2376, 500};
  EXPECT_EQ(logged_questions({run}, "arc_easy_acc").value().doubt,
            "arc_easy_acc_n goes from 500 to 2376: 500, the last, counts");
  for (const double none : {-5.0, 0.0, 0.5, 10.5}) {
    run.metrics["arc_easy_acc_n"] = {2376, none};
    EXPECT_THROW(count(), InputError) << none;
  }
}

}  // namespace
}  // namespace rung::ladder
