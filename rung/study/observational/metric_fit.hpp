#pragma once
/// One metric fitted on some models and tried on others.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/models.hpp"
#include "rung/study/observational/predictors.hpp"
#include "rung/study/observational/regression.hpp"
#include "rung/study/observational/split.hpp"
#include "rung/study/observational/transform.hpp"

namespace rung::observational {

/// Models, and what each is for.
struct Sample {
  Models models;
  std::string metric;     // as transformed: "logit(acc)"
  std::vector<double> y;  // transformed; NaN for those without it
  std::vector<std::size_t> train, test, held_out;
  std::vector<std::size_t> without;  // models without the metric, to be predicted
  std::string split{};  // "--cutoff 84 (flops)": what sets `test` aside; "": nothing does
};

struct SampleOptions {
  std::string metric;  // a column of the models' table
  MetricTransform transform{};
  Split split{};
  std::string split_by = "flops";  // what Models::values() takes, or "y"
  std::string hold_out = {};       // a condition: such models are not learnt from
  bool test_held_out = false;      // they count among the tested
  bool predict_missing = false;    // models without the metric are predicted, too
};

/// Models without the metric, and those whose transformed metric has no value, are left out first,
/// or set aside to be predicted.
/// InputError for an unknown column or condition, and where nothing is left to learn from.
Sample make_sample(const Models& models, const SampleOptions& options);

/// How near predictions come. Absent where it has no value: of no models, of one, of equal ones.
struct Quality {
  std::size_t n = 0;
  std::optional<double> mse, mae, pearson, spearman, r2;
};
Quality quality(const std::vector<double>& actual, const std::vector<double>& predicted);

struct MetricFitOptions {
  PredictorOptions predictor{};
  RegressionOptions regression{};
};

struct MetricFit {
  enum class Part { train, test, held_out, without };
  struct Row {
    std::size_t model = 0;  // of the sample
    Part part = Part::train;
    double actual = 0;  // NaN where it is not known
    double predicted = 0, index = 0;
  };

  Predictors predictors;
  Regression regression;
  std::vector<Row> rows;  // those learnt from first; without those that lack a predictor
  Matrix x;               // [row x predictor]
  Quality train, test, held_out;

  std::vector<Row> rows_of(Part part) const;
};
std::string_view part_name(MetricFit::Part part);

/// Components are learnt from all training models, the regression from those of them that have
/// every predictor.
MetricFit fit_metric(const Sample& sample, const MetricFitOptions& options);

/// What the index makes of each benchmark: weights of components times their loadings. Of
/// predictors other than components, none.
std::vector<double> metric_weights(const MetricFit& fit);

/// What a model's index is worth in the scale of a reference family: index = slope log10(scale) +
/// intercept over the family's models among those of the fit.
struct EquivalentScale {
  std::string family;
  std::string scale;  // "FLOPs (1E21)"
  std::size_t n_models = 0;
  double slope = 0, intercept = 0;
  std::vector<double> log10_scale;  // by MetricFit::rows

  std::string text() const;
};

/// `scale` is what Models::values() takes. InputError where the family has fewer than two models
/// with that scale, or all of one.
EquivalentScale equivalent_scale(const Sample& sample, const MetricFit& fit,
                                 const std::string& family, const std::string& scale);

}  // namespace rung::observational
