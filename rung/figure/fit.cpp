#include "rung/figure/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr std::size_t kCurvePoints = 80;
constexpr std::size_t kMostCurves = 6;

/// Inputs by how far they spread, widest first.
std::vector<std::size_t> widest_inputs(const table::Predictor& predictor) {
  std::vector<std::size_t> order(predictor.lowest.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto spread = [&](std::size_t k) {
    const double low = predictor.lowest[k], high = predictor.highest[k];
    return low > 0 ? std::log(high / low) : (high > low ? 1e-6 : 0);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return spread(a) > spread(b); });
  return order;
}

bool by_log(const table::Predictor& predictor, std::size_t k) {
  constexpr double kWide = 5;
  return predictor.lowest[k] > 0 && predictor.highest[k] / predictor.lowest[k] > kWide;
}

std::vector<double> steps(double low, double high, bool log, std::size_t n) {
  return log ? log_grid(low, high, n) : linear_grid(low, high, n);
}

Axis input_axis(const table::Predictor& predictor, std::size_t k) {
  const InputInfo& input = predictor.law->info.inputs[k];
  const bool log = by_log(predictor, k);
  return {.label = input.meaning.empty() || input.meaning == input.name
                       ? input.name
                       : input.name + ": " + input.meaning,
          .log = log,
          .ticks = predictor.highest[k] >= 1e15  ? TickStyle::power
                   : predictor.highest[k] >= 1e4 ? TickStyle::count
                                                 : TickStyle::plain};
}

/// Distinct values of an input among the points, at most kMostCurves, spread evenly.
std::vector<double> levels_of(const Points& points, std::size_t k) {
  std::vector<double> values;
  for (std::size_t i = 0; i < points.size(); ++i) values.push_back(points.input(k, i));
  values = sorted_distinct(std::move(values));
  if (values.size() <= kMostCurves) return values;
  std::vector<double> picked;
  for (std::size_t i = 0; i < kMostCurves; ++i)
    picked.push_back(values[i * (values.size() - 1) / (kMostCurves - 1)]);
  return picked;
}

std::vector<double> medians(const Points& points) {
  std::vector<double> result;
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    std::vector<double> values;
    for (std::size_t i = 0; i < points.size(); ++i) values.push_back(points.input(k, i));
    result.push_back(upper_median(std::move(values)));
  }
  return result;
}

std::string title_of(const table::FittedGroup& group) {
  return group.label.empty() ? "" : group.label;
}

/// "300M", not "300.0M".
std::string number_words(double value) {
  std::string text = value >= 1e4 ? short_count(value) : significant(value, 3);
  if (const std::size_t zero = text.find(".0"); zero + 3 == text.size()) text.erase(zero, 2);
  return text;
}

/// What the law says it predicts: "loss, in the unit of the data".
std::string output_words(const table::Predictor& predictor) {
  const std::string& output = predictor.law->info.output;
  return output.empty() ? "y" : output;
}

std::size_t nearest_level(const std::vector<double>& levels, double value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    if (std::abs(std::log(levels[i] / value)) < std::abs(std::log(levels[best] / value))) best = i;
  }
  return best;
}

Panel fit_panel(const table::FittedGroup& group) {
  const table::Predictor& predictor = group.predictor;
  const Points& points = *group.points;
  const std::vector<std::size_t> order = widest_inputs(predictor);
  const std::size_t x = order.front();
  Panel panel{.title = title_of(group),
              .x = input_axis(predictor, x),
              .y = {.label = output_words(predictor)}};
  const bool families = order.size() > 1 && predictor.lowest[order[1]] > 0 &&
                        predictor.highest[order[1]] > predictor.lowest[order[1]];
  const std::vector<double> levels =
      families ? levels_of(points, order[1]) : std::vector<double>{0};
  const std::vector<Colour> colours =
      families ? ordered_colours(levels.size()) : std::vector<Colour>{kBlue};
  const std::vector<double> grid =
      steps(predictor.lowest[x], predictor.highest[x] * (by_log(predictor, x) ? 3 : 1),
            by_log(predictor, x), kCurvePoints);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    Curve curve{.colour = colours[level]};
    Band band{.colour = colours[level], .opacity = 0.18};
    std::vector<double> inputs = medians(points);
    if (families) {
      inputs[order[1]] = levels[level];
      curve.label = predictor.law->info.inputs[order[1]].name + " = " + number_words(levels[level]);
    }
    for (const double at : grid) {
      inputs[x] = at;
      curve.x.push_back(at);
      curve.y.push_back(predictor.predict(inputs));
      if (const auto interval = predictor.interval(inputs)) {
        band.x.push_back(at);
        band.lower.push_back(interval->lower);
        band.upper.push_back(interval->upper);
      }
    }
    if (!band.x.empty()) panel.layers.push_back(std::move(band));
    panel.layers.push_back(std::move(curve));
  }
  for (std::size_t level = 0; level < levels.size(); ++level) {
    Scatter scatter{.colour = colours[level], .size_px = 6};
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (families && nearest_level(levels, points.input(order[1], i)) != level) continue;
      scatter.x.push_back(points.input(x, i));
      scatter.y.push_back(points.y(i));
    }
    panel.layers.push_back(std::move(scatter));
  }
  return panel;
}

Figure panels_of(const std::vector<table::FittedGroup>& groups, std::string title,
                 Panel (*panel_of)(const table::FittedGroup&)) {
  Figure figure{.title = std::move(title)};
  for (const table::FittedGroup& group : groups) {
    if (group.fit.status != Status::failed) figure.panels.push_back(panel_of(group));
  }
  figure.n_columns = std::min<std::size_t>(3, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() == 1) figure.panel_width_px = 440, figure.panel_height_px = 300;
  return figure;
}

Panel residual_panel(const table::FittedGroup& group) {
  const table::Predictor& predictor = group.predictor;
  const Points& points = *group.points;
  const std::vector<double> fitted = predict(*predictor.law, predictor.theta, points);
  Scatter plain{.colour = kBlue, .size_px = 6}, outliers{.colour = kVermilion, .label = "outlier"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double residual =
        transformed(predictor.residual, points.y(i)) - transformed(predictor.residual, fitted[i]);
    const bool outlier = i < group.diagnosis.points.size() && group.diagnosis.points[i].outlier;
    Scatter& scatter = outlier ? outliers : plain;
    scatter.x.push_back(fitted[i]);
    scatter.y.push_back(residual);
  }
  Panel panel{.title = title_of(group),
              .x = {.label = "predicted"},
              .y = {.label = predictor.residual == Residual::raw
                                 ? "residual"
                                 : std::string(residual_name(predictor.residual)) + " residual"}};
  panel.layers = {Rule{.at = 0}, plain};
  if (!outliers.x.empty()) panel.layers.push_back(outliers);
  return panel;
}

/// Where a function on a grid crosses `height`, as curves along the grid's columns.
Curve level_line(const table::Predictor& predictor, std::vector<double> inputs, std::size_t x,
                 std::size_t y, const std::vector<double>& xs, const std::vector<double>& ys,
                 double height) {
  Curve curve;
  for (const double at : xs) {
    inputs[x] = at;
    const auto value = [&](double v) {
      inputs[y] = v;
      return predictor.predict(inputs) - height;
    };
    double crossing = std::nan("");
    for (std::size_t i = 1; i < ys.size() && std::isnan(crossing); ++i) {
      const double a = value(ys[i - 1]), b = value(ys[i]);
      if ((a <= 0) != (b <= 0)) crossing = ys[i - 1] * std::pow(ys[i] / ys[i - 1], a / (a - b));
    }
    curve.x.push_back(at);
    curve.y.push_back(crossing);
  }
  return curve;
}

/// Round numbers between two predictions, about `count` of them, evenly by logarithm where the
/// predictions are positive and wide apart.
std::vector<double> round_heights(double low, double high, std::size_t count) {
  std::vector<double> heights;
  constexpr double kWide = 10;
  if (low > 0 && high / low > kWide) {
    for (double decade = std::pow(10, std::floor(std::log10(low))); decade < high; decade *= 10) {
      for (const double digit : {1, 2, 5}) heights.push_back(decade * digit);
    }
  } else {
    const double rough = (high - low) / static_cast<double>(count);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = power;
    for (const double digit : {1, 2, 5, 10}) {
      if (digit * power <= rough * 1.3) step = digit * power;
    }
    for (double i = std::ceil(low / step); i * step < high; ++i) heights.push_back(i * step);
  }
  std::erase_if(heights, [&](double height) { return height <= low || height >= high; });
  return heights;
}

/// The height, written where the line has gone two thirds of its way.
std::optional<Note> height_note(const Curve& line, double height) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (std::isfinite(line.y[i])) drawn.push_back(i);
  }
  if (drawn.size() < 2) return std::nullopt;
  const std::size_t i = drawn[drawn.size() * 2 / 3];
  return Note{line.x[i], line.y[i], significant(height, 4), line.colour};
}

Panel contour_panel(const table::FittedGroup& group) {
  const table::Predictor& predictor = group.predictor;
  const Points& points = *group.points;
  const std::vector<std::size_t> order = widest_inputs(predictor);
  if (order.size() < 2 || !(predictor.lowest[order[1]] > 0))
    throw InputError("contours need a law of two positive inputs");
  const std::size_t x = std::min(order[0], order[1]), y = std::max(order[0], order[1]);
  Panel panel{
      .title = title_of(group), .x = input_axis(predictor, x), .y = input_axis(predictor, y)};
  panel.x.log = panel.y.log = true;
  const auto xs = steps(predictor.lowest[x] / 2, predictor.highest[x] * 4, true, kCurvePoints);
  const auto ys = steps(predictor.lowest[y] / 2, predictor.highest[y] * 4, true, 240);
  std::vector<double> inputs = medians(points);
  inputs[x] = xs.back(), inputs[y] = ys.back();
  const double far = predictor.predict(inputs);
  inputs[x] = xs.front(), inputs[y] = ys.front();
  const double near = predictor.predict(inputs);
  constexpr std::size_t kLines = 9;
  const std::vector<double> heights =
      round_heights(std::min(near, far), std::max(near, far), kLines);
  const std::vector<Colour> colours = ordered_colours(heights.size());
  std::vector<Layer> notes;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    Curve curve = level_line(predictor, medians(points), x, y, xs, ys, heights[i]);
    // Dark where the law starts from, as the points' order of size is in other pictures.
    curve.colour = colours[near > far ? heights.size() - 1 - i : i];
    if (const auto note = height_note(curve, heights[i])) notes.push_back(*note);
    panel.layers.push_back(std::move(curve));
  }
  Scatter scatter{.colour = kInk, .size_px = 5, .filled = false};
  for (std::size_t i = 0; i < points.size(); ++i) {
    scatter.x.push_back(points.input(x, i));
    scatter.y.push_back(points.input(y, i));
  }
  panel.layers.push_back(std::move(scatter));
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
  return panel;
}

}  // namespace

Figure fit_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, groups.front().predictor.law->info.formula, fit_panel);
}

Figure residual_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, "Residuals", residual_panel);
}

Figure contour_figure(const std::vector<table::FittedGroup>& groups) {
  return panels_of(groups, "Equal predictions", contour_panel);
}

namespace {

/// Between the profile's points, smooth: the root of the height, with a sign left of the lowest, is
/// nearly straight.
Curve profile_curve(const Profile& profile) {
  const auto lowest = static_cast<std::size_t>(
      std::min_element(profile.heights.begin(), profile.heights.end()) - profile.heights.begin());
  const auto root = [&](std::size_t i) {
    return std::sqrt(std::max(0.0, profile.heights[i])) * (i < lowest ? -1 : 1);
  };
  Curve curve{.colour = kBlue};
  constexpr int kBetween = 12;
  for (std::size_t i = 1; i < profile.values.size(); ++i) {
    for (int k = 0; k <= kBetween; ++k) {
      const double t = static_cast<double>(k) / kBetween;
      const double r = root(i - 1) + t * (root(i) - root(i - 1));
      constexpr double kShown = 2.2;
      if (r * r > kShown) continue;
      curve.x.push_back(profile.values[i - 1] + t * (profile.values[i] - profile.values[i - 1]));
      curve.y.push_back(r * r);
    }
  }
  return curve;
}

}  // namespace

Figure profile_figure(const std::vector<table::FittedGroup>& groups) {
  Figure figure{.title = "Profiles"};
  for (const table::FittedGroup& group : groups) {
    for (const Profile& profile : group.profiles) {
      const ParameterInfo& parameter =
          group.predictor.law->info.parameters[static_cast<std::size_t>(profile.parameter)];
      Panel panel{.title = title_of(group),
                  .x = {.label = parameter.name, .log = parameter.of_log},
                  .y = {.label = "objective above the best (1: limit)", .lower = 0, .upper = 2}};
      panel.layers = {Rule{.at = 1, .label = percent(profile.level, 0) + " interval"},
                      profile_curve(profile)};
      figure.panels.push_back(std::move(panel));
    }
  }
  if (figure.panels.empty())
    throw InputError("no parameter has a profile to show",
                     "a kinked loss (lad, quantile) or a singular fit has none");
  figure.n_columns = std::min<std::size_t>(3, figure.panels.size());
  return figure;
}

namespace {

Panel sweep_panel(const std::vector<const table::Sweep*>& sweeps, const Law& law) {
  Panel panel{.x = {.label = sweeps.front()->column, .log = true},
              .y = {.label = "given away, of the loss", .ticks = TickStyle::percent}};
  const std::vector<Colour> colours = ordered_colours(sweeps.size());
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    const table::Sweep& sweep = *sweeps[i];
    std::vector<std::string> at =
        sweep.group.empty() ? std::vector<std::string>{} : std::vector<std::string>{sweep.group};
    for (std::size_t k = 0; k < sweep.inputs.size(); ++k)
      at.push_back(law.info.inputs[k].name + " = " + number_words(sweep.inputs[k]));
    Scatter runs{.colour = colours[i], .size_px = 6};
    for (const table::SweptRun& run : sweep.runs) {
      runs.x.push_back(run.value);
      runs.y.push_back(run.given_away / std::abs(run.loss));
    }
    panel.layers.push_back(
        Curve{.x = runs.x, .y = runs.y, .colour = colours[i], .label = join(at, ", ")});
    panel.layers.push_back(runs);
    if (sweep.optimum)
      panel.layers.push_back(Scatter{.x = {*sweep.optimum},
                                     .y = {0},
                                     .colour = colours[i],
                                     .marker = Marker::star,
                                     .size_px = 12});
  }
  return panel;
}

}  // namespace

Figure sweep_figure(const table::SweepReport& report, const Law& law) {
  std::map<std::string, std::vector<const table::Sweep*>> by_column;
  for (const table::Sweep& sweep : report.sweeps) by_column[sweep.column].push_back(&sweep);
  if (by_column.empty())
    throw InputError("there is no sweep to show", "say with --sweep what runs differ in");
  Figure figure{.title = "Sweeps", .n_columns = by_column.size()};
  for (const auto& [column, all] : by_column) {
    constexpr std::size_t kMostSweeps = 8;
    std::vector<const table::Sweep*> shown = all;
    if (all.size() > kMostSweeps) {
      shown.clear();
      for (std::size_t i = 0; i < kMostSweeps; ++i)
        shown.push_back(all[i * (all.size() - 1) / (kMostSweeps - 1)]);
    }
    figure.panels.push_back(sweep_panel(shown, law));
  }
  figure.panel_width_px = 400, figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung
