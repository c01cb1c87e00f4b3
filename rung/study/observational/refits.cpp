#include "rung/study/observational/refits.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/study/observational/index_starts.hpp"

namespace rung::observational {
namespace {

/// The rows of the fit that were learnt from, by family.
std::vector<std::vector<std::size_t>> learnt_families(const Sample& sample, const MetricFit& fit) {
  std::vector<std::string> names;
  std::vector<std::vector<std::size_t>> families;
  for (std::size_t row = 0; row < fit.rows.size(); ++row) {
    if (fit.rows[row].part != MetricFit::Part::train) continue;
    const std::string& family = sample.models.families[fit.rows[row].model];
    const auto found = std::find(names.begin(), names.end(), family);
    const std::size_t place = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) {
      names.push_back(family);
      families.emplace_back();
    }
    families[place].push_back(row);
  }
  return families;
}

/// Weights on other predictors that give nearly the same index.
std::vector<double> carried_over(const MetricFit& fit, const Matrix& x,
                                 const std::vector<std::size_t>& rows) {
  Matrix design(rows.size(), x.n_columns + 1);
  std::vector<double> index;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    design(i, 0) = 1;
    for (std::size_t j = 0; j < x.n_columns; ++j) design(i, j + 1) = x(rows[i], j);
    index.push_back(fit.rows[rows[i]].index);
  }
  const std::vector<double> weights = least_squares(design, index).solution.values;
  std::vector<double> theta = fit.regression.fit.theta;
  // The law's parameters are what stands before the intercept, then the intercept and the weights.
  std::copy(weights.begin(), weights.end(),
            theta.end() - static_cast<std::ptrdiff_t>(weights.size()));
  return theta;
}

std::optional<Refit> refit(const Sample& sample, const MetricFit& fit,
                           const std::vector<std::size_t>& rows) {
  if (rows.size() < fit.regression.law->info.parameters.size()) return std::nullopt;
  Matrix x;
  try {
    std::vector<std::size_t> models;
    for (const std::size_t row : rows) models.push_back(fit.rows[row].model);
    const Predictors predictors = learn_predictors(sample.models, models, fit.predictors.options);
    const Matrix all = predictors.of(sample.models);
    std::vector<std::size_t> of_rows;
    for (const MetricFit::Row& row : fit.rows) of_rows.push_back(row.model);
    x = all.rows(of_rows);
  } catch (const InputError&) {
    return std::nullopt;  // a metric without a score, or too few models for the components
  }
  std::vector<double> y;
  for (const std::size_t row : rows) y.push_back(fit.rows[row].actual);
  const Matrix learnt = x.rows(rows);
  std::vector<std::vector<double>> columns;
  for (std::size_t k = 0; k < x.n_columns; ++k) columns.push_back(learnt.column(k));
  const Points points = Points::from_columns(columns, y);
  const FitProblem problem(*fit.regression.law, points, fit.regression.options.loss, Residual::raw);
  std::vector<std::vector<double>> starts{carried_over(fit, x, rows)};
  for (auto& start : index_starts(learnt, y, fit.regression.options)) {
    starts.push_back(std::move(start));
    if (starts.size() == 3) break;
  }
  const auto theta = lowest_descent(problem, starts);
  if (!theta) return std::nullopt;

  Regression regression = fit.regression;
  regression.fit.theta = *theta;
  Refit result;
  result.seen.assign(fit.rows.size(), 0);
  for (std::size_t i = 0; i < fit.rows.size(); ++i) {
    result.index.push_back(regression.index(x.row(i)));
    result.predicted.push_back(regression.at(result.index.back()));
    result.slope.push_back(regression.slope_at(result.index.back()));
  }
  return result;
}

void mark_seen(const std::vector<std::vector<std::size_t>>& families,
               const std::vector<bool>& drawn, Refit& refit) {
  for (std::size_t f = 0; f < families.size(); ++f) {
    for (const std::size_t row : families[f]) refit.seen[row] = drawn[f];
  }
}

std::vector<Refit> present(std::vector<std::optional<Refit>> refits) {
  std::vector<Refit> result;
  for (auto& one : refits) {
    if (one) result.push_back(std::move(*one));
  }
  return result;
}

}  // namespace

std::vector<Refit> bootstrap_refits(const Sample& sample, const MetricFit& fit,
                                    const RefitOptions& options) {
  const auto families = learnt_families(sample, fit);
  std::vector<std::optional<Refit>> refits(options.n);
  parallel_for(options.n, options.n_threads, [&](std::size_t i) {
    Rng rng(options.seed, i);
    std::vector<bool> drawn(families.size(), false);
    std::vector<std::size_t> rows;
    for (std::size_t draw = 0; draw < families.size(); ++draw) {
      const std::size_t family = rng.below(static_cast<std::uint32_t>(families.size()));
      drawn[family] = true;
      rows.insert(rows.end(), families[family].begin(), families[family].end());
    }
    refits[i] = refit(sample, fit, rows);
    if (refits[i]) mark_seen(families, drawn, *refits[i]);
  });
  return present(std::move(refits));
}

}  // namespace rung::observational
