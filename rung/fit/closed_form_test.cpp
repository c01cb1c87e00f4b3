/// Resampling, profiles, diagnosis, sandwich, posterior, conformal and criteria on laws whose
/// answer is known in closed form.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/compare.hpp"
#include "rung/fit/diagnose.hpp"
#include "rung/fit/interval/conformal.hpp"
#include "rung/fit/interval/laplace.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/fit/interval/resample.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// y = 2 + 0.5 x with noise, fitted by "a + b*x".
class Line : public ::testing::Test {
 protected:
  explicit Line(std::size_t n = 40) : points_(1, n) {
    Rng rng(3);
    for (std::size_t i = 0; i < n; ++i) {
      const double x = static_cast<double>(i) + 1;
      points_.set(i, {&x, 1}, 2 + 0.5 * x + 0.3 * rng.normal());
    }
    refit();
  }
  void refit(Loss loss = {}, const std::vector<Constraint>& constraints = {}) {
    problem_.emplace(law_, points_, loss, Residual::raw, constraints);
    fit_ = fit(law_, points_, {.loss = loss, .constraints = constraints});
  }

  Law law_ = formula_law("a + b*x", {"x"});
  Points points_;
  std::optional<FitProblem> problem_;
  Fit fit_;
};

TEST_F(Line, ProfileOfALinearLawIsTheTextbookInterval) {
  for (int p = 0; p < 2; ++p) {
    const auto found = profile(*problem_, fit_, p, 0.95);
    ASSERT_TRUE(found && found->lower && found->upper);
    const ParameterEstimate& estimate = fit_.parameters[static_cast<std::size_t>(p)];
    EXPECT_NEAR(*found->lower, *estimate.lower, 1e-4);
    EXPECT_NEAR(*found->upper, *estimate.upper, 1e-4);
  }
}

TEST_F(Line, ProfileIsOpenWhereABoundComesFirst) {
  refit({}, {{.parameter = "b", .lower = fit_.theta[1] - 1e-3}});
  const auto found = profile(*problem_, fit_, 1, 0.95);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->lower);
  EXPECT_TRUE(found->upper);
}

TEST_F(Line, LeveragesSumToTheParametersAndMatchTheFormula) {
  const Diagnosis found = diagnose(*problem_, fit_);
  double sum = 0;
  for (const PointDiagnosis& point : found.points) sum += point.leverage;
  EXPECT_NEAR(sum, 2, 1e-9);
  const double n = 40, mean = 20.5, spread = n * (n * n - 1) / 12;
  EXPECT_NEAR(found.points[0].leverage, 1 / n + (1 - mean) * (1 - mean) / spread, 1e-9);
  EXPECT_TRUE(found.at_bounds.empty());
}

TEST_F(Line, AnOutlierIsNamedAndOnlyIt) {
  const double x = 20;
  points_.set(19, {&x, 1}, 2 + 0.5 * x + 5);
  refit();
  const Diagnosis found = diagnose(*problem_, fit_);
  for (std::size_t i = 0; i < found.points.size(); ++i)
    EXPECT_EQ(found.points[i].outlier, i == 19) << i;
  EXPECT_EQ(found.notes, std::vector<std::string>{
                             "1 row does not belong with the others at the 5% level: x = 20"});
}

/// Off a curve that is not the best one, any row may stand.
TEST_F(Line, NoRowIsNamedWhereTheSearchStoppedEarly) {
  const double x = 20;
  points_.set(19, {&x, 1}, 2 + 0.5 * x + 5);
  refit();
  fit_.stopped_early = true;
  EXPECT_TRUE(diagnose(*problem_, fit_).notes.empty());
}

/// A fit that an outlier does not move has it far off, and no other point.
TEST_F(Line, AnOutlierIsNamedUnderRobustLosses) {
  const double x = 20;
  points_.set(19, {&x, 1}, 2 + 0.5 * x + 5);
  for (const char* loss : {"huber:0.01", "huber:auto", "lad", "quantile:0.5"}) {
    refit(parse_loss(loss));
    const Diagnosis found = diagnose(*problem_, fit_);
    for (std::size_t i = 0; i < found.points.size(); ++i)
      EXPECT_EQ(found.points[i].outlier, i == 19) << loss << ", " << i;
  }
}

/// 5% of tables should have an outlier by chance; a third had under losses narrower than the noise.
TEST_F(Line, CleanRowsAreSeldomNamedUnderRobustLosses) {
  for (const char* loss : {"huber:0.01", "lad"}) {
    int n_named = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      Rng rng(5, seed);
      for (std::size_t i = 0; i < points_.size(); ++i) {
        const double x = static_cast<double>(i) + 1;
        points_.set(i, {&x, 1}, 2 + 0.5 * x + 0.3 * rng.normal());
      }
      refit(parse_loss(loss));
      const std::vector<PointDiagnosis> found = diagnose(*problem_, fit_).points;
      n_named += std::any_of(found.begin(), found.end(), [](const auto& p) { return p.outlier; });
    }
    EXPECT_LT(n_named, 22) << loss;
  }
}

/// Under priors that hold the line the data's own fit would have taken away more than was.
TEST(Diagnosis, CleanRowsAreSeldomNamedUnderPriors) {
  const Law line = formula_law("a + b*x + c*x^2", {"x"});
  const double sd = 0.3;
  const std::vector<Constraint> priors = {{.parameter = "a", .prior_mean = 2, .prior_sd = 0.01},
                                          {.parameter = "b", .prior_mean = 0.5, .prior_sd = 0.01},
                                          {.parameter = "c", .prior_mean = 0, .prior_sd = 1e-3}};
  int n_named = 0, n_seen = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(6, seed);
    for (const double off : {0.0, 6 * sd}) {
      Points points(1, 6);
      for (std::size_t i = 0; i < points.size(); ++i) {
        const double x = static_cast<double>(i);
        points.set(i, {&x, 1}, 2 + 0.5 * x + sd * rng.normal() + (i == 3 ? off : 0),
                   1 / (2 * sd * sd));
      }
      const FitProblem problem(line, points, {}, Residual::raw, priors);
      Fit found = fit(line, points, {.constraints = priors});
      found.covariance = laplace_covariance(problem, found.theta);
      const std::vector<PointDiagnosis> of = diagnose(problem, found).points;
      const bool any = std::any_of(of.begin(), of.end(), [](const auto& p) { return p.outlier; });
      (off > 0 ? n_seen : n_named) += any ? 1 : 0;
    }
  }
  EXPECT_LT(n_named, 20);
  EXPECT_GT(n_seen, 190);
}

TEST_F(Line, SandwichIsNearTheTextbookUnderEvenNoiseAndWiderUnderClusters) {
  const auto plain = sandwich_covariance(*problem_, fit_);
  ASSERT_TRUE(plain);
  for (std::size_t k : {0u, 3u}) EXPECT_NEAR(plain->matrix[k] / fit_.covariance->matrix[k], 1, 0.4);
  // Ten copies of each point hold no more information than one: clustered errors say so, plain ones
  // do not.
  Points copies(1, 400);
  std::vector<int> cluster;
  for (std::size_t i = 0; i < 400; ++i) {
    const double x = points_.input(0, i / 10);
    copies.set(i, {&x, 1}, points_.y(i / 10));
    cluster.push_back(static_cast<int>(i / 10));
  }
  const FitProblem problem(law_, copies, {}, Residual::raw);
  const Fit again = fit(law_, copies);
  const auto clustered = sandwich_covariance(problem, again, cluster);
  ASSERT_TRUE(clustered);
  EXPECT_NEAR(clustered->matrix[3] / plain->matrix[3], 1, 0.06);
  EXPECT_NEAR(again.covariance->matrix[3] / fit_.covariance->matrix[3], 0.1, 0.02);
}

TEST_F(Line, EveryBootstrapHasTheStandardErrorOfTheTextbook) {
  for (const ResampleKind kind : {ResampleKind::points, ResampleKind::residuals}) {
    const Bootstrap replicates =
        resample(*problem_, fit_.theta, {.kind = kind, .n_replicates = 1000, .seed = 1});
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < replicates.size(); ++i) {
      const double b = replicates.theta[2 * i + 1] - fit_.theta[1];
      sum += b, squares += b * b;
    }
    const double sd = std::sqrt(squares / 1000 - sum * sum / 1e6);
    EXPECT_NEAR(sd / *fit_.parameters[1].stderror, 1, 0.15);
  }
  EXPECT_THROW(resample(*problem_, fit_.theta,
                        {.kind = ResampleKind::clusters, .cluster_of = std::vector<int>(40, 0)}),
               InputError);
}

TEST_F(Line, PosteriorMeanWeighsPriorAndDataByTheirPrecision) {
  // Observations of a constant with known noise s: the posterior is the textbook's.
  const Law constant = formula_law("a + 0*x", {"x"});
  constexpr double kNoise = 0.5, kPriorMean = 10, kPriorSd = 0.2;
  Points points(1, 8);
  double mean = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const double x = static_cast<double>(i) + 1, y = 9 + 0.1 * x;
    points.set(i, {&x, 1}, y, 1 / (2 * kNoise * kNoise));
    mean += y / 8;
  }
  const std::vector<Constraint> prior = {
      {.parameter = "a", .prior_mean = kPriorMean, .prior_sd = kPriorSd}};
  const FitProblem problem(constant, points, {}, Residual::raw, prior);
  const Fit found = fit(constant, points, {.constraints = prior});
  const double data = 8 / (kNoise * kNoise), known = 1 / (kPriorSd * kPriorSd);
  EXPECT_NEAR(found.theta[0], (data * mean + known * kPriorMean) / (data + known), 1e-9);
  const auto covariance = laplace_covariance(problem, found.theta);
  ASSERT_TRUE(covariance);
  EXPECT_NEAR(covariance->matrix[0], 1 / (data + known), 1e-9);
}

TEST_F(Line, ConformalCoversNewPointsAndIsAbsentForFewPoints) {
  std::size_t n_covered = 0;
  constexpr std::size_t kTries = 300;
  for (std::size_t seed = 0; seed < kTries; ++seed) {
    Rng rng(seed, 9);
    Points points(1, 60);
    const auto draw = [&](double x) { return 2 + 0.5 * x + 0.3 * rng.normal(); };
    for (std::size_t i = 0; i < 60; ++i) {
      const double x = 10 * rng.uniform();
      points.set(i, {&x, 1}, draw(x));
    }
    const FitProblem problem(law_, points, {}, Residual::raw);
    const auto found = split_conformal(problem, {2, 0.5}, 0.9, seed);
    ASSERT_TRUE(found);
    const double x = 10 * rng.uniform(), y = draw(x);
    const Interval interval = found->interval(law_, Residual::raw, {&x, 1});
    n_covered += interval.lower <= y && y <= interval.upper;
  }
  EXPECT_GE(n_covered, kTries * 85 / 100);
  EXPECT_LE(n_covered, kTries * 97 / 100);
  Points few(1, 12);
  for (std::size_t i = 0; i < 12; ++i) {
    const double x = static_cast<double>(i);
    few.set(i, {&x, 1}, x);
  }
  EXPECT_FALSE(split_conformal(FitProblem(law_, few, {}, Residual::raw), {0, 1}, 0.95, 0));
}

TEST_F(Line, CriteriaAreThoseOfNormalRegression) {
  const Criteria line = criteria_of(*problem_, fit_);
  const double n = 40, rss = line.residual_sum_of_squares;
  EXPECT_NEAR(line.aic, n * (std::log(2 * std::acos(-1) * rss / n) + 1) + 2 * 3, 1e-9);
  EXPECT_NEAR(line.bic - line.aic, 3 * (std::log(n) - 2), 1e-9);
  const Law flat = formula_law("a + 0*x", {"x"});
  const Fit flat_fit = fit(flat, points_);
  const Criteria constant = criteria_of(FitProblem(flat, points_, {}, Residual::raw), flat_fit);
  const std::vector<double> weights = akaike_weights({constant.aic, line.aic});
  EXPECT_NEAR(weights[0] + weights[1], 1, 1e-12);
  EXPECT_GT(weights[1], 0.999);
}

TEST_F(Line, LeaveOneOutIsThePressStatistic) {
  const Diagnosis found = diagnose(*problem_, fit_);
  double sum = 0;
  for (std::size_t i = 0; i < 40; ++i)
    sum += std::pow(found.points[i].residual / (1 - found.points[i].leverage) / points_.y(i), 2);
  EXPECT_NEAR(*criteria_of(*problem_, fit_).leave_one_out, std::sqrt(sum / 40), 1e-6);
}

}  // namespace
}  // namespace rung
