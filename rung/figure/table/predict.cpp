#include "rung/figure/table/predict.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

using table::PredictedRow;

std::string words_of(const Prediction& prediction) {
  return prediction_words(*prediction.predicted, prediction.interval);
}

std::string place_words(const Law& law, const std::vector<double>& inputs) {
  std::vector<std::string> words;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    words.push_back(law.info.inputs[k].name + " = " + number_words(inputs[k]));
  return join(words, ", ");
}

/// The input that the data and the targets together spread the furthest.
std::size_t input_across(const PredictedFit& fit) {
  std::size_t best = 0;
  double widest = -1;
  for (std::size_t k = 0; k < fit.first.lowest.size(); ++k) {
    double low = fit.first.lowest[k], high = fit.first.highest[k];
    for (const PredictedRow& row : fit.predictions.rows)
      low = std::min(low, row.inputs[k]), high = std::max(high, row.inputs[k]);
    const double spread = low > 0 ? std::log(high / low) : 0;
    if (spread > widest) widest = spread, best = k;
  }
  return best;
}

void add_observations(const Fitted& fitted, std::size_t x, Panel& panel) {
  if (!fitted.points) return;
  Scatter seen{.colour = kGrey, .size_px = 5, .opacity = 0.7, .label = "observation"};
  for (std::size_t i = 0; i < fitted.points->size(); ++i) {
    seen.x.push_back(fitted.points->input(x, i));
    seen.y.push_back(fitted.points->y(i));
  }
  panel.layers.push_back(std::move(seen));
}

void add_target(double x, const Prediction& prediction, Colour colour, const std::string& label,
                Panel& panel) {
  if (!prediction.predicted) return;
  Scatter mark{.x = {x},
               .y = {*prediction.predicted},
               .colour = colour,
               .size_px = 9,
               .filled = false,
               .label = label};
  if (prediction.interval) {
    mark.y_lower = {prediction.interval->lower};
    mark.y_upper = {prediction.interval->upper};
  }
  panel.layers.push_back(std::move(mark));
  panel.layers.push_back(Note{x, *prediction.predicted, words_of(prediction), colour});
}

/// A law over one input up to each of the rows' places, the others as they are there.
Panel panel_over(const PredictedFit& fit, const std::vector<PredictedRow>& rows,
                 const std::function<double(const std::vector<double>&)>& law) {
  const std::size_t x = input_across(fit);
  Panel panel{.x = input_axis(fit.first, x)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> inputs = rows[i].inputs;
    const double low = std::min(fit.first.lowest[x], inputs[x]);
    const double high = std::max(fit.first.highest[x], inputs[x]);
    if (inputs[x] >= 1e15) panel.x.ticks = TickStyle::power;
    Curve way{.colour = target_colour(i), .dash = Dash::dashed};
    for (const double at : steps(low, high, by_log(fit.first, x), kCurvePoints)) {
      inputs[x] = at;
      way.x.push_back(at);
      way.y.push_back(law(inputs));
    }
    panel.layers.push_back(std::move(way));
  }
  return panel;
}

void add_targets(const PredictedFit& fit, const std::vector<PredictedRow>& rows, Panel& panel) {
  const std::size_t x = input_across(fit);
  for (std::size_t i = 0; i < rows.size(); ++i)
    add_target(rows[i].inputs[x], rows[i].prediction, target_colour(i),
               place_words(*fit.first.law, rows[i].inputs), panel);
}

Panel first_panel(const PredictedFit& fit, const std::string& y) {
  const std::vector<PredictedRow>& rows = fit.predictions.rows;
  Panel panel = panel_over(
      fit, rows, [&](const std::vector<double>& inputs) { return fit.first.predict(inputs); });
  panel.y.label = y;
  add_observations(fit.first, input_across(fit), panel);
  add_targets(fit, rows, panel);
  return panel;
}

/// The second law over what the first predicts.
Panel then_panel(const PredictedFit& fit, const PredictedNames& names) {
  const Fitted& then = *fit.then;
  Panel panel{.x = {.label = names.first}, .y = {.label = names.then}};
  std::vector<double> places;
  for (const PredictedRow& row : fit.chained.rows) places.push_back(fit.first.predict(row.inputs));
  double low = then.lowest[0], high = then.highest[0];
  for (const double place : places) low = std::min(low, place), high = std::max(high, place);
  Curve curve{.colour = kInk};
  Band band{.colour = kInk, .opacity = 0.15};
  for (const double at : steps(low, high, false, kCurvePoints)) {
    curve.x.push_back(at);
    curve.y.push_back(then.predict({&at, 1}));
    if (const auto interval = then.interval({&at, 1})) {
      band.x.push_back(at);
      band.lower.push_back(interval->lower);
      band.upper.push_back(interval->upper);
    }
  }
  panel.layers = {std::move(band), std::move(curve)};
  add_observations(then, 0, panel);
  for (std::size_t i = 0; i < places.size(); ++i)
    panel.layers.push_back(Scatter{.x = {places[i]},
                                   .y = {then.predict({&places[i], 1})},
                                   .colour = target_colour(i),
                                   .size_px = 9,
                                   .filled = false});
  return panel;
}

Panel chain_panel(const PredictedFit& fit, const std::string& y) {
  Panel panel = panel_over(fit, fit.chained.rows, [&](const std::vector<double>& inputs) {
    const double loss = fit.first.predict(inputs);
    return fit.then->predict({&loss, 1});
  });
  panel.y.label = y;
  add_targets(fit, fit.chained.rows, panel);
  return panel;
}

const std::vector<PredictedRow>& last_rows(const PredictedFit& fit) {
  return fit.then ? fit.chained.rows : fit.predictions.rows;
}

/// Of the second fit, which may be of a part of the group.
const std::string& label_of(const PredictedFit& fit) {
  return fit.then ? fit.chained.label : fit.first.label;
}

/// The places that all fits are asked for; none where they differ or are too many for a title.
std::vector<std::string> places_in_title(const std::vector<PredictedFit>& fits) {
  constexpr std::size_t kMostNumbers = 3;
  std::vector<std::string> places;
  for (const PredictedFit& fit : fits) {
    std::vector<std::string> own;
    for (const PredictedRow& row : last_rows(fit)) {
      if (!row.prediction.predicted) return {};
      own.push_back(place_words(*fit.first.law, row.inputs));
    }
    if (places.empty()) places = own;
    const bool several = own.size() > 1 && fits.size() > 1;
    if (own != places || several || own.size() * fits.size() > kMostNumbers) return {};
  }
  return places;
}

/// "accuracy at N = 7B, D = 4T: 0.71 (0.68 to 0.74)", "accuracy: 0.71 at N = 7B, 0.78 at N = 13B",
/// or of groups "accuracy at N = 7B: web 0.71, code 0.64".
std::string title_of(const std::vector<PredictedFit>& fits, const std::string& y) {
  const std::vector<std::string> places = places_in_title(fits);
  if (places.empty()) return y + " as it is predicted";
  const std::vector<PredictedRow>& rows = last_rows(fits.front());
  if (places.size() > 1) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < places.size(); ++i)
      parts.push_back(significant(*rows[i].prediction.predicted, 3) + " at " + places[i]);
    return y + ": " + join(parts, "; ");
  }
  if (fits.size() == 1)
    return y + " at " + places.front() + ": " + words_of(rows.front().prediction);
  std::vector<std::string> parts;
  for (const PredictedFit& fit : fits)
    parts.push_back(label_of(fit) + " " +
                    significant(*last_rows(fit).front().prediction.predicted, 3));
  return y + " at " + places.front() + ": " + join(parts, ", ");
}

}  // namespace

Figure prediction_figure(const std::vector<PredictedFit>& fits, const PredictedNames& names) {
  const bool chained = fits.front().then.has_value();
  Figure figure{.title = title_of(fits, chained ? names.then : names.first)};
  for (const PredictedFit& fit : fits) {
    if (fit.predictions.rows.empty()) continue;
    const std::string group = label_of(fit).empty() ? "" : label_of(fit) + ": ";
    std::vector<Panel> row = {first_panel(fit, names.first)};
    if (chained) row.push_back(then_panel(fit, names)), row.push_back(chain_panel(fit, names.then));
    const std::string titles[] = {group + names.first, group + names.then + " from " + names.first,
                                  group + names.then};
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (chained || !group.empty()) row[i].title = titles[i];
      figure.panels.push_back(std::move(row[i]));
    }
  }
  const double level = 100 * fits.front().first.options.level;
  figure.subtitle = "Brackets and bars: " + significant(level, 3) + "% intervals";
  std::vector<table::GroupPredictions> predictions;
  for (const PredictedFit& fit : fits) predictions.push_back(fit.predictions);
  figure.subtitle += beyond_words(predictions);
  size_panels(figure);
  return figure;
}

}  // namespace rung
