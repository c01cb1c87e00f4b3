#include "rung/figure/table/predict.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/crowd.hpp"
#include "rung/figure/scene.hpp"
#include "rung/figure/table/inputs.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/fit/interval/contradiction.hpp"
#include "rung/fit/possible.hpp"

namespace rung {
namespace {

using table::PredictedRow;

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
  panel.layers.push_back(in_crowd(std::move(seen), fitted.points->size()));
}

/// What a law predicts at a place, as a figure needs it: the value, and what else fits as well.
using RowOf = std::function<PredictedRow(const std::vector<double>&)>;

/// A law over one input up to each of the rows' places, the others as they are there; where a row
/// is not determined, all that it may be on the way.
Panel panel_over(const PredictedFit& fit, const std::vector<PredictedRow>& rows,
                 const RowOf& row_of) {
  const std::size_t x = input_across(fit);
  const std::vector<Colour> colours = target_colours(rows.size());
  Panel panel{.x = input_axis(fit.first, x)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> inputs = rows[i].inputs;
    const double low = std::min(fit.first.lowest[x], inputs[x]);
    const double high = std::max(fit.first.highest[x], inputs[x]);
    if (inputs[x] >= 1e15) panel.x.ticks = TickStyle::power;
    Curve way{.colour = colours[i], .dash = Dash::dashed};
    SpreadLines spread(colours[i]);
    const auto row_at = [&](double at) {
      inputs[x] = at;
      return row_of(inputs);
    };
    const auto value_at = [&](double at) { return row_at(at).prediction.predicted.value_or(kNaN); };
    for (const double at : curve_steps(low, high, by_log(fit.first, x), value_at)) {
      const PredictedRow row = row_at(at);
      way.x.push_back(at);
      way.y.push_back(row.prediction.predicted.value_or(kNaN));
      spread.add(at, row.spread());
    }
    if (rows[i].determined || rows[i].end_passed) {
      panel.layers.push_back(std::move(way));
    } else {
      std::move(spread).add_to(panel);
    }
  }
  return panel;
}

/// What tells a row from the others: its inputs besides the one across, where they do.
std::string short_name(const Law& law, const std::vector<PredictedRow>& rows, std::size_t row,
                       std::size_t across) {
  const auto name = [&](const PredictedRow& of) {
    std::vector<std::string> words;
    for (std::size_t k = 0; k < of.inputs.size(); ++k) {
      if (k != across)
        words.push_back(law.info.inputs[k].name + " = " + number_words(of.inputs[k]));
    }
    return join(words, ", ");
  };
  const std::string own = name(rows[row]);
  const auto n_alike =
      std::ranges::count_if(rows, [&](const PredictedRow& other) { return name(other) == own; });
  return own.empty() || n_alike > 1 ? place_words(law, rows[row].inputs) : own;
}

/// Predictions that a title names one by one, and that have room beside their marks.
constexpr std::size_t kMostNumbers = 3;

/// Marks with what they say beside them; of many, in a key.
void add_targets(const PredictedFit& fit, const table::GroupPredictions& predictions,
                 Panel& panel) {
  const std::vector<PredictedRow>& rows = predictions.rows;
  const std::vector<Colour> colours = target_colours(rows.size());
  const std::size_t x = input_across(fit);
  Key key;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double at = rows[i].inputs[x];
    const std::string words = prediction_words(rows[i], !predictions.doubts.empty());
    add_mark(at, rows[i], colours[i], place_words(*fit.first.law, rows[i].inputs), panel);
    if (rows.size() <= kMostNumbers) {
      add_words(at, rows[i], colours[i], words, panel);
    } else if (!words.empty()) {
      key.lines.push_back({short_name(*fit.first.law, rows, i, x) + ": " + words, colours[i]});
    }
  }
  panel.layers.push_back(std::move(key));
}

Panel first_panel(const PredictedFit& fit, const PredictedNames& names) {
  const std::vector<PredictedRow>& rows = fit.predictions.rows;
  Panel panel = panel_over(fit, rows, [&](const std::vector<double>& inputs) {
    return row_of_value(fit.first, fit.first.predict(inputs),
                        other_predictions(*fit.first.law, fit.first.fit, inputs));
  });
  panel.y.label = names.first;
  if (std::string words = only_input_words(*fit.first.law, names.x); !words.empty())
    panel.x.label = std::move(words);
  add_observations(fit.first, input_across(fit), panel);
  add_targets(fit, fit.predictions, panel);
  add_intervals(rows, panel);
  return panel;
}

/// Where a chain comes upon the second law: a point, or the part of it between the least and the
/// most that the first law may give.
void add_place(const Fitted& then, const PredictedRow& first, const ValueRange& shown,
               Colour colour, Panel& panel) {
  if (!first.prediction.predicted) return;
  if (first.determined) {
    const double at = *first.prediction.predicted;
    PredictedRow row = table::predicted_row(then, {{at}, std::nullopt, ""});
    row.prediction.interval.reset();  // the band shows it
    return add_mark(at, row, colour, "", panel);
  }
  const std::optional<ValueRange> spread = first.spread();
  if (!spread) return;
  Curve part{.colour = colour, .width_px = 3, .dash = Dash::dotted, .of_interval = true};
  for (const double x :
       linear_grid(std::clamp(spread->least, shown.least, shown.most),
                   std::clamp(spread->most, shown.least, shown.most), kCurvePoints)) {
    part.x.push_back(x);
    const double value = then.predict({&x, 1});
    part.y.push_back(is_possible(value, then.possible) ? value : kNaN);
  }
  panel.layers.push_back(std::move(part));
}

/// Which part of the second law a chain shows: its data, what the first law predicts, and of a
/// range that this may take no more than the data span on each side.
ValueRange shown_of(const PredictedFit& fit) {
  const double lowest = fit.then->lowest[0], highest = fit.then->highest[0];
  const double span = highest - lowest;
  ValueRange shown{lowest, highest};
  for (const PredictedRow& row : fit.predictions.rows) {
    if (!row.prediction.predicted) continue;
    ValueRange range{*row.prediction.predicted, *row.prediction.predicted};
    if (!row.determined) {
      range = row.spread().value_or(ValueRange{lowest, highest});
      range.least = std::clamp(range.least, lowest - span, highest + span);
      range.most = std::clamp(range.most, lowest - span, highest + span);
    }
    shown.least = std::min(shown.least, range.least), shown.most = std::max(shown.most, range.most);
  }
  return shown;
}

/// The second law over what the first predicts.
Panel then_panel(const PredictedFit& fit, const PredictedNames& names) {
  const Fitted& then = *fit.then;
  Panel panel{.x = {.label = names.first}, .y = {.label = names.then}};
  const ValueRange shown = shown_of(fit);
  Curve curve{.colour = kInk};
  Band band{.colour = kInk, .opacity = 0.15};
  const auto value_at = [&](double at) {
    const double value = then.predict({&at, 1});
    return is_possible(value, then.possible) ? value : kNaN;
  };
  for (const double at : curve_steps(shown.least, shown.most, false, value_at)) {
    curve.x.push_back(at);
    curve.y.push_back(value_at(at));
    if (const auto interval = then.interval({&at, 1})) {
      band.x.push_back(at);
      band.lower.push_back(interval->lower);
      band.upper.push_back(interval->upper);
    }
  }
  if (!band.x.empty()) panel.layers.push_back(std::move(band));
  panel.layers.push_back(std::move(curve));
  add_observations(then, 0, panel);
  const std::vector<Colour> colours = target_colours(fit.predictions.rows.size());
  for (std::size_t i = 0; i < fit.predictions.rows.size(); ++i)
    add_place(then, fit.predictions.rows[i], shown, colours[i], panel);
  return panel;
}

Panel chain_panel(const PredictedFit& fit, const std::string& y) {
  Panel panel = panel_over(fit, fit.chained.rows, [&](const std::vector<double>& inputs) {
    const double loss = fit.first.predict(inputs);
    return row_of_value(*fit.then, fit.then->predict({&loss, 1}),
                        table::chained_alternatives(fit.first, *fit.then, inputs));
  });
  panel.y.label = y;
  add_targets(fit, fit.chained, panel);
  add_intervals(fit.chained.rows, panel, kInfinity);  // no observation that they could press flat
  return panel;
}

const table::GroupPredictions& last_of(const PredictedFit& fit) {
  return fit.then ? fit.chained : fit.predictions;
}

const std::vector<PredictedRow>& last_rows(const PredictedFit& fit) { return last_of(fit).rows; }

/// Of the second fit, which may be of a part of the group.
const std::string& label_of(const PredictedFit& fit) {
  return fit.then ? fit.chained.label : fit.first.label;
}

/// The places that all fits are asked for; none where they differ or are too many for a title.
std::vector<std::string> places_in_title(const std::vector<PredictedFit>& fits) {
  std::vector<std::string> places;
  for (const PredictedFit& fit : fits) {
    std::vector<std::string> own;
    for (const PredictedRow& row : last_rows(fit)) {
      if (!row.prediction.predicted) return {};
      own.push_back(place_words(*fit.first.law, row.inputs));
    }
    if (places.empty()) places = own;
    const bool several = own.size() > 1 && fits.size() > 1;
    if (own != places || several || own.size() > kMostNumbers) return {};
  }
  return places;
}

/// Whether anything is held against a fit, besides that it leaves a prediction open.
bool is_doubted(const PredictedFit& fit) { return !last_of(fit).doubts.empty(); }

std::string short_words(const PredictedFit& fit, const PredictedRow& row) {
  if (row.end_passed) return prediction_words(row, is_doubted(fit));
  if (!row.determined) return "not determined";
  return value_words(*row.prediction.predicted, row.prediction.interval) +
         doubt_mark(row, is_doubted(fit));
}

/// Whether anything that the panels show is marked.
bool has_marks(const std::vector<PredictedFit>& fits) {
  return std::any_of(fits.begin(), fits.end(), [](const PredictedFit& fit) {
    return any_marked(fit.predictions.rows, !fit.predictions.doubts.empty()) ||
           any_marked(fit.chained.rows, !fit.chained.doubts.empty());
  });
}

/// "0.68 (arc) to 0.94 (piqa)", of what is determined.
std::string range_of_groups(const std::vector<PredictedFit>& fits) {
  const PredictedFit *least = nullptr, *most = nullptr;
  const auto value = [](const PredictedFit& fit) {
    return *last_rows(fit).front().prediction.predicted;
  };
  for (const PredictedFit& fit : fits) {
    if (!last_rows(fit).front().determined) continue;
    if (!least || value(fit) < value(*least)) least = &fit;
    if (!most || value(fit) > value(*most)) most = &fit;
  }
  if (!least) return "not determined";
  const auto words = [&](const PredictedFit& fit) {
    return short_words(fit, last_rows(fit).front()) + " (" + label_of(fit) + ")";
  };
  return words(*least) + " to " + words(*most);
}

/// "0.62 (N = 1B, D = 100B) to 0.94 (N = 70B, D = 15T)", of what is determined; of several fits
/// "6 targets in each of 3 groups".
std::string range_of_targets(const std::vector<PredictedFit>& fits) {
  const std::vector<PredictedRow>& rows = last_rows(fits.front());
  if (fits.size() > 1)
    return std::to_string(rows.size()) + " targets in each of " + std::to_string(fits.size()) +
           " groups";
  std::vector<PredictedRow> known = rows;
  std::erase_if(known, [](const PredictedRow& row) {
    return !row.prediction.predicted || !row.determined || row.end_passed;
  });
  if (known.empty()) return "not determined";
  const auto [least, most] = std::ranges::minmax_element(
      known, {}, [](const PredictedRow& row) { return *row.prediction.predicted; });
  const auto words = [&](const PredictedRow& row) {
    return short_words(fits.front(), row) + " (" +
           place_words(*fits.front().first.law, row.inputs) + ")";
  };
  return words(*least) + " to " + words(*most);
}

/// "accuracy at N = 7B, D = 4T: 0.71 (0.68 to 0.74)", "accuracy: 0.71 at N = 7B, 0.78 at N = 13B",
/// or of groups "accuracy at N = 7B: web 0.71, code 0.64".
std::string title_of(const std::vector<PredictedFit>& fits, const std::string& y) {
  const std::vector<std::string> places = places_in_title(fits);
  if (places.empty()) return y + ": " + range_of_targets(fits);
  const std::vector<PredictedRow>& rows = last_rows(fits.front());
  if (places.size() > 1) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < places.size(); ++i)
      parts.push_back(short_words(fits.front(), rows[i]) + " at " + places[i]);
    return y + ": " + join(parts, "; ");
  }
  if (fits.size() == 1)
    return y + " at " + places.front() + ": " +
           prediction_words(rows.front(), is_doubted(fits.front()));
  if (fits.size() > kMostNumbers) return y + " at " + places.front() + ": " + range_of_groups(fits);
  std::vector<std::string> parts;
  for (const PredictedFit& fit : fits)
    parts.push_back(label_of(fit) + " " + short_words(fit, last_rows(fit).front()));
  return y + " at " + places.front() + ": " + join(parts, ", ");
}

/// Of what the figure's panels show.
std::string subtitle_of(const std::vector<PredictedFit>& fits, const Figure& figure) {
  std::vector<table::GroupPredictions> predictions;
  bool any_interval = false;
  for (const PredictedFit& fit : fits) {
    predictions.push_back(fit.predictions);
    for (const auto* rows : {&fit.predictions.rows, &fit.chained.rows})
      any_interval = std::any_of(rows->begin(), rows->end(),
                                 [](const PredictedRow& row) {
                                   return row.prediction.interval.has_value();
                                 }) ||
                     any_interval;
  }
  std::vector<std::string> parts;
  if (any_interval)
    parts.push_back("brackets and bars: " + significant(100 * fits.front().first.options.level, 3) +
                    "% intervals");
  if (std::string dotted = dotted_words(figure); !dotted.empty())
    parts.push_back(std::move(dotted));
  if (std::string beyond = beyond_words(predictions); !beyond.empty())
    parts.push_back(beyond.substr(2));
  if (has_marks(fits)) parts.push_back(kDoubtWords);
  // Of several, each panel's title says which it is of.
  if (fits.size() == 1 && !label_of(fits.front()).empty())
    parts.push_back("of " + label_of(fits.front()));
  std::string words = join(parts, "; ");
  if (!words.empty()) words.front() = static_cast<char>(std::toupper(words.front()));
  return words;
}

}  // namespace

Figure prediction_figure(const std::vector<PredictedFit>& fits, const PredictedNames& names) {
  const bool chained = fits.front().then.has_value();
  Figure figure{.title = title_of(fits, chained ? names.then : names.first)};
  for (const PredictedFit& fit : fits) {
    if (fit.predictions.rows.empty()) continue;
    const std::string group = label_of(fit).empty() || fits.size() == 1 ? "" : label_of(fit) + ": ";
    std::vector<Panel> row = {first_panel(fit, names)};
    if (chained) row.push_back(then_panel(fit, names)), row.push_back(chain_panel(fit, names.then));
    const std::string titles[] = {group + names.first, group + names.then + " from " + names.first,
                                  group + names.then};
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (chained || !group.empty()) row[i].title = titles[i];
      figure.panels.push_back(std::move(row[i]));
    }
  }
  figure.subtitle = subtitle_of(fits, figure);
  size_panels(figure);
  const bool has_key = std::any_of(fits.begin(), fits.end(), [](const PredictedFit& fit) {
    return fit.predictions.rows.size() > kMostNumbers;
  });
  if (has_key && figure.panels.size() > 1)
    figure.panel_width_px = 360, figure.panel_height_px = 300;
  return figure;
}

}  // namespace rung
