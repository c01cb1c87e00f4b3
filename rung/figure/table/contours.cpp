#include "rung/figure/table/contours.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/figure/table/series.hpp"

namespace rung {
namespace {

/// Two of a law's inputs over which its contours are drawn, and what it predicts there.
struct ContourGrid {
  std::size_t x = 0, y = 0;  // which inputs
  std::vector<double> xs, ys;
  std::vector<double> values{};  // of xs[i] and ys[j] at i ys.size() + j

  double at(std::size_t i, std::size_t j) const { return values[i * ys.size() + j]; }
};

using table::PredictedRow;

/// Those that a logarithmic axis has a place for.
std::vector<PredictedRow> drawable_targets(const table::GroupPredictions& predictions,
                                           std::size_t x, std::size_t y) {
  std::vector<PredictedRow> targets = predictions.rows;
  std::erase_if(targets, [&](const PredictedRow& row) {
    return !(row.inputs[x] > 0 && row.inputs[y] > 0) || !row.prediction.predicted;
  });
  return targets;
}

/// A little beyond the data and the targets. `inputs`: all of the law's, of which the grid's two
/// are replaced.
ContourGrid grid_over(const Fitted& fitted, const std::vector<PredictedRow>& targets, std::size_t x,
                      std::size_t y, std::vector<double> inputs) {
  constexpr std::size_t kCells = 160;
  const auto places = [&](std::size_t k) {
    double low = fitted.lowest[k] / 2, high = fitted.highest[k] * 4;
    for (const PredictedRow& row : targets)
      low = std::min(low, row.inputs[k] / 2), high = std::max(high, row.inputs[k] * 2);
    return steps(low, high, true, kCells);
  };
  ContourGrid grid{x, y, places(x), places(y)};
  for (const double at_x : grid.xs) {
    inputs[x] = at_x;
    for (const double at_y : grid.ys) {
      inputs[y] = at_y;
      grid.values.push_back(fitted.predict(inputs));
    }
  }
  return grid;
}

/// Where a function on a grid crosses a height: in each of the grid's cells from one side to
/// another ("marching squares"), and from cell to cell.
class LevelLine {
 public:
  LevelLine(const ContourGrid& grid, double height) : grid_(grid), height_(height) {
    for (std::size_t i = 0; i + 1 < grid.xs.size(); ++i) {
      for (std::size_t j = 0; j + 1 < grid.ys.size(); ++j) add_cell(i, j);
    }
  }

  /// With a break between pieces that don't meet: those from edge to edge, then those that close.
  Curve curve() {
    Curve curve;
    for (const bool ends : {true, false}) {
      for (const auto& [side, next] : neighbours_) {
        if (!ends || next.size() == 1) follow(side, curve);
      }
    }
    return curve;
  }

 private:
  struct Side {
    std::size_t i, j;
    bool along_x;  // from (i, j) to the next i; else to the next j
    auto operator<=>(const Side&) const = default;
  };

  bool above(std::size_t i, std::size_t j) const { return grid_.at(i, j) > height_; }

  bool crosses(const Side& side) const {
    return above(side.i, side.j) !=
           above(side.i + (side.along_x ? 1 : 0), side.j + (side.along_x ? 0 : 1));
  }

  void add_cell(std::size_t i, std::size_t j) {
    for (const std::size_t k : {i, i + 1}) {
      if (!std::isfinite(grid_.at(k, j)) || !std::isfinite(grid_.at(k, j + 1))) return;
    }
    std::vector<Side> crossed;
    for (const Side& side : {Side{i, j, true}, {i, j, false}, {i, j + 1, true}, {i + 1, j, false}})
      if (crosses(side)) crossed.push_back(side);
    for (std::size_t k = 0; k + 1 < crossed.size(); k += 2) {
      neighbours_[crossed[k]].push_back(crossed[k + 1]);
      neighbours_[crossed[k + 1]].push_back(crossed[k]);
    }
  }

  void add_point(const Side& side, Curve& curve) const {
    const std::size_t i = side.i + (side.along_x ? 1 : 0), j = side.j + (side.along_x ? 0 : 1);
    const double a = grid_.at(side.i, side.j) - height_, b = grid_.at(i, j) - height_;
    const double share = a / (a - b);
    curve.x.push_back(grid_.xs[side.i] * std::pow(grid_.xs[i] / grid_.xs[side.i], share));
    curve.y.push_back(grid_.ys[side.j] * std::pow(grid_.ys[j] / grid_.ys[side.j], share));
  }

  void follow(Side side, Curve& curve) {
    if (!seen_.insert(side).second) return;
    if (!curve.x.empty()) curve.x.push_back(kNaN), curve.y.push_back(kNaN);
    const Side first = side;
    add_point(side, curve);
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (const Side& next : neighbours_[side]) {
        if (!seen_.insert(next).second) continue;
        side = next;
        add_point(side, curve);
        goes_on = true;
        break;
      }
    }
    const std::vector<Side>& last = neighbours_[side];
    if (last.size() > 1 && std::find(last.begin(), last.end(), first) != last.end())
      add_point(first, curve);
  }

  const ContourGrid& grid_;
  double height_;
  std::map<Side, std::vector<Side>> neighbours_;
  std::set<Side> seen_;
};

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

/// The height, written upon the line where it is farthest from `points` and its ends.
std::optional<Note> height_note(const Curve& line, const std::string& words,
                                const Scatter& points) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (std::isfinite(line.y[i])) drawn.push_back(i);
  }
  constexpr std::size_t kFewest = 24;  // of a shorter line nothing would be left
  if (drawn.size() < kFewest) return std::nullopt;
  std::size_t best = drawn[drawn.size() / 2];
  double farthest = -1;
  for (std::size_t k = drawn.size() / 4; k < drawn.size() * 3 / 4; ++k) {
    const std::size_t i = drawn[k];
    double nearest = kInfinity;
    for (std::size_t o = 0; o < points.x.size(); ++o)
      nearest = std::min(nearest, std::hypot(std::log(line.x[i] / points.x[o]),
                                             std::log(line.y[i] / points.y[o])));
    if (nearest > farthest) farthest = nearest, best = i;
  }
  return Note{line.x[best], line.y[best], words, line.colour, false, true};
}

/// With as many decimals as each other: 3.0 beside 3.5.
std::vector<std::string> height_words(const std::vector<double>& heights) {
  std::size_t decimals = 0;
  bool plain = true;
  for (const double height : heights) {
    const std::string text = significant(height, 4);
    plain = plain && text.find('e') == std::string::npos;
    const std::size_t point = text.find('.');
    if (point != std::string::npos) decimals = std::max(decimals, text.size() - point - 1);
  }
  std::vector<std::string> words;
  for (const double height : heights)
    words.push_back(plain ? fixed(height, static_cast<int>(decimals)) : significant(height, 4));
  return words;
}

void add_target(const PredictedRow& row, std::size_t x, std::size_t y, bool is_doubted,
                Panel& panel) {
  panel.layers.push_back(Scatter{.x = {row.inputs[x]},
                                 .y = {row.inputs[y]},
                                 .colour = kVermilion,
                                 .size_px = 9,
                                 .filled = false,
                                 .label = "predicted"});
  panel.layers.push_back(
      Note{row.inputs[x], row.inputs[y], prediction_words(row, is_doubted), kVermilion});
}

Panel contour_panel(const table::FittedGroup& group, const table::GroupPredictions& predictions) {
  const Fitted& fitted = group.fitted;
  const Points& points = *group.fitted.points;
  const std::vector<std::size_t> order = widest_inputs(fitted);
  if (order.size() < 2 || !(fitted.lowest[order[1]] > 0))
    throw InputError("contours need a law of two positive inputs");
  const std::size_t x = std::min(order[0], order[1]), y = std::max(order[0], order[1]);
  std::vector<std::string> title;
  if (!fitted.label.empty()) title.push_back(fitted.label);
  Panel panel{.x = input_axis(fitted, x), .y = input_axis(fitted, y)};
  panel.x.log = panel.y.log = true;
  const std::vector<double> inputs = medians(points);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (k != x && k != y)
      title.push_back("at " + fitted.law->info.inputs[k].name + " = " + number_words(inputs[k]) +
                      ", its median");
  }
  panel.title = join(title, ", ");
  const std::vector<PredictedRow> targets = drawable_targets(predictions, x, y);
  for (const PredictedRow& row : targets) {
    if (row.inputs[x] >= 1e15) panel.x.ticks = TickStyle::power;
    if (row.inputs[y] >= 1e15) panel.y.ticks = TickStyle::power;
  }
  const ContourGrid grid = grid_over(fitted, targets, x, y, inputs);
  panel.x.lower = grid.xs.front(), panel.x.upper = grid.xs.back();
  panel.y.lower = grid.ys.front(), panel.y.upper = grid.ys.back();
  const double near = grid.values.front(), far = grid.values.back();
  constexpr std::size_t kLines = 9;
  const std::vector<double> heights =
      round_heights(std::min(near, far), std::max(near, far), kLines);
  const std::vector<std::string> words = height_words(heights);
  const std::vector<Colour> colours = ordered_colours(heights.size());
  Scatter scatter{.colour = kInk, .size_px = 5, .filled = false, .label = "observation"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    scatter.x.push_back(points.input(x, i));
    scatter.y.push_back(points.input(y, i));
  }
  Scatter not_covered = scatter;
  for (const PredictedRow& row : targets) {
    not_covered.x.push_back(row.inputs[x]);
    not_covered.y.push_back(row.inputs[y]);
  }
  std::vector<Layer> notes;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    Curve curve = LevelLine(grid, heights[i]).curve();
    // Dark where the law starts from, as the points' order of size is in other pictures.
    curve.colour = colours[near > far ? heights.size() - 1 - i : i];
    if (const auto note = height_note(curve, words[i], not_covered)) notes.push_back(*note);
    panel.layers.push_back(std::move(curve));
  }
  panel.layers.push_back(in_crowd(std::move(scatter), points.size()));
  panel.layers.insert(panel.layers.end(), notes.begin(), notes.end());
  for (const PredictedRow& row : targets) add_target(row, x, y, !predictions.doubts.empty(), panel);
  return panel;
}

/// Each group with its law by itself and its own points.
std::vector<table::FittedGroup> groups_of(const table::FitResult& result) {
  if (result.shared_groups.empty()) return result.groups;
  std::vector<table::FittedGroup> groups;
  const std::vector<FittedSeries> all = series_of(result);
  for (std::size_t g = 0; g < all.size(); ++g) {
    const FittedSeries& series = all[g];
    Points points(series.inputs.front().size(), series.y.size());
    for (std::size_t i = 0; i < series.y.size(); ++i) points.set(i, series.inputs[i], series.y[i]);
    Fitted& fitted = groups.emplace_back().fitted;
    fitted = result.shared_groups[g].alone;
    fitted.points = std::make_shared<const Points>(std::move(points));
  }
  return groups;
}

}  // namespace

Figure contour_figure(const table::FitResult& result, const std::string& y) {
  const std::vector<table::FittedGroup> groups = groups_of(result);
  const std::vector<table::GroupPredictions> shown = shown_predictions(result);
  Figure figure = panels_of(groups, "Lines of equal " + y + ", as the law predicts it",
                            [&](const table::FittedGroup& group) {
                              const auto g = static_cast<std::size_t>(&group - groups.data());
                              return contour_panel(
                                  group, g < shown.size() ? shown[g] : table::GroupPredictions{});
                            });
  const std::string words = words_on_predictions(result);
  if (words.empty()) return figure;
  const std::string last = figure.subtitle.empty() ? "" : figure.subtitle + "; ";
  figure.subtitle = last + words.substr(2);
  if (last.empty()) figure.subtitle.front() = static_cast<char>(std::toupper(words[2]));
  return figure;
}

}  // namespace rung
