#include "rung/study/observational/interval.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/simulated_models.hpp"

namespace rung::observational {
namespace {

MetricFitOptions two_components(Link link = Link::parametric_sigmoid) {
  MetricFitOptions options;
  options.predictor = parse_predictor("pc:2");
  options.regression.link = link;
  return options;
}

Sample sample_of(const Models& models) {
  SampleOptions options{.metric = "task"};
  options.split = {.method = Split::Method::random, .test = 0.25, .seed = 1};
  return make_sample(models, options);
}

TEST(Intervals, HoldWhatTheyPromiseOverSimulatedModels) {
  double held = 0, n = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Sample sample = sample_of(simulated_models(9, 5, 100 + seed));
    const MetricFit fit = fit_metric(sample, two_components());
    const MetricIntervals intervals =
        prediction_intervals(sample, fit, {.level = 0.9, .refits = {.n = 80}});
    ASSERT_EQ(intervals.rows.size(), fit.rows.size());
    for (std::size_t row = 0; row < fit.rows.size(); ++row) {
      if (fit.rows[row].part != MetricFit::Part::test) continue;
      held += intervals.rows[row].lower <= fit.rows[row].actual &&
              fit.rows[row].actual <= intervals.rows[row].upper;
      n += 1;
    }
  }
  EXPECT_GE(held / n, 0.84);
  EXPECT_LE(held / n, 0.98);
}

TEST(Intervals, AHigherLevelIsWider) {
  const Sample sample = sample_of(simulated_models(9, 5, 7));
  const MetricFit fit = fit_metric(sample, two_components());
  const auto narrow = prediction_intervals(sample, fit, {.level = 0.5, .refits = {.n = 60}});
  const auto wide = prediction_intervals(sample, fit, {.level = 0.95, .refits = {.n = 60}});
  for (std::size_t row = 0; row < fit.rows.size(); ++row) {
    EXPECT_LE(wide.rows[row].lower, narrow.rows[row].lower);
    EXPECT_GE(wide.rows[row].upper, narrow.rows[row].upper);
  }
}

TEST(Intervals, TheNumberOfThreadsChangesNothing) {
  const Sample sample = sample_of(simulated_models(8, 4, 7));
  const MetricFit fit = fit_metric(sample, two_components(Link::identity));
  const auto one = prediction_intervals(sample, fit, {.refits = {.n = 40, .n_threads = 1}});
  const auto three = prediction_intervals(sample, fit, {.refits = {.n = 40, .n_threads = 3}});
  for (std::size_t row = 0; row < fit.rows.size(); ++row) {
    EXPECT_EQ(one.rows[row].lower, three.rows[row].lower);
    EXPECT_EQ(one.rows[row].upper, three.rows[row].upper);
  }
}

TEST(Intervals, AreAbsentWhereTooFewRefitsCanBeMade) {
  const Sample sample = sample_of(simulated_models(8, 4, 7));
  const MetricFit fit = fit_metric(sample, two_components());
  EXPECT_TRUE(prediction_intervals(sample, fit, {.refits = {.n = 10}}).rows.empty());
}

TEST(Refits, OfTheSameFamiliesGiveTheSameFit) {
  // Without one family, its models are predicted from the others alone, as by a fit of these.
  const Sample sample = sample_of(simulated_models(6, 5, 3));
  const MetricFit fit = fit_metric(sample, two_components());
  const std::vector<Refit> refits = leave_family_out_refits(sample, fit, 1);
  ASSERT_EQ(refits.size(), 6u);
  for (const Refit& refit : refits) {
    Sample without = sample;
    without.train.clear();
    for (std::size_t row = 0; row < fit.rows.size(); ++row) {
      if (fit.rows[row].part == MetricFit::Part::train && refit.seen[row])
        without.train.push_back(fit.rows[row].model);
    }
    ASSERT_LT(without.train.size(), sample.train.size());
    const MetricFit again = fit_metric(without, two_components());
    for (std::size_t row = 0; row < fit.rows.size(); ++row) {
      const auto same = std::find_if(again.rows.begin(), again.rows.end(), [&](const auto& other) {
        return other.model == fit.rows[row].model;
      });
      if (same != again.rows.end()) {
        EXPECT_NEAR(refit.predicted[row], same->predicted, 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace rung::observational
