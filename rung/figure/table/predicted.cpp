#include "rung/figure/table/predicted.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/extents.hpp"
#include "rung/figure/scene.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/fit/possible.hpp"

namespace rung {
namespace {

/// Writes numbers beside an interval: three digits, and more where its half would not be seen.
class NumberStyle {
 public:
  NumberStyle(double value, const std::optional<Interval>& interval) {
    double least = std::abs(value), most = least;
    for (const double end :
         {interval ? interval->lower : value, interval ? interval->upper : value})
      least = std::min(least, std::abs(end)), most = std::max(most, std::abs(end));
    const double half = interval ? (interval->upper - interval->lower) / 2 : 0;
    constexpr int kMost = 8;
    // Fixed decimals are how such numbers are written.
    is_plain_ = least >= 1e-3 && most < 1e4;
    const int shown = power_of(is_plain_ ? least : most);
    const int finest = half > 0 && std::isfinite(half) ? power_of(half) : shown;
    n_digits_ = std::clamp(shown - finest + 1, kFewest, kMost);
    decimals_ = is_plain_ ? std::max(0, n_digits_ - 1 - shown) : 0;
  }

  std::string operator()(double value) const {
    if (is_plain_) return with_minus_sign(fixed(value, decimals_));
    const bool is_count = n_digits_ == 4 && std::abs(value) >= 1e4;
    return with_minus_sign(n_digits_ == kFewest ? number_words(value)
                           : is_count           ? short_quantity(value)
                                                : significant(value, n_digits_));
  }

 private:
  static constexpr int kFewest = 3;

  static int power_of(double value) {
    return value > 0 && std::isfinite(value) ? static_cast<int>(std::floor(std::log10(value))) : 0;
  }

  bool is_plain_ = false;
  int n_digits_ = kFewest, decimals_ = 0;
};

}  // namespace

std::string value_words(double predicted, const std::optional<Interval>& interval) {
  return interval ? NumberStyle(predicted, interval)(predicted)
                  : with_minus_sign(significant(predicted, 3));
}

std::string prediction_words(double predicted, const std::optional<Interval>& interval) {
  const NumberStyle words(predicted, interval);
  if (!interval) return words(predicted);
  return words(predicted) + " (" + words(interval->lower) + " to " + words(interval->upper) + ")";
}

table::PredictedRow row_of_value(const Fitted& fitted, double value,
                                 std::vector<double> alternatives) {
  table::PredictedRow row;
  std::erase_if(alternatives, [&](double one) { return !is_possible(one, fitted.possible); });
  if (std::isfinite(value) && is_possible(value, fitted.possible)) row.prediction.predicted = value;
  row.alternatives = std::move(alternatives);
  return row;
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

/// A dotted line over all that a row may be, with a mark where that is short enough to be missed;
/// where nobody knows how far that is, all the way.
void add_open_mark(double x, const table::PredictedRow& row, Colour colour,
                   const std::string& label, Panel& panel) {
  const std::optional<ValueRange> spread = row.spread();
  if (!spread) {
    panel.layers.push_back(Rule{.direction = Rule::Direction::vertical,
                                .at = x,
                                .colour = colour,
                                .dash = Dash::dotted,
                                .label = label});
    return;
  }
  const bool has_room = has_room_for(*spread, panel);
  panel.layers.push_back(Curve{.x = {x, x},
                               .y = {spread->least, spread->most},
                               .colour = colour,
                               .width_px = 3,
                               .dash = Dash::dotted,
                               .label = has_room ? "" : label,
                               .of_interval = true});
  if (has_room)
    panel.layers.push_back(Scatter{.x = {x},
                                   .y = {*row.prediction.predicted},
                                   .colour = colour,
                                   .size_px = 9,
                                   .filled = false,
                                   .label = label});
}

}  // namespace

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
  if (!row.determined) return add_open_mark(x, row, colour, label, panel);
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

}  // namespace rung
