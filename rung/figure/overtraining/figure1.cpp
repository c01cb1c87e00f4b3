#include "rung/figure/overtraining/figure1.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/counted.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/overtraining/lines.hpp"
#include "rung/figure/overtraining/predicted_list.hpp"
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

/// A third of the least and three times the greatest, out to the next 1 or 3 of a power of ten.
std::pair<double, double> around(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto power_below = [](double x) { return std::pow(10, std::floor(std::log10(x))); };
  const double least = *low / 3, most = *high * 3;
  const double below = power_below(least), above = power_below(most);
  return {least < 3 * below ? below : 3 * below, most > 3 * above ? 10 * above : 3 * above};
}

/// Everything that both panels of figure 1 draw from.
struct Figure1 {
  const Testbed& testbed;
  const Study& study;
  const LossLaw& loss_law;
  const ErrorLaw& error_law;
  const ErrorSet& errors;
  std::vector<ModelPrediction> rows;  // of the runs that are in it
  Sizes sizes;
  RatioColours colours;
  std::vector<double> shown_sizes, shown_ratios, shown_computes;
  std::string loss_doubt, error_doubt;  // "": none

  Figure1(const Testbed& bed, const Study& the_study, const Fits& fits)
      : testbed(bed),
        study(the_study),
        loss_law(fits.loss_laws.front()),
        error_law(fits.error_laws.front()),
        errors(fits.error_sets.front()),
        rows(predictions(bed, loss_law, error_law, errors)),
        sizes(bed),
        colours(bed),
        loss_doubt(doubt_text(doubts(loss_law))),
        error_doubt(doubt_text(doubts(bed, loss_law, error_law, errors))) {
    std::erase_if(rows, [](const ModelPrediction& row) {
      return !row.loss.actual || (!row.in_loss_fit && !row.in_error_fit && !row.is_target);
    });
    for (const ModelPrediction& row : rows) {
      shown_sizes.push_back(model(row).n_params);
      shown_ratios.push_back(model(row).tokens_per_parameter());
      shown_computes.push_back(model(row).compute_flops());
    }
    shown_sizes = sorted_distinct(std::move(shown_sizes));
    shown_ratios = sorted_distinct(std::move(shown_ratios));
  }

  double irreducible() const { return loss_law.fitted.value("E"); }
  double reducible(double ratio, double compute) const {
    return law_loss(loss_law.fitted.fit, ratio, compute) - irreducible();
  }
  const TestbedModel& model(const ModelPrediction& row) const { return testbed.models[row.model]; }
};

/// The law between two computes, at one number of tokens per parameter.
Curve along_ratio(const Figure1& data, double ratio, std::pair<double, double> between) {
  std::vector<double> x = log_grid(between.first, between.second, 40), y;
  for (const double compute : x) y.push_back(data.reducible(ratio, compute));
  return line(std::move(x), std::move(y), data.colours.of(ratio), Dash::dashed, 1.5);
}

/// The law between two computes, at one size.
Curve along_size(const Figure1& data, double n, std::pair<double, double> between) {
  std::vector<double> x = log_grid(between.first, between.second, 40), y;
  for (const double compute : x) y.push_back(data.reducible(compute / (6 * n * n), compute));
  return line(std::move(x), std::move(y), kGrey, Dash::dotted, 1);
}

/// The fewest and the most tokens per parameter, along which the law is drawn.
std::vector<double> drawn_ratios(const Figure1& data) {
  return sorted_distinct({data.shown_ratios.front(), data.shown_ratios.back()});
}

void add_law_lines(const Figure1& data, Panel& panel) {
  const std::pair<double, double> range = around(data.shown_computes);
  for (const double ratio : drawn_ratios(data))
    panel.layers.emplace_back(along_ratio(data, ratio, range));
  for (const double n : data.shown_sizes)
    panel.layers.emplace_back(
        along_size(data, n, {6 * data.shown_ratios.front() * n * n, range.second}));
}

/// The law over the runs it was fitted on, solid: along the ratios that are drawn, and along the
/// smallest size.
void add_fitted_span(const Figure1& data, Panel& panel) {
  const auto span = [&](const auto& belongs) {
    std::pair<double, double> ends{kInfinity, 0};
    for (const std::size_t i : data.loss_law.models) {
      const TestbedModel& model = data.testbed.models[i];
      if (!belongs(model)) continue;
      ends.first = std::min(ends.first, model.compute_flops());
      ends.second = std::max(ends.second, model.compute_flops());
    }
    return ends;
  };
  const auto add = [&](Curve curve) {
    curve.dash = Dash::solid;
    curve.width_px = 2;
    panel.layers.emplace_back(std::move(curve));
  };
  for (const double ratio : drawn_ratios(data)) {
    const auto ends =
        span([&](const TestbedModel& model) { return model.tokens_per_parameter() == ratio; });
    if (ends.first < ends.second) add(along_ratio(data, ratio, ends));
  }
  const double n = data.shown_sizes.front();
  const auto ends = span([&](const TestbedModel& model) { return model.n_params == n; });
  if (ends.first < ends.second) add(along_size(data, n, ends));
}

std::string mark_of(const std::string& doubt) { return doubt.empty() ? "" : " (!)"; }

/// A hollow mark around where the measured one should come to stand.
void add_predicted(Panel& panel, double x, double y, Marker marker) {
  Scatter predicted = mark(x, y, marker, kVermilion, false);
  predicted.size_px = 13;
  panel.layers.push_back(predicted);
}

Panel loss_panel(const Figure1& data) {
  Panel panel;
  panel.x = {.label = "Training compute 6ND (FLOPs)", .log = true, .ticks = TickStyle::power};
  panel.y = {.label = "Reducible loss, " + data.study.title(data.loss_law.loss_set) + " (nats)",
             .log = true};
  add_law_lines(data, panel);
  add_fitted_span(data, panel);
  std::vector<PredictedRun> predicted_runs;
  for (const ModelPrediction& row : data.rows) {
    if (!row.in_loss_fit && !row.is_target) continue;
    const TestbedModel& model = data.model(row);
    const double ratio = model.tokens_per_parameter(), compute = model.compute_flops();
    const Marker marker = data.sizes.marker(model.n_params);
    const Colour colour = data.colours.of(ratio);
    if (row.is_target) {
      const double predicted = *row.loss.predicted - data.irreducible();
      add_predicted(panel, compute, predicted, marker);
      predicted_runs.push_back(predicted_run(model, row.loss));
    }
    panel.layers.push_back(
        mark(compute, *row.loss.actual - data.irreducible(), marker, colour, true));
  }
  add_list("Loss predicted for" + mark_of(data.loss_doubt), std::move(predicted_runs), panel);
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
  std::vector<PredictedRun> predicted_runs;
  for (const ModelPrediction& row : data.rows) {
    if (!row.error.actual || (!row.in_error_fit && !row.is_target)) continue;
    const TestbedModel& model = data.model(row);
    const Marker marker = data.sizes.marker(model.n_params);
    if (row.is_target) {
      if (is_no_error(row.error)) {
        predicted_runs.push_back(run_without_value(model, row.error));
      } else {
        add_predicted(panel, *row.loss.predicted, *row.error.predicted, marker);
        predicted_runs.push_back(predicted_run(model, row.error));
      }
    }
    panel.layers.push_back(mark(*row.loss.actual, *row.error.actual, marker,
                                data.colours.of(model.tokens_per_parameter()), true));
  }
  add_list("Error predicted for" + mark_of(data.error_doubt), std::move(predicted_runs), panel);
  return panel;
}

/// What the marks, colours and lines of figure 1 mean, of those that are in it.
std::vector<LegendGroup> legend(const Figure1& data) {
  LegendGroup sizes{.title = "Parameters"}, ratios{.title = "Tokens per parameter"};
  LegendGroup looks{.title = "Marks and lines"};
  for (const double n : data.shown_sizes) {
    Scatter sample = mark(0, 0, data.sizes.marker(n), kInk, true);
    sample.label = short_count(n);
    sizes.samples.emplace_back(sample);
  }
  for (const double ratio : data.shown_ratios) {
    Scatter sample = mark(0, 0, Marker::circle, data.colours.of(ratio), true);
    sample.label = shortest(ratio);
    ratios.samples.emplace_back(sample);
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
  if (std::ranges::none_of(data.rows, &ModelPrediction::is_target))
    looks.samples.erase(looks.samples.begin() + 1);
  return {sizes, ratios, looks};
}

/// How far the interval reaches from the prediction, as a share of it.
std::optional<double> reach(const Prediction& prediction) {
  if (!prediction.interval || !prediction.predicted) return std::nullopt;
  return std::max(prediction.interval->upper - *prediction.predicted,
                  *prediction.predicted - prediction.interval->lower) /
         *prediction.predicted;
}

void widen(std::optional<double>& most, const std::optional<double>& one) {
  if (one) most = std::max(most.value_or(0), std::abs(*one));
}

/// "RedPajama: the laws fit their runs within 0.5% in loss and 1.2% in error; there is no larger
/// run to predict"
std::string message_of_fits(const Figure1& data, const std::string& train_set) {
  std::optional<double> loss, error;
  for (const ModelPrediction& row : data.rows) {
    if (row.in_loss_fit) widen(loss, row.loss.relative_error());
    if (row.in_error_fit) widen(error, row.error_from_true_loss.relative_error());
  }
  return train_set + ": the laws fit their runs within " + percent(loss.value_or(0), 1) +
         " in loss and " + percent(error.value_or(0), 1) +
         " in error; there is no larger run to predict";
}

/// "RedPajama: 95% intervals of up to ±44% in loss and ±94% in error; larger runs came within 0.7%
/// and 3.6%"
std::string message(const Figure1& data) {
  const std::string train_set =
      data.study.title(data.loss_law.train_set) + mark_of(data.error_doubt);
  if (!data.loss_doubt.empty())
    return data.study.title(data.loss_law.train_set) + " (!): the loss law is not to be trusted (" +
           data.loss_doubt + ")";
  std::optional<double> loss, error, loss_reach, error_reach;
  std::size_t n_none = 0;
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
    return data.study.title(data.loss_law.train_set) + " (!): for " +
           counted(n_none, "larger run") +
           " the law says an error below 0 or above 1, which none is" +
           (loss ? "; losses came within " + percent(*loss, 1) : "");
  if (!loss || !error) return message_of_fits(data, train_set);
  const std::string came =
      "larger runs came within " + percent(*loss, 1) + " and " + percent(*error, 1);
  if (!loss_reach || !error_reach) return train_set + ": loss and error of " + came;
  return train_set + ": 95% intervals of ±" + percent(*loss_reach, 0) + " in loss and ±" +
         percent(*error_reach, 0) + " in error; " + came;
}

/// "; 2 measured losses lie below the law's E and are not drawn on the left"; "" where none does.
std::string hidden_words(const Figure1& data) {
  const auto n = std::ranges::count_if(data.rows, [&](const ModelPrediction& row) {
    return (row.in_loss_fit || row.is_target) && *row.loss.actual <= data.irreducible();
  });
  if (n == 0) return "";
  return "; " + std::to_string(n) +
         (n == 1 ? " measured loss lies below the law's E and is"
                 : " measured losses lie below the law's E and are") +
         " not drawn on the left";
}

}  // namespace

Figure figure1(const Testbed& testbed, const Study& study, const Fits& fits) {
  const Figure1 data(testbed, study, fits);
  Figure figure;
  figure.title = message(data);
  if (!data.error_doubt.empty())
    figure.subtitle = "(!): error not to be predicted from loss: " + data.error_doubt + ". ";
  figure.subtitle += "Laws fitted on " + std::to_string(data.loss_law.models.size()) + " and " +
                     std::to_string(data.error_law.models.size()) +
                     " runs; percentages are relative to the loss or error itself" +
                     hidden_words(data);
  figure.panels = {loss_panel(data), error_panel(data)};
  figure.n_columns = 2;
  figure.legend = legend(data);
  figure.panel_width_px = 420;
  figure.panel_height_px = 330;
  return figure;
}

}  // namespace rung::overtraining
