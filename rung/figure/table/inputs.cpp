#include "rung/figure/table/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "rung/core/expression_tokens.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/scene.hpp"

namespace rung {

std::vector<std::size_t> widest_inputs(const Fitted& fitted) {
  std::vector<std::size_t> order(fitted.lowest.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto spread = [&](std::size_t k) {
    const double low = fitted.lowest[k], high = fitted.highest[k];
    return low > 0 ? std::log(high / low) : (high > low ? 1e-6 : 0);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return spread(a) > spread(b); });
  return order;
}

bool by_log(const Fitted& fitted, std::size_t k) {
  constexpr double kWide = 5;
  return fitted.lowest[k] > 0 && fitted.highest[k] / fitted.lowest[k] > kWide;
}

namespace {

/// "D: training tokens"; of a formula's input what its letter stands for in every law.
std::string input_words(const InputInfo& input) {
  static const std::map<std::string, std::string> kMeanings = {
      {"N", "parameters"}, {"D", "training tokens"}, {"C", "training FLOPs"}, {"L", "loss"}};
  const bool says_nothing = input.meaning.empty() || input.meaning == input.name ||
                            input.meaning == "an input of the formula";
  if (!says_nothing) return input.name + ": " + input.meaning;
  const auto known = kMeanings.find(input.name);
  return known == kMeanings.end() ? input.name : input.name + ": " + known->second;
}

}  // namespace

std::vector<double> steps(double low, double high, bool log, std::size_t n) {
  return log ? log_grid(low, high, n) : linear_grid(low, high, n);
}

std::vector<double> curve_steps(double low, double high, bool log,
                                const std::function<double(double)>& value) {
  constexpr double kTurn = 0.01;  // of the curve's height: what is less is not seen
  constexpr std::size_t kMostPoints = 1000;
  std::map<double, double> curve;
  for (const double at : steps(low, high, log, kCurvePoints)) curve[at] = value(at);
  while (curve.size() < kMostPoints) {
    std::vector<double> xs, ys;
    double least = kInfinity, most = -kInfinity;
    for (const auto& [x, y] : curve) {
      xs.push_back(x), ys.push_back(y);
      if (std::isfinite(y)) least = std::min(least, y), most = std::max(most, y);
    }
    const auto middle = [&](double a, double b) { return log ? std::sqrt(a * b) : (a + b) / 2; };
    const auto along = [&](double x) { return log ? std::log(x) : x; };
    const std::size_t before = curve.size();
    for (std::size_t i = 1; i + 1 < xs.size(); ++i) {
      const double share =
          (along(xs[i]) - along(xs[i - 1])) / (along(xs[i + 1]) - along(xs[i - 1]));
      if (!(std::abs(ys[i] - std::lerp(ys[i - 1], ys[i + 1], share)) > kTurn * (most - least)))
        continue;
      for (const double x : {middle(xs[i - 1], xs[i]), middle(xs[i], xs[i + 1])})
        curve.emplace(x, value(x));
    }
    if (curve.size() == before) break;
  }
  std::vector<double> at;
  for (const auto& [x, y] : curve) at.push_back(x);
  return at;
}

Axis input_axis(const Fitted& fitted, std::size_t k) {
  const InputInfo& input = fitted.law->info.inputs[k];
  const bool log = by_log(fitted, k);
  return {.label = input_words(input),
          .log = log,
          .ticks = fitted.highest[k] >= 1e15  ? TickStyle::power
                   : fitted.highest[k] >= 1e4 ? TickStyle::count
                                              : TickStyle::plain};
}

std::string only_input_words(const Law& law, const Mapping& x) {
  if (law.info.inputs.size() != 1) return "";
  const std::string& name = law.info.inputs.front().name;
  for (const auto& [input, expression] : x) {
    const Span& span = expression.root.span;
    const std::string words =
        shown_expression(expression.text.substr(span.begin, span.end - span.begin));
    if (input == name && words != name) return name + ": " + words;
  }
  return "";
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

std::string number_words(double value) {
  return value >= 1e4 ? short_count(value) : significant(value, 3);
}

std::string prediction_words(double predicted, const std::optional<Interval>& interval) {
  double least = std::abs(predicted), most = least;
  if (interval) {
    for (const double end : {interval->lower, interval->upper}) {
      least = std::min(least, std::abs(end)), most = std::max(most, std::abs(end));
    }
  }
  // Three digits of the smallest, where fixed decimals are how such numbers are written.
  const bool plain = least >= 1e-3 && most < 1e4;
  const int decimals = plain ? std::max(0, 2 - static_cast<int>(std::floor(std::log10(least)))) : 0;
  const auto words = [&](double x) {
    return with_minus_sign(plain ? fixed(x, decimals) : number_words(x));
  };
  if (!interval) return words(predicted);
  return words(predicted) + " (" + words(interval->lower) + " to " + words(interval->upper) + ")";
}

std::string doubt_mark(const table::PredictedRow& row, bool is_doubted) {
  return is_doubted && row.determined && row.prediction.predicted ? kDoubtMark : "";
}

bool any_marked(const std::vector<table::PredictedRow>& rows, bool is_doubted) {
  return std::any_of(rows.begin(), rows.end(), [&](const table::PredictedRow& row) {
    return !doubt_mark(row, is_doubted).empty();
  });
}

std::string prediction_words(const table::PredictedRow& row, bool is_doubted) {
  if (!row.prediction.predicted) return "";
  if (row.determined)
    return prediction_words(*row.prediction.predicted, row.prediction.interval) +
           doubt_mark(row, is_doubted);
  if (const auto end = row.end_passed)
    return (*row.prediction.predicted < *end ? "below " : "above ") + significant(*end) +
           ", where the law does not hold";
  const std::optional<ValueRange> spread = row.spread();
  if (!spread) return "not determined";
  const std::string words =
      prediction_words(spread->least, Interval{0, spread->least, spread->most});
  return "not determined " + words.substr(words.find('('));
}

SpreadLines::SpreadLines(Colour colour, const std::string& label)
    : least_{.colour = colour, .dash = Dash::dotted, .label = label, .of_interval = true},
      most_{.colour = colour, .dash = Dash::dotted, .of_interval = true} {}

void SpreadLines::add(double x, const std::optional<ValueRange>& spread) {
  least_.x.push_back(x), most_.x.push_back(x);
  least_.y.push_back(spread ? spread->least : kNaN);
  most_.y.push_back(spread ? spread->most : kNaN);
}

void SpreadLines::add_to(Panel& panel) && {
  const auto is_known = [](double y) { return std::isfinite(y); };
  if (std::none_of(least_.y.begin(), least_.y.end(), is_known)) return;
  panel.layers.push_back(std::move(least_));
  panel.layers.push_back(std::move(most_));
}

void add_mark(double x, const table::PredictedRow& row, Colour colour, const std::string& label,
              Panel& panel) {
  if (!row.prediction.predicted) return;
  if (const auto end = row.end_passed) {
    const bool below = *row.prediction.predicted < *end;
    panel.layers.push_back(Scatter{.x = {x},
                                   .y = {*end},
                                   .colour = colour,
                                   .marker = below ? Marker::down_triangle : Marker::triangle,
                                   .size_px = 9,
                                   .filled = false,
                                   .label = label});
    return;
  }
  if (!row.determined) {
    if (const auto spread = row.spread())
      panel.layers.push_back(Curve{.x = {x, x},
                                   .y = {spread->least, spread->most},
                                   .colour = colour,
                                   .width_px = 3,
                                   .dash = Dash::dotted,
                                   .label = label,
                                   .of_interval = true});
    return;
  }
  Scatter mark{.x = {x},
               .y = {*row.prediction.predicted},
               .colour = colour,
               .size_px = 9,
               .filled = false,
               .label = label};
  if (const auto& interval = row.prediction.interval) {
    mark.y_lower = {interval->lower};
    mark.y_upper = {interval->upper};
  }
  panel.layers.push_back(std::move(mark));
}

namespace {

/// From the lowest to the highest of a panel's points; without any, nothing.
std::optional<ValueRange> range_of_points(const Panel& panel) {
  ValueRange range{kInfinity, -kInfinity};
  for (const Layer& layer : panel.layers) {
    const Scatter* const points = std::get_if<Scatter>(&layer);
    for (std::size_t i = 0; points && i < points->y.size(); ++i) {
      range.least = std::min(range.least, points->y[i]);
      range.most = std::max(range.most, points->y[i]);
    }
  }
  return range.least <= range.most ? std::optional(range) : std::nullopt;
}

/// Whether an axis that shows all of what is not determined leaves the points their room.
bool has_room_for(const ValueRange& spread, const Panel& panel) {
  constexpr double kMostTimes = 4;
  const std::optional<ValueRange> points = range_of_points(panel);
  return !points || std::max(spread.most, points->most) - std::min(spread.least, points->least) <=
                        kMostTimes * (points->most - points->least);
}

/// Where words of what is not determined stand: at its middle, or beside the points where that
/// lies far from them.
double middle_of(const ValueRange& spread, const Panel& panel) {
  const double middle = (spread.least + spread.most) / 2;
  if (has_room_for(spread, panel)) return middle;
  const ValueRange points = *range_of_points(panel);
  return std::clamp(middle, points.least, points.most);
}

}  // namespace

void add_words(double x, const table::PredictedRow& row, Colour colour, const std::string& words,
               Panel& panel) {
  if (!row.prediction.predicted) return;
  double y = row.end_passed.value_or(*row.prediction.predicted);
  if (!row.determined && !row.end_passed) {
    y = middle_of(row.spread().value_or(ValueRange{y, y}), panel);
  }
  panel.layers.push_back(Note{x, y, words, colour});
}

void add_room(const std::vector<table::PredictedRow>& rows, Panel& panel) {
  constexpr double kShare = 0.15;
  const Extent extent = extents_of(panel).y;
  const double span = extent.upper - extent.lower;
  if (!(span > 0)) return;
  double side = 0;
  for (const table::PredictedRow& row : rows) {
    const double y = row.prediction.predicted.value_or(kNaN);
    if (std::isfinite(y)) side += y < std::midpoint(extent.lower, extent.upper) ? -1 : 1;
  }
  const double lower = extent.lower - kShare * span;
  if (side > 0) panel.y.upper = extent.upper + kShare * span;
  if (side < 0) panel.y.lower = extent.lower < 0 ? lower : std::max(lower, 0.0);
}

void add_intervals(const std::vector<table::PredictedRow>& rows, Panel& panel, double most) {
  constexpr double kMargin = 0.06;
  const Extent without = extents_of(panel).y;
  Extent with = without;
  for (const table::PredictedRow& row : rows) {
    if (!row.determined || row.end_passed || !row.prediction.interval) continue;
    for (const double end : {row.prediction.interval->lower, row.prediction.interval->upper})
      if (std::isfinite(end)) with.include(end);
  }
  const double span = with.upper - with.lower;
  if (span > most * (without.upper - without.lower)) with = without;
  for (const table::PredictedRow& row : rows) {
    if (row.determined || row.end_passed || !row.prediction.predicted) continue;
    const std::optional<ValueRange> spread = row.spread();
    if (spread && has_room_for(*spread, panel))
      with.include(spread->least), with.include(spread->most);
  }
  const double margin = kMargin * (with.upper - with.lower);
  if (with.lower < without.lower)
    panel.y.lower = std::min(panel.y.lower.value_or(kInfinity), with.lower - margin);
  if (with.upper > without.upper)
    panel.y.upper = std::max(panel.y.upper.value_or(-kInfinity), with.upper + margin);
}

bool has_bands(const Figure& figure) {
  return std::any_of(figure.panels.begin(), figure.panels.end(), [](const Panel& panel) {
    return std::any_of(panel.layers.begin(), panel.layers.end(),
                       [](const Layer& layer) { return std::holds_alternative<Band>(layer); });
  });
}

std::string dotted_words(const Figure& figure) {
  for (const Panel& panel : figure.panels) {
    for (const Layer& layer : panel.layers) {
      const auto* const curve = std::get_if<Curve>(&layer);
      if (curve && curve->dash == Dash::dotted)
        return "dotted: the range that equally good fits predict";
    }
  }
  return "";
}

std::string beyond_words(const std::vector<table::Beyond>& all) {
  const auto most = std::max_element(
      all.begin(), all.end(),
      [](const table::Beyond& a, const table::Beyond& b) { return a.factor < b.factor; });
  if (most == all.end()) return "";
  const std::string factor = most->factor < 1.05
                                 ? significant(most->factor, 4)  // as it is not inside the data
                             : most->factor < 10 ? significant(most->factor, 2)
                                                 : short_count(std::round(most->factor));
  return "up to " + factor + " times " + (most->below ? "below" : "beyond") + " the data (" +
         most->input + ")";
}

std::string beyond_words(const std::vector<table::GroupPredictions>& groups) {
  std::vector<table::Beyond> all;
  for (const table::GroupPredictions& group : groups) {
    for (const table::PredictedRow& row : group.rows)
      all.insert(all.end(), row.beyond.begin(), row.beyond.end());
  }
  return all.empty() ? "" : "; predicted " + beyond_words(all);
}

void size_panels(Figure& figure) {
  figure.n_columns = std::min<std::size_t>(3, std::max<std::size_t>(1, figure.panels.size()));
  if (figure.panels.size() == 1) figure.panel_width_px = 440, figure.panel_height_px = 300;
}

Figure panels_of(const std::vector<table::FittedGroup>& groups, std::string title,
                 const std::function<Panel(const table::FittedGroup&)>& panel_of) {
  Figure figure{.title = std::move(title)};
  std::vector<std::string> loose;
  for (const table::FittedGroup& group : groups) {
    if (group.fitted.fit.status == Status::failed) continue;
    figure.panels.push_back(panel_of(group));
    if (!group.fitted.fit.identified) loose.push_back(group.fitted.label);
  }
  if (!loose.empty())
    figure.subtitle = "The data do not determine the parameters" +
                      (groups.size() > 1 ? " of " + join(loose, ", ") : "") +
                      ": others fit as well and give another picture";
  size_panels(figure);
  return figure;
}

}  // namespace rung
