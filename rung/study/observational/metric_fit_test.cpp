#include "rung/study/observational/metric_fit.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/study/observational/comparison.hpp"
#include "rung/study/observational/placement.hpp"
#include "rung/study/observational/test_ratio.hpp"
#include "tests/support/simulated_models.hpp"

namespace rung::observational {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

SampleOptions learn_all() {
  SampleOptions options{.metric = "task"};
  options.split.method = Split::Method::none;
  return options;
}

TEST(MetricFit, QualityIsWhatItsNameSays) {
  const Quality found = quality({1, 2, 3, 4}, {1, 2, 4, 4});
  EXPECT_DOUBLE_EQ(*found.mse, 0.25);
  EXPECT_DOUBLE_EQ(*found.mae, 0.25);
  EXPECT_DOUBLE_EQ(*found.r2, 0.8);
  EXPECT_NEAR(*found.pearson, 0.946729, 1e-6);
  EXPECT_NEAR(*found.spearman, 0.948683, 1e-6);
  EXPECT_FALSE(quality({}, {}).mse.has_value());
  EXPECT_FALSE(quality({1}, {2}).r2.has_value());
  EXPECT_FALSE(quality({2, 2}, {1, 3}).pearson.has_value());
}

TEST(MetricFit, ModelsWithoutTheMetricArePredicted) {
  Models models = simulated_models(6, 4, 1);
  std::vector<double> task = models.table.numbers("task");
  task[5] = std::nan("");
  models.table.set({"task", task});
  SampleOptions options = learn_all();
  EXPECT_EQ(fit_metric(make_sample(models, options), {}).rows.size(), 23u);
  options.predict_missing = true;
  const MetricFit fit = fit_metric(make_sample(models, options), {});
  ASSERT_EQ(fit.rows.size(), 24u);
  EXPECT_EQ(fit.train.n, 23u);
  EXPECT_EQ(fit.rows.back().part, MetricFit::Part::without);
  EXPECT_TRUE(std::isnan(fit.rows.back().actual));
  EXPECT_GT(fit.rows.back().predicted, 0);
}

TEST(MetricFit, RefusesUnknownNamesAndEmptySamples) {
  const Models models = simulated_models(6, 4, 1);
  SampleOptions options = learn_all();
  options.metric = "tusk";
  EXPECT_THAT([&] { make_sample(models, options); },
              ThrowsMessage<InputError>(HasSubstr("did you mean 'task'")));
  options = learn_all();
  options.hold_out = "`Model Family` != 'x'";
  EXPECT_THAT([&] { make_sample(models, options); },
              ThrowsMessage<InputError>(HasSubstr("every model is held out")));
  options.hold_out = "Family = 'x'";
  EXPECT_THROW(make_sample(models, options), InputError);
  EXPECT_THROW(parse_predictor("pc:0"), InputError);
  EXPECT_THROW(parse_predictor("params"), InputError);
}

TEST(MetricFit, FewerModelsThanComponentsAreRefused) {
  const Models models = simulated_models(1, 3, 1);
  const Sample sample = make_sample(models, learn_all());
  EXPECT_THAT([&] { fit_metric(sample, {.predictor = parse_predictor("pc:4")}); },
              ThrowsMessage<InputError>(HasSubstr("4 components of 3 models")));
}

TEST(MetricFit, MetricWeightsMakeTheIndex) {
  const Models models = simulated_models(6, 4, 2);
  const Sample sample = make_sample(models, learn_all());
  const MetricFit fit = fit_metric(sample, {.predictor = parse_predictor("pc:2")});
  const std::vector<double> weights = metric_weights(fit);
  ASSERT_EQ(weights.size(), 5u);
  for (const std::size_t i : {0u, 7u, 13u}) {
    double difference = 0;
    for (std::size_t j = 0; j < 5; ++j)
      difference += weights[j] * (models.scores(i, j) - models.scores(3, j));
    EXPECT_NEAR(fit.rows[i].index - fit.rows[3].index, difference, 1e-9);
  }
}

TEST(MetricFit, AnEquivalentScaleNeedsTwoModelsOfTheFamily) {
  const Models models = simulated_models(6, 4, 2);
  const Sample sample = make_sample(models, learn_all());
  const MetricFit fit = fit_metric(sample, {});
  const EquivalentScale scale = equivalent_scale(sample, fit, "f2", "flops");
  EXPECT_EQ(scale.n_models, 4u);
  EXPECT_GT(scale.slope, 0);
  EXPECT_THAT([&] { equivalent_scale(sample, fit, "g2", "flops"); },
              ThrowsMessage<InputError>(HasSubstr("did you mean")));
  Sample without = sample;
  for (const std::size_t i : models.of_family("f2")) without.models.flops_1e21[i] = std::nan("");
  EXPECT_THAT([&] { equivalent_scale(without, fit, "f2", "flops"); },
              ThrowsMessage<InputError>(HasSubstr("0 models")));
}

TEST(Comparison, EachPredictorIsTriedOnTheSameModels) {
  Models models = simulated_models(6, 5, 5);
  models.tokens_t[4] = std::nan("");
  const PredictorComparison found = compare_predictors(
      {make_sample(models, learn_all())},
      {parse_predictor("size"), parse_predictor("pc:2"), parse_predictor("skills:1")}, {}, 1);
  EXPECT_EQ(found.n_models[0], 29u);
  ASSERT_EQ(found.predictors.size(), 3u);
  for (const PredictorErrors& errors : found.predictors) {
    ASSERT_TRUE(errors.mse[0].has_value()) << errors.predictor;
    EXPECT_NEAR(*errors.geometric_mean, *errors.mse[0], 1e-12);
  }
  // Families differ in what they make of compute, which benchmarks show and size doesn't.
  EXPECT_LT(*found.predictors[1].mse[0], *found.predictors[0].mse[0]);
}

TEST(RatioCurve, IsTheErrorAtEachRatioAndItsArea) {
  const Models models = simulated_models(8, 5, 6);
  const RatioCurve curve =
      ratio_curve(models, learn_all(), {.predictor = parse_predictor("pc:1")}, {0.4, 0.1, 0.2}, 1);
  ASSERT_EQ(curve.points.size(), 3u);
  EXPECT_EQ(curve.points[0].n_test, 4u);
  EXPECT_EQ(curve.points[2].n_test, 16u);
  EXPECT_NEAR(*curve.area,
              0.1 * (*curve.points[0].test_mse + *curve.points[1].test_mse) / 2 +
                  0.2 * (*curve.points[1].test_mse + *curve.points[2].test_mse) / 2,
              1e-12);
  // With two models left there is nothing to fit, and so no area.
  const RatioCurve none =
      ratio_curve(models, learn_all(), {.predictor = parse_predictor("pc:1")}, {0.1, 0.96}, 1);
  EXPECT_FALSE(none.points[1].test_mse.has_value());
  EXPECT_FALSE(none.area.has_value());
}

TEST(RatioStudy, HasACurveForEachMetricAndPredictorAndWarnsOnce) {
  Models models = simulated_models(8, 5, 6);
  RatioRequest request{.what = {.metrics = {"task", "task / 2"},
                                .predictors = {parse_predictor("size"), parse_predictor("pc:1")}},
                       .ratios = {0.1, 0.2}};
  const RatioResult found = run_test_ratio(models, request, 1);
  ASSERT_EQ(found.studies.size(), 2u);
  EXPECT_EQ(found.studies[1].metric, "task / 2");
  ASSERT_EQ(found.studies[1].curves.size(), 2u);
  EXPECT_EQ(found.studies[1].curves[1].predictor, "pc:1");
  const PredictorComparison compared = run_comparison(models, request.what, 1);
  EXPECT_EQ(compared.metrics, request.what.metrics);
  EXPECT_TRUE(compared.predictors[1].mse[1].has_value());
  for (const double ratio : {0.0, 1.0, 1.2}) {  // no shares that leave both parts something
    request.ratios = {0.1, ratio};
    EXPECT_THROW(run_test_ratio(models, request, 1), InputError);
  }
  request.ratios = {0.1};
  request.what.predictors.clear();
  EXPECT_THROW(run_test_ratio(models, request, 1), InputError);
}

TEST(Placement, AModelIsWorthItsOwnComputeInAFamilyLikeItsOwn) {
  Models models = simulated_models(7, 6, 8);
  // A stranger that is a copy of a family's largest model but one.
  const std::size_t copied = *models.find("f3-4"), stranger = *models.find("f0-0");
  models.families[stranger] = "";
  for (std::size_t j = 0; j < 5; ++j) models.scores(stranger, j) = models.scores(copied, j);
  const Placement placement = place_model(models, stranger, {.predictor = parse_predictor("pc:2")});
  EXPECT_EQ(placement.nearest.front().model, "f3-4");
  EXPECT_NEAR(placement.nearest.front().distance, 0, 1e-12);
  const auto own = std::find_if(placement.families.begin(), placement.families.end(),
                                [](const FamilyPlace& place) { return place.family == "f3"; });
  ASSERT_NE(own, placement.families.end());
  EXPECT_NEAR(own->log10_flops, std::log10(models.flops_1e21[copied]), 0.25);
  ASSERT_TRUE(own->lower.has_value());
  EXPECT_LT(*own->lower, own->log10_flops);
  EXPECT_GT(*own->upper, own->log10_flops);
}

TEST(Placement, FamiliesWithoutComputeAreNoScale) {
  Models models = simulated_models(4, 3, 8);
  for (double& flops : models.flops_1e21) flops = std::nan("");
  EXPECT_THROW(place_model(models, 0, {.predictor = parse_predictor("pc:1")}), InputError);
}

}  // namespace
}  // namespace rung::observational
