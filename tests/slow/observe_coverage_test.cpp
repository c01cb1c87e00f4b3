// Do the 90% intervals of observational fits hold 86 to 94% of the models that were not learnt
// from? Over the published least-squares fits whose tables ship: eight emergent capabilities, three
// ways of prompting and two agent benchmarks, from size, compute and one to four components; once
// with the published splits, once with each family left out. docs/observational.md has the results.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "rung/core/error.hpp"
#include "rung/data/join.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/study/observational/metric_column.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::observational {
namespace {

constexpr double kLevel = 0.9, kLeast = 0.86, kMost = 0.94;

struct Count {
  double inside = 0, n = 0;

  void add(const Count& other) { inside += other.inside, n += other.n; }
  double share() const { return inside / n; }
};

struct PublishedFit {
  std::string group, metric, x;
  Models models;
  SampleOptions sample;
};

Models models_with(const std::string& set_name, const std::string& downstream) {
  const std::string folder = "published:obs-scaling/";
  const ModelSet& set = builtin_model_sets().set(set_name);
  const Table table =
      join(read_table(folder + set.table), read_table(folder + downstream), "Model").table;
  std::vector<std::string> warnings;
  return models_of_set(models_of(table, set.fit_metrics, {}, {}, warnings), set);
}

void add_fits(const std::string& group, const Models& models, const std::string& metric,
              SampleOptions sample, bool only_components, std::vector<PublishedFit>& fits) {
  std::vector<std::string> warnings;
  sample.metric = metric;
  const Models with = with_metric(models, metric, false, warnings);
  for (const char* x : {"size", "flops", "pc:1", "pc:2", "pc:3", "pc:4"}) {
    if (only_components && x[0] != 'p') continue;
    fits.push_back({group, metric, x, with, sample});
  }
}

std::vector<PublishedFit> published_fits() {
  std::vector<PublishedFit> fits;
  const Models emergent = models_with("base-compute", "base_llm_emergent_capability_eval.csv");
  const std::map<std::string, std::pair<double, double>> ranges = {
      {"word_unscrambling_2_exact_match", {0, 1}},
      {"parsinlu_qa_2_acc", {0.25, 1}},
      {"ipa_transliterate_2_exact_match", {0, 1}},
      {"ipa_transliterate_2_bleu", {0, 100}},
      {"arithmetic_3ds_2_acc", {0, 1}},
      {"arithmetic_3da_2_acc", {0, 1}},
      {"arithmetic_2dm_2_acc", {0, 1}},
      {"arithmetic_2da_2_acc", {0, 1}}};
  for (const auto& [metric, range] : ranges) {
    SampleOptions sample;
    sample.transform = parse_transform("minmax", range.first, range.second);
    add_fits("emergent", emergent, metric, sample, false, fits);
  }
  const Models post = models_with("base", "base_llm_post_training_eval.csv");
  for (const char* metric :
       {"gsm8k_5_exact_match,flexible-extract", "gsm8k_cot_8_exact_match,flexible-extract",
        "gsm8k_cot_self_consistency_8_exact_match,maj@5-flexible-extract"})
    add_fits("post-training", post, metric, {}, false, fits);
  const Models agents = models_with("instruct", "instruct_llm_agent_eval.csv");
  SampleOptions best_tenth;
  best_tenth.split = {.method = Split::Method::rank, .test = 0.1};
  best_tenth.split_by = "y";
  for (const char* metric : {"`ABench-OA` / 10", "`ABoard-Avg_SR` / 100"})
    add_fits("agents", agents, metric, best_tenth, true, fits);
  return fits;
}

/// How many of the models that were not learnt from the intervals hold.
Count held(const Sample& sample, const std::string& x, std::size_t n_refits) {
  RegressionOptions regression;
  regression.certify = false;
  const MetricFit fit = fit_metric(sample, {parse_predictor(x), regression});
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
    const Count count = held(make_sample(fit.models, fit.sample), fit.x, 200);
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
        const Count count = held(without, fit.x, 60);
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
