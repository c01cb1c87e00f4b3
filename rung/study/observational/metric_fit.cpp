#include "rung/study/observational/metric_fit.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/observational/formula_text.hpp"
#include "rung/study/observational/line.hpp"

namespace rung::observational {
namespace {

using Part = MetricFit::Part;

std::vector<bool> held_out_rows(const Models& models, const std::string& condition) {
  std::vector<bool> held(models.size(), false);
  if (condition.empty()) return held;
  const std::vector<double> values =
      evaluate(parse_expression(condition, "--hold-out"), models.table);
  for (std::size_t i = 0; i < held.size(); ++i) held[i] = !std::isnan(values[i]) && values[i] != 0;
  return held;
}

std::vector<double> actual_of(const std::vector<MetricFit::Row>& rows) {
  std::vector<double> values;
  for (const MetricFit::Row& row : rows) values.push_back(row.actual);
  return values;
}

std::vector<double> predicted_of(const std::vector<MetricFit::Row>& rows) {
  std::vector<double> values;
  for (const MetricFit::Row& row : rows) values.push_back(row.predicted);
  return values;
}

bool complete(std::span<const double> x) {
  return std::none_of(x.begin(), x.end(), [](double value) { return std::isnan(value); });
}

/// "--cutoff 84 (flops)".
std::string words_of(const Split& split, const std::string& by) {
  if (split.method == Split::Method::cutoff)
    return "--cutoff " + shortest(split.threshold) + (split.threshold_is_share ? "r" : "") + " (" +
           by + ")";
  return "--split " + std::string(split_method_name(split.method));
}

/// What a regression lacks, where more models could be learnt from.
[[noreturn]] void fail_with_split(const InputError& error, const Sample& sample,
                                  std::size_t n_train) {
  Problem problem = error.problems().front();
  problem.message += ": " + sample.split + " leaves out " + std::to_string(sample.test.size()) +
                     " of " + counted(n_train + sample.test.size(), "model");
  problem.hint = "--split none learns from all; another --cutoff from more" +
                 (problem.hint.empty() ? "" : "; else " + problem.hint);
  throw InputError({problem});
}

}  // namespace

Sample make_sample(const Models& models, const SampleOptions& options) {
  const std::vector<double> y = options.transform.apply(models.table.numbers(options.metric));
  std::vector<std::size_t> rows;
  std::size_t n_with_y = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    n_with_y += !std::isnan(y[i]);
    if (options.predict_missing || !std::isnan(y[i])) rows.push_back(i);
  }
  if (n_with_y == 0)
    throw InputError("none of the " + std::to_string(models.size()) + " models has a value in '" +
                     options.transform.name(options.metric) + "'");
  Sample sample;
  sample.models = models.rows(rows);
  sample.metric = options.transform.name(options.metric);
  for (const std::size_t i : rows) sample.y.push_back(y[i]);

  const std::vector<bool> held = held_out_rows(sample.models, options.hold_out);
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (std::isnan(sample.y[i])) {
      sample.without.push_back(i);
    } else if (held[i]) {
      (options.test_held_out ? sample.test : sample.held_out).push_back(i);
    } else {
      rest.push_back(i);
    }
  }
  if (rest.empty()) throw InputError("every model is held out: none is left to learn from");
  const bool by_column =
      options.split.method == Split::Method::rank || options.split.method == Split::Method::cutoff;
  std::vector<double> by(rest.size());
  if (by_column) {
    const std::vector<double> all =
        options.split_by == "y" ? sample.y : sample.models.values(options.split_by);
    for (std::size_t i = 0; i < rest.size(); ++i) by[i] = all[rest[i]];
  }
  const SplitRows parts = split_rows(rest.size(), by, options.split);
  if (!parts.test.empty()) sample.split = words_of(options.split, options.split_by);
  for (const std::size_t i : parts.train) sample.train.push_back(rest[i]);
  for (const std::size_t i : parts.test) sample.test.push_back(rest[i]);
  std::sort(sample.test.begin(), sample.test.end());
  return sample;
}

Quality quality(const std::vector<double>& actual, const std::vector<double>& predicted) {
  Quality result{.n = actual.size(), .mse = {}, .mae = {}, .pearson = {}, .spearman = {}, .r2 = {}};
  if (actual.empty()) return result;
  double squares = 0, sizes = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = predicted[i] - actual[i];
    squares += error * error;
    sizes += std::abs(error);
  }
  const double n = static_cast<double>(actual.size());
  result.mse = squares / n;
  result.mae = sizes / n;
  if (actual.size() < 2) return result;
  result.pearson = correlation(actual, predicted);
  result.spearman = correlation(ranks(actual), ranks(predicted));
  const double total = squared_deviations(actual);
  if (total > 0) result.r2 = 1 - squares / total;
  return result;
}

std::vector<MetricFit::Row> MetricFit::rows_of(Part part) const {
  std::vector<Row> result;
  for (const Row& row : rows) {
    if (row.part == part) result.push_back(row);
  }
  return result;
}

std::string_view part_name(Part part) {
  switch (part) {
    case Part::train:
      return "train";
    case Part::test:
      return "test";
    case Part::held_out:
      return "held-out";
    case Part::without:
      break;
  }
  return "predicted";
}

MetricFit fit_metric(const Sample& sample, const MetricFitOptions& options) {
  MetricFit result;
  result.predictors = learn_predictors(sample.models, sample.train, options.predictor);
  const Matrix x = result.predictors.of(sample.models);
  std::vector<std::size_t> kept;
  const auto keep = [&](const std::vector<std::size_t>& rows, Part part) {
    for (const std::size_t i : rows) {
      if (!complete(x.row(i))) continue;
      kept.push_back(i);
      result.rows.push_back({.model = i, .part = part, .actual = sample.y[i]});
    }
  };
  keep(sample.train, Part::train);
  const std::size_t n_train = kept.size();
  keep(sample.test, Part::test);
  keep(sample.held_out, Part::held_out);
  keep(sample.without, Part::without);
  if (n_train == 0)
    throw InputError("no model that is learnt from has " + join(result.predictors.names, ", "));
  result.x = x.rows(kept);

  const std::span<const std::size_t> learnt(kept.data(), n_train);
  std::vector<double> y;
  for (const std::size_t i : learnt) y.push_back(sample.y[i]);
  try {
    result.regression = regress(x.rows(learnt), y, options.regression);
  } catch (const InputError& error) {
    if (sample.split.empty()) throw;
    fail_with_split(error, sample, n_train);
  }
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    result.rows[i].index = result.regression.index(result.x.row(i));
    result.rows[i].predicted = result.regression.at(result.rows[i].index);
  }
  const auto measured = [&](Part part) {
    const std::vector<MetricFit::Row> rows = result.rows_of(part);
    return quality(actual_of(rows), predicted_of(rows));
  };
  result.train = measured(Part::train);
  result.test = measured(Part::test);
  result.held_out = measured(Part::held_out);
  return result;
}

std::vector<double> metric_weights(const MetricFit& fit) {
  if (!fit.predictors.pca) return {};
  const Pca& pca = *fit.predictors.pca;
  const std::vector<double> weights = fit.regression.weights();
  std::vector<double> result(pca.mean.size(), 0.0);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (std::size_t j = 0; j < result.size(); ++j)
      result[j] += weights[k] * pca.projection(k, j) / pca.scale[j];
  }
  return result;
}

std::string EquivalentScale::text() const {
  return "log10(" + family + "-equivalent " + scale + ") = (index " +
         (intercept < 0 ? "+ " : "- ") + fixed(std::abs(intercept), 2) + ") / " + fixed(slope, 2);
}

EquivalentScale equivalent_scale(const Sample& sample, const MetricFit& fit,
                                 const std::string& family, const std::string& scale) {
  const std::vector<std::string> known = sample.models.distinct_families();
  if (std::find(known.begin(), known.end(), family) == known.end())
    throw InputError("no model of the fit is of the family '" + family + "'",
                     did_you_mean(family, known));
  const std::vector<double> scales = sample.models.values(scale);
  std::vector<double> log10_scales, indices;
  for (const MetricFit::Row& row : fit.rows) {
    if (row.part == MetricFit::Part::held_out || sample.models.families[row.model] != family ||
        !(scales[row.model] > 0))
      continue;
    log10_scales.push_back(std::log10(scales[row.model]));
    indices.push_back(row.index);
  }
  const std::optional<Line> line = fit_line(log10_scales, indices);
  if (!line || line->slope == 0)
    throw InputError("family '" + family + "' has " + std::to_string(indices.size()) +
                         " models with '" + scale +
                         "' in this fit; a scale takes two that differ in it",
                     "name another family (--reference)");
  EquivalentScale result{.family = family,
                         .scale = scale == "flops"  ? sample.models.columns.flops_1e21
                                  : scale == "size" ? sample.models.columns.size_b
                                                    : scale,
                         .n_models = indices.size(),
                         .slope = line->slope,
                         .intercept = line->intercept,
                         .log10_scale = {}};
  for (const MetricFit::Row& row : fit.rows)
    result.log10_scale.push_back((row.index - line->intercept) / line->slope);
  return result;
}

}  // namespace rung::observational
