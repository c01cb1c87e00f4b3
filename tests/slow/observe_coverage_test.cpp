// Do the 90% intervals of observational fits hold 86 to 94% of the models that were not learnt
// from? Over the 92 published least-squares fits, once with the published splits, once with each
// family left out. docs/observational.md has the results.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "rung/core/error.hpp"
#include "rung/study/observational/prediction.hpp"
#include "tests/support/observe_fits.hpp"

namespace rung::observational {
namespace {

constexpr double kLevel = 0.9, kLeast = 0.86, kMost = 0.94;

struct Count {
  double inside = 0, n = 0;

  void add(const Count& other) { inside += other.inside, n += other.n; }
  double share() const { return inside / n; }
};

/// How many of the models that were not learnt from the intervals hold.
Count held(const Sample& sample, const PublishedFit& published, std::size_t n_refits) {
  RegressionOptions regression{.link = published.link};
  regression.certify = false;
  const MetricFit fit = fit_metric(sample, {parse_predictor(published.x), regression});
  const MetricIntervals intervals =
      prediction_intervals(sample, fit, {.level = kLevel, .refits = {.n = n_refits}});
  Count count;
  for (std::size_t row = 0; row < intervals.rows.size(); ++row) {
    if (fit.rows[row].part != MetricFit::Part::test) continue;
    const PredictionInterval& interval = intervals.rows[row];
    count.inside +=
        interval.lower <= fit.rows[row].actual && fit.rows[row].actual <= interval.upper;
    count.n += 1;
  }
  return count;
}

void print(const char* what, const std::map<std::string, Count>& counts) {
  for (const auto& [name, count] : counts)
    std::printf("%s, %s: %.1f%% of %.0f\n", what, name.c_str(), 100 * count.share(), count.n);
}

TEST(ObserveCoverage, OfModelsBeyondTheSplit) {
  std::map<std::string, Count> groups, predictors;
  Count total;
  for (const PublishedFit& fit : published_fits()) {
    const Count count = held(make_sample(fit.models, fit.sample), fit, 200);
    groups[fit.group].add(count);
    predictors[fit.x].add(count);
    total.add(count);
  }
  print("beyond the split", groups);
  print("beyond the split", predictors);
  std::printf("beyond the split: %.1f%% of %.0f\n", 100 * total.share(), total.n);
  EXPECT_GE(total.share(), kLeast);
  EXPECT_LE(total.share(), kMost);
}

// A family that was not learnt from at all, of models of any size.
TEST(ObserveCoverage, OfFamiliesLeftOut) {
  std::map<std::string, Count> groups, predictors;
  Count total;
  for (const PublishedFit& fit : published_fits()) {
    SampleOptions options = fit.sample;
    options.split.method = Split::Method::none;
    const Sample all = make_sample(fit.models, options);
    for (const std::string& family : all.models.distinct_families()) {
      Sample without{.models = all.models, .metric = all.metric, .y = all.y};
      for (const std::size_t i : all.train)
        (all.models.families[i] == family ? without.test : without.train).push_back(i);
      try {
        const Count count = held(without, fit, 60);
        groups[fit.group].add(count);
        predictors[fit.x].add(count);
        total.add(count);
      } catch (const InputError&) {
        // The others are too few for the components.
      }
    }
  }
  print("families left out", groups);
  print("families left out", predictors);
  std::printf("families left out: %.1f%% of %.0f\n", 100 * total.share(), total.n);
  EXPECT_GE(total.share(), 0.80);
}

}  // namespace
}  // namespace rung::observational
