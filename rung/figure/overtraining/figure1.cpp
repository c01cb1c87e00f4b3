#include "rung/figure/overtraining/figure1.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/lines.hpp"
#include "rung/figure/scene.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung::overtraining {
namespace {

/// The sizes of the testbed, small to large, and the mark of each.
struct Sizes {
  std::vector<double> n_params;

  explicit Sizes(const Testbed& testbed) {
    for (const TestbedModel& model : testbed.models) n_params.push_back(model.n_params);
    n_params = sorted_distinct(std::move(n_params));
  }
  std::size_t place(double n) const {
    return static_cast<std::size_t>(std::lower_bound(n_params.begin(), n_params.end(), n) -
                                    n_params.begin());
  }
  Marker marker(double n) const {
    constexpr Marker kMarkers[] = {Marker::triangle, Marker::square,        Marker::diamond,
                                   Marker::circle,   Marker::down_triangle, Marker::star};
    return kMarkers[place(n) % std::size(kMarkers)];
  }
};

/// Colours by tokens per parameter, every doubling a step, as the testbed has them.
struct RatioColours {
  std::vector<double> ratios;
  std::vector<Colour> colours;

  explicit RatioColours(const Testbed& testbed) {
    for (const TestbedModel& model : testbed.models) ratios.push_back(model.tokens_per_parameter());
    ratios = sorted_distinct(std::move(ratios));
    colours = ordered_colours(ratios.size());
  }
  Colour of(double ratio) const {
    const auto found = std::lower_bound(ratios.begin(), ratios.end(), ratio * (1 - 1e-9));
    return colours[std::min(static_cast<std::size_t>(found - ratios.begin()), colours.size() - 1)];
  }
};

Scatter mark(double x, double y, Marker marker, Colour colour, bool filled) {
  Scatter scatter;
  scatter.x = {x};
  scatter.y = {y};
  scatter.marker = marker;
  scatter.colour = colour;
  scatter.filled = filled;
  scatter.size_px = 9;
  return scatter;
}

/// Tokens per parameter along which the law is drawn.
constexpr double kDashedRatios[] = {20, 640};

/// Everything that both panels of figure 1 draw from.
struct Figure1 {
  const Testbed& testbed;
  const Study& study;
  const LossLaw& loss_law;
  const ErrorLaw& error_law;
  const ErrorSet& errors;
  std::vector<ModelPrediction> rows;
  Sizes sizes;
  RatioColours colours;

  Figure1(const Testbed& bed, const Study& the_study, const Fits& fits)
      : testbed(bed),
        study(the_study),
        loss_law(fits.loss_laws.front()),
        error_law(fits.error_laws.front()),
        errors(fits.error_sets.front()),
        rows(predictions(bed, loss_law, error_law, errors)),
        sizes(bed),
        colours(bed) {}

  double irreducible() const { return loss_law.fitted.value("E"); }
  double reducible(double ratio, double compute) const {
    return law_loss(loss_law.fitted.fit, ratio, compute) - irreducible();
  }
  const TestbedModel& model(const ModelPrediction& row) const { return testbed.models[row.model]; }
};

void add_law_lines(const Figure1& data, Panel& panel) {
  constexpr double kLeast = 3e15, kMost = 3e22;
  for (const double ratio : kDashedRatios) {
    std::vector<double> x = log_grid(kLeast, kMost, 40), y;
    for (const double compute : x) y.push_back(data.reducible(ratio, compute));
    panel.layers.push_back(line(x, y, data.colours.of(ratio), Dash::dashed, 1.5));
  }
  for (const double n : data.sizes.n_params) {
    std::vector<double> x = log_grid(120 * n * n, kMost, 40), y;
    for (const double compute : x) y.push_back(data.reducible(compute / (6 * n * n), compute));
    panel.layers.push_back(line(x, y, kGrey, Dash::dotted, 1));
  }
}

/// The law over the runs it was fitted on, solid: along 20 tokens per parameter, and along the
/// smallest size.
void add_fitted_span(const Figure1& data, Panel& panel) {
  std::vector<double> at_least, over;
  for (const std::size_t i : data.loss_law.models) {
    const TestbedModel& model = data.testbed.models[i];
    if (model.tokens_per_parameter() == 20) {
      at_least.push_back(model.compute_flops());
    } else if (model.n_params == data.sizes.n_params.front()) {
      over.push_back(model.compute_flops());
    }
  }
  if (at_least.size() > 1) {
    const auto [least, most] = std::minmax_element(at_least.begin(), at_least.end());
    std::vector<double> x = log_grid(*least, *most, 40), y;
    for (const double compute : x) y.push_back(data.reducible(20, compute));
    panel.layers.push_back(line(x, y, data.colours.of(20), Dash::solid, 2));
  }
  if (!over.empty()) {
    const double n = data.sizes.n_params.front();
    std::vector<double> x = log_grid(120 * n * n, *std::max_element(over.begin(), over.end()), 40);
    std::vector<double> y;
    for (const double compute : x) y.push_back(data.reducible(compute / (6 * n * n), compute));
    panel.layers.push_back(line(x, y, kGrey, Dash::solid, 2));
  }
}

/// A hollow mark around where the measured one should come to stand.
void add_predicted(Panel& panel, double x, double y, Marker marker) {
  Scatter predicted = mark(x, y, marker, kVermilion, false);
  predicted.size_px = 13;
  panel.layers.push_back(predicted);
}

/// "6.9B, 20 tokens per parameter: −0.7%"
Key::Line error_line(const TestbedModel& model, double predicted, double actual) {
  return {short_count(model.n_params) + ", " + shortest(model.tokens_per_parameter()) +
              " per parameter: " + with_minus_sign(percent(predicted / actual - 1, 1, true)),
          kVermilion};
}

/// "6.9B, 20 per parameter: none (!), the law says −1.034"
Key::Line none_line(const TestbedModel& model, double predicted) {
  return {short_count(model.n_params) + ", " + shortest(model.tokens_per_parameter()) +
              " per parameter: none (!), the law says " + with_minus_sign(significant(predicted)),
          kVermilion};
}

Panel loss_panel(const Figure1& data) {
  Panel panel;
  panel.x = {.label = "Training compute 6ND (FLOPs)", .log = true, .ticks = TickStyle::power};
  panel.y = {.label = "Reducible loss, " + data.study.title(data.loss_law.loss_set) + " (nats)",
             .log = true};
  add_law_lines(data, panel);
  add_fitted_span(data, panel);
  Key errors{{{"Loss predicted for", kVermilion}}};
  for (const ModelPrediction& row : data.rows) {
    if (!row.in_loss_fit && !row.is_target) continue;
    const TestbedModel& model = data.model(row);
    const double ratio = model.tokens_per_parameter(), compute = model.compute_flops();
    const Marker marker = data.sizes.marker(model.n_params);
    const Colour colour = data.colours.of(ratio);
    if (row.is_target) {
      const double predicted = *row.loss.predicted - data.irreducible();
      add_predicted(panel, compute, predicted, marker);
      errors.lines.push_back(error_line(model, *row.loss.predicted, *row.loss.actual));
    }
    panel.layers.push_back(
        mark(compute, *row.loss.actual - data.irreducible(), marker, colour, true));
  }
  if (errors.lines.size() > 1) panel.layers.emplace_back(std::move(errors));
  return panel;
}

Panel error_panel(const Figure1& data) {
  Panel panel;
  panel.x = {.label = "Loss, " + data.study.title(data.loss_law.loss_set) + " (nats)"};
  panel.y = {.label = "Error, " + data.errors.title,
             .ticks = TickStyle::percent,
             .floor = 0,
             .ceiling = 1};
  double least = kInfinity, most = 0;
  for (const ModelPrediction& row : data.rows) {
    if (!row.in_error_fit) continue;
    least = std::min(least, *row.loss.actual);
    most = std::max(most, *row.loss.actual);
  }
  double lowest = least;
  for (const ModelPrediction& row : data.rows) {
    if (row.is_target) lowest = std::min({lowest, *row.loss.actual, *row.loss.predicted});
  }
  for (const auto& [from, to, dash, width] :
       {std::tuple(lowest - 0.1, most + 0.3, Dash::dashed, 1.5),
        std::tuple(least, most, Dash::solid, 2.0)}) {
    std::vector<double> x = linear_grid(from, to, 100), y;
    for (const double loss : x) y.push_back(law_error(data.error_law.fitted.fit, loss));
    panel.layers.push_back(line(x, y, kGrey, dash, width));
  }
  Key errors{{{"Error predicted for", kVermilion}}};
  for (const ModelPrediction& row : data.rows) {
    if (!row.in_error_fit && !row.is_target) continue;
    const TestbedModel& model = data.model(row);
    const Marker marker = data.sizes.marker(model.n_params);
    if (row.is_target) {
      if (is_no_error(row.error)) {
        errors.lines.push_back(none_line(model, *row.error.predicted));
      } else {
        add_predicted(panel, *row.loss.predicted, *row.error.predicted, marker);
        errors.lines.push_back(error_line(model, *row.error.predicted, *row.error.actual));
      }
    }
    panel.layers.push_back(mark(*row.loss.actual, *row.error.actual, marker,
                                data.colours.of(model.tokens_per_parameter()), true));
  }
  if (errors.lines.size() > 1) panel.layers.emplace_back(std::move(errors));
  return panel;
}

/// What the marks, colours and lines of figure 1 mean, for the runs that are in it.
std::vector<LegendGroup> legend(const Figure1& data) {
  LegendGroup sizes{.title = "Parameters"}, ratios{.title = "Tokens per parameter"};
  LegendGroup looks{.title = "Marks and lines"};
  std::vector<double> shown_sizes, shown_ratios;
  for (const ModelPrediction& row : data.rows) {
    if (!row.in_loss_fit && !row.in_error_fit && !row.is_target) continue;
    shown_sizes.push_back(data.model(row).n_params);
    shown_ratios.push_back(data.model(row).tokens_per_parameter());
  }
  for (std::vector<double>* shown : {&shown_sizes, &shown_ratios}) {
    *shown = sorted_distinct(std::move(*shown));
  }
  for (const double n : shown_sizes) {
    Scatter sample = mark(0, 0, data.sizes.marker(n), kInk, true);
    sample.label = short_count(n);
    sizes.samples.push_back(sample);
  }
  for (const double ratio : shown_ratios) {
    Scatter sample = mark(0, 0, Marker::circle, data.colours.of(ratio), true);
    sample.label = shortest(ratio);
    ratios.samples.push_back(sample);
  }
  Scatter measured = mark(0, 0, Marker::circle, kInk, true);
  measured.label = "measured";
  Scatter predicted = mark(0, 0, Marker::circle, kVermilion, false);
  predicted.label = "predicted";
  Curve law = line({}, {}, kInk, Dash::dashed, 1.5), fitted = line({}, {}, kInk, Dash::solid, 2);
  Curve size = line({}, {}, kGrey, Dash::dotted, 1);
  law.label = "law";
  fitted.label = "law over the fitted runs";
  size.label = "law at one size";
  looks.samples = {measured, predicted, law, fitted, size};
  for (const double ratio : kDashedRatios) {  // dashed lines whose runs are not among those shown
    if (std::binary_search(shown_ratios.begin(), shown_ratios.end(), ratio)) continue;
    Curve along = line({}, {}, data.colours.of(ratio), Dash::dashed, 1.5);
    along.label = "law at " + shortest(ratio) + " per parameter";
    looks.samples.emplace_back(std::move(along));
  }
  return {sizes, ratios, looks};
}

/// How far the interval reaches from the prediction, as a share of it.
std::optional<double> reach(const Prediction& prediction) {
  if (!prediction.interval || !prediction.predicted) return std::nullopt;
  return std::max(prediction.interval->upper - *prediction.predicted,
                  *prediction.predicted - prediction.interval->lower) /
         *prediction.predicted;
}

/// "RedPajama: 95% intervals of up to ±44% in loss and ±94% in error; larger runs came within 0.7%
/// and 3.6%"
std::string message(const Figure1& data) {
  const std::string train_set = data.study.title(data.loss_law.train_set);
  std::optional<double> loss, error, loss_reach, error_reach;
  std::size_t n_none = 0;
  const auto widen = [](std::optional<double>& most, const std::optional<double>& one) {
    if (one) most = std::max(most.value_or(0), std::abs(*one));
  };
  for (const ModelPrediction& row : data.rows) {
    if (!row.is_target) continue;
    widen(loss, row.loss.relative_error());
    widen(loss_reach, reach(row.loss));
    if (is_no_error(row.error)) {
      ++n_none;
      continue;
    }
    widen(error, row.error.relative_error());
    widen(error_reach, reach(row.error));
  }
  if (n_none > 0)
    return train_set + " (!): for " + counted(n_none, "larger run") +
           " the law says an error below 0 or above 1, which none is" +
           (loss ? "; losses came within " + percent(*loss, 1) : "");
  if (!loss || !error) return "Loss and error of over-trained models, " + train_set;
  const std::string came =
      "larger runs came within " + percent(*loss, 1) + " and " + percent(*error, 1);
  if (!loss_reach || !error_reach) return train_set + ": loss and error of " + came;
  return train_set + ": 95% intervals of ±" + percent(*loss_reach, 0) + " in loss and ±" +
         percent(*error_reach, 0) + " in error; " + came;
}

}  // namespace

Figure figure1(const Testbed& testbed, const Study& study, const Fits& fits) {
  const Figure1 data(testbed, study, fits);
  Figure figure;
  figure.title = message(data);
  figure.subtitle = "Laws fitted on " + std::to_string(data.loss_law.models.size()) + " and " +
                    std::to_string(data.error_law.models.size()) +
                    " runs; percentages are relative to the loss or error itself";
  figure.panels = {loss_panel(data), error_panel(data)};
  figure.n_columns = 2;
  figure.legend = legend(data);
  figure.panel_width_px = 420;
  figure.panel_height_px = 330;
  return figure;
}

}  // namespace rung::overtraining
