#include "rung/study/observational/interval.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/rng.hpp"
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

/// Models of the families that the fit has learnt from, by family.
std::vector<std::vector<std::size_t>> families_of(const Sample& sample, const MetricFit& fit) {
  std::vector<std::string> names;
  std::vector<std::vector<std::size_t>> families;
  for (const MetricFit::Row& row : fit.rows) {
    if (row.part != MetricFit::Part::train) continue;
    const std::string& name = sample.models.families[row.model];
    const auto place = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    if (place == names.size()) {
      names.push_back(name);
      families.emplace_back();
    }
    families[place].push_back(row.model);
  }
  return families;
}

TEST(Refits, AreFitsOfTheDrawnFamilies) {
  // A family drawn twice counts twice, one that was not drawn is predicted from the others alone.
  const Sample sample = sample_of(simulated_models(8, 5, 3));
  const MetricFit fit = fit_metric(sample, two_components());
  const auto families = families_of(sample, fit);
  const std::vector<Refit> refits = bootstrap_refits(sample, fit, {.n = 6, .seed = 5});
  ASSERT_EQ(refits.size(), 6u);
  for (std::size_t i = 0; i < refits.size(); ++i) {
    Sample drawn = sample;
    drawn.train.clear();
    Rng rng(5, i);
    for (std::size_t draw = 0; draw < families.size(); ++draw) {
      const auto& family = families[rng.below(static_cast<std::uint32_t>(families.size()))];
      drawn.train.insert(drawn.train.end(), family.begin(), family.end());
    }
    const MetricFit again = fit_metric(drawn, two_components());
    for (std::size_t row = 0; row < fit.rows.size(); ++row) {
      const auto same = std::ranges::find(again.rows, fit.rows[row].model, &MetricFit::Row::model);
      if (same == again.rows.end()) continue;
      EXPECT_NEAR(refits[i].predicted[row], same->predicted, 1e-6);
    }
  }
}

}  // namespace
}  // namespace rung::observational
