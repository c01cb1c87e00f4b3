#include "rung/figure/ladder/heatmaps.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"
#include "rung/study/ladder/entries.hpp"

namespace rung::ladder {
namespace {

constexpr const char* kMark = " (!)";
constexpr const char* kMeaningOfMark =
    "; (!): a fit behind it is not certified, the runs don't tell it from others, or one is off";

template <class Entry>
bool any_in_doubt(const std::vector<Entry>& entries) {
  return std::any_of(entries.begin(), entries.end(),
                     [](const Entry& entry) { return entry.in_doubt; });
}

struct Grid {
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> values;
  std::vector<std::vector<std::string>> texts;
};

Panel heatmap_panel(std::string title, Grid grid, bool diverging, std::optional<double> upper) {
  Panel panel{.title = std::move(title)};
  panel.x.categories = std::move(grid.columns);
  panel.y.categories = std::move(grid.rows);
  Heatmap map{.values = std::move(grid.values), .texts = std::move(grid.texts)};
  map.diverging = diverging;
  if (upper) {
    map.lower = diverging ? -*upper : 0;
    map.upper = upper;
  }
  panel.layers.emplace_back(std::move(map));
  return panel;
}

Grid comparison_grid(const ComparisonResult& result, const std::string& target, bool relative) {
  Grid grid;
  std::vector<std::string> names;
  for (const Feature& feature : features()) {
    if (std::none_of(result.entries.begin(), result.entries.end(),
                     [&](const Comparison& entry) { return entry.feature == feature.name; }))
      continue;
    names.push_back(feature.name);
    grid.columns.push_back(feature.title);
  }
  grid.columns.emplace_back("average");
  std::vector<DoubtedMean> means(names.size() + 1);
  const auto text_of = [&](double value) {
    if (!std::isfinite(value)) return std::string();
    return relative ? percent(value, 1) : fixed(100 * value, 1);
  };
  const auto add_row = [&](const std::string& name, const std::vector<double>& values,
                           const std::vector<bool>& in_doubt) {
    grid.rows.push_back(name);
    grid.values.push_back(values);
    std::vector<std::string>& texts = grid.texts.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i)
      texts.push_back(text_of(values[i]) + (in_doubt[i] ? kMark : ""));
  };
  for (const Task& task : tasks_of(result.entries)) {
    std::vector<double> values(names.size(), kNaN);
    std::vector<bool> in_doubt(names.size(), false);
    DoubtedMean of_row;
    for (const Comparison& entry : result.entries) {
      if (entry.task.key != task.key || entry.target != target) continue;
      const auto column = static_cast<std::size_t>(
          std::find(names.begin(), names.end(), entry.feature) - names.begin());
      const auto error = relative ? entry.relative_error() : entry.absolute_error();
      if (!error) continue;
      values[column] = std::abs(*error);
      in_doubt[column] = entry.in_doubt;
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
      if (!std::isfinite(values[c])) continue;
      of_row.add(values[c], in_doubt[c]);
      means[c].add(values[c], in_doubt[c]);
    }
    values.push_back(of_row.mean.value().value_or(kNaN));
    in_doubt.push_back(of_row.in_doubt);
    means.back().add(of_row.mean.value(), of_row.in_doubt);
    const std::string examples =
        task.n_examples ? " (" + fixed(*task.n_examples, 0) + ")" : std::string();
    add_row(task.name + examples, values, in_doubt);
  }
  std::vector<double> last;
  std::vector<bool> last_in_doubt;
  for (const DoubtedMean& of : means) {
    last.push_back(of.mean.value().value_or(kNaN));
    last_in_doubt.push_back(of.in_doubt);
  }
  add_row("average", last, last_in_doubt);
  return grid;
}

Grid sensitivity_grid(const SensitivityResult& result, const std::string& target) {
  Grid grid;
  for (const Task& task : tasks_of(result.entries)) grid.columns.push_back(task.name);
  for (const Choice& choice : result.choices) {
    if (choice.name == result.choices.front().name) continue;  // the one the others are held to
    grid.rows.push_back(choice.meaning);
    std::vector<double>& values = grid.values.emplace_back();
    std::vector<std::string>& texts = grid.texts.emplace_back();
    for (const SensitivityEntry& entry : result.entries) {
      if (entry.choice.name != choice.name || entry.target != target) continue;
      values.push_back(100 * entry.change.value_or(kNaN));
      texts.push_back(entry.change ? signed_points(*entry.change) + (entry.in_doubt ? kMark : "")
                                   : "");
    }
  }
  return grid;
}

/// "C4 loss predicts best: relative error 4.2% on average", marked where one of its fits is
/// doubted; of ways of which all fits are, none; all whose error reads the same.
std::string best_words(const ComparisonResult& result) {
  const bool all_in_doubt = std::all_of(
      result.entries.begin(), result.entries.end(),
      [](const Comparison& entry) { return entry.in_doubt || !entry.relative_error(); });
  if (all_in_doubt && any_in_doubt(result.entries))
    return "Which way predicts best is not known: each rests on doubtful fits";
  std::vector<std::string> best;
  std::string least_text;
  std::size_t n_measured = 0;
  double least = kInfinity;
  bool best_in_doubt = false;
  for (const Feature& feature : features()) {
    RunningMean error;
    bool in_doubt = false;
    for (const Comparison& entry : result.entries) {
      if (entry.feature != feature.name || !entry.relative_error()) continue;
      error.add(std::abs(*entry.relative_error()));
      in_doubt |= entry.in_doubt;
    }
    if (!error.value()) continue;
    ++n_measured;
    const std::string text = percent(*error.value(), 1);
    if (text != least_text) {
      if (*error.value() >= least) continue;
      best.clear();
      best_in_doubt = false;
      least_text = text;
    }
    least = std::min(least, *error.value());
    best.push_back(feature.title);
    best_in_doubt |= in_doubt;
  }
  if (best.empty()) return "No way predicts what was measured";
  const bool alone = best.size() == 1;
  return join(best, " and ") +
         (n_measured == 1 ? ""
          : alone         ? " predicts best"
                          : " predict best") +
         ": relative error " + least_text + (alone ? "" : " each") + " on average" +
         (best_in_doubt ? kMark : "");
}

/// The prediction that moves most, of those that rest on doubtful fits or of the others; null where
/// there is none.
const SensitivityEntry* most_moved(const SensitivityResult& result, bool in_doubt) {
  const SensitivityEntry* most = nullptr;
  for (const SensitivityEntry& entry : result.entries) {
    if (!entry.change || entry.in_doubt != in_doubt) continue;
    if (!most || std::abs(*entry.change) > std::abs(*most->change)) most = &entry;
  }
  return most;
}

/// "The choice that matters most: through TaskCE, ARC-Easy at 13B-5T by +15.7 points", of the
/// predictions that rest on no doubtful fit, and how far a larger one that does moves.
std::string most_moved_words(const SensitivityResult& result) {
  const SensitivityEntry* most = most_moved(result, false);
  const SensitivityEntry* doubtful = most_moved(result, true);
  if (!most && doubtful) return "Every choice rests on a doubtful fit";
  if (!most || *most->change == 0) return "No choice moves a prediction";
  const auto points = [](const SensitivityEntry& entry) {
    return with_minus_sign(signed_points(*entry.change)) + " points";
  };
  const bool larger = doubtful && std::abs(*doubtful->change) > std::abs(*most->change);
  return "The choice that matters most: " + most->choice.meaning + ", " + most->task.name + " at " +
         most->target + " by " + points(*most) +
         (larger ? "; in doubt (!) up to " + points(*doubtful) : "");
}

}  // namespace

Figure comparison_figure(const ComparisonResult& result) {
  constexpr double kMostAbsolute = 0.15, kMostRelative = 0.25;
  Figure figure{.title = best_words(result), .subtitle = "|Error| of each way"};
  if (std::any_of(result.entries.begin(), result.entries.end(),
                  [](const Comparison& entry) { return entry.task.n_examples.has_value(); }))
    figure.subtitle += ", with the tasks' number of examples";
  if (any_in_doubt(result.entries)) figure.subtitle += kMeaningOfMark;
  const std::vector<std::string> targets = targets_of(result.entries);
  for (const bool relative : {false, true}) {
    for (const std::string& target : targets) {
      figure.panels.push_back(
          heatmap_panel(target + (relative ? ": relative error" : ": absolute error (points)"),
                        comparison_grid(result, target, relative), false,
                        relative ? kMostRelative : kMostAbsolute));
    }
  }
  figure.n_columns = std::max<std::size_t>(1, targets.size());
  figure.panel_width_px = 460;
  figure.panel_height_px = 260;
  return figure;
}

Figure sensitivity_figure(const SensitivityResult& result) {
  constexpr double kMostPoints = 10, kColumnPx = 95, kLeastPx = 260;
  Figure figure{.title = most_moved_words(result),
                .subtitle =
                    "Points of accuracy that a prediction moves by where one choice is "
                    "not made as published"};
  if (any_in_doubt(result.entries)) figure.subtitle += kMeaningOfMark;
  for (const std::string& target : targets_of(result.entries)) {
    figure.panels.push_back(
        heatmap_panel(target, sensitivity_grid(result, target), true, kMostPoints));
  }
  const auto n_columns = static_cast<double>(tasks_of(result.entries).size());
  figure.panel_width_px = std::max(kLeastPx, kColumnPx * n_columns);
  figure.panel_height_px = 330;
  return figure;
}

}  // namespace rung::ladder
