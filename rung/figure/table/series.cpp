#include "rung/figure/table/series.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/statistics.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"

namespace rung {
namespace {

constexpr std::size_t kMostCurves = 6;
constexpr double kSame = 1.01;  // values of an input that are one on a curve

/// Distinct values; of those that differ by less than a hundredth, the least.
std::vector<double> levels_of(std::vector<double> values) {
  std::vector<double> levels;
  for (const double value : sorted_distinct(std::move(values))) {
    if (levels.empty() || !(value < levels.back() * kSame)) levels.push_back(value);
  }
  return levels;
}

std::vector<double> levels_of(const FittedSeries& series, std::size_t k) {
  return levels_of(column(series, k));
}

bool varies(const FittedSeries& series, std::size_t k) {
  const std::vector<double> values = column(series, k);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *least > 0 && *most > kSame * *least;
}

/// How far, on average, predictions lie from the observations' own where an input is at its median.
double influence(const FittedSeries& series, std::size_t k) {
  const double middle = upper_median(column(series, k));
  RunningMean shift;
  for (const std::vector<double>& own : series.inputs) {
    std::vector<double> held = own;
    held[k] = middle;
    const double by = series.fitted->predict(all_inputs(series, std::move(held))) -
                      series.fitted->predict(all_inputs(series, own));
    if (std::isfinite(by)) shift.add(std::abs(by));
  }
  return shift.value().value_or(0);
}

std::vector<double> picked(std::vector<double> levels) {
  if (levels.size() <= kMostCurves) return levels;
  std::vector<double> some;
  for (std::size_t i = 0; i < kMostCurves; ++i)
    some.push_back(levels[i * (levels.size() - 1) / (kMostCurves - 1)]);
  return some;
}

FittedSeries series_of(const Fitted& fitted, std::string label, std::vector<double> further) {
  FittedSeries series{std::move(label), &fitted, {}, {}, std::move(further), {}, {}};
  const Points& points = *fitted.points;
  const std::size_t n_own = points.n_inputs() - series.further_inputs.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> row, rest;
    for (std::size_t k = 0; k < points.n_inputs(); ++k)
      (k < n_own ? row : rest).push_back(points.input(k, i));
    if (rest != series.further_inputs) continue;
    series.inputs.push_back(std::move(row));
    series.y.push_back(points.y(i));
  }
  return series;
}

Axes axes_of(const FittedSeries& series) {
  std::vector<std::size_t> others = widest_inputs(*series.fitted);
  std::erase_if(others, [&](std::size_t k) { return k >= series.inputs.front().size(); });
  const std::size_t widest = others.front();
  others.erase(others.begin());
  std::erase_if(others, [&](std::size_t k) { return !varies(series, k); });
  if (others.empty()) return {.x = widest, .family = {}};
  const std::size_t strongest =
      others.size() == 1
          ? others.front()
          : *std::ranges::max_element(others, {}, [&](auto k) { return influence(series, k); });
  const bool fits = levels_of(series, strongest).size() <= kMostCurves;
  if (!fits && levels_of(series, widest).size() <= kMostCurves)
    return {.x = strongest, .family = widest};
  return {.x = widest, .family = strongest};
}

constexpr std::size_t kMostTargets = 8;  // in a panel

bool are_too_many(const table::GroupPredictions& predictions) {
  return predictions.rows.size() > kMostTargets;
}

}  // namespace

std::vector<table::GroupPredictions> shown_predictions(const table::FitResult& result) {
  if (result.predicts_own_rows) return {};
  std::vector<table::GroupPredictions> shown = result.predictions;
  for (table::GroupPredictions& predictions : shown)
    if (are_too_many(predictions)) predictions.rows.clear();
  return shown;
}

std::string words_on_predictions(const table::FitResult& result) {
  const std::vector<table::GroupPredictions> shown = shown_predictions(result);
  std::string words = beyond_words(shown);
  if (std::ranges::any_of(shown, [](const table::GroupPredictions& one) {
        return any_marked(one.rows, !one.doubts.empty());
      }))
    words += std::string("; ") + kDoubtWords;
  if (!result.predicts_own_rows && std::ranges::any_of(result.predictions, are_too_many))
    words += "; more than " + std::to_string(kMostTargets) + " predictions are not drawn";
  return words;
}

std::vector<FittedSeries> series_of(const table::FitResult& result) {
  std::vector<FittedSeries> all;
  const std::vector<table::GroupPredictions> shown = shown_predictions(result);
  const auto add_targets = [&](std::size_t group) {
    if (group >= shown.size()) return;
    all.back().targets = shown[group].rows;
    all.back().is_doubted = !shown[group].doubts.empty();
  };
  for (std::size_t g = 0; g < result.groups.size(); ++g) {
    const Fitted& fitted = result.groups[g].fitted;
    if (fitted.fit.status == Status::failed) continue;
    if (result.shared_groups.empty()) {
      all.push_back(series_of(fitted, fitted.label, {}));
      add_targets(g);
    }
    for (std::size_t s = 0; s < result.shared_groups.size(); ++s) {
      const table::SharedGroup& shared = result.shared_groups[s];
      all.push_back(series_of(fitted, shared.label, shared.indicators));
      add_targets(s);
    }
  }
  for (FittedSeries& series : all) series.axes = axes_of(series);
  return all;
}

std::vector<double> column(const FittedSeries& series, std::size_t k) {
  std::vector<double> values;
  for (const std::vector<double>& row : series.inputs) values.push_back(row[k]);
  return values;
}

std::vector<double> all_inputs(const FittedSeries& series, std::vector<double> inputs) {
  inputs.insert(inputs.end(), series.further_inputs.begin(), series.further_inputs.end());
  return inputs;
}

std::vector<double> medians(const FittedSeries& series) {
  std::vector<double> middles;
  for (std::size_t k = 0; k < series.inputs.front().size(); ++k)
    middles.push_back(upper_median(column(series, k)));
  return middles;
}

std::vector<std::size_t> held_inputs(const FittedSeries& series) {
  std::vector<std::size_t> held;
  for (std::size_t k = 0; k < series.inputs.front().size(); ++k) {
    if (k == series.axes.x || k == series.axes.family) continue;
    const std::vector<double> values = column(series, k);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    if (*least < *most) held.push_back(k);
  }
  return held;
}

std::size_t nearest_level(const std::vector<double>& levels, double value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    if (std::abs(std::log(levels[i] / value)) < std::abs(std::log(levels[best] / value))) best = i;
  }
  return best;
}

std::vector<double> curves_of(const FittedSeries& series, const Family& family) {
  const std::vector<double> own = levels_of(series, *series.axes.family);
  if (own.size() <= kMostCurves) return own;
  std::vector<double> some = picked(family.values);
  std::erase_if(some, [&](double value) { return value < own.front() || value > own.back(); });
  return some.size() > 1 ? some : picked(own);
}

std::map<std::size_t, Family> families_of(const std::vector<FittedSeries>& all) {
  std::map<std::size_t, Family> families;
  for (const FittedSeries& series : all) {
    const std::optional<std::size_t> input = series.axes.family;
    if (!input) continue;
    std::vector<double>& values = families[*input].values;
    for (const double value : column(series, *input)) values.push_back(value);
  }
  for (auto& [input, family] : families) {
    family.values = levels_of(std::move(family.values));
    family.colours = ordered_colours(family.values.size());
  }
  for (const FittedSeries& series : all) {
    if (!series.axes.family) continue;
    Family& family = families[*series.axes.family];
    for (const double value : curves_of(series, family))
      family.drawn.insert(nearest_level(family.values, value));
  }
  return families;
}

}  // namespace rung
