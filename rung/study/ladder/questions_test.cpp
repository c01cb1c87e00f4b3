#include "rung/study/ladder/questions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/core/statistics.hpp"
#include "rung/law/formula.hpp"

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

TEST(VarianceOfOneQuestion, IsABrownianBridges) {
  EXPECT_NEAR(variance_of_one_question({{0.3, 1}}), 0.3 * 0.7, 1e-15);
  EXPECT_NEAR(variance_of_one_question({{0.3, 2}}), 4 * 0.3 * 0.7, 1e-15);
  // A question that both answer, or neither, tells nothing of the difference.
  EXPECT_NEAR(variance_of_one_question({{0.8, 1}, {0.6, -1}}), 0.2 * 0.8, 1e-15);
  EXPECT_NEAR(variance_of_one_question({{0.5, 1}, {0.5, -1}}), 0, 1e-15);
  EXPECT_EQ(variance_of_one_question({{1, 3}, {0, 2}, {1.2, 1}}), 0);
  EXPECT_EQ(variance_of_one_question({}), 0);
  // Sum over pairs of the bridge's covariance min(p, q) - p q.
  const std::vector<Counted> sum = {{0.9, 1}, {0.3, -0.4}, {0.55, -1.1}, {0.7, 0.8}};
  double expected = 0;
  for (const Counted& a : sum) {
    for (const Counted& b : sum)
      expected += a.times * b.times * (std::min(a.accuracy, b.accuracy) - a.accuracy * b.accuracy);
  }
  EXPECT_NEAR(variance_of_one_question(sum), expected, 1e-15);
}

/// Questions that a model of ability p answers by a logistic curve, as test theory has them.
double soft_variance(const std::vector<Counted>& sum, double slope) {
  constexpr int kQuestions = 20000;
  std::vector<std::vector<double>> answered(sum.size());
  Rng rng(3, 0);
  for (int q = 0; q < kQuestions; ++q) {
    const double difficulty = rng.normal(), steep = slope * std::exp(0.5 * rng.normal());
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const double ability = 3 * (sum[i].accuracy - 0.5);
      answered[i].push_back(1 / (1 + std::exp(-steep * (ability - difficulty))));
    }
  }
  std::vector<Counted> realised;
  std::vector<double> totals(kQuestions);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    realised.push_back({mean(answered[i]), sum[i].times});
    for (int q = 0; q < kQuestions; ++q)
      totals[static_cast<std::size_t>(q)] +=
          sum[i].times * answered[i][static_cast<std::size_t>(q)];
  }
  const double sd = sample_sd(totals);
  return sd * sd / variance_of_one_question(realised);
}

TEST(VarianceOfOneQuestion, IsNoLessThanThatOfSofterQuestions) {
  const std::vector<Counted> sum = {{0.9, 1}, {0.3, 0.4}, {0.55, -0.9}, {0.7, -0.5}};
  const double nearly_hard = soft_variance(sum, 300), usual = soft_variance(sum, 1.7);
  EXPECT_NEAR(nearly_hard, 1, 0.05);
  EXPECT_LT(usual, 0.5);
  EXPECT_LT(usual, soft_variance(sum, 5));
}

TEST(Pulls, AreWhatARefitMovesBy) {
  Points points(1, 12);
  Rng rng(5, 0);
  const auto set = [&](std::size_t i, double more) {
    const double loss = 0.7 + 0.08 * static_cast<double>(i);
    points.set(i, std::array{loss},
               0.95 - 0.7 / (1 + std::exp(-5 * (loss - 1.1))) +
                   0.004 * std::sin(9.0 * static_cast<double>(i)) + more);
  };
  for (std::size_t i = 0; i < points.size(); ++i) set(i, 0);
  const Law& sigmoid = find_law("sigmoid");
  const Fitted fitted(sigmoid, points, {});
  const std::array<double, 1> at = {0.6};
  const auto found = pulls(fitted, at);
  ASSERT_TRUE(found && found->size() == points.size());
  constexpr double kStep = 1e-5;
  for (std::size_t i = 0; i < points.size(); ++i) {
    set(i, kStep);
    const double up = Fitted(sigmoid, points, {}).predict(at);
    set(i, -kStep);
    const double down = Fitted(sigmoid, points, {}).predict(at);
    set(i, 0);
    // Gauss-Newton's pulls leave out the curvature, which is small where residuals are.
    EXPECT_NEAR((*found)[i], (up - down) / (2 * kStep), 0.1) << i;
  }
}

/// The same for a log residual: what an accuracy moves by is in accuracies.
TEST(WithQuestions, AddsTheirDrawOnEachSide) {
  Points points(1, 8);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double size = std::pow(10, 7 + 0.25 * static_cast<double>(i));
    points.set(i, std::array{size},
               0.9 - 30 / std::pow(size, 0.25) + 0.003 * std::sin(7.0 * static_cast<double>(i)));
    sizes.push_back(size);
  }
  const Law law = formula_law("q - A/N^0.25", {"N"});
  const Fitted fitted(law, points, {.residual = Residual::log});
  const std::array<double, 1> at = {1e10};
  const double accuracy = fitted.predict(at), sd = 0.01;
  const Interval before{0.9, accuracy - sd, accuracy + 2 * sd, "delta-observation"};
  const Task unknown{.key = "t", .name = "t"}, known{.key = "t", .name = "t", .n_examples = 500};
  EXPECT_EQ(with_questions(unknown, fitted, at, before)->lower, before.lower);
  EXPECT_FALSE(with_questions(known, fitted, at, {}));
  const auto found = with_questions(known, fitted, at, before);
  // The pulls on accuracies, by refits.
  std::vector<double> moves;
  constexpr double kStep = 1e-5;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Points moved = points;
    moved.set(i, std::array{sizes[i]}, points.y(i) + kStep);
    moves.push_back((Fitted(law, moved, {.residual = Residual::log}).predict(at) - accuracy) /
                    kStep);
  }
  const double variance = question_variance(known, accuracy, fitted.predict(points), moves);
  const double z = 1.6449;
  EXPECT_NEAR(found->upper - accuracy, std::hypot(2 * sd, z * std::sqrt(variance)), 1e-3);
  EXPECT_NEAR(accuracy - found->lower, std::hypot(sd, z * std::sqrt(variance)), 1e-3);
  EXPECT_GT(z * std::sqrt(variance), 0.01);
}

}  // namespace
}  // namespace rung::ladder
